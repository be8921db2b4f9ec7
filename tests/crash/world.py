"""The world outside the line: the carrier, which is never killed, its faults, and all phones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx

from prompts import load
from simulator import Carrier, Event, Faults, Leg
from simulator.calling.call_recordings import Recording
from tests.crash import numbers
from tests.crash.callers import ENDED, Called, Caller, Plan, planned
from tests.crash.history import History
from tests.crash.quiet import Quiet
from tests.crash.responders import DOES, Rung
from tests.crash.siege_clock import SiegeClock
from tests.crash.words import Words

START_EVERY_SECONDS = 0.2
WEATHER_EVERY_SECONDS = 20.0
COMES_TO_THE_PHONE = ("answer", 5.0)
"""What a called phone does without a plan of its own, and for how many seconds it talks."""
FORGET_AFTER_SECONDS = 60.0
TWO_AT_ONCE = 0.1
SAME_PHONE_TWICE = 0.03


@dataclass(frozen=True)
class Account:
    """What the carrier knows about the hotline."""

    sid: str
    token: str
    number: str
    base: str


@dataclass
class World:
    """Everybody outside the hotline; everything here happens under the carrier's lock."""

    carrier: Carrier
    diary: History
    responders: Sequence[str]
    rescue: str
    hotline: str
    total: int
    at_once: int
    seed: int
    recordings: dict[str, Recording] = field(default_factory=dict)
    heard_nothing: dict[str, Quiet] = field(default_factory=dict)
    """The SID of each caller's ended leg -> when they heard nothing."""
    started: int = 0
    everybody: str = ""
    """What every responder does when rung; empty: chosen at random."""
    in_turn: list[str] = field(default_factory=list)
    """What those do who are rung first, one after the other."""
    _people: dict[str, Callable[[Event], None]] = field(default_factory=dict)
    _callers: dict[str, Caller] = field(default_factory=dict)
    _called: dict[str, tuple[str, float]] = field(default_factory=dict)
    _is_fair: bool = False
    """Whether recordings have no more faults."""

    def __post_init__(self) -> None:
        self._dice = Random(self.seed)
        self._words = Words(load())
        self._numbers: Iterator[str] = numbers.of_callers(self._dice)
        self._elsewhere: Iterator[str] = numbers.of_callers(Random(self.seed + 1), odd=True)
        self.carrier.on_event = self._tell

    @property
    def live(self) -> int:
        """How many callers are on the line."""
        return len(self._callers)

    def begin(self) -> None:
        """Start the calls."""
        with self.carrier.lock:
            self._start_calls()
            self._change_weather()

    def end_calling(self) -> None:
        """Start no more calls."""
        with self.carrier.lock:
            self.total = self.started

    def clears_the_weather(self) -> None:
        """Stop all faults, and let everybody who is called back answer.

        A person who does not answer is called again for hours, so some leg would always be active.
        """
        with self.carrier.lock:
            self._is_fair = True
            self.carrier.faults.clear()
            self._called.clear()

    def _start_calls(self) -> None:
        while self.started < self.total and self.live < self.at_once:
            number = next(self._numbers)
            self._call(number)
            if self._dice.random() < TWO_AT_ONCE and self.started < self.total:
                self._call(next(self._numbers))
            elif self._dice.random() < SAME_PHONE_TWICE and self.started < self.total:
                self._call(number)
            break
        if self.started < self.total:
            self.carrier.event_queue.after(START_EVERY_SECONDS, self._start_calls)

    def _call(self, number: str) -> None:
        self.calls(self._plan(number))

    def _plan(self, number: str) -> Plan:
        return planned(self._dice, number, next(self._elsewhere), self._words.languages)

    def calls(self, plan: Plan) -> Leg:
        """A person calls and does exactly this."""
        dice = Random(self._dice.random())
        caller = Caller(self.carrier, self._words, self.diary, dice, plan)
        leg = caller.dials(self.hotline)
        self._callers[leg.sid] = caller
        self._people[leg.sid] = caller.sees
        for called_at in (plan.number, plan.elsewhere):
            self._called[called_at] = (plan.when_called, plan.talks)
        self.started += 1
        return leg

    def _tell(self, leg: Leg, event: Event) -> None:
        if event.what == "created" and leg.direction != "inbound":
            self._people[leg.sid] = self._whoever_answers(leg)
        if event.what == "recording":
            found = self.carrier.recordings.find(event.detail)
            if found:
                self.recordings[found.sid] = found
        person = self._people.get(leg.sid)
        if person:
            person(event)
        if event.what in ENDED and event.what == leg.status:
            if self._callers.pop(leg.sid, None):
                self.heard_nothing[leg.sid] = Quiet(leg.meter.silences, leg.meter.questions)
            self.carrier.event_queue.after(FORGET_AFTER_SECONDS, lambda: self._forget(leg))

    def _whoever_answers(self, leg: Leg) -> Callable[[Event], None]:
        dice, number = Random(self._dice.random()), leg.phone.number
        if number in self.responders or number == self.rescue:
            thrown = dice.choices(list(DOES), list(DOES.values()))[0]
            planned = self.in_turn.pop(0) if self.in_turn else self.everybody
            does = "accept" if number == self.rescue else planned or thrown
            return Rung(dice, leg, does).sees
        does, talks = self._called.get(number, COMES_TO_THE_PHONE)
        return Called(self._words, dice, leg, does, talks).sees

    def _forget(self, leg: Leg) -> None:
        """The journal holds what an ended leg heard; a long run must not keep it twice."""
        self._people.pop(leg.sid, None)
        leg.timeline.clear()
        leg.heard.clear()
        leg.timers.clear()

    def _change_weather(self) -> None:
        """Choose for a while how recordings arrive: cut off, shorter than they are, or whole."""
        if self._is_fair:
            return
        faults = self.carrier.faults.recordings
        faults.cut, faults.short = self._dice.choices(
            ((False, False), (True, False), (False, True)), (8, 1, 1)
        )[0]
        self.carrier.event_queue.after(WEATHER_EVERY_SECONDS, self._change_weather)


def carrier(
    account: Account,
    clock: SiegeClock,
    journal: Path,
    http: httpx.Client,
    seed: int,
    patience: float,
) -> Carrier:
    """A carrier with one number and no faults yet."""
    made = Carrier(
        clock,
        account.sid,
        account.token,
        http,
        journal_path=journal,
        journal_in_memory=False,
        seed=seed,
        patience=patience,
    )
    made.buy_number(account.number)
    return made


def spoil(faults: Faults, unclear: float) -> None:
    """Switch on, by chance, every fault that the simulator can produce.

    `unclear` is the share of requests that get no answer and do nothing.
    """
    faults.voice_twice(0.05)
    faults.duplicate(0.15, seconds=2)
    faults.lose(0.10)
    faults.delay(8, 0.08)
    faults.reorder(0.05, seconds=15)
    faults.rest_errors(429, 0.05)
    faults.rest_errors(503, 0.03)
    faults.rest_errors(500, 0.04, after_acting=True)
    faults.rest_errors("timeout", unclear)
    faults.rest_errors("timeout", 0.02, after_acting=True)
    faults.recordings.missing_first = 1
