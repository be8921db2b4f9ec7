"""Figures of open items, and what of them is hidden."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from routing.reporting import item_figures
from routing.reporting.item_figures import ItemEnding, ItemFigure, ItemStory


def story(
    *, owned_after: float | None = None, is_late: bool = False,
    ending: ItemEnding = ItemEnding.DONE, language: str = "es",
) -> ItemStory:  # fmt: skip
    """One item; `owned_after` is in minutes."""
    after = None if owned_after is None else timedelta(minutes=owned_after)
    return ItemStory(language, "emergency", after, is_late, ending)


def counts(*items: ItemStory) -> Counter[str]:
    """What is counted of these items."""
    return Counter(what for item in items for what in item_figures.counted(item))


def test_an_item_counts_for_each_limit_that_it_met() -> None:
    soon, later = story(owned_after=3), story(owned_after=14.9)
    never = story(is_late=True, ending=ItemEnding.STILL_OPEN)
    called = story(owned_after=20, ending=ItemEnding.BY_CALLBACK)
    assert counts(soon, later, never, called) == {
        ItemFigure.OPENED: 4,
        ItemFigure.OWNED_SOON: 1,
        ItemFigure.OWNED_LATER: 2,
        ItemFigure.REACHED: 1,
        ItemFigure.LATE: 1,
    }


def test_small_figures_are_hidden_each_in_its_column() -> None:
    many = counts(*[story(owned_after=1)] * 30)
    few = counts(*[story(owned_after=1)] * 12, *[story()] * 3)
    spanish, english = item_figures.rows({"es": many, "en": few})[::-1]
    assert (spanish.key, english.key) == ("es", "en")
    assert english.counts[ItemFigure.OPENED] == 15
    assert english.counts[ItemFigure.LATE] == 0
    hidden = item_figures.rows({"es": many, "en": counts(*[story(owned_after=1)] * 2)})
    assert [row.counts[ItemFigure.OPENED] for row in hidden] == [None, None]


def test_endings_are_hidden_so_that_none_can_be_subtracted() -> None:
    shown = item_figures.endings({ItemEnding.DONE: 20, ItemEnding.GAVE_UP: 2})
    assert [row.count for row in shown if row.key is ItemEnding.GAVE_UP] == [None]
    assert [row.count for row in shown if row.key is ItemEnding.DONE] == [None]
    assert item_figures.endings({}) == []
