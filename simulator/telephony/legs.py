"""A leg: one phone in one call, as its holder uses it and as the carrier keeps it."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Literal, Protocol

from simulator.audio.telephone_sound import Speech
from simulator.base.event_queue import Act, Entry
from simulator.base.numbers import Line, geography, new_sid
from simulator.base.records import Event, LegEntry, Spoken
from simulator.telephony.gates import Guard
from simulator.telephony.leg_meter import LegMeter
from simulator.telephony.network import Fallback, Handset, Network, StatusPlan
from simulator.telephony.scripts import Gone, Routine, Script
from simulator.twiml.documents import Document, Element
from simulator.twiml.steps import Step

Direction = Literal["inbound", "outbound-api", "outbound-dial"]
LIVE = {"queued", "initiated", "ringing", "in-progress"}
WAITING = {"queued", "initiated", "ringing"}
KEYS = frozenset("0123456789*#")
LONGEST_CALL_SECONDS = 14_400.0
"""Twilio ends every call after four hours, unless it was ordered to be shorter."""


class Talk(Protocol):
    """A bridge, in which a leg talks with another."""

    def other(self, leg: "Leg") -> "Leg":
        """The leg at the other end."""
        ...


class ConferenceRoom(Protocol):
    """A conference, in which a leg may talk with one or many."""

    name: str

    def others(self, leg: "Leg") -> "list[Leg]":
        """The legs that this one hears."""
        ...

    def carries(self, key: str, leg: "Leg") -> None:
        """A key of one leg, whose tone the others may hear."""
        ...


@dataclass
class Leg:
    """One phone in one call. What a person with that phone can do and hear is here."""

    carrier: Network
    phone: Handset
    direction: Direction
    from_: str
    to: str
    status: str
    plan: StatusPlan | None = None
    fallback: Fallback = field(default_factory=Fallback)
    parent: "Leg | None" = None
    line: Line | None = None
    twin: "Leg | None" = None
    """The other end of a call from the account to a number of its own."""
    extra: Mapping[str, str] = field(default_factory=dict)
    sid: str = field(default_factory=lambda: new_sid("CA"))
    serial: int = field(default_factory=count().__next__)
    """The order in which legs were made; their times do not tell, as the clock may travel."""
    created_at: datetime = field(init=False)
    queue_time_ms: int = 0
    time_limit: float = LONGEST_CALL_SECONDS
    detects_machines: bool = False
    is_machine: bool = False
    answered_by: str | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    heard: list[Spoken] = field(default_factory=list)
    timeline: list[Event] = field(default_factory=list)
    speeches: list[Speech] = field(default_factory=list)
    bridge: Talk | None = None
    room: ConferenceRoom | None = None
    on_star: Callable[[], None] | None = None
    """What the star does while the leg is in a conference."""
    in_queue: str | None = None
    on_its_own: bool = False
    forgotten: bool = False
    guard: Guard | None = None
    """What stands between this phone and the called side, for a call from a facility."""
    timers: list[Entry] = field(default_factory=list)
    meter: LegMeter = field(init=False)
    _heard_before: int = 0
    _sequence: int = 0
    _routine: Routine | None = None

    def __post_init__(self) -> None:
        self.created_at = self.carrier.clock.now()
        self.meter = LegMeter(self.carrier.clock)

    def __repr__(self) -> str:
        return f"<Leg {self.direction} {self.from_} -> {self.to} {self.status}>"

    # What the person with the phone does.

    def answers(self) -> None:
        """Pick up a ringing phone."""
        with self.carrier.acting():
            self._must(self.status == "ringing" and self.direction != "inbound", "is not ringing")
            self.pick_up()

    def declines(self) -> None:
        """Refuse a ringing call; the caller's side sees `busy`."""
        with self.carrier.acting():
            self._must(self.status == "ringing" and self.direction != "inbound", "is not ringing")
            self.end("busy", "declined")

    def presses(self, keys: str) -> None:
        """Press keys one after the other, as fast as the carrier takes them."""
        if not keys or not set(keys) <= KEYS:
            raise ValueError(f"a telephone has no keys {keys!r}")
        with self.carrier.acting():
            self._must(self.is_live, "has ended")
            self._heard_before = len(self.heard)
            for key in keys:
                self.note("pressed", key)
                self.routine.press(key)

    def hangs_up(self) -> None:
        """Hang up; no effect if the call has ended."""
        with self.carrier.acting():
            if self.is_live:
                never_answered = "no-answer" if self.direction == "inbound" else "busy"
                status = "completed" if self.status == "in-progress" else never_answered
                self.end(status, "hung up")

    def speaks(self, seconds: float = 12.0, loudness: float = 0.5) -> None:
        """Talk for some seconds from now on; a recording under way keeps it."""
        now = self.carrier.clock.now()
        speech = Speech(now, now + timedelta(seconds=seconds), loudness)
        self._says(speech, "spoke", f"{seconds:g} s")

    def says(self, sound: bytes) -> None:
        """Talk from now on with this sound: 8 kHz, 16 bits, mono, without a header."""
        speech = Speech.of(sound, self.carrier.clock.now())
        self._says(speech, "spoke", f"{speech.seconds:.1f} s")

    def begins_to_speak(self, at_most: float = 120.0) -> None:
        """Talk from now on; `has_spoken` delivers the sound at the end."""
        now = self.carrier.clock.now()
        end = now + timedelta(seconds=at_most)
        self._says(Speech(now, end, 0.5, is_awaited=True), "began to speak")

    def _says(self, speech: Speech, what: str, how_long: str = "") -> None:
        with self.carrier.acting():
            self._must(self.is_live, "has ended")
            self.speeches.append(speech)
            self.note(what, how_long)
            self.routine.nudge()

    def has_spoken(self, sound: bytes) -> None:
        """The sound of `begins_to_speak`; it may arrive after the call has ended."""
        with self.carrier.acting():
            begun = [speech for speech in self.speeches if speech.is_awaited]
            self._must(bool(begun), "has not begun to speak")
            speech = Speech.of(sound, begun[-1].start)
            self.speeches[self.speeches.index(begun[-1])] = speech
            self.note("spoke", f"{speech.seconds:.1f} s")
            if self.is_live:
                self.routine.nudge()

    # What the person with the phone sees and hears.

    @property
    def is_live(self) -> bool:
        """Whether the call has not ended."""
        return self.status in LIVE

    @property
    def hears_now(self) -> list[Spoken]:
        """The words since the phone was answered or a key was last pressed."""
        return self.heard[self._heard_before :]

    @property
    def talks_with(self) -> "list[Leg]":
        """The other legs that this one hears."""
        if self.bridge:
            return [self.bridge.other(self)]
        return self.room.others(self) if self.room else []

    @property
    def bridged_with(self) -> "Leg | None":
        """The one other leg that this one talks with; None if there are several."""
        others = self.talks_with
        return others[0] if len(others) == 1 else None

    @property
    def in_conference(self) -> str | None:
        """The name of the conference that the leg is in."""
        return self.room.name if self.room else None

    @property
    def caller_id_shown(self) -> str:
        """What the called phone displays."""
        return self.from_

    @property
    def duration(self) -> int:
        """Seconds from answer to end, or to now."""
        if self.answered_at is None:
            return 0
        end = self.ended_at or self.carrier.clock.now()
        return round((end - self.answered_at).total_seconds())

    # What the carrier does with it.

    def later(self, seconds: float, act: Act) -> None:
        """Do something after some seconds, unless the leg has ended by then."""
        self.timers.append(self.carrier.event_queue.after(seconds, act))

    @property
    def routine(self) -> Routine:
        """The leg's running script. Raises RuntimeError before the leg begins."""
        if self._routine is None:
            raise RuntimeError("the leg has not begun")
        return self._routine

    def begin(self, script: Script[None]) -> None:
        """Start the leg's script."""
        self._routine = Routine(script, self.carrier.event_queue, self.carrier.send, self._lost_key)
        self._routine.start()

    def pick_up(self) -> None:
        """The phone is answered, by a person or a machine."""
        if self.status not in WAITING:
            return
        self.status = "in-progress"
        self.answered_at = self.carrier.clock.now()
        if self.detects_machines:
            self.answered_by = "machine_start" if self.is_machine else "human"
        self._heard_before = len(self.heard)
        self.meter.begins()
        if self.guard:
            self.guard.answered(self)
        self.later(self.time_limit, lambda: self.end("completed", "time limit"))
        self.note("answered")
        self.tell("answered")
        self.nudge_all()
        if self.twin:
            self.twin.pick_up()

    def end(self, status: str, reason: str) -> None:
        """End the call for this leg; its script cleans up."""
        if self.is_live:
            self.ended_by = self.ended_by or reason
            self.routine.interrupt(Gone(status))

    def finish(self, status: str) -> None:
        """Set the final status and report it; only the leg's own script calls this."""
        if not self.is_live:
            return
        self.status = status
        self.ended_at = self.carrier.clock.now()
        self.meter.ends()
        for timer in self.timers:
            timer.cancel()
        self.ended_by = self.ended_by or "the document ended"
        self.note(status, self.ended_by)
        self.tell("completed")
        self.nudge_all()
        if self.twin:
            self.twin.end("completed", "the other end hung up")

    def nudge_all(self) -> None:
        """Wake this leg and its parent if they wait for a nudge."""
        for leg in (self, self.parent):
            if leg and leg._routine:
                leg._routine.nudge()

    def tell(self, event: str) -> None:
        """Send a status callback, if the plan has this event."""
        if not self.plan or event not in self.plan.events:
            return
        params = self.params() | {
            "Timestamp": self.carrier.rfc2822(),
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(self._sequence),
        }
        if event == "completed":
            params |= {"CallDuration": str(self.duration), "Duration": str(-(-self.duration // 60))}
        self._sequence += 1
        self.carrier.call_back("status", self.plan.url, self.plan.method, params, self.sid)

    def hears(self, spoken: Spoken) -> None:
        """Something is said or played into the phone."""
        self.heard.append(spoken)
        self.meter.sounds(spoken.seconds)
        words = spoken.text or spoken.audio_url
        self.note("heard", f"[{spoken.language}] {words}", spoken)

    def is_sent(self, keys: str, since: datetime) -> None:
        """Keys were sent into the call from `since` on."""
        if self.guard:
            self.guard.hears(self, keys, since)

    def stops_hearing(self) -> None:
        """The words were cut short."""
        self.meter.is_cut_short()

    def sounding(self) -> AbstractContextManager[None]:
        """Music or a tone is heard as long as this context lasts."""
        return self.meter.sounding()

    def note(self, what: str, detail: str = "", spoken: Spoken | None = None) -> None:
        """Write a line of the timeline and of the journal."""
        event = Event(self.carrier.clock.now(), what, detail, spoken)
        parent = self.parent.sid if self.parent else ""
        number = self.phone.number
        self.timeline.append(event)
        heard = len(self.heard) - 1 if spoken else None
        self.carrier.journal_file.write(
            LegEntry(event.at, self.sid, number, what, detail, parent, heard)
        )
        self.carrier.changed()
        if self.carrier.on_event:
            self.carrier.on_event(self, event)

    def params(self) -> dict[str, str]:
        """The standard parameters of every request about this leg."""
        params = {
            "CallSid": self.sid,
            "AccountSid": self.carrier.account_sid,
            "From": self.from_,
            "To": self.to,
            "Caller": self.from_,
            "Called": self.to,
            "CallStatus": self.status,
            "Direction": self.direction,
            "ApiVersion": "2010-04-01",
        }
        for role in ("From", "Caller"):
            params |= geography(role, self.from_)
        for role in ("To", "Called"):
            params |= geography(role, self.to)
        if self.parent:
            params["ParentCallSid"] = self.parent.sid
        if self.answered_by:
            params["AnsweredBy"] = self.answered_by
        return params | dict(self.extra)

    def _lost_key(self, digit: str) -> None:
        if self.room:
            self.room.carries(digit, self)
        if digit == "*" and self.on_star:
            self.on_star()
        else:
            self.note("nobody listened", digit)

    def _must(self, condition: bool, otherwise: str) -> None:
        if not condition:
            raise RuntimeError(f"{self!r} {otherwise}")


Verb = Callable[[Leg, Element, Document], Script[Step]]
"""The script that executes one TwiML element for a leg."""
