"""A day of the line as discrete events: the real order of callers and choice of people, and chance.

Who is rung for whom is decided by `routing.dispatch.waiting_line` alone. Callers come by hour and
language and hang up when their patience ends. A phone that rings is answered, declined or neither;
who has talked rests.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import simpy

from ivr.search.rounds import RING_SECONDS
from routing.dispatch.policies import Caller, Invitation, policy_for
from routing.dispatch.waiting_line import Waiting, share_out
from routing.person import Present, Responder

Steps = Generator[Any, Any, None]
_BEGAN = datetime(2026, 12, 1, tzinfo=UTC)
_HOUR_SECONDS = 3600.0


@dataclass(frozen=True)
class World:
    """What comes, who is there, and how people behave; times in seconds."""

    calls_per_hour: Sequence[float]
    """For each hour of the day."""
    languages: Mapping[str, float]
    needs: Mapping[str, float]
    people: Sequence[Responder]
    patience: float = 180.0
    """The mean; as in Erlang A it ends at random."""
    talk: float = 480.0
    rest: float = 300.0
    answers_after: float = 7.0
    accepts: float = 0.6
    declines: float = 0.1
    """Of the rest nobody comes to the phone while it rings."""

    @property
    def mean_calls_per_hour(self) -> float:
        """Over the whole day."""
        return sum(self.calls_per_hour) / len(self.calls_per_hour)


@dataclass
class Outcome:
    """What happened to callers and people."""

    waits: list[float] = field(default_factory=list)
    """Of every caller, until they talked or hung up."""
    answered: int = 0
    abandoned: int = 0
    rings: int = 0
    talks: dict[str, int] = field(default_factory=dict)
    """By person."""


@dataclass
class _InLine:
    waiting: Waiting
    connected: simpy.Event
    rings: dict[str, tuple[str, simpy.Event]] = field(default_factory=dict)
    """By person: the step, and the event that cancels it."""
    round_ends: float = 0.0


class SimulatedLine:
    """One run."""

    def __init__(self, world: World, seed: int, at_most: int | None = None) -> None:
        """`at_most`: how many phones may ring for one caller at a time."""
        self._world, self._random, self._at_most = world, Random(seed), at_most
        self._env = simpy.Environment()
        self._people = {person.id: person for person in world.people}
        self._engaged: set[str] = set()
        self._resting: set[str] = set()
        self._line: dict[str, _InLine] = {}
        self.outcome = Outcome()

    def run(self, days: int) -> Outcome:
        """So many days; what is under way at the end counts for nothing."""
        self._env.process(self._arrivals())
        self._env.run(days * 24 * _HOUR_SECONDS)
        return self.outcome

    def _arrivals(self) -> Steps:
        """Each hour has its own pace: calls of a busy one, thinned (Lewis and Shedler 1979)."""
        hours = self._world.calls_per_hour
        most, number = max(hours), 0
        while True:
            yield self._env.timeout(self._random.expovariate(most / _HOUR_SECONDS))
            pace = hours[int(self._env.now / _HOUR_SECONDS) % len(hours)]
            if self._random.random() < pace / most:
                number += 1
                self._env.process(self._call(f"{number:06}"))

    def _call(self, name: str) -> Steps:
        caller = Caller(self._one_of(self._world.languages), self._one_of(self._world.needs))
        here = _InLine(Waiting(name, caller, self._now()), self._env.event())
        began, self._line[name] = self._env.now, here
        self._look()
        patience = self._env.timeout(self._random.expovariate(1 / self._world.patience))
        yield here.connected | patience
        self.outcome.waits.append(self._env.now - began)
        if here.connected.triggered:
            self.outcome.answered += 1
            return
        self.outcome.abandoned += 1
        self._leave(name)

    def _leave(self, name: str) -> None:
        for _, cancelled in self._line.pop(name).rings.values():
            cancelled.succeed()

    def _look(self) -> None:
        """Let the line share out who is free, as each turn of the hold loop does."""
        line = [self._as_it_is(each) for each in self._line.values()]
        present = Present(
            tuple(self._people.values()), frozenset(self._engaged), frozenset(self._resting)
        )
        for call, invited in share_out(line, present).invited.items():
            if invited:
                self._begin_round(self._line[call], invited)

    def _as_it_is(self, here: _InLine) -> Waiting:
        rings = here.rings if self._env.now < here.round_ends else {}
        steps = tuple(step for step, _ in here.rings.values()) if rings else ()
        room = None if self._at_most is None else max(0, self._at_most - len(here.rings))
        return replace(here.waiting, ringing=steps, at_most=room)

    def _begin_round(self, here: _InLine, invited: Sequence[Invitation]) -> None:
        if self._env.now >= here.round_ends:
            here.round_ends = self._env.now + policy_for(here.waiting.caller.need).round_seconds
            self._env.process(self._looks_at(here.round_ends))
        for each in invited:
            here.rings[each.person] = (each.step, self._env.event())
            tried = here.waiting.tried | {each.person}
            here.waiting = replace(here.waiting, tried=tried)
            self._engaged.add(each.person)
            person = self._people[each.person]
            self._people[each.person] = replace(person, last_rung_at=self._now())
            self.outcome.rings += 1
            self._env.process(self._ring(here, each.person))

    def _looks_at(self, at: float) -> Steps:
        yield self._env.timeout(at - self._env.now)
        self._look()

    def _ring(self, here: _InLine, person: str) -> Steps:
        chance, cancelled = self._random.random(), here.rings[person][1]
        accepts = chance < self._world.accepts
        comes = accepts or chance < self._world.accepts + self._world.declines
        after = self._random.expovariate(1 / self._world.answers_after)
        rang_out = not comes or after > RING_SECONDS
        yield cancelled | self._env.timeout(RING_SECONDS if rang_out else after)
        if not cancelled.triggered and accepts and not rang_out:
            yield from self._talk(here, person)
            return
        self._engaged.discard(person)
        here.rings.pop(person, None)
        if not here.rings and here.waiting.call in self._line:
            self._begin_again(here)
        self._look()

    def _begin_again(self, here: _InLine) -> None:
        """A search that asked everybody begins anew with the next free person."""
        here.round_ends = self._env.now
        free = Present(tuple(self._people.values()), frozenset(self._engaged)).free
        if all(each.id in here.waiting.tried for each in free):
            here.waiting = replace(here.waiting, tried=frozenset())

    def _talk(self, here: _InLine, person: str) -> Steps:
        del here.rings[person]
        self._leave(here.waiting.call)
        here.connected.succeed()
        self.outcome.talks[person] = self.outcome.talks.get(person, 0) + 1
        yield self._env.timeout(self._random.expovariate(1 / self._world.talk))
        self._engaged.discard(person)
        self._resting.add(person)
        self._look()
        yield self._env.timeout(self._world.rest)
        self._resting.discard(person)
        self._look()

    def _one_of(self, shares: Mapping[str, float]) -> str:
        return self._random.choices(list(shares), list(shares.values()))[0]

    def _now(self) -> datetime:
        return _BEGAN + timedelta(seconds=self._env.now)
