"""Where the marks of a chart stand, in percent of its area; drawn by templates/reports/charts.html.

Nothing is scaled: an SVG without a view box places its marks by percent, so lines keep their width
and words their size on every screen (docs/decisions/0076-plots-place-marks-by-percent.md).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

_STEPS = (1, 2, 5)
_MOST_LINES = 5
_HUES = 5
_GAP, _WIDEST = 0.15, 12.0
"""Between two columns, as a share of each; and the widest column, in percent."""
_FEW_WIDTH = 8.0
WHOLE = 100.0


@dataclass(frozen=True)
class Tick:
    """A line across the chart, counted from the top, and what it stands for."""

    at: float
    value: float


@dataclass(frozen=True)
class Block:
    """A rectangle of one kind; `row` is the number of the row that it shows."""

    row: int
    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Mark:
    """A point of a line, or the top of a column."""

    row: int
    x: float
    y: float
    value: float


@dataclass(frozen=True)
class Columns:
    """Columns over time, stacked of several kinds."""

    ticks: Sequence[Tick]
    blocks: Sequence[Block]
    tops: Sequence[Mark]
    """Where the sum of each column is written."""


@dataclass(frozen=True)
class Lines:
    """Lines over time, broken where nothing is known."""

    ticks: Sequence[Tick]
    lines: Mapping[str, Sequence[Sequence[Mark]]]


def columns(rows: Sequence[Mapping[str, int] | None], cut_short: Collection[int] = ()) -> Columns:
    """Stacked columns, the first kind at the bottom; a row of None is hidden, and stands so.

    The rows of `cut_short` cover less time than the others and are hatched.
    """
    top, ticks = _scale(max((sum(row.values()) for row in rows if row), default=0))
    step = WHOLE / max(len(rows), 1)
    width = min(step * (1 - 2 * _GAP), _WIDEST)
    blocks, tops = [], []
    for number, row in enumerate(rows):
        left = step * (number + 0.5) - width / 2
        if row is None:
            blocks.append(Block(number, "few", left, 0, width, WHOLE))
            continue
        y = WHOLE
        for kind, count in row.items():
            height = count / top * WHOLE
            y -= height
            if count:
                blocks.append(Block(number, kind, left, y, width, height))
        if number in cut_short and y < WHOLE:
            blocks.append(Block(number, "part", left, y, width, WHOLE - y))
        tops.append(Mark(number, step * (number + 0.5), y, sum(row.values())))
    return Columns(ticks, blocks, tops)


def lines(series: Mapping[str, Sequence[float | None]]) -> Lines:
    """Lines of several kinds over the same rows."""
    values = [value for line in series.values() for value in line if value is not None]
    top, ticks = _scale(max(values, default=0))
    step = WHOLE / max(*map(len, series.values()), 1)

    def mark(number: int, value: float) -> Mark:
        return Mark(number, step * (number + 0.5), WHOLE - value / top * WHOLE, value)

    marks = {
        kind: [None if value is None else mark(row, value) for row, value in enumerate(line)]
        for kind, line in series.items()
    }
    return Lines(ticks, {kind: _pieces(line) for kind, line in marks.items()})


def bars(rows: Sequence[Mapping[str, int] | None]) -> list[list[Block]]:
    """Stacked bars that lie, a list for each row; a row of None is hidden, and stands so."""
    most = max((sum(row.values()) for row in rows if row), default=0) or 1
    found = []
    for number, row in enumerate(rows):
        x, blocks = 0.0, []
        for kind, count in row.items() if row is not None else ():
            width = count / most * WHOLE
            if count:
                blocks.append(Block(number, kind, x, 0, width, WHOLE))
            x += width
        found.append(blocks if row is not None else [Block(number, "few", 0, 0, _FEW_WIDTH, WHOLE)])
    return found


def hue(value: float | None, most: float) -> str:
    """The kind of a heat map's cell: few, none, or one of five hues."""
    if value is None:
        return "few"
    if value <= 0 or most <= 0:
        return "none"
    return f"hue{min(_HUES, 1 + int(value / most * _HUES))}"


def _pieces(marks: Sequence[Mark | None]) -> list[list[Mark]]:
    pieces: list[list[Mark]] = [[]]
    for mark in marks:
        if mark is None:
            pieces.append([])
        else:
            pieces[-1].append(mark)
    return [piece for piece in pieces if piece]


def _scale(highest: float) -> tuple[float, list[Tick]]:
    """The value at the top, and at most six lines at round numbers."""
    most = max(highest, 1)
    size = 10 ** math.floor(math.log10(most / _MOST_LINES)) if most > _MOST_LINES else 1
    step = next(size * each for each in (*_STEPS, 10) if most / (size * each) <= _MOST_LINES)
    parts = math.ceil(most / step)
    ticks = [Tick(WHOLE - WHOLE * number / parts, step * number) for number in range(parts + 1)]
    return step * parts, ticks
