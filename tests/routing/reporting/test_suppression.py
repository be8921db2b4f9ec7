"""No small count is shown, and none can be computed from what is shown."""

from __future__ import annotations

import itertools
from collections import defaultdict

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from routing.reporting.suppression import FEWEST, hidden, is_small

COUNTS = st.lists(st.integers(0, 12), min_size=1, max_size=12)
TABLES = st.integers(1, 5).flatmap(
    lambda parts: st.lists(
        st.tuples(*[st.integers(0, 30)] * parts), min_size=1, max_size=9
    )
)  # fmt: skip


def shown(counts: tuple[int, ...]) -> tuple[object, ...]:
    """A list of counts with their total, as a reader sees it."""
    shut, total = hidden([(count,) for count in counts]), sum(counts)
    listed = tuple(None if row in shut else count for row, count in enumerate(counts))
    return (None if is_small(total) else total, *listed)


def test_a_small_count_is_hidden_and_the_next_smallest_with_it() -> None:
    assert shown((20, 3, 9, 40)) == (72, 20, None, None, 40)


def test_as_many_are_hidden_as_it_takes_to_hide_a_crowd() -> None:
    assert hidden([(1,), (1,), (1,), (30,)]) == {0, 1, 2, 3}
    assert hidden([(4,), (4,), (4,), (30,)]) == {0, 1, 2}


def test_none_at_all_is_nobodys_secret() -> None:
    assert hidden([(0,), (7,), (0,)]) == frozenset()


def test_a_table_of_nothing_but_a_few_is_hidden_whole() -> None:
    assert shown((2, 1, 0)) == (None, None, None, None)
    assert shown((1, 1, 1, 1, 1)) == (5, None, None, None, None, None)
    assert shown((3,)) == (None, None)


@pytest.mark.parametrize(("lists", "most"), [(2, 20), (3, 20), (4, 13), (5, 9)])
def test_nobody_who_knows_the_rule_can_tell_a_hidden_count_from_what_is_shown(
    lists: int, most: int
) -> None:
    """Tries every list of so many counts, and groups those that look the same to the reader."""
    alike: dict[tuple[object, ...], list[tuple[int, ...]]] = defaultdict(list)
    for counts in itertools.product(range(most), repeat=lists):
        if sum(counts) < most:  # above, not all lists that look alike are tried
            alike[shown(counts)].append(counts)
    for view, possible in alike.items():
        for row, count in enumerate(view[1:]):
            if count is None:
                assert len({counts[row] for counts in possible}) > 1, (view, possible)


@given(COUNTS)
def test_what_is_hidden_in_a_line_never_adds_up_to_a_few(counts: list[int]) -> None:
    shut = hidden([(count,) for count in counts])
    assert all(not is_small(count) for row, count in enumerate(counts) if row not in shut)
    if not is_small(sum(counts)):
        inside = [counts[row] for row in shut if counts[row]]
        assert not inside or (len(inside) > 1 and sum(inside) >= FEWEST)


@given(TABLES)
def test_a_part_of_a_hidden_row_can_always_be_more_than_one_number(
    rows: list[tuple[int, ...]],
) -> None:
    """The reader knows each row's sum, each part's total, and every row that is shown."""
    shut = sorted(hidden(rows))
    totals = [sum(column) for column in zip(*rows, strict=True)]
    if any(map(is_small, totals)):
        return  # the totals themselves are hidden
    left = [sum(rows[row][part] for row in shut) for part in range(len(totals))]
    assert not any(map(is_small, left))
    if len(totals) < 2:
        return
    for row in shut:
        for part, count in enumerate(rows[row]):
            others = sum(sum(rows[other]) for other in shut if other != row)
            most = min(sum(rows[row]), left[part])
            least = max(0, left[part] - others)
            assert most > least or not is_small(count), (rows, shut, row, part)


def test_rows_that_add_up_in_two_ways_are_hidden_in_both() -> None:
    """Hours add up to their day, and days to their week."""
    monday, tuesday = range(3), range(3, 6)
    rows = [(2,), (9,), (30,), (8,), (20,), (7,)]
    assert hidden(rows, [monday, tuesday, range(6)]) == {0, 1}
    assert hidden(rows, [monday, tuesday], already=[5]) == {0, 1, 3, 5}


@example([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 5])
@given(st.lists(st.integers(0, 12), min_size=12, max_size=12))
def test_every_line_is_safe_when_there_are_several(counts: list[int]) -> None:
    lines = [range(4), range(4, 8), range(8, 12), range(12)]
    shut = hidden([(count,) for count in counts], lines)
    for line in lines:
        inside = [counts[row] for row in line if row in shut and counts[row]]
        if not is_small(sum(counts[row] for row in line)):
            is_whole = shut.issuperset(line)  # empty rows are hidden with the full one
            assert not inside or is_whole or (len(inside) > 1 and sum(inside) >= FEWEST)
