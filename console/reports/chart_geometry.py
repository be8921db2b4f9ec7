"""Where the marks of a chart stand: geometry alone, drawn by templates/reports/charts.html.

Charts are drawn in units of their own and scale with the page. Colours, words and patterns are the
stylesheet's and the template's. Libraries that draw SVG write style attributes or scripts into
it, which our policy forbids (docs/decisions/0019-reports-and-imports.md).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

WIDTH = 720
_LEFT, _TOP, _HEIGHT, _FOOT = 44, 14, 190, 30
_STEPS = (1, 2, 5)
_MOST_LABELS = 13
_HUES = 5
_BARS, _NAME, _WORDS, _BAR = 580, 190, 150, 30
_DAY_LABEL, _CELL, _ROW, _HEAD = 60, 27, 26, 22


@dataclass(frozen=True)
class Tick:
    """A line across the chart, and what it stands for."""

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
    """A point of a line."""

    row: int
    x: float
    y: float


@dataclass(frozen=True)
class Axis:
    """The frame of a chart over time."""

    width: float
    height: float
    left: float
    bottom: float
    ticks: Sequence[Tick]
    labelled: Sequence[tuple[int, float]]
    """Rows whose label is written below, and where."""


@dataclass(frozen=True)
class Columns:
    """Columns over time, stacked of several kinds."""

    axis: Axis
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Lines:
    """Lines over time, broken where nothing is known."""

    axis: Axis
    lines: Mapping[str, Sequence[Sequence[Mark]]]


@dataclass(frozen=True)
class Cell:
    """One hour of the week; `words` stands in it where there is something to say."""

    weekday: int
    hour: int
    kind: str
    x: float
    y: float
    width: float
    height: float
    words: str = ""


@dataclass(frozen=True)
class Heat:
    """A week as seven rows of 24 hours."""

    width: float
    height: float
    cells: Sequence[Cell]
    days: Sequence[Tick]
    hours: Sequence[Tick]


def columns(rows: Sequence[Mapping[str, int] | None]) -> Columns:
    """Stacked columns, the first kind at the bottom; a row of None is hidden, and stands so."""
    highest = max((sum(row.values()) for row in rows if row), default=0)
    scale, ticks = _scale(highest)
    axis, step = _axis(len(rows), ticks), _step(len(rows))
    blocks = []
    for number, row in enumerate(rows):
        x, width = _LEFT + step * (number + 0.15), step * 0.7
        if row is None:
            blocks.append(Block(number, "few", x, axis.bottom - _HEIGHT, width, _HEIGHT))
            continue
        top = axis.bottom
        for kind, count in row.items():
            height = count * scale
            top -= height
            if count:
                blocks.append(Block(number, kind, x, top, width, height))
    return Columns(axis, blocks)


def lines(series: Mapping[str, Sequence[float | None]]) -> Lines:
    """Lines of several kinds over the same rows."""
    values = [value for line in series.values() for value in line if value is not None]
    scale, ticks = _scale(max(values, default=0))
    many = max(map(len, series.values()), default=0)
    axis, step = _axis(many, ticks), _step(many)
    drawn = {
        kind: _pieces(
            [
                None
                if value is None
                else Mark(number, _LEFT + step * (number + 0.5), axis.bottom - value * scale)
                for number, value in enumerate(line)
            ]
        )
        for kind, line in series.items()
    }
    return Lines(axis, drawn)


def _nothing(_weekday: int, _hour: int) -> str:
    return ""


def heat(
    kind_of: Callable[[int, int], str], words_of: Callable[[int, int], str] = _nothing
) -> Heat:
    """A week; what each cell is of, and what stands in it, is told by weekday and hour."""
    cells = [
        Cell(
            weekday, hour, kind_of(weekday, hour), _DAY_LABEL + _CELL * hour,
            _HEAD + _ROW * weekday, _CELL - 1, _ROW - 1, words_of(weekday, hour),
        )
        for weekday in range(7)
        for hour in range(24)
    ]  # fmt: skip
    return Heat(
        width=WIDTH,
        height=_HEAD + _ROW * 7 + 2,
        cells=cells,
        days=[Tick(_HEAD + _ROW * (day + 0.5), day) for day in range(7)],
        hours=[Tick(_DAY_LABEL + _CELL * (hour + 0.5), hour) for hour in range(0, 24, 3)],
    )


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


def _axis(rows: int, ticks: Sequence[Tick]) -> Axis:
    step, every = _step(rows), math.ceil(max(rows, 1) / _MOST_LABELS)
    labelled = [(row, _LEFT + step * (row + 0.5)) for row in range(0, rows, every)]
    bottom = _TOP + _HEIGHT
    return Axis(WIDTH, bottom + _FOOT, _LEFT, bottom, ticks, labelled)


def _step(rows: int) -> float:
    return (WIDTH - _LEFT - 8) / max(rows, 1)


def _scale(highest: float) -> tuple[float, list[Tick]]:
    """Units a count, and at most five lines at round numbers."""
    most = max(highest, 1)
    size = 10 ** math.floor(math.log10(most / 4)) if most > 4 else 1
    step = next(size * each for each in (*_STEPS, 10) if most / (size * each) <= 4)
    top = step * math.ceil(most / step)
    scale = _HEIGHT / top
    values = [step * number for number in range(round(top / step) + 1)]
    return scale, [Tick(_TOP + _HEIGHT - value * scale, value) for value in values]


@dataclass(frozen=True)
class Bars:
    """Bars that lie, one for each row, with its name at the left and words at the right."""

    width: float
    height: float
    blocks: Sequence[Block]
    names: Sequence[Tick]
    ends: Sequence[float]
    """Where the words of each row begin."""


def bars(rows: Sequence[Mapping[str, int] | None]) -> Bars:
    """Stacked bars; a row of None is hidden, and stands so."""
    highest = max((sum(row.values()) for row in rows if row), default=0) or 1
    room = _BARS - _NAME - _WORDS
    blocks, ends = [], []
    for number, row in enumerate(rows):
        x, y = float(_NAME), 4 + _BAR * number
        parts = row.items() if row else [("few", highest * 0.08)]
        for kind, count in parts:
            width = count / highest * room
            if count:
                blocks.append(Block(number, kind, x, y, width, _BAR - 10))
            x += width
        ends.append(x + 8)
    names = [Tick(4 + _BAR * number + 15, number) for number in range(len(rows))]
    return Bars(_BARS, 6 + _BAR * len(rows), blocks, names, ends)
