"""Who rings next: a table that is read from the top for every round."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from routing import needs
from routing.needs import SearchOrder
from routing.person import ATTORNEY, BACKUP, COORDINATOR, EVERY_TIER, FIRST_LINE, Responder

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Caller:
    """What a search needs to know about the caller."""

    language: str
    need: str
    second: str | None = None
    """A second language of the caller."""
    surge: bool = False
    """More people call than can be answered: every tier is rung from the start."""
    dropped_twice: bool = False
    """Disconnected from two responders: a coordinator is rung too."""
    coordinators_only: bool = False
    """Blocked for abuse: one coordinator is rung and no responder."""
    expected_by: frozenset[str] = frozenset()
    """The people who expect this caller, by id: they are rung first, and alone."""
    perhaps: tuple[str, ...] = ()
    """Further languages that they may speak, while they have chosen none."""

    def is_understood_by(self, person: Responder) -> bool:
        """Whether this person speaks their language, or one that it may be."""
        return person.speaks(self.language) or any(map(person.speaks, self.perhaps))


@dataclass(frozen=True)
class Invitation:
    """One person to ring, and whether an interpreter must join because of the language."""

    person: str
    step: str
    interpreter: bool


@dataclass(frozen=True)
class Step:
    """A row of the table: the tiers it rings and what they must match."""

    name: str
    tiers: tuple[int, ...]
    same_language: bool
    takes_need: bool
    exactly: bool = False
    """Whether they must take the detail that the caller told, and not only its first level."""

    def asks(self, person: Responder, caller: Caller) -> bool:
        """Whether this person, who takes callers, may be rung at this step."""
        return (
            person.tier in self.tiers
            and (caller.is_understood_by(person) or not self.same_language)
            and (person.takes(caller.need) or not self.takes_need)
            and (person.takes_exactly(caller.need) or not self.exactly)
        )


@dataclass(frozen=True)
class Policy:
    """The steps of a search, and how many people are rung together at most."""

    steps: tuple[Step, ...]
    together: int
    round_seconds: int = 10
    """The seconds until the next round begins; the phones of this one ring on."""
    at_once: bool = False
    """All steps ring in one round, best match first; a step only gives the reason."""
    cleared_only: bool = False
    """Nobody is rung for whom the roster does not name the need."""

    def admits(self, person: Responder, need: str) -> bool:
        """Whether this person may be rung for this need at all."""
        return person.names(need) or not self.cleared_only


# At one call start a second, which is what an account begins with, no more than 15 phones start to
# ring within a round.
_EVERYBODY_AT_ONCE = Policy(
    (
        Step("same language", EVERY_TIER, same_language=True, takes_need=True),
        Step("same language, any need", EVERY_TIER, same_language=True, takes_need=False),
        Step("with an interpreter", EVERY_TIER, same_language=False, takes_need=True),
        Step("anybody", EVERY_TIER, same_language=False, takes_need=False),
    ),
    together=15,
    round_seconds=15,
    at_once=True,
)

_EXACT_NEED = Step(
    "same language, this very need",
    (FIRST_LINE, BACKUP),
    same_language=True,
    takes_need=True,
    exactly=True,
)

_FIRST_LINE_THEN_EVERYBODY = Policy(
    (
        _EXACT_NEED,
        Step("first line, same language", (FIRST_LINE,), same_language=True, takes_need=True),
        Step("backup, same language", (BACKUP,), same_language=True, takes_need=True),
        Step("same language, any need", EVERY_TIER, same_language=True, takes_need=False),
        Step("with an interpreter", EVERY_TIER, same_language=False, takes_need=True),
        Step("anybody", EVERY_TIER, same_language=False, takes_need=False),
    ),
    together=4,
)

_FIRST_LINE_THEN_COORDINATORS = Policy(
    (
        _EXACT_NEED,
        Step("first line, same language", (FIRST_LINE,), same_language=True, takes_need=True),
        Step("backup, same language", (BACKUP,), same_language=True, takes_need=True),
        Step("same language, any need", (FIRST_LINE, BACKUP), same_language=True, takes_need=False),
        Step("with an interpreter", (FIRST_LINE, BACKUP), same_language=False, takes_need=False),
        Step("coordinators", (COORDINATOR,), same_language=False, takes_need=False),
    ),
    together=3,
)

_CLEARED_AT_ONCE = Policy(
    (
        Step("cleared, same language", EVERY_TIER, same_language=True, takes_need=True),
        Step("cleared, with an interpreter", EVERY_TIER, same_language=False, takes_need=True),
    ),
    together=15,
    round_seconds=15,
    at_once=True,
    cleared_only=True,
)

EXPECTED = Step("expects the caller", EVERY_TIER, same_language=False, takes_need=False)
"""The reason of a ring to somebody who expects this caller."""

POLICIES: Mapping[SearchOrder, Policy] = {
    SearchOrder.EVERYBODY_AT_ONCE: _EVERYBODY_AT_ONCE,
    SearchOrder.CLEARED_AT_ONCE: _CLEARED_AT_ONCE,
    SearchOrder.FIRST_LINE_THEN_EVERYBODY: _FIRST_LINE_THEN_EVERYBODY,
    SearchOrder.FIRST_LINE_THEN_COORDINATORS: _FIRST_LINE_THEN_COORDINATORS,
}


def policy_for(need: str) -> Policy:
    """The policy for a need; an unlisted need is treated as unknown, never refused."""
    return POLICIES[needs.of(need).asked]


def can_serve(need: str) -> bool:
    """Whether everyone on duty who takes the need is rung, with an interpreter if necessary."""
    takes = frozenset({need})
    anybody = [Responder(f"tier {tier}", (), takes, tier) for tier in EVERY_TIER]
    rung = [each.person for one in rounds(Caller("en", need), anybody) for each in one]
    return sorted(rung) == sorted(person.id for person in anybody)


def next_round(caller: Caller, reachable: Sequence[Responder]) -> tuple[Invitation, ...]:
    """The people to ring together now: the first step with a match; empty if nobody is left.

    A policy that asks everybody at once rings the people of all its steps.
    """
    if caller.coordinators_only:
        return _coordinator(caller, reachable)
    found = _rows(caller, reachable)
    if not found:
        return ()
    expecting = [each for each in reachable if each.id in caller.expected_by & found.keys()]
    if expecting:
        return tuple(_invitation(person, EXPECTED, caller) for person in expecting)
    policy = policy_for(caller.need)
    last = len(policy.steps) if policy.at_once else min(found.values())
    invited = _best(caller, reachable, found, last, policy.together)
    asked = {invitation.person for invitation in invited}
    left = [person for person in reachable if person.id not in asked]
    return invited + (_coordinator(caller, left) if caller.dropped_twice else ())


def joining(
    caller: Caller, reachable: Sequence[Responder], rung: Sequence[str]
) -> tuple[Invitation, ...]:
    """The people who ring in the round that is under way, because they came free during it.

    `rung` names the step of each phone rung in this round.
    """
    policy = policy_for(caller.need)
    rows = [number for number, step in enumerate(policy.steps) if step.name in rung]
    if caller.coordinators_only or not rows:
        return ()
    last = len(policy.steps) if policy.at_once else max(rows)
    room = max(0, policy.together - len(rung))
    return _best(caller, reachable, _rows(caller, reachable), last, room)


def could_take(caller: Caller, person: Responder) -> bool:
    """Whether any step of the search asks this person."""
    if caller.coordinators_only:
        return bool(_coordinator(caller, [person]))
    return bool(_rows(caller, [person]))


def _rows(caller: Caller, people: Sequence[Responder]) -> dict[str, int]:
    """The number of the first step that asks each of these people, by id."""
    policy = policy_for(caller.need)
    steps = [_widened(step, caller) for step in policy.steps]
    found = {}
    for person in people:
        if not person.takes_callers or not policy.admits(person, caller.need):
            continue
        row = next((at for at, step in enumerate(steps) if step.asks(person, caller)), None)
        if row is not None:
            found[person.id] = row
    return found


def _widened(step: Step, caller: Caller) -> Step:
    return replace(step, tiers=EVERY_TIER) if caller.surge else step


def _best(
    caller: Caller, people: Sequence[Responder], rows: Mapping[str, int], last: int, at_most: int
) -> tuple[Invitation, ...]:
    """Those of these people whose step comes no later than `last`, best match first."""
    policy = policy_for(caller.need)
    rank = _match if policy.at_once else _preference
    asked = [person for person in people if rows.get(person.id, last + 1) <= last]
    best = sorted(asked, key=lambda person: rank(person, caller))[:at_most]
    return tuple(_invitation(p, policy.steps[rows[p.id]], caller) for p in best)


def _coordinator(caller: Caller, reachable: Sequence[Responder]) -> tuple[Invitation, ...]:
    policy = policy_for(caller.need)
    found = [
        each
        for each in reachable
        if each.takes_callers and each.tier == COORDINATOR and policy.admits(each, caller.need)
    ]
    best = sorted(found, key=lambda person: _preference(person, caller))[:1]
    step = Step("a coordinator", (COORDINATOR,), same_language=False, takes_need=False)
    return tuple(_invitation(person, step, caller) for person in best)


def rounds(caller: Caller, reachable: Sequence[Responder]) -> Iterator[tuple[Invitation, ...]]:
    """Everyone who would be rung, round by round, if nobody accepted."""
    left = list(reachable)
    while invited := next_round(caller, left):
        yield invited
        asked = {invitation.person for invitation in invited}
        left = [person for person in left if person.id not in asked]


def _preference(person: Responder, caller: Caller) -> tuple[int, int, datetime, str]:
    """Sort key: language and need first, then the longest time since the last ring."""
    return (
        _foreign(person, caller),
        person.distance(caller.need),
        person.last_rung_at or _NEVER,
        person.id,
    )


def _foreign(person: Responder, caller: Caller) -> int:
    """0: speaks the caller's language; 1: gets by in it, or in the caller's second; else 2."""
    if caller.is_understood_by(person):
        return 0
    return 1 if person.gets_by(caller.language, caller.second) else 2


def _match(person: Responder, caller: Caller) -> tuple[int, int, bool, int, datetime, str]:
    """Sort key among people who ring together: the best match is dialled first."""
    foreign, distance, last_rung_at, name = _preference(person, caller)
    return (foreign, distance, person.role != ATTORNEY, person.tier, last_rung_at, name)


def _invitation(person: Responder, step: Step, caller: Caller) -> Invitation:
    return Invitation(person.id, step.name, interpreter=not caller.is_understood_by(person))
