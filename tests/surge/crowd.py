"""Everybody who calls and everybody who answers, in a compressed hour with a burst in it."""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from random import Random

from simulator import Carrier, Leg

BURST = 5
BURST_SHARE = 0.1
"""A tenth of the time holds calls at five times the rate of the rest."""
TALK_SECONDS = 3.0
LOOK_EVERY_SECONDS = 0.2
LONGEST_CALL_SECONDS = 60.0
FLOOD = "+12125550177"

# Keys, and how long after the call began they are pressed; then the caller hangs up.
Script = tuple[tuple[tuple[float, str], ...], float]
_SCRIPTS: tuple[tuple[float, Script], ...] = (
    (0.10, (((0, "11"),), 25)),  # officers at the door: waits
    (0.30, (((0, "12"), (4, "1"), (7, "1"), (9, "1"), (11, "2")), 20)),  # waits, then a callback
    (0.30, (((0, "13"), (2, "1"), (4, "1"), (6, "2")), 15)),  # offered a callback first
    (0.10, (((0, "12"), (4, "2"), (12, "#")), 20)),  # leaves a message
    (0.10, (((0, "14"),), 8)),  # hears their rights
    (0.10, ((), 1)),  # hangs up at once
)
_FLOODS: Script = (((0, "13"), (2, "0")), 5)


@dataclass
class Crowd:
    """Calls arrive, keys are pressed and phones are answered as time goes by; one thread."""

    carrier: Carrier
    hotline: str
    responders: list[str]
    calls: int
    floods: int
    seconds: float
    dice: Random = field(default_factory=lambda: Random(7))
    legs: list[Leg] = field(default_factory=list)
    flood_legs: list[Leg] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._plan: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._busy: set[str] = set()
        self._talking: set[str] = set()

    def call(self) -> None:
        """Let everybody call, and return when the last one has hung up."""
        for number in self.responders:
            self.carrier.phone(number).picks_up_after(0.5)
        began = time.monotonic()
        for at in self._arrivals(self.calls):
            self._later(began + at, self._stranger_calls)
        for at in self._arrivals(self.floods):
            self._later(began + at, self._flood_calls)
        self._later(began, self._look_around)
        until = began + self.seconds + LONGEST_CALL_SECONDS
        while self._plan and time.monotonic() < until:
            at, _, act = heapq.heappop(self._plan)
            time.sleep(max(0.0, at - time.monotonic()))
            act()

    def _arrivals(self, count: int) -> Iterator[float]:
        """Instants within the time: `BURST_SHARE` of it is `BURST` times as dense as the rest."""
        weight = 1 + (BURST - 1) * BURST_SHARE
        begins = self.seconds * 0.4
        for _ in range(count):
            if self.dice.random() < BURST * BURST_SHARE / weight:
                yield begins + self.dice.random() * self.seconds * BURST_SHARE
            else:
                yield self.dice.random() * self.seconds

    def _later(self, at: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._plan, (at, next(self._order), act))

    def _stranger_calls(self) -> None:
        number = f"+1{self.dice.randrange(201, 990)}55501{self.dice.randrange(100):02d}"
        weights = [share for share, _ in _SCRIPTS]
        ((_, script),) = self.dice.choices(_SCRIPTS, weights)
        self.legs.append(self._calls(number, script, shown=self._shown(number)))

    def _shown(self, number: str) -> str:
        """Numbers for examples are few: a third of the strangers withhold theirs."""
        return "anonymous" if self.dice.random() < 1 / 3 else number

    def _flood_calls(self) -> None:
        self.flood_legs.append(self._calls(FLOOD, _FLOODS, shown=FLOOD))

    def _calls(self, number: str, script: Script, shown: str) -> Leg:
        leg = self.carrier.phone(number).dials(self.hotline, caller_id=shown)
        keys, patience = script
        now = time.monotonic()
        for after, key in keys:
            self._later(now + after, partial(self._press, leg, key))
        self._later(now + patience, partial(self._hang_up, leg))
        return leg

    def _press(self, leg: Leg, keys: str) -> None:
        with suppress(RuntimeError):  # the leg may end at the same instant
            if leg.bridged_with is None:
                leg.presses(keys)

    def _hang_up(self, leg: Leg) -> None:
        with suppress(RuntimeError):
            if leg.bridged_with is None:
                leg.hangs_up()

    def _look_around(self) -> None:
        """Responders who picked up press 1; a talk that has begun ends after a while."""
        now = time.monotonic()
        for number in self.responders:
            leg = self.carrier.phone(number).live_leg
            if leg is None or leg.status != "in-progress" or leg.sid in self._busy:
                continue
            self._busy.add(leg.sid)
            self._later(now + 0.5, partial(self._press, leg, "1"))
            self._later(now + 0.5 + TALK_SECONDS, partial(self._ends, leg))
        if len(self._plan) > 0 or any(leg.is_live for leg in self.legs):
            self._later(now + LOOK_EVERY_SECONDS, self._look_around)

    def _ends(self, leg: Leg) -> None:
        """The caller at the other end hangs up, or the responder does if nobody is there."""
        other = leg.bridged_with
        with suppress(RuntimeError):
            (other or leg).hangs_up()
