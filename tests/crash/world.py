"""The world outside the line: a carrier that is never killed, its faults, everybody's phones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx

from prompts import load
from simulator import Carrier, Event, Faults, Leg, RealClock
from simulator.calling.call_recordings import Recording
from tests.crash import numbers
from tests.crash.callers import ENDED, Called, Caller, Plan, planned
from tests.crash.history import History
from tests.crash.responders import DOES, Rung
from tests.crash.words import Words

START_EVERY_SECONDS = 0.2
WEATHER_EVERY_SECONDS = 20.0
COMES_TO_THE_PHONE = ("answer", 5.0)
"""What whoever is called does of whom nothing else is said, and for how many seconds they talk."""
FORGET_AFTER_SECONDS = 60.0
TWO_AT_ONCE = 0.1
SAME_PHONE_TWICE = 0.03


@dataclass(frozen=True)
class Account:
    """What the carrier knows of the hotline."""

    sid: str
    token: str
    number: str
    base: str


@dataclass
class World:
    """Everybody who is not the hotline; what happens here happens under the carrier's lock."""

    carrier: Carrier
    diary: History
    responders: Sequence[str]
    rescue: str
    hotline: str
    total: int
    at_once: int
    seed: int
    recordings: dict[str, Recording] = field(default_factory=dict)
    started: int = 0
    everybody: str = ""
    """What each responder does who is rung; empty for what the dice say."""
    _people: dict[str, Callable[[Event], None]] = field(default_factory=dict)
    _callers: dict[str, Caller] = field(default_factory=dict)
    _called: dict[str, tuple[str, float]] = field(default_factory=dict)
    _is_fair: bool = False
    """Whether nothing goes wrong with recordings any more."""

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
        """From now on people call."""
        with self.carrier.lock:
            self._start_calls()
            self._change_weather()

    def end_calling(self) -> None:
        """Whoever has not called by now does not call any more."""
        with self.carrier.lock:
            self.total = self.started

    def clears_the_weather(self) -> None:
        """Nothing goes wrong any more, and whoever is called back comes to the phone.

        Who does not is called again for hours, so that some leg would always be under way.
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
        """Somebody calls who is going to do just this."""
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
            self._callers.pop(leg.sid, None)
            self.carrier.event_queue.after(FORGET_AFTER_SECONDS, lambda: self._forget(leg))

    def _whoever_answers(self, leg: Leg) -> Callable[[Event], None]:
        dice, number = Random(self._dice.random()), leg.phone.number
        if number in self.responders or number == self.rescue:
            thrown = dice.choices(list(DOES), list(DOES.values()))[0]
            does = "accept" if number == self.rescue else self.everybody or thrown
            return Rung(dice, leg, does).sees
        does, talks = self._called.get(number, COMES_TO_THE_PHONE)
        return Called(self._words, dice, leg, does, talks).sees

    def _forget(self, leg: Leg) -> None:
        """What an ended leg heard stands in the journal; a long run must not hold it twice."""
        self._people.pop(leg.sid, None)
        leg.timeline.clear()
        leg.heard.clear()
        leg.timers.clear()

    def _change_weather(self) -> None:
        """For a while recordings come cut off, or shorter than they are, or whole."""
        if self._is_fair:
            return
        faults = self.carrier.faults.recordings
        faults.cut, faults.short = self._dice.choices(
            ((False, False), (True, False), (False, True)), (8, 1, 1)
        )[0]
        self.carrier.event_queue.after(WEATHER_EVERY_SECONDS, self._change_weather)


def carrier(
    account: Account,
    clock: RealClock,
    journal: Path,
    http: httpx.Client,
    seed: int,
    patience: float,
) -> Carrier:
    """A carrier with one number, on which nothing goes wrong yet."""
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


def spoil(faults: Faults) -> None:
    """Let everything go wrong, by chance, that the simulator can let go wrong."""
    faults.voice_twice(0.05)
    faults.duplicate(0.15, seconds=2)
    faults.lose(0.10)
    faults.delay(8, 0.08)
    faults.reorder(0.05, seconds=15)
    faults.rest_errors(429, 0.05)
    faults.rest_errors(503, 0.03)
    faults.rest_errors(500, 0.04, after_acting=True)
    faults.rest_errors("timeout", 0.01)
    faults.rest_errors("timeout", 0.02, after_acting=True)
    faults.recordings.missing_first = 1
