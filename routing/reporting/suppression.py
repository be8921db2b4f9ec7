"""Decides which figures of a report are hidden, so that no small count can be derived.

A count of one to four is small: people from the neighbourhood might recognise the caller. Hiding
it alone does not help if a total is shown, so more is hidden until the hidden counts add up to a
crowd.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import TypeAlias

FEWEST = 5
"""The smallest count that is shown, apart from zero."""
_CROWD = 2 * FEWEST
"""What the hidden counts must add up to: a smaller sum would reveal the small counts in it."""
Parts: TypeAlias = Sequence[int]
"""The counts that one row is split into; their sum can be shown too."""


def is_small(count: int) -> bool:
    """Whether a count is so small that it may identify a person."""
    return 0 < count < FEWEST


def hidden(
    rows: Sequence[Parts],
    lines: Iterable[Collection[int]] | None = None,
    already: Collection[int] = (),
) -> frozenset[int]:
    """The numbers of the rows whose parts must be hidden.

    `lines` are groups of rows whose totals, part by part, are shown elsewhere; without `lines` all
    rows form one group. In each line either nothing is hidden, or at least two rows are, and each
    of their parts adds up to a crowd or to zero. If that is impossible, the whole line is hidden.
    `already` are rows that are hidden for another reason.

    The rule is public, so it must reveal nothing itself: rows of equal size are hidden together,
    and a line that is hidden completely includes its empty rows.
    """
    groups = [tuple(line) for line in lines] if lines is not None else [tuple(range(len(rows)))]
    shut = {number for number, row in enumerate(rows) if any(map(is_small, row))} | set(already)
    while more := next(filter(None, (_more(rows, line, shut) for line in groups)), None):
        shut |= more
    return frozenset(shut)


def _more(rows: Sequence[Parts], line: Sequence[int], shut: Collection[int]) -> set[int]:
    """The smallest visible rows of a line, if they must be hidden too."""
    inside = [number for number in line if number in shut and any(rows[number])]
    if not inside:
        return set()
    sums = [sum(rows[number][part] for number in inside) for part in range(len(rows[inside[0]]))]
    if len(inside) > 1 and not any(0 < count < _CROWD for count in sums):
        return set()
    shown = {number: sum(rows[number]) for number in line if number not in shut}
    least = min((size for size in shown.values() if size), default=0)
    return {number for number, size in shown.items() if size == least}
