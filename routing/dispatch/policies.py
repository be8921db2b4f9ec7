"""Who rings next: one table, read from the top for every round."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from routing import needs
from routing.needs import SearchOrder
from routing.person import Responder

FIRST_LINE, BACKUP, COORDINATOR = 1, 2, 3
EVERY_TIER = (FIRST_LINE, BACKUP, COORDINATOR)
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Caller:
    """What we know of a caller when we look for somebody."""

    language: str
    need: str
    surge: bool = False
    """More people call than can be answered: every tier is asked from the start."""
    dropped_twice: bool = False
    """Cut off from two responders: a coordinator is among those rung."""
    coordinators_only: bool = False
    """Blocked for abuse: one coordinator is rung, and no responder."""


@dataclass(frozen=True)
class Invitation:
    """One person to ring, and whether an interpreter must join because of the language."""

    person: str
    step: str
    interpreter: bool


@dataclass(frozen=True)
class Step:
    """A row of the table: whom it asks, and what they must bring."""

    name: str
    tiers: tuple[int, ...]
    same_language: bool
    takes_need: bool

    def asks(self, person: Responder, caller: Caller) -> bool:
        """Whether this person may be rung at this step."""
        return (
            person.tier in self.tiers
            and (person.speaks(caller.language) or not self.same_language)
            and (person.takes(caller.need) or not self.takes_need)
        )


@dataclass(frozen=True)
class Policy:
    """Who is rung, step by step, and at most how many of them together."""

    steps: tuple[Step, ...]
    together: int
    round_seconds: int = 15  # four rounds fit in the patience of a caller


_EVERYBODY_AT_ONCE = Policy(
    (
        Step("same language", (FIRST_LINE, BACKUP), same_language=True, takes_need=True),
        Step("same language, any need", EVERY_TIER, same_language=True, takes_need=False),
        Step("with an interpreter", (FIRST_LINE, BACKUP), same_language=False, takes_need=True),
        Step("anybody", EVERY_TIER, same_language=False, takes_need=False),
    ),
    together=6,
)

_FIRST_LINE_THEN_EVERYBODY = Policy(
    (
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
        Step("first line, same language", (FIRST_LINE,), same_language=True, takes_need=True),
        Step("backup, same language", (BACKUP,), same_language=True, takes_need=True),
        Step("same language, any need", (FIRST_LINE, BACKUP), same_language=True, takes_need=False),
        Step("with an interpreter", (FIRST_LINE, BACKUP), same_language=False, takes_need=False),
        Step("coordinators", (COORDINATOR,), same_language=False, takes_need=False),
    ),
    together=3,
)

POLICIES: Mapping[SearchOrder, Policy] = {
    SearchOrder.EVERYBODY_AT_ONCE: _EVERYBODY_AT_ONCE,
    SearchOrder.FIRST_LINE_THEN_EVERYBODY: _FIRST_LINE_THEN_EVERYBODY,
    SearchOrder.FIRST_LINE_THEN_COORDINATORS: _FIRST_LINE_THEN_COORDINATORS,
}


def policy_for(need: str) -> Policy:
    """Who is rung for a need; one we do not know is treated as unknown, never refused."""
    return POLICIES[needs.of(need).asked]


def can_serve(need: str) -> bool:
    """Whether anybody on duty is rung in the end, if need be with an interpreter."""
    anybody = [Responder(f"tier {tier}", languages=(), tier=tier) for tier in EVERY_TIER]
    rung = [each.person for one in rounds(Caller("en", need), anybody) for each in one]
    return sorted(rung) == sorted(person.id for person in anybody)


def next_round(caller: Caller, reachable: Sequence[Responder]) -> tuple[Invitation, ...]:
    """Whom to ring together now: the first step with anybody in it; empty when nobody is left."""
    if caller.coordinators_only:
        return _coordinator(caller, reachable)
    policy = policy_for(caller.need)
    for row in policy.steps:
        step = replace(row, tiers=EVERY_TIER) if caller.surge else row
        if asked := [person for person in reachable if step.asks(person, caller)]:
            best = sorted(asked, key=lambda person: _preference(person, caller))
            invited = tuple(_invitation(p, step, caller) for p in best[: policy.together])
            left = [person for person in reachable if person not in best[: policy.together]]
            return invited + (_coordinator(caller, left) if caller.dropped_twice else ())
    return ()


def _coordinator(caller: Caller, reachable: Sequence[Responder]) -> tuple[Invitation, ...]:
    found = [person for person in reachable if person.tier == COORDINATOR]
    best = sorted(found, key=lambda person: _preference(person, caller))[:1]
    step = Step("a coordinator", (COORDINATOR,), same_language=False, takes_need=False)
    return tuple(_invitation(person, step, caller) for person in best)


def rounds(caller: Caller, reachable: Sequence[Responder]) -> Iterator[tuple[Invitation, ...]]:
    """Everybody who would be rung, round by round, if nobody accepted."""
    left = list(reachable)
    while invited := next_round(caller, left):
        yield invited
        asked = {invitation.person for invitation in invited}
        left = [person for person in left if person.id not in asked]


def _preference(person: Responder, caller: Caller) -> tuple[bool, bool, datetime, str]:
    """Language and need first, then whoever was rung longest ago; never rung comes first."""
    return (
        not person.speaks(caller.language),
        not person.takes(caller.need),
        person.last_rung_at or _NEVER,
        person.id,
    )


def _invitation(person: Responder, step: Step, caller: Caller) -> Invitation:
    return Invitation(person.id, step.name, interpreter=not person.speaks(caller.language))
