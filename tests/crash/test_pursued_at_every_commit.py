"""A process may die at any commit of a pursuit: the item is never lost, and has one owner.

Every test run tries a part of the points; `make crash-points` tries all of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import httpx
import pytest

from tests.conftest import Fresh
from tests.crash.points import Killed, MortalWeb, Point
from tests.hotline import NUMBER, Hotline
from tests.responder import Responder

EVERY = os.environ.get("CRASH_POINTS") == "every"
ONE_IN = {"sqlite": 37, "postgresql": 97}
"""A short run tries one of so many points."""
CALLER = "+19175550150"
MOST_LOOKS, LOOKS_AFTER, LOOK_SECONDS = 80, 8, 5.0
"""In the end the item has an owner, and a while after it nobody else was rung or told."""


@dataclass(frozen=True)
class Told:
    """How the story ended."""

    owners: list[str | None]
    """The owner of each item that is still open."""
    cora: str
    gaps: list[float]
    """The seconds between the rings of Cora's phone."""
    tells: int
    """How many texts say that an item is Cora's."""


@pytest.mark.parametrize("by", ["key", "text"])
def test_an_item_is_never_lost_at_whatever_commit_a_process_dies(
    by: str, kind: str, fresh: Fresh
) -> None:
    undisturbed = Point()
    assert _is_well(_told(by, fresh, undisturbed))
    points = [Point(at, after) for at in range(1, undisturbed.seen + 1) for after in (False, True)]
    assert len(points) > 20
    for point in points if EVERY else points[len(by) :: ONE_IN[kind]]:
        assert _is_well(_told(by, fresh, point)), point


def _is_well(told: Told) -> bool:
    return told.owners == [told.cora] and all(gap >= 179 for gap in told.gaps) and told.tells <= 1


def _told(by: str, fresh: Fresh, point: Point) -> Told:
    """An emergency is missed; Cora misses the first ring and takes the item after the next."""
    with fresh() as (url, folder):
        hotline = Hotline(url, folder=folder / "standby")
        cora = hotline.knows("Cora", tier=3)
        hotline.carrier.http = httpx.Client(transport=MortalWeb(hotline))
        with point.strikes():
            _misses_a_caller(hotline)
            looks = MOST_LOOKS
            while looks:
                _survives(hotline, lambda: hotline.waits(LOOK_SECONDS))
                if cora.times_rung > 1:
                    _survives(hotline, lambda: _takes(hotline, cora, by))
                is_owned = all(item.owner_person for item in hotline.open_items)
                looks = min(looks - 1, LOOKS_AFTER) if is_owned and cora.times_rung else looks - 1
        owners = [item.owner_person for item in hotline.open_items]
        begun = [leg.created_at for leg in cora.phone.legs]
        gaps = [(after - before).total_seconds() for before, after in pairwise(begun)]
        tells = sum("is yours" in text and "Open the call" in text for text in cora.texts)
        told = Told(owners, hotline.person(cora).id, gaps, tells if by == "key" else 0)
        hotline.context.database.close()
        return told


def _misses_a_caller(hotline: Hotline) -> None:
    """A caller presses 1 for English, 1 for an emergency, and hangs up."""
    leg = hotline.carrier.phone(CALLER).dials(NUMBER)
    english = emergency = partial(leg.presses, "1")
    for act in (english, emergency, leg.hangs_up):
        _survives(hotline, hotline.works)
        act()
        _survives(hotline, lambda: hotline.waits(1))


def _survives(hotline: Hotline, act: Callable[[], object]) -> None:
    try:
        act()
    except Killed:
        hotline.worker = hotline.new_worker()


def _takes(hotline: Hotline, cora: Responder, by: str) -> None:
    (item,) = hotline.open_items
    if item.owner_person:
        return
    if by == "text":
        cora.phone.texts_to(NUMBER, f"TAKE {item.number}")
        hotline.works()
    elif cora.is_rung:
        cora.answers()
    elif cora.leg.is_live:
        cora.presses("1")
