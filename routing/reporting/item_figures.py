"""Figures of open items: how soon somebody owned one, whether the caller was reached, how it ended.

Each figure of a table is hidden by itself as every count is, because none of them is the sum of
others. The endings do add up to the items that were opened, so they are hidden as one table.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TypeAlias

from routing.reporting.suppression import hidden

SOON, LATER = timedelta(minutes=3), timedelta(minutes=15)


class ItemFigure(StrEnum):
    """What is counted of open items."""

    OPENED = "items"
    OWNED_SOON = "owned within 3"
    OWNED_LATER = "owned within 15"
    REACHED = "reached"
    LATE = "late"


class ItemEnding(StrEnum):
    """How open items ended."""

    BY_CALLBACK = "by callback"
    BY_TALK = "by talk"
    DONE = "done"
    GAVE_UP = "gave up"
    CANNOT_REACH = "cannot reach"
    STILL_OPEN = "still open"


REACHED = (ItemEnding.BY_CALLBACK, ItemEnding.BY_TALK)


@dataclass(frozen=True)
class ItemStory:
    """Everything a report needs to know about one open item."""

    language: str
    need: str
    owned_after: timedelta | None
    """From the opening to the first owner; None if nobody ever owned it."""
    is_late: bool
    ending: ItemEnding


@dataclass(frozen=True)
class ItemRow:
    """The figures of one language or need; None is hidden."""

    key: str
    counts: Mapping[ItemFigure, int | None]


@dataclass(frozen=True)
class EndingRow:
    """How many items ended in one way; None is hidden."""

    key: ItemEnding
    count: int | None


Measures: TypeAlias = Mapping[str, int]


def counted(item: ItemStory) -> Iterator[str]:
    """What is counted of this item, apart from its ending."""
    yield ItemFigure.OPENED.value
    if item.owned_after is not None and item.owned_after <= SOON:
        yield ItemFigure.OWNED_SOON.value
    if item.owned_after is not None and item.owned_after <= LATER:
        yield ItemFigure.OWNED_LATER.value
    if item.ending in REACHED:
        yield ItemFigure.REACHED.value
    if item.is_late:
        yield ItemFigure.LATE.value


def rows(measures: Mapping[str, Measures]) -> Sequence[ItemRow]:
    """A table by language or need, in the order of the keys."""
    keys = sorted(measures)
    columns = {
        figure: _shown(keys, [measures[key].get(figure.value, 0) for key in keys])
        for figure in ItemFigure
    }
    return [ItemRow(key, {each: columns[each][key] for each in ItemFigure}) for key in keys]


def endings(measures: Measures) -> Sequence[EndingRow]:
    """How the items ended; empty if none was opened."""
    if not any(measures.get(ending.value, 0) for ending in ItemEnding):
        return []
    keys = [ending.value for ending in ItemEnding]
    shown = _shown(keys, [measures.get(key, 0) for key in keys])
    return [EndingRow(ending, shown[ending.value]) for ending in ItemEnding]


def _shown(keys: Sequence[str], counts: Sequence[int]) -> dict[str, int | None]:
    shut = hidden([(count,) for count in counts])
    return {
        key: None if number in shut else count
        for number, (key, count) in enumerate(zip(keys, counts, strict=True))
    }
