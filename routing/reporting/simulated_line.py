"""Days of the line as discrete events: the real order of callers and choice of people, and chance.

Who is rung for whom is decided by `routing.dispatch.waiting_line` alone. Callers come by hour and
language and hang up when their patience ends. The account starts so many calls a second and no
more, callers of a higher rank first; what did not start before the next round is dropped. A phone
that rings is answered, declined or neither; who answers hears the offer first. Then they rest.
The same seed gives the same days.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random

from routing.dispatch.policies import Caller, Invitation, policy_for
from routing.dispatch.waiting_line import Waiting, share_out
from routing.person import Present, Responder

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
    ring: float = 20.0
    """How long a phone rings at most."""
    answers_after: float = 7.0
    """The mean, until they come to the phone."""
    offer: float = 3.5
    """How long they hear the offer until they press 1."""
    calls_per_second: float = 1.0
    """Call starts that the account allows; what it begins with."""
    accepts: float = 0.6
    declines: float = 0.1
    """Of the rest nobody comes to the phone while it rings."""
    asks_again: bool = True
    """Whether a search that asked everybody in vain begins again, or the caller gets a choice."""


@dataclass(frozen=True)
class Fared:
    """How one caller fared."""

    hour: int
    """Of the day, when they asked for a person."""
    language: str
    waited: float
    """Until they talked or hung up."""
    answered: bool


@dataclass
class Outcome:
    """What happened to callers and people."""

    callers: list[Fared] = field(default_factory=list)
    rings: int = 0
    talks: dict[str, int] = field(default_factory=dict)
    """By person."""


@dataclass(eq=False)
class _Ring:
    person: str
    step: str
    has_begun: bool = False
    is_over: bool = False


@dataclass(eq=False)
class _InLine:
    waiting: Waiting
    since: float
    rings: list[_Ring] = field(default_factory=list)
    round_ends: float = 0.0
    has_left: bool = False


class SimulatedLine:
    """One run."""

    def __init__(self, world: World, seed: int, at_most: int | None = None) -> None:
        """`at_most`: how many phones may ring for one caller at a time."""
        self._world, self._at_most = world, at_most
        self._random = Random(seed)  # noqa: S311 - dice, not a secret
        self._people = {person.id: person for person in world.people}
        self._engaged: set[str] = set()
        self._resting: set[str] = set()
        self._line: dict[str, _InLine] = {}
        self._now, self._turn = 0.0, count()
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._to_start: list[tuple[int, int, _InLine, _Ring]] = []
        self._next_start = 0.0
        self.outcome = Outcome()

    def run(self, days: float) -> Outcome:
        """So many days; what is under way at the end counts for nothing."""
        self._next_caller()
        while self._events and self._events[0][0] < days * 24 * _HOUR_SECONDS:
            self._now, _, act = heappop(self._events)
            act()
        return self.outcome

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        heappush(self._events, (self._now + seconds, next(self._turn), act))

    def _about(self, mean: float) -> float:
        return self._random.expovariate(1 / mean)

    # --- callers

    def _next_caller(self) -> None:
        """Each hour has its own pace: calls of a busy one, thinned (Lewis and Shedler 1979)."""
        self._after(self._about(_HOUR_SECONDS / max(self._world.calls_per_hour)), self._may_come)

    def _may_come(self) -> None:
        hours = self._world.calls_per_hour
        if self._random.random() < hours[self._hour() % len(hours)] / max(hours):
            self._comes()
        self._next_caller()

    def _comes(self) -> None:
        name = f"{next(self._turn):09}"
        caller = Caller(self._one_of(self._world.languages), self._one_of(self._world.needs))
        here = _InLine(Waiting(name, caller, self._instant()), self._now)
        self._line[name] = here
        if self._world.patience < float("inf"):
            self._after(self._about(self._world.patience), lambda: self._hangs_up(here))
        self._look()

    def _hangs_up(self, here: _InLine) -> None:
        if not here.has_left:
            self._leaves(here, answered=False)
            self._look()

    def _leaves(self, here: _InLine, *, answered: bool) -> None:
        del self._line[here.waiting.call]
        here.has_left = True
        hour = int(here.since / _HOUR_SECONDS) % 24
        waited, language = self._now - here.since, here.waiting.caller.language
        self.outcome.callers.append(Fared(hour, language, waited, answered))
        for ring in tuple(here.rings):
            self._ends(here, ring)

    # --- rounds

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
        is_under_way = self._now < here.round_ends
        steps = tuple(ring.step for ring in here.rings) if is_under_way else ()
        room = None if self._at_most is None else max(0, self._at_most - len(here.rings))
        return replace(here.waiting, ringing=steps, at_most=room)

    def _begin_round(self, here: _InLine, invited: Sequence[Invitation]) -> None:
        if self._now >= here.round_ends:
            self._drop_what_did_not_start(here)
            seconds = policy_for(here.waiting.caller.need).round_seconds
            here.round_ends = self._now + seconds
            self._after(seconds, self._look)
        for each in invited:
            ring = _Ring(each.person, each.step)
            here.rings.append(ring)
            here.waiting = replace(here.waiting, tried=here.waiting.tried | {each.person})
            self._engaged.add(each.person)
            person = self._people[each.person]
            self._people[each.person] = replace(person, last_rung_at=self._instant())
            heappush(self._to_start, (here.waiting.rank, next(self._turn), here, ring))
        self._after(max(0.0, self._next_start - self._now), self._start_one)

    def _drop_what_did_not_start(self, here: _InLine) -> None:
        for ring in [ring for ring in here.rings if not ring.has_begun]:
            here.waiting = replace(here.waiting, tried=here.waiting.tried - {ring.person})
            self._ends(here, ring)

    # --- rings

    def _start_one(self) -> None:
        while self._to_start and self._now >= self._next_start:
            _, _, here, ring = heappop(self._to_start)
            if ring.is_over:
                continue
            self._next_start = self._now + 1 / self._world.calls_per_second
            self._after(1 / self._world.calls_per_second, self._start_one)
            self._rings(here, ring)

    def _rings(self, here: _InLine, ring: _Ring) -> None:
        ring.has_begun = True
        self.outcome.rings += 1
        world, chance = self._world, self._random.random()
        after = self._about(world.answers_after)
        if chance >= world.accepts + world.declines or after > world.ring:
            self._after(world.ring, lambda: self._in_vain(here, ring))
        elif chance >= world.accepts:
            self._after(after + world.offer, lambda: self._in_vain(here, ring))
        else:
            self._after(after + world.offer, lambda: self._accepts(here, ring))

    def _ends(self, here: _InLine, ring: _Ring) -> None:
        ring.is_over = True
        here.rings.remove(ring)
        self._engaged.discard(ring.person)

    def _in_vain(self, here: _InLine, ring: _Ring) -> None:
        if ring.is_over:
            return
        self._ends(here, ring)
        if not here.rings:
            self._begin_again(here)
        self._look()

    def _begin_again(self, here: _InLine) -> None:
        """The next round begins at once; who was asked in vain is asked again, if at all."""
        here.round_ends = self._now
        free = Present(tuple(self._people.values()), frozenset(self._engaged)).free
        if self._world.asks_again and all(each.id in here.waiting.tried for each in free):
            here.waiting = replace(here.waiting, tried=frozenset())
        elif here.waiting.tried >= self._people.keys():
            self._leaves(here, answered=False)

    # --- talks

    def _accepts(self, here: _InLine, ring: _Ring) -> None:
        if ring.is_over:
            return
        self._leaves(here, answered=True)
        self._engaged.add(ring.person)
        self.outcome.talks[ring.person] = self.outcome.talks.get(ring.person, 0) + 1
        self._after(self._about(self._world.talk), lambda: self._rests(ring.person))
        self._look()

    def _rests(self, person: str) -> None:
        self._engaged.discard(person)
        self._resting.add(person)
        self._after(self._world.rest, lambda: self._is_free_again(person))
        self._look()

    def _is_free_again(self, person: str) -> None:
        self._resting.discard(person)
        self._look()

    def _one_of(self, shares: Mapping[str, float]) -> str:
        return self._random.choices(list(shares), list(shares.values()))[0]

    def _hour(self) -> int:
        return int(self._now / _HOUR_SECONDS)

    def _instant(self) -> datetime:
        return _BEGAN + timedelta(seconds=self._now)
