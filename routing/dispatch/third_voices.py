"""Third voices: who is rung to join a talk as interpreter, attorney or coordinator.

People on duty are asked first. People off duty are asked only if the caller may be in danger, since
a phone may ring at night only for that.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import assert_never

from routing import needs
from routing.dispatch.policies import Invitation, policy_for
from routing.person import ATTORNEY, COORDINATOR, INTERPRETER_ROLE, Responder

TOGETHER = 3
"""How many phones ring for one request at the same time."""
RECHECK = timedelta(seconds=5)
"""While nobody can be rung, the time until the next look for people who came free."""
VENDOR_AFTER = timedelta(seconds=25)
"""How long our own interpreters are rung before the vendor's line."""
VENDOR_PATIENCE = timedelta(seconds=90)
_NEVER = datetime.min.replace(tzinfo=UTC)


class RequestKind(StrEnum):
    """Who is wanted in a talk."""

    INTERPRETER = "interpreter"
    ATTORNEY = "attorney"
    COORDINATOR = "coordinator"


PATIENCE: Mapping[RequestKind, timedelta] = {
    RequestKind.INTERPRETER: timedelta(seconds=60),
    RequestKind.ATTORNEY: timedelta(seconds=90),
    RequestKind.COORDINATOR: timedelta(seconds=90),
}
"""How long people are rung before the request has failed."""


@dataclass(frozen=True)
class Wanted:
    """Who is wanted, and for which caller."""

    kind: RequestKind
    language: str
    need: str


@dataclass(frozen=True)
class Crew:
    """Everybody on the roster whose phone may be rung, and what keeps each from it; all ids."""

    people: Sequence[Responder]
    on_duty: Collection[str]
    engaged: Collection[str] = ()
    """Ringing or talking."""
    resting: Collection[str] = ()
    asked: Collection[str] = ()
    """Rung for this request already, or in this talk."""


def fit(wanted: Wanted, crew: Crew) -> list[Responder]:
    """Everybody who could join, whether free or not, best match first."""
    may_be_danger = needs.of(wanted.need).may_be_danger
    found = [
        person
        for person in crew.people
        if _matches(person, wanted)
        and person.id not in crew.asked
        and (person.id in crew.on_duty or may_be_danger)
    ]
    return sorted(found, key=lambda person: _preference(person, wanted, crew))


def to_ring(wanted: Wanted, crew: Crew, at_most: int) -> tuple[Invitation, ...]:
    """The people to ring now. A rest yields to danger that nobody else can help in."""
    there = [person for person in fit(wanted, crew) if person.id not in crew.engaged]
    rested = [person for person in there if person.id not in crew.resting]
    if not rested and needs.of(wanted.need).may_be_danger:
        rested = there
    return tuple(_invitation(person, wanted) for person in rested[: max(0, at_most)])


def _matches(person: Responder, wanted: Wanted) -> bool:
    is_admitted = policy_for(wanted.need).admits(person, wanted.need)
    match wanted.kind:
        case RequestKind.INTERPRETER:
            return person.role == INTERPRETER_ROLE and person.speaks(wanted.language)
        case RequestKind.ATTORNEY:
            return person.role == ATTORNEY and person.takes_callers and is_admitted
        case RequestKind.COORDINATOR:
            return person.tier == COORDINATOR and person.takes_callers and is_admitted
        case _:
            assert_never(wanted.kind)


def _preference(
    person: Responder, wanted: Wanted, crew: Crew
) -> tuple[bool, int, bool, datetime, str]:
    """Sort key: on duty, then need and language, then the longest time since the last ring."""
    return (
        person.id not in crew.on_duty,
        person.distance(wanted.need),
        not person.speaks(wanted.language),
        person.last_rung_at or _NEVER,
        person.id,
    )


def _invitation(person: Responder, wanted: Wanted) -> Invitation:
    return Invitation(person.id, wanted.kind, interpreter=not person.speaks(wanted.language))
