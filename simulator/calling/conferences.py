"""Conferences: who is in them, when they begin and end, and the events they tell."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from simulator.base.numbers import new_sid
from simulator.telephony.exchange import Exchange
from simulator.telephony.legs import Leg
from simulator.telephony.network import StatusPlan
from simulator.telephony.scripts import Interrupt

EVENT_NAMES = {
    "conference-start": "start",
    "conference-end": "end",
    "participant-join": "join",
    "participant-leave": "leave",
    "participant-mute": "mute",
    "participant-unmute": "mute",
    "participant-hold": "hold",
    "participant-unhold": "hold",
    "participant-modify": "modify",
    "announcement-end": "announcement",
}
"""Each event, and the word of statusCallbackEvent that asks for it."""


class Departure(StrEnum):
    """Why a leg leaves a conference."""

    HUNG_UP = "hung up"
    STAR = "pressed the star"
    MOVED = "redirected over REST"
    KICKED = "removed over REST"
    TIME_UP = "time limit"
    SITTING_OVER = "the conference ended"
    FAILED = "its wait document failed"


@dataclass
class Participant:
    """A leg in a room."""

    leg: Leg
    room: "Room"
    label: str
    starts: bool
    ends: bool
    muted: bool
    beep: str = "true"
    hold: bool = False
    is_kicked: bool = False
    talks_with: list[Leg] = field(default_factory=list)
    joined_at: datetime = field(init=False)
    left_at: datetime | None = None

    def __post_init__(self) -> None:
        self.joined_at = self.room.exchange.clock.now()

    @property
    def is_in(self) -> bool:
        """Whether the leg has not left."""
        return self.left_at is None

    def was_in(self, instant: datetime) -> bool:
        """Whether the leg was in the room at an instant."""
        return self.joined_at <= instant and (self.left_at is None or self.left_at > instant)

    def talks(self, *, with_legs: list[Leg]) -> None:
        """Note whom the leg hears from now on, and whom no more."""
        meter, before, self.talks_with = self.leg.meter, self.talks_with, with_legs
        for leg in before:
            if leg not in with_legs:
                self.leg.note("unbridged", leg.phone.number)
        for leg in with_legs:
            if leg not in before:
                self.leg.note("bridged", leg.phone.number)
        if with_legs and not before:
            meter.hears_on()
        elif before and not with_legs:
            meter.hears_no_more()

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
        return self.participant.is_in


@dataclass(eq=False)
class Room:
    """One conference. It begins when two are in it and one of them may start it."""

    exchange: Exchange
    name: str
    created_at: datetime
    plan: StatusPlan | None
    sid: str = field(default_factory=lambda: new_sid("CF"))
    everybody: list[Participant] = field(default_factory=list)
    """Also those who have left."""
    began_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: Participant | None = None
    why_ended: str | None = None
    _sequence: int = 0

    @property
    def participants(self) -> list[Participant]:
        """Those who are in it."""
        return [one for one in self.everybody if one.is_in]

    @property
    def status(self) -> str:
        """The status now."""
        return self.status_at(self.exchange.clock.now())

    def status_at(self, instant: datetime) -> str:
        """The status at an instant."""
        if self.ended_at and self.ended_at <= instant:
            return "completed"
        return "in-progress" if self.began_at and self.began_at <= instant else "init"

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.ended_at is None

    @property
    def has_begun(self) -> bool:
        """Whether its participants hear each other."""
        return self.began_at is not None and self.is_open

    @property
    def seconds_to_vanish(self) -> float:
        """How long a room that has ended still takes in those who dial its name."""
        if self.ended_at is None:
            return 0.0
        gone = self.ended_at + timedelta(seconds=self.exchange.assumed.teardown_seconds)
        return max(0.0, (gone - self.exchange.clock.now()).total_seconds())

    def others(self, leg: Leg) -> list[Leg]:
        """The legs that this one hears."""
        return next((one.talks_with for one in self.participants if one.leg is leg), [])

    def join(self, participant: Participant) -> None:
        """Add a participant; this may begin the conference."""
        self.everybody.append(participant)
        participant.leg.room = self
        self._beep(participant, "onEnter")
        participant.leg.note("joined conference", self.name)
        self.tell("participant-join", participant.told())
        may_start = any(other.starts for other in self.participants)
        if self.began_at is None and may_start and len(self.participants) > 1:
            self.began_at = self.exchange.clock.now()
            self.tell("conference-start", {})
            for one in self.participants:
                one.leg.routine.interrupt(Roused(one))
        self.listen()

    def leave(self, participant: Participant, departure: Departure) -> None:
        """Remove a participant; this may end the conference."""
        if not participant.is_in:
            return
        participant.left_at = self.exchange.clock.now()
        participant.leg.room = None
        participant.leg.meter.is_alone(False)
        self._beep(participant, "onExit")
        self.listen()
        participant.leg.note("left conference", self.name)
        status = "in-progress" if participant.leg.is_live else participant.leg.status
        left = {"ParticipantCallStatus": status, "ReasonParticipantLeft": self._reason(departure)}
        self.tell("participant-leave", participant.told() | left)
        if self.is_open and (self._is_ended_by(participant, departure) or not self.participants):
            self.close(participant, departure)

    def _is_ended_by(self, participant: Participant, departure: Departure) -> bool:
        spared = departure is Departure.STAR and not self.exchange.assumed.star_ends_sitting
        return participant.ends and not spared

    def _reason(self, departure: Departure) -> str:
        match departure:
            case Departure.STAR:
                return self.exchange.assumed.star_reason
            case Departure.MOVED | Departure.KICKED:
                return "participant_updated_via_api"
            case Departure.SITTING_OVER:
                by_leg = self.ended_by is not None
                return "moderator_ended_conference" if by_leg else "conference_ended_via_api"
            case Departure.FAILED:
                return "participant_add_failed"
            case Departure.HUNG_UP | Departure.TIME_UP:
                return "participant_hung_up"

    def listen(self) -> None:
        """Note who hears others, and who is alone, after something changed."""
        audible = [one.leg for one in self.participants if self.has_begun and not one.hold]
        for one in self.everybody:
            is_there = one.is_in and one.leg in audible
            one.talks(with_legs=[leg for leg in audible if is_there and leg is not one.leg])
        for one in self.participants:
            one.leg.meter.is_alone(self.is_open and len(self.participants) == 1)

    def carries(self, key: str, leg: Leg) -> None:
        """Let the others hear the tone of a key."""
        if self.has_begun and (key != "*" or self.exchange.assumed.star_is_heard):
            self._let_hear("tone", key, leg)

    def _beep(self, participant: Participant, when: str) -> None:
        if self.has_begun and participant.beep in {"true", when}:
            self._let_hear("beep", when, participant.leg)

    def _let_hear(self, what: str, detail: str, source: Leg) -> None:
        for one in self.participants:
            if one.leg is not source and not one.hold:
                one.leg.note(what, detail)

    def close(
        self, last: Participant | None = None, departure: Departure = Departure.HUNG_UP
    ) -> None:
        """End it for all participants, after one has left or over REST."""
        self.ended_at = self.exchange.clock.now()
        self.listen()
        self.ended_by = last
        self.why_ended = self._why(last, departure)
        params = {"ReasonConferenceEnded": self.why_ended, "Reason": self.why_ended}
        if last:
            params["CallSidEndingConference"] = last.leg.sid
            params |= {"ParticipantLabelEndingConference": last.label} if last.label else {}
        self.tell("conference-end", params)
        self._send_out(last)

    def _why(self, last: Participant | None, departure: Departure) -> str:
        if last is None:
            return "conference-ended-via-api"
        how = "kicked" if departure is Departure.KICKED else "left"
        who = (
            "participant-with-end-conference-on-exit"
            if self._is_ended_by(last, departure)
            else "last-participant"
        )
        return f"{who}-{how}"

    def _send_out(self, last: Participant | None) -> None:
        """Let every leg's script go on, in an order that the seed decides.

        The script of the one who left goes on by itself after one step: those behind it in the
        order are roused two steps later.
        """
        order: list[Participant | None] = [last, *self.participants]
        self.exchange.faults.shuffle(order)
        turn = order.index(last)
        for position, one in enumerate(order):
            if one is None or one is last:
                continue
            rouse = partial(one.leg.routine.interrupt, Roused(one))
            if position < turn:
                rouse()
            else:
                self.exchange.event_queue.soon(rouse)

    def tell(self, event: str, about: Mapping[str, str]) -> None:
        """Send a status callback, if the first participant's plan has this event."""
        self._sequence += 1
        if not self.plan or EVENT_NAMES[event] not in self.plan.events:
            return
        params = {
            "ConferenceSid": self.sid,
            "FriendlyName": self.name,
            "AccountSid": self.exchange.account_sid,
            "SequenceNumber": str(self._sequence),
            "Timestamp": self.exchange.rfc2822(),
            "StatusCallbackEvent": event,
            **about,
        }
        self.exchange.call_back("conference", self.plan.url, self.plan.method, params, self.sid)


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
        now = self._exchange.clock.now()
        known = now - timedelta(seconds=self._exchange.assumed.agreement_seconds)
        for room in self._rooms:
            is_there = room.is_open or room.seconds_to_vanish > 0
            if room.name == name and is_there and room.created_at <= known:
                return room
        self._rooms.append(Room(self._exchange, name, now, plan))
        return self._rooms[-1]
