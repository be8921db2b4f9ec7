"""<Dial><Conference>: rooms in which several legs talk."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from simulator.base.numbers import new_sid
from simulator.calling import interpreter
from simulator.calling.bridges import LONGEST_SECONDS, Dialled
from simulator.telephony.exchange import Exchange
from simulator.telephony.legs import Leg, StatusPlan
from simulator.telephony.scripts import Interrupt, Key, Script, wait
from simulator.twiml.documents import Document, DocumentFailed, Element
from simulator.twiml.steps import Goto

MOST_PARTICIPANTS = 250
EVENT_NAMES = {
    "start": "conference-start",
    "end": "conference-end",
    "join": "participant-join",
    "leave": "participant-leave",
    "mute": "participant-mute",
    "hold": "participant-hold",
    "modify": "participant-modify",
}


@dataclass
class Participant:
    """A leg in a room."""

    leg: Leg
    room: "Room"
    label: str
    starts: bool
    ends: bool
    muted: bool
    hold: bool = False

    def told(self) -> dict[str, str]:
        """The parameters of a callback about this participant."""
        yes = {True: "true", False: "false"}
        params = {
            "CallSid": self.leg.sid,
            "Muted": yes[self.muted],
            "Hold": yes[self.hold],
            "Coaching": "false",
            "StartConferenceOnEnter": yes[self.starts],
            "EndConferenceOnExit": yes[self.ends],
        }
        return params | ({"ParticipantLabel": self.label} if self.label else {})


@dataclass
class Roused(Interrupt):
    """The room has begun or ended: a participant who hears its music must look again."""

    participant: Participant

    @property
    def is_wanted(self) -> bool:
        """Whether the leg is still in that room."""
        return self.participant.leg.in_conference == self.participant.room.name


@dataclass
class Room:
    """One conference. It begins when two are in it and one of them may start it."""

    exchange: Exchange
    name: str
    created_at: datetime
    plan: StatusPlan | None
    sid: str = field(default_factory=lambda: new_sid("CF"))
    participants: list[Participant] = field(default_factory=list)
    status: str = "init"
    _sequence: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.status != "completed"

    @property
    def has_begun(self) -> bool:
        """Whether its participants hear each other."""
        return self.status == "in-progress"

    def only_other(self, leg: Leg) -> Leg | None:
        """The other leg, if exactly two talk in the room."""
        legs = [participant.leg for participant in self.participants]
        if not self.has_begun or leg not in legs or len(legs) != 2:
            return None
        return legs[0] if legs[1] is leg else legs[1]

    def join(self, participant: Participant) -> None:
        """Add a participant; this may begin the conference."""
        self.participants.append(participant)
        participant.leg.room = self
        participant.leg.note("joined conference", self.name)
        self.tell("join", participant.told())
        may_start = any(other.starts for other in self.participants)
        if self.status == "init" and may_start and len(self.participants) > 1:
            self.status = "in-progress"
            self.tell("start", {})
            self._rouse()

    def leave(self, participant: Participant, reason: str) -> None:
        """Remove a participant; this may end the conference."""
        if participant not in self.participants:
            return
        self.participants.remove(participant)
        participant.leg.room = None
        participant.leg.note("left conference", self.name)
        status = "in-progress" if participant.leg.is_live else participant.leg.status
        left = {"ParticipantCallStatus": status, "ReasonParticipantLeft": reason}
        self.tell("leave", participant.told() | left)
        if self.is_open and (participant.ends or not self.participants):
            self.close(participant)

    def close(self, last: Participant | None = None) -> None:
        """End it for all participants."""
        self.status = "completed"
        why = "conference-ended-via-api"
        params: dict[str, str] = {}
        if last:
            why = (
                "participant-with-end-conference-on-exit-left"
                if last.ends
                else "last-participant-left"
            )
            params = {"CallSidEndingConference": last.leg.sid}
        self.tell("end", params | {"ReasonConferenceEnded": why, "Reason": why})
        self._rouse()

    def _rouse(self) -> None:
        for participant in self.participants:
            participant.leg.routine.interrupt(Roused(participant))

    def tell(self, event: str, about: Mapping[str, str]) -> None:
        """Send a status callback, if the first participant's plan has this event."""
        self._sequence += 1
        if not self.plan or event not in self.plan.events:
            return
        params = {
            "ConferenceSid": self.sid,
            "FriendlyName": self.name,
            "AccountSid": self.exchange.account_sid,
            "SequenceNumber": str(self._sequence),
            "Timestamp": self.exchange.rfc2822(),
            "StatusCallbackEvent": EVENT_NAMES[event],
            **about,
        }
        self.exchange.call_back("conference", self.plan.url, self.plan.method, params, None)


