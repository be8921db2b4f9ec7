"""The people who can be rung."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from routing import needs

FIRST_LINE, BACKUP, COORDINATOR, DIRECTOR = 1, 2, 3, 4
EVERY_TIER = (FIRST_LINE, BACKUP, COORDINATOR)
"""The tiers that a search for a person rings."""
TIERS = (*EVERY_TIER, DIRECTOR)
ATTORNEY = "attorney"
COORDINATOR_ROLE = "coordinator"
INTERPRETER_ROLE, DIRECTOR_ROLE = "interpreter", "director"
SISTER_LINE_ROLE = "sister line"
"""The role of RESCUE_NUMBER, which pursuit rings after everybody else; it is no person."""


class Level(StrEnum):
    """How well somebody speaks a language."""

    NATIVE = "native"
    PROFESSIONAL = "professional"
    SOME = "some"
    """Enough to calm a caller, not enough to advise or interpret."""


def some_languages(levels: Mapping[str, str] | None) -> tuple[str, ...]:
    """The languages of which somebody speaks some."""
    return tuple(code for code, level in (levels or {}).items() if level == Level.SOME)


class Pursued(StrEnum):
    """For which open items somebody is rung while they are off duty."""

    ALWAYS = "always"
    """For every item, also at night."""
    EMERGENCIES = "emergencies"
    """For emergencies, callers who said nothing, and people who were detained."""
    NEVER = "never"


def usually_pursued(tier: int) -> Pursued:
    """What the roster means if it does not say: coordinators and directors for emergencies."""
    return Pursued.EMERGENCIES if tier >= COORDINATOR else Pursued.NEVER


@dataclass(frozen=True)
class Responder:
    """A person of the roster: tier 1 is the first line, 2 the backup, 3 a coordinator.

    Tier 4 is a director; no search rings them.
    """

    id: str
    languages: tuple[str, ...]
    needs: frozenset[str] = frozenset()
    """What they take: their own needs or, if they have none, those of their partner."""
    tier: int = FIRST_LINE
    last_rung_at: datetime | None = None
    role: str = ATTORNEY
    pursued: Pursued = Pursued.NEVER
    some: tuple[str, ...] = ()
    """Languages of which they speak some: they are asked before people who speak none of it."""
    by_partner: bool = False
    """Whether `needs` are those of their partner."""

    @property
    def takes_callers(self) -> bool:
        """Whether they may be alone with a caller; an interpreter and a director never are."""
        return takes_callers(self.role, self.tier)

    def speaks(self, language: str) -> bool:
        """Whether they speak this language, so no interpreter is needed."""
        return language in self.languages

    def gets_by(self, language: str, second: str | None = None) -> bool:
        """Whether they and a caller of this language understand each other a little.

        `second` is a second language of the caller.
        """
        codes = {*self.languages, *self.some}
        return language in codes or second in codes

    def takes(self, need: str) -> bool:
        """Whether they take this need; an empty `needs` means all."""
        return not self.needs or self.names(need)

    def names(self, need: str) -> bool:
        """Whether the roster names this need or its parent for them; an empty list names none."""
        return not self.needs.isdisjoint(needs.of(need).taken_with)

    def takes_exactly(self, need: str) -> bool:
        """Whether this second-level need itself is among those they take."""
        return needs.detail(need) in self.needs

    def distance(self, need: str) -> int:
        """How far they are from this need: 0 takes it exactly, 1 takes it, 2 does not."""
        if self.takes_exactly(need):
            return 0
        return 1 if self.takes(need) else 2


def takes_callers(role: str, tier: int) -> bool:
    """Whether somebody with this role and tier may be rung to talk with a caller alone."""
    return role not in (INTERPRETER_ROLE, DIRECTOR_ROLE) and tier in EVERY_TIER


@dataclass(frozen=True)
class Present:
    """The people on duty at one instant, and what they do; `engaged` etc. are ids."""

    people: tuple[Responder, ...]
    engaged: frozenset[str] = frozenset()
    resting: frozenset[str] = frozenset()
    dead: frozenset[str] = frozenset()

    @property
    def free(self) -> list[Responder]:
        """Those who are neither rung nor in a talk nor resting."""
        return [each for each in self.people if each.id not in self.engaged | self.resting]

    @property
    def at_rest(self) -> list[Responder]:
        """Those who rest after a talk."""
        return [each for each in self.people if each.id in self.resting - self.engaged]

    def without(self, lost: Collection[str]) -> Present:
        """The same, with these people asked by somebody else."""
        return replace(self, engaged=self.engaged | frozenset(lost))

    def could_take(self, tried: Collection[str]) -> list[Responder]:
        """Those who could take a call now or when they are free again."""
        return [each for each in self.people if each.id not in self.dead and each.id not in tried]


def living_first(people: Iterable[Responder], dead: Collection[str]) -> list[Responder]:
    """Without the people whose number looks dead, unless nobody else is left."""
    found = list(people)
    return [person for person in found if person.id not in dead] or found


def reachable(
    people: Iterable[Responder],
    *,
    on_duty: Collection[str],
    engaged: Collection[str],
    resting: Collection[str],
    tried: Collection[str],
    dead: Collection[str] = (),
) -> list[Responder]:
    """The people who can be rung for a call now: on duty, free, rested, and not yet tried.

    Interpreters and directors are never rung for a caller. `engaged` are ringing or talking,
    `resting` are in wrap-up. `dead` have a number that looks dead; they are rung only if nobody
    else is left. All are ids.
    """
    found = [
        person
        for person in people
        if person.takes_callers
        and person.id in on_duty
        and not any(person.id in busy for busy in (engaged, resting, tried))
    ]
    return living_first(found, dead)
