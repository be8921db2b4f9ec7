"""The needs of callers: one row per need, read by everything that depends on a need.

Needs have one or two levels. A key of the main menu gives the first level; a second question can
add detail, such as "taken today" below "detained". A row of the second level names the first in
`parent` and has its own urgency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum

UNKNOWN = "unknown"
"""The caller said nothing, or pressed 0."""


_URGENT_PATIENCE_SECONDS = 90
_DETAIL_PATIENCE_SECONDS = 75
"""One round more than for a question without detail: people who take the detail ring alone first.
"""


class Priority(IntEnum):
    """The urgency of a need; lower values go first in every list and queue."""

    EMERGENCY = 0
    """A person is in danger now. The call passes every limit that delays other callers."""
    URGENT = 1
    ORDINARY = 2
    """It can wait: in a surge a callback is offered before anyone is rung."""


class SearchOrder(StrEnum):
    """Who is rung, and in which order: the tables of `routing.dispatch.policies`."""

    EVERYBODY_AT_ONCE = "everybody at once"
    CLEARED_AT_ONCE = "cleared people at once"
    FIRST_LINE_THEN_EVERYBODY = "first line, then everybody"
    FIRST_LINE_THEN_COORDINATORS = "first line, then coordinators"


@dataclass(frozen=True)
class Need:
    """A row of the table of needs."""

    code: str
    label: str
    """The English name in the console, which the catalogue of the console translates."""
    priority: Priority
    asked: SearchOrder
    callback_due: timedelta
    """The time between the promise and the due time of a callback."""
    patience_seconds: int = 60
    """How long a caller waits for a person before they are offered another choice."""
    parent: str | None = None
    """The first-level need that this one refines."""
    is_dated: bool = False
    """The caller names a date within two days, such as a court hearing; its open items are pursued
    on the clock of dates, whatever the priority."""
    also_taken_with: str | None = None
    """Responders who take that need take this one too."""
    may_be_danger: bool = False
    """We search for a responder even if this phone has called too often."""
    in_custody: bool = False
    """The caller is held, on a phone of the facility.

    Nobody can call them back, others may listen, and a third voice may end the call: only people
    who are cleared are rung, and only a responder's key brings in somebody else.
    """

    @property
    def is_emergency(self) -> bool:
        """Whether the caller said that a person is in danger now."""
        return self.priority is Priority.EMERGENCY

    @property
    def can_wait(self) -> bool:
        """Whether a callback is offered first in a surge."""
        return self.priority is Priority.ORDINARY

    @property
    def rank(self) -> int:
        """The rank in the waiting line and in the dial queue; 0 goes first.

        A caller who may be in danger has the rank of an emergency, and so has one who cannot be
        called back.
        """
        return 0 if self.may_be_danger or self.in_custody else int(self.priority)

    @property
    def text(self) -> str:
        """The name of its prompt for responders, in `[staff.needs]`."""
        return f"needs.{self.code}"

    @property
    def taken_with(self) -> frozenset[str]:
        """Responders who take any of these needs take this one."""
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
        patience_seconds=_URGENT_PATIENCE_SECONDS,
        may_be_danger=True,
    ),
    Need(
        "detained",
        label="detained",
        priority=Priority.URGENT,
        asked=SearchOrder.FIRST_LINE_THEN_EVERYBODY,
        callback_due=timedelta(minutes=30),
        patience_seconds=_URGENT_PATIENCE_SECONDS,
    ),
    # In the first hours people are moved to another state, or sign papers.
    Need(
        "detained_today",
        label="detained today, or missing",
        priority=Priority.URGENT,
        asked=SearchOrder.FIRST_LINE_THEN_EVERYBODY,
        callback_due=timedelta(minutes=15),
        patience_seconds=_URGENT_PATIENCE_SECONDS,
        parent="detained",
    ),
    Need(
        "detained_longer",
        label="detained for longer",
        priority=Priority.URGENT,
        asked=SearchOrder.FIRST_LINE_THEN_EVERYBODY,
        callback_due=timedelta(hours=2),
        patience_seconds=_URGENT_PATIENCE_SECONDS,
        parent="detained",
    ),
    Need(
        "from_detention",
        label="calling from detention",
        priority=Priority.URGENT,
        asked=SearchOrder.CLEARED_AT_ONCE,
        callback_due=timedelta(minutes=30),
        patience_seconds=_URGENT_PATIENCE_SECONDS,
        parent="detained",
        in_custody=True,
    ),
    Need(
        "question",
        label="question",
        priority=Priority.ORDINARY,
        asked=SearchOrder.FIRST_LINE_THEN_COORDINATORS,
        callback_due=timedelta(hours=2),
    ),
    Need(
        "court_soon",
        label="court or check-in within two days",
        priority=Priority.URGENT,
        asked=SearchOrder.FIRST_LINE_THEN_EVERYBODY,
        callback_due=timedelta(hours=2),
        patience_seconds=_URGENT_PATIENCE_SECONDS,
        parent="question",
        is_dated=True,
    ),
    *(
        Need(
            code,
            label=label,
            priority=Priority.ORDINARY,
            asked=SearchOrder.FIRST_LINE_THEN_COORDINATORS,
            callback_due=timedelta(hours=2),
            patience_seconds=_DETAIL_PATIENCE_SECONDS,
            parent="question",
        )
        for code, label in (
            ("letter", "letter or decision"),
            ("deadline", "papers that expire or must be filed"),
            ("fear", "afraid to go back"),
            ("family", "family, green card, citizenship"),
        )
    ),
    # The key stands for violence too, so the need is served as the worst that it can mean.
    Need(
        "harmed",
        label="hurt, threatened or cheated",
        priority=Priority.URGENT,
        asked=SearchOrder.FIRST_LINE_THEN_EVERYBODY,
        callback_due=timedelta(minutes=30),
        patience_seconds=_URGENT_PATIENCE_SECONDS,
        parent="question",
    ),
    Need(
        "other_question",
        label="another question",
        priority=Priority.ORDINARY,
        asked=SearchOrder.FIRST_LINE_THEN_COORDINATORS,
        callback_due=timedelta(hours=2),
        patience_seconds=_DETAIL_PATIENCE_SECONDS,
        parent="question",
    ),
    # Someone who says nothing may be unable to speak, so we search as for an emergency.
    Need(
        UNKNOWN,
        label="not said",
        priority=Priority.URGENT,
        asked=SearchOrder.EVERYBODY_AT_ONCE,
        callback_due=timedelta(minutes=30),
        patience_seconds=_URGENT_PATIENCE_SECONDS,
        also_taken_with="emergency",
        may_be_danger=True,
    ),
)

CODES = tuple(NEEDS)
FIRST_LEVEL = tuple(code for code, need in NEEDS.items() if need.parent is None)
EMERGENCIES = tuple(code for code, need in NEEDS.items() if need.is_emergency)
RANKED = {
    rank: tuple(code for code, need in NEEDS.items() if need.rank == rank) for rank in Priority
}
"""The codes of each rank; a need without a row has the rank of an unknown one."""
IN_CUSTODY = tuple(code for code, need in NEEDS.items() if need.in_custody)
MAYBE_DANGER = tuple(code for code, need in NEEDS.items() if need.may_be_danger)


def of(code: str | None, table: Mapping[str, Need] = NEEDS) -> Need:
    """The row of a need; an unlisted need is treated as unknown, never refused."""
    return table.get(code or UNKNOWN, table[UNKNOWN])


def first_level(code: str | None, table: Mapping[str, Need] = NEEDS) -> str:
    """The first-level need of a need."""
    need = of(code, table)
    return need.parent or need.code


def detail(code: str | None, table: Mapping[str, Need] = NEEDS) -> str | None:
    """The code of a second-level need; None for a need of the first level or no need."""
    return code if of(code, table).parent else None


def covered_by(code: str, table: Mapping[str, Need] = NEEDS) -> tuple[str, ...]:
    """The codes that a search for this need finds: its own, and its details."""
    return (code, *(need.code for need in details_of(code, table)))


def refined(code: str | None, known: str | None, table: Mapping[str, Need] = NEEDS) -> str:
    """The need of a caller who states `code`; what they told before as its detail stays."""
    if code is None:
        return known or UNKNOWN
    return known if known and of(known, table).parent == code else code


def details_of(code: str, table: Mapping[str, Need] = NEEDS) -> tuple[Need, ...]:
    """The second-level needs below this one, in table order."""
    return tuple(need for need in table.values() if need.parent == code)


def faults(table: Mapping[str, Need] = NEEDS) -> list[str]:
    """One sentence for each row that contradicts another."""
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