class Conferences:
    """All rooms of the account, including those that have ended."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._rooms: list[Room] = []

    def __iter__(self) -> Iterator[Room]:
        return iter(self._rooms)

    def find(self, sid: str) -> Room | None:
        """A room by its identifier."""
        return next((room for room in self._rooms if room.sid == sid), None)

    def open_room(self, name: str, plan: StatusPlan | None) -> Room:
        """The open room of that name, created if needed with this plan of callbacks."""
        for room in self._rooms:
            if room.name == name and room.is_open:
                return room
        self._rooms.append(Room(self._exchange, name, self._exchange.clock.now(), plan))
        return self._rooms[-1]


def dial_conference(
    conferences: Conferences, leg: Leg, element: Element, document: Document
) -> Script[Dialled]:
    """<Conference>: stay in the room until the call or the conference ends."""
    noun = element.children[0]
    room = conferences.open_room(noun.text, _plan(noun, document))
    if len(room.participants) >= noun.number("maxParticipants", MOST_PARTICIPANTS):
        return Dialled("failed")
    participant = Participant(
        leg,
        room,
        noun.says("participantLabel"),
        starts=noun.is_set("startConferenceOnEnter", default=True),
        ends=noun.is_set("endConferenceOnExit"),
        muted=noun.is_set("muted"),
    )
    room.join(participant)
    reason = "participant_hung_up"
    try:
        yield from _stay(participant, element, document)
        reason = "participant_updated_via_api" if room.is_open else "moderator_ended_conference"
    except DocumentFailed:
        return Dialled("failed")  # without its music the room is not entered
    finally:
        room.leave(participant, reason)
    return Dialled("answered")


def _plan(noun: Element, document: Document) -> StatusPlan | None:
    url = noun.says("statusCallback")
    if not url:
        return None
    events = frozenset(noun.says("statusCallbackEvent", "start end").split())
    return StatusPlan(document.resolve(url), noun.says("statusCallbackMethod", "POST"), events)


def _stay(participant: Participant, element: Element, document: Document) -> Script[None]:
    """Stay until the room ends, the time is up, or * is pressed if that ends the call."""
    room, clock = participant.room, participant.leg.carrier.clock
    began = clock.now()
    limit = element.number("timeLimit", LONGEST_SECONDS)
    star_ends = element.is_set("hangupOnStar")
    while room.is_open and participant in room.participants:
        left = limit - (clock.now() - began).total_seconds()
        if left <= 0:
            return
        try:
            if room.has_begun:
                reply = yield from wait(left, keys=star_ends)
                if isinstance(reply, Key) and reply.digit == "*":
                    return
            else:
                yield from _music(participant, element.children[0], document)
        except Roused:
            continue


def _music(participant: Participant, noun: Element, document: Document) -> Script[None]:
    """Play the waitUrl until the conference begins."""
    url = noun.says("waitUrl")
    if not url:
        yield from wait()
    leg = participant.leg
    began = leg.carrier.clock.now()
    goto = Goto(document.resolve(url), noun.says("waitMethod", "POST"))
    yield from interpreter.perform(leg, goto, "conference-wait")
    if leg.carrier.clock.now() == began:
        yield from wait(1)  # an empty document must not be fetched in a tight loop
