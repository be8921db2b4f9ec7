"""<Dial><Conference>: a leg waits for a conference, is in it, and leaves it."""

from dataclasses import dataclass

from simulator.base.records import Problem
from simulator.calling import interpreter
from simulator.calling.bridges import LONGEST_SECONDS, Dialled
from simulator.calling.conferences import Conferences, Departure, Participant, Room, Roused
from simulator.calling.interpreter import Redirected
from simulator.telephony.legs import Leg
from simulator.telephony.network import StatusPlan
from simulator.telephony.scripts import Gone, Interrupt, Script, wait
from simulator.twiml.documents import Document, DocumentFailed, Element
from simulator.twiml.steps import Goto

MOST_PARTICIPANTS = 250


@dataclass
class Starred(Interrupt):
    """A participant pressed the star."""

    participant: Participant

    @property
    def is_wanted(self) -> bool:
        """Whether the leg is still in the room."""
        return self.participant.is_in


def dial_conference(
    conferences: Conferences, leg: Leg, element: Element, document: Document
) -> Script[Dialled]:
    """<Conference>: stay in the room until the call or the conference ends."""
    noun = element.children[0]
    room = conferences.open_room(noun.text, _plan(noun, document))
    if not room.is_open:
        leg.note("fell into a conference that ends", room.name)
        yield from wait(room.seconds_to_vanish)
        return Dialled("answered")
    if problem := _refusal(room, noun, document):
        leg.carrier.report(problem)
        return Dialled("failed")
    participant = _participant(leg, room, noun)
    room.join(participant)
    departure = Departure.HUNG_UP
    try:
        departure = yield from _stay(participant, element, document)
    except DocumentFailed:
        departure = Departure.FAILED  # without its music the room is not entered
        return Dialled("failed")
    except Redirected:
        departure = Departure.MOVED
        raise
    except Gone:
        departure = Departure.KICKED if participant.is_kicked else Departure.HUNG_UP
        raise
    finally:
        leg.on_star = None
        room.leave(participant, departure)
    if room.ended_by is participant:
        yield from wait(0)  # the others' scripts may go on first
    return Dialled("answered")


def _refusal(room: Room, noun: Element, document: Document) -> Problem | None:
    """Why a leg may not join."""
    label = noun.says("participantLabel")
    if len(room.participants) >= noun.number("maxParticipants", MOST_PARTICIPANTS):
        return Problem(16020, f"conference {room.name} is full", document.url)
    if label and label in {participant.label for participant in room.participants}:
        return Problem(16025, f"participant label {label} is in use", document.url)
    return None


def _participant(leg: Leg, room: Room, noun: Element) -> Participant:
    return Participant(
        leg,
        room,
        noun.says("participantLabel"),
        starts=noun.is_set("startConferenceOnEnter", default=True),
        ends=noun.is_set("endConferenceOnExit"),
        muted=noun.is_set("muted"),
        beep=noun.says("beep", "true"),
    )


def _plan(noun: Element, document: Document) -> StatusPlan | None:
    url = noun.says("statusCallback")
    if not url:
        return None
    events = frozenset(noun.says("statusCallbackEvent").split())
    return StatusPlan(document.resolve(url), noun.says("statusCallbackMethod", "POST"), events)


def _stay(participant: Participant, element: Element, document: Document) -> Script[Departure]:
    """Stay until the room ends, the time is up, or * is pressed if that leaves the room."""
    room, leg = participant.room, participant.leg
    began = leg.carrier.clock.now()
    limit = element.number("timeLimit", LONGEST_SECONDS)
    if element.is_set("hangupOnStar"):
        leg.on_star = lambda: leg.routine.interrupt(Starred(participant))
    while room.is_open and participant.is_in:
        left = limit - (leg.carrier.clock.now() - began).total_seconds()
        if left <= 0:
            return Departure.TIME_UP
        try:
            if room.has_begun:
                yield from wait(left)
            else:
                yield from _music(participant, element.children[0], document)
        except Roused:
            continue
        except Starred:
            return Departure.STAR
    return Departure.SITTING_OVER


def _music(participant: Participant, noun: Element, document: Document) -> Script[None]:
    """Play the waitUrl's document once, then silence, until the conference begins."""
    url = noun.says("waitUrl")
    if not url:
        yield from interpreter.default_music(participant.leg, noun)
    goto = Goto(document.resolve(url), noun.says("waitMethod", "POST"))
    yield from interpreter.perform(participant.leg, goto, "conference-wait")
    yield from wait()
