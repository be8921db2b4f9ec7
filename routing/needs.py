"""What callers need: one row for each need, and everything that depends on a need reads its row.

A need has one or two levels. What a key of the main menu says is the first level; a second
question may say more, such as "taken today" below "detained". A row of the second level names the
first in `parent`; it has its own urgency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum

UNKNOWN = "unknown"
"""The caller said nothing, or pressed 0."""


class Priority(IntEnum):
    """How urgent a need is; the lower goes first in every list and queue."""

    EMERGENCY = 0
    """Somebody is in danger now. It passes every limit that holds other callers back."""
    URGENT = 1
    ORDINARY = 2
    """It can wait: in a surge a callback is offered before anybody is rung."""


class SearchOrder(StrEnum):
    """Who is rung, and in which order: the tables of `routing.dispatch.policies`."""

    EVERYBODY_AT_ONCE = "everybody at once"
    FIRST_LINE_THEN_EVERYBODY = "first line, then everybody"
    FIRST_LINE_THEN_COORDINATORS = "first line, then coordinators"


@dataclass(frozen=True)
class Need:
    """A row of the table."""

    code: str
    label: str
    """What the console calls it, in English; translated by the console's catalogue."""
    priority: Priority
    asked: SearchOrder
    callback_due: timedelta
    """A callback is due so long after it was promised."""
    patience_seconds: int = 60
    """How long responders are searched for before the caller is offered something else."""
    parent: str | None = None
    """The need of the first level that this one tells more of."""
    also_taken_with: str | None = None
    """Responders who take that need take this one too."""
    may_be_danger: bool = False
    """We look for somebody even if this phone has called too often."""

    @property
    def is_emergency(self) -> bool:
        """Whether the caller said that somebody is in danger now."""
        return self.priority is Priority.EMERGENCY

    @property
    def can_wait(self) -> bool:
        """Whether a callback is offered first when too many people call."""
        return self.priority is Priority.ORDINARY

    @property
    def text(self) -> str:
        """The name of the prompt that says it to responders, in `[staff.needs]`."""
        return f"needs.{self.code}"

    @property
    def taken_with(self) -> frozenset[str]:
        """Who takes any of these needs takes this one."""
        return frozenset(filter(None, (self.code, self.parent, self.also_taken_with)))


def _by_code(*rows: Need) -> Mapping[str, Need]:
    return {row.code: row for row in rows}


NEEDS: Mapping[str, Need] = _by_code(
    Need(
        "emergency",
        label="emergency",
        priority=Priority.EMERGENCY,
        asked=SearchOrder.EVERYBODY_AT_ONCE,
        callback_due=timedelta(minutes=15),
        may_be_danger=True,
    ),
    Need(
        "detained",
        label="detained",
        priority=Priority.URGENT,
        asked=SearchOrder.FIRST_LINE_THEN_EVERYBODY,
        callback_due=timedelta(minutes=30),
    ),
    Need(
        "question",
        label="question",
        priority=Priority.ORDINARY,
        asked=SearchOrder.FIRST_LINE_THEN_COORDINATORS,
        callback_due=timedelta(hours=2),
    ),
    # Someone who says nothing may be unable to speak, so we look as for an emergency.
    Need(
        UNKNOWN,
        label="not said",
        priority=Priority.URGENT,
        asked=SearchOrder.EVERYBODY_AT_ONCE,
        callback_due=timedelta(minutes=30),
        also_taken_with="emergency",
        may_be_danger=True,
    ),
)

CODES = tuple(NEEDS)
EMERGENCIES = tuple(code for code, need in NEEDS.items() if need.is_emergency)
MAYBE_DANGER = tuple(code for code, need in NEEDS.items() if need.may_be_danger)


def of(code: str | None, table: Mapping[str, Need] = NEEDS) -> Need:
    """The row of a need; one that is not in the table is treated as unknown, never refused."""
    return table.get(code or UNKNOWN, table[UNKNOWN])


def first_level(code: str | None, table: Mapping[str, Need] = NEEDS) -> str:
    """The need of the first level that this one is, or belongs to."""
    need = of(code, table)
    return need.parent or need.code


def details_of(code: str, table: Mapping[str, Need] = NEEDS) -> tuple[Need, ...]:
    """The needs of the second level below this one, in the order of the table."""
    return tuple(need for need in table.values() if need.parent == code)


def faults(table: Mapping[str, Need] = NEEDS) -> list[str]:
    """One sentence for each row that contradicts another one."""
    found = []
    for code, need in table.items():
        if need.parent is not None:
            above = table.get(need.parent)
            if above is None:
                found.append(f"need {code!r} has the parent {need.parent!r}, which has no row")
            elif above.parent is not None:
                found.append(f"need {code!r} is on a third level: its parent has a parent")
        if need.also_taken_with is not None and need.also_taken_with not in table:
            found.append(f"need {code!r} is taken with {need.also_taken_with!r}, which has no row")
    if UNKNOWN not in table:
        found.append(f"the table of needs lacks {UNKNOWN!r}")
    return found
