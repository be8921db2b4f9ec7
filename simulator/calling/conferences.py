"""Conferences: who is in them, when they begin and end, and the events they tell."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from simulator.base.numbers import new_sid
from simulator.telephony.exchange import Exchange
from simulator.telephony.legs import Leg, StatusPlan
from simulator.telephony.scripts import Interrupt

EVENT_NAMES = {
    "start": "conference-start",
    "end": "conference-end",
    "join": "participant-join",
    "leave": "participant-leave",
    "mute": "participant-mute",
    "hold": "participant-hold",
    "modify": "participant-modify",
    "announcement": "announcement-end",
}


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
    hold: bool = False
    is_kicked: bool = False

    @property
    def is_in(self) -> bool:
        """Whether the leg has not left."""
        return self in self.room.participants

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
    participants: list[Participant] = field(default_factory=list)
    status: str = "init"
    ended_at: datetime | None = None
    ended_by: Participant | None = None
    why_ended: str | None = None
    _sequence: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.status != "completed"

    @property
    def has_begun(self) -> bool:
        """Whether its participants hear each other."""
        return self.status == "in-progress"

    @property
    def seconds_to_vanish(self) -> float:
        """How long a room that has ended still takes in those who dial its name."""
        if self.ended_at is None:
            return 0.0
        gone = self.ended_at + timedelta(seconds=self.exchange.assumed.teardown_seconds)
        return max(0.0, (gone - self.exchange.clock.now()).total_seconds())

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
            for one in self.participants:
                one.leg.routine.interrupt(Roused(one))

    def leave(self, participant: Participant, departure: Departure) -> None:
        """Remove a participant; this may end the conference."""
        if not participant.is_in:
            return
        self.participants.remove(participant)
        participant.leg.room = None
        participant.leg.note("left conference", self.name)
        status = "in-progress" if participant.leg.is_live else participant.leg.status
        left = {"ParticipantCallStatus": status, "ReasonParticipantLeft": self._reason(departure)}
        self.tell("leave", participant.told() | left)
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

    def close(
        self, last: Participant | None = None, departure: Departure = Departure.HUNG_UP
    ) -> None:
        """End it for all participants, after one has left or over REST."""
        self.status = "completed"
        self.ended_at = self.exchange.clock.now()
        self.ended_by = last
        self.why_ended = self._why(last, departure)
        params = {"ReasonConferenceEnded": self.why_ended, "Reason": self.why_ended}
        if last:
            params["CallSidEndingConference"] = last.leg.sid
            params |= {"ParticipantLabelEndingConference": last.label} if last.label else {}
        self.tell("end", params)
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
            if room.name == name and (room.is_open or room.seconds_to_vanish):
                return room
        self._rooms.append(Room(self._exchange, name, self._exchange.clock.now(), plan))
        return self._rooms[-1]
