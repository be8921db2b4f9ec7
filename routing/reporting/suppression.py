"""Which figures of a report must be hidden, so that no count of a few people can be worked out.

A count of one to four is small: who knows the neighbourhood may know the caller. Hiding it alone is
no use where a total is shown beside it, so more is hidden until what is hidden adds up to a crowd.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import TypeAlias

FEWEST = 5
"""The smallest count, but none at all, that is shown."""
_CROWD = 2 * FEWEST
"""What the hidden ones must add up to: two fours beside a five would be told apart from it."""
Parts: TypeAlias = Sequence[int]
"""The counts that one row of a table is split into; their sum may be shown beside them."""


def is_small(count: int) -> bool:
    """Whether a count is of so few people that it may point at one of them."""
    return 0 < count < FEWEST


def hidden(
    rows: Sequence[Parts],
    lines: Iterable[Collection[int]] | None = None,
    already: Collection[int] = (),
) -> frozenset[int]:
    """The numbers of the rows whose parts must not be shown.

    `lines` are the groups of rows whose totals, part by part, are shown elsewhere; without them all
    rows are one. In each line either nothing is hidden, or at least two rows are and each part of
    them adds up to a crowd or to nobody; where that cannot be, the whole line is hidden. `already`
    are rows that are hidden for another reason.

    The rule is public, so it must not give anything away itself: rows of one size are hidden
    together, and in a line that is hidden whole so are its empty rows.
    """
    groups = [tuple(line) for line in lines] if lines is not None else [tuple(range(len(rows)))]
    shut = {number for number, row in enumerate(rows) if any(map(is_small, row))} | set(already)
    while more := next(filter(None, (_more(rows, line, shut) for line in groups)), None):
        shut |= more
    return frozenset(shut)


def _more(rows: Sequence[Parts], line: Sequence[int], shut: Collection[int]) -> set[int]:
    """The smallest shown rows of a line, if they have to be hidden too."""
    inside = [number for number in line if number in shut and any(rows[number])]
    if not inside:
        return set()
    sums = [sum(rows[number][part] for number in inside) for part in range(len(rows[inside[0]]))]
    if len(inside) > 1 and not any(0 < count < _CROWD for count in sums):
        return set()
    shown = {number: sum(rows[number]) for number in line if number not in shut}
    least = min((size for size in shown.values() if size), default=0)
    return {number for number, size in shown.items() if size == least}
