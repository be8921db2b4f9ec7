"""How long callers wait for a person under different ways to ring, beside the bound of Erlang A."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from unittest.mock import patch

from docs.tools.generated_parts import DOCS
from routing.dispatch import policies
from routing.dispatch.policies import Policy
from routing.needs import SearchOrder
from routing.person import BACKUP, COORDINATOR, Responder
from routing.reporting.simulated_line import Fared, Outcome, SimulatedLine, World

DAYS = 5
_HOURS = (
    *(3, 2, 2, 2, 3, 6, 10, 14, 18, 20, 20, 18),
    *(16, 16, 18, 20, 20, 18, 16, 14, 12, 9, 6, 4),
)
"""Calls an hour."""
_LANGUAGES = {"es": 0.45, "en": 0.2, "zh": 0.12, "ht": 0.08, "ru": 0.08, "bn": 0.07}
_NEEDS = {"emergency": 0.15, "detained": 0.2, "question": 0.55, "unknown": 0.1}
PLOT = DOCS / "time-to-a-human.svg"


def _people(times: int) -> tuple[Responder, ...]:
    spoken = ("es", "es en", "en zh", "es en", "en ht", "en ru", "es", "en bn", "es en", "en zh")
    tiers = (1, 1, 1, 1, 1, 1, 1, BACKUP, BACKUP, COORDINATOR)
    return tuple(
        Responder(f"{turn}-{at}", tuple(languages.split()), tier=tier)
        for turn in range(times)
        for at, (languages, tier) in enumerate(zip(spoken, tiers, strict=True))
    )


_USUAL = World(_HOURS, _LANGUAGES, _NEEDS, _people(1))
_BUSY = replace(_USUAL, calls_per_hour=[2 * each for each in _HOURS])
WORLDS = {
    "ten people on duty": _USUAL,
    "ten people on duty, twice the calls": _BUSY,
    "twice the calls, five call starts a second": replace(_BUSY, calls_per_second=5.0),
}


@dataclass(frozen=True)
class Way:
    """A way to ring: the shipped table or another one, and how many phones at a time."""

    name: str
    at_most: int | None = None
    table: Mapping[SearchOrder, Policy] | None = None

    def used(self) -> AbstractContextManager[object]:
        """Decide by this table until the block ends."""
        if self.table is None:
            return nullcontext()
        return patch.dict(policies.POLICIES, self.table)


def _each(change: Mapping[str, int]) -> dict[SearchOrder, Policy]:
    return {order: replace(one, **change) for order, one in policies.POLICIES.items()}  # type: ignore[arg-type]


def _of_all_but_danger(**change: int) -> dict[SearchOrder, Policy]:
    """Where all ring at once, a round of 15 phones takes 15 s of call starts."""
    return {order: one for order, one in _each(change).items() if not one.at_once}


WAYS = (
    Way("as shipped"),
    Way("one phone at a time", at_most=1),
    Way("two phones at a time", at_most=2),
    *(
        Way(f"rounds of {seconds} s", table=_of_all_but_danger(round_seconds=seconds))
        for seconds in (8, 12, 15, 20)
    ),
    Way("rounds of 10 s in danger too", table=_each({"round_seconds": 10})),
    Way("three phones in each round", table=_of_all_but_danger(together=3)),
    Way("six phones in each round", table=_of_all_but_danger(together=6)),
    Way(
        "everybody at once, for every need",
        table=dict.fromkeys(SearchOrder, policies.POLICIES[SearchOrder.EVERYBODY_AT_ONCE]),
    ),
)


@dataclass(frozen=True)
class Figures:
    """What a way to ring achieves."""

    median: float
    ninetieth: float
    abandoned: float
    rings: float
    """For each answered call."""
    busiest: float
    """Talks of the person with the most, in talks of the average person."""
    callers: Sequence[Fared]


def measured(_folder: Path, rounds: int) -> Iterator[str]:
    """A table in Markdown, and its plot."""
    yield "| world | way to ring | median | p90 | hang up | rings an answer | busiest person |"
    yield "|---|---|---|---|---|---|---|"
    drawn = []
    for name, world in WORLDS.items():
        for way in WAYS:
            found = _figures(world, way, rounds)
            drawn.append((name, way.name, found))
            yield (
                f"| {name} | {way.name} | {found.median:.0f} s | {found.ninetieth:.0f} s "
                f"| {found.abandoned:.1%} | {found.rings:.2f} | {found.busiest:.2f} |"
            )
        waits, abandoned = erlang_a(world)
        yield f"| {name} | bound of Erlang A | {waits:.0f} s (mean) | - | {abandoned:.1%} | - | - |"
    yield from _by_hour_and_language(next(found for _, _, found in drawn))
    PLOT.write_text(_drawn(drawn), encoding="utf-8")


def _by_hour_and_language(shipped: Figures) -> Iterator[str]:
    yield ""
    yield "| ten people on duty, as shipped | callers | median | p90 | hang up |"
    yield "|---|---|---|---|---|"
    parts = {f"{at}:00 to {at + 6}:00": _in_hours(shipped, at, at + 6) for at in (0, 6, 12, 18)}
    parts |= {
        code: [each for each in shipped.callers if each.language == code] for code in _LANGUAGES
    }
    for name, some in parts.items():
        middle, ninetieth = _middle_and_ninetieth(some)
        left = sum(not each.answered for each in some) / len(some)
        yield f"| {name} | {len(some)} | {middle:.0f} s | {ninetieth:.0f} s | {left:.1%} |"


def _in_hours(shipped: Figures, begin: int, end: int) -> list[Fared]:
    return [each for each in shipped.callers if begin <= each.hour < end]


def _figures(world: World, way: Way, runs: int) -> Figures:
    with way.used():
        all_runs = [SimulatedLine(world, seed, way.at_most).run(DAYS) for seed in range(runs)]
    callers, talks = [each for one in all_runs for each in one.callers], _talks(all_runs)
    answered = sum(each.answered for each in callers)
    return Figures(
        *_middle_and_ninetieth(callers),
        abandoned=1 - answered / len(callers),
        rings=sum(one.rings for one in all_runs) / answered,
        busiest=max(talks.values()) / (sum(talks.values()) / len(world.people)),
        callers=callers,
    )


def _middle_and_ninetieth(callers: Sequence[Fared]) -> tuple[float, float]:
    waits = sorted(each.waited for each in callers)
    return median(waits), waits[int(len(waits) * 0.9)]


def _talks(runs: list[Outcome]) -> dict[str, int]:
    people = {person for one in runs for person in one.talks}
    return {person: sum(one.talks.get(person, 0) for one in runs) for person in people}


def erlang_a(world: World) -> tuple[float, float]:
    """Mean wait in seconds and share of callers who hang up, if everybody could take everyone.

    M/M/n+M, hour by hour, and no phone has to ring (Palm 1957; Mandelbaum and Zeltyn 2007). A rest
    counts as service, so nobody can do better with these people.
    """
    serves, leaves, people = 1 / (world.talk + world.rest), 1 / world.patience, len(world.people)
    left = 0.0
    for calls in world.calls_per_hour:
        pace, share, shares = calls / 3600, 1.0, [1.0]
        while share > 1e-12 or len(shares) <= people:
            here = len(shares)
            share *= pace / (min(here, people) * serves + max(0, here - people) * leaves)
            shares.append(share)
        waiting = sum(max(0, at - people) * each for at, each in enumerate(shares)) / sum(shares)
        left += waiting * leaves * 3600
    abandoned = left / sum(world.calls_per_hour)
    return abandoned / leaves, abandoned


def _drawn(rows: list[tuple[str, str, Figures]]) -> str:
    """Bars of median and p90, as SVG."""
    row, left, scale = 20, 430, 2.0
    height = row * (len(rows) + 2)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 {height}" role="img" '
        'font-family="sans-serif" font-size="12">',
        "<title>Seconds until a person answers, median and 90th percentile, by way to ring</title>",
        f'<rect width="900" height="{height}" fill="#fff"/>',
        f'<text x="{left}" y="14">seconds until they talk or hang up: median, 90 %</text>',
    ]
    for at, (world, way, found) in enumerate(rows, 1):
        y = at * row + 6
        lines += [
            f'<text x="{left - 8}" y="{y + 12}" text-anchor="end">{world}: {way}</text>',
            _bar(left, y, found.ninetieth * scale, "#9cc3e6"),
            _bar(left, y, found.median * scale, "#1f5f99"),
            f'<text x="{left + found.ninetieth * scale + 6:.0f}" y="{y + 12}">'
            f"{found.median:.0f}, {found.ninetieth:.0f}</text>",
        ]
    return "\n".join([*lines, "</svg>", ""])


def _bar(left: int, top: int, width: float, colour: str) -> str:
    return f'<rect x="{left}" y="{top}" width="{width:.0f}" height="14" fill="{colour}"/>'
