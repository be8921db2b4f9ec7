"""Draws the tables of `models/` by room, with their keys to each other as lines."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import chain

import sqlalchemy as sa

import models
from models.core.base import Base

COLUMNS = (("calls", "operations"), ("people", "staff"), ("schedule", "prompts", "imports"))
"""The rooms from left to right and from top to bottom: the tables that most others point to are in
the middle. A room that is not named here comes last."""
_TITLE = "The tables of the hotline"
_BOX, _HEAD, _ROW, _ALONE = 226, 26, 19, 24
_GAP, _MARGIN, _BETWEEN, _PANEL_HEAD = 14, 18, 92, 32
_COLOURS = {"calls": "#1f5fa8", "people": "#2c7a3f", "users": "#b0561a"}
_OTHER = "#6b5b95"


@dataclass(frozen=True)
class Key:
    """A column that holds the id of a row of another table."""

    column: str
    target: str
    checked: bool
    """Whether the database checks it (a foreign key)."""


@dataclass(frozen=True)
class Table:
    """One table, as it is drawn and listed."""

    name: str
    room: str
    module: str
    meaning: str
    columns: int
    keys: tuple[Key, ...]


@dataclass(frozen=True)
class Box:
    """Where a table stands in the picture."""

    table: Table
    x: int
    y: int

    @property
    def height(self) -> int:
        """The height with all rows."""
        return _HEAD + _ROW * len(self.table.keys) if self.table.keys else _ALONE


@dataclass(frozen=True)
class Panel:
    """A room of `models/` with its tables."""

    room: str
    x: int
    y: int
    width: int
    boxes: tuple[Box, ...]

    @property
    def height(self) -> int:
        """The height with all tables."""
        lowest = max(box.y + box.height for box in self.boxes)
        return lowest - self.y + _MARGIN


def tables() -> tuple[Table, ...]:
    """Every table of the hotline, sorted by room and name."""
    for module in pkgutil.walk_packages(models.__path__, "models."):
        importlib.import_module(module.name)
    known = set(Base.metadata.tables)
    found = []
    for mapper in Base.registry.mappers:
        table, home = Base.metadata.tables[mapper.class_.__tablename__], mapper.class_.__module__
        meaning = (mapper.class_.__doc__ or "").strip().partition("\n\n")[0]
        found.append(
            Table(
                table.name,
                home.split(".")[1],
                home,
                " ".join(meaning.split()),
                len(table.columns),
                tuple(_keys(table, known)),
            )
        )
    return tuple(sorted(found, key=lambda each: (each.room, each.name)))


def _keys(table: sa.Table, known: set[str]) -> Iterator[Key]:
    for column in table.columns:
        targets = [key.column.table.name for key in column.foreign_keys]
        named = f"{column.name.removesuffix('_id')}s"
        if targets:
            yield Key(column.name, targets[0], checked=True)
        elif column.name.endswith("_id") and named in known:
            yield Key(column.name, named, checked=False)


def svg(found: Sequence[Table]) -> str:
    """The picture."""
    panels = _placed(found)
    boxes = {box.table.name: box for panel in panels for box in panel.boxes}
    width = max(panel.x + panel.width for panel in panels) + _MARGIN
    height = max(panel.y + panel.height for panel in panels) + _MARGIN + 28
    drawn = chain(
        (_frame(panel) for panel in panels),
        chain.from_iterable(_lines(box, boxes) for box in boxes.values()),
        (_box(box) for box in boxes.values()),
        [_legend(height)],
    )
    size = f'viewBox="0 0 {width} {height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" role="img"'
        f' aria-labelledby="t">\n<title id="t">{_TITLE}</title>\n'
        f'<rect width="{width}" height="{height}" fill="#fff"/>\n' + "\n".join(drawn) + "\n</svg>\n"
    )


def _placed(found: Sequence[Table]) -> list[Panel]:
    rooms: dict[str, list[Table]] = {}
    for table in found:
        rooms.setdefault(table.room, []).append(table)
    named = {room for column in COLUMNS for room in column}
    columns = [*COLUMNS[:-1], (*COLUMNS[-1], *(room for room in rooms if room not in named))]
    panels: list[Panel] = []
    x = _MARGIN
    for number, column in enumerate(columns):
        y, right = _MARGIN, x
        for room in filter(rooms.__contains__, column):
            panel = _panel(room, rooms[room], found, x, y, is_wide=number == 0)
            panels.append(panel)
            y += panel.height + _MARGIN
            right = max(right, panel.x + panel.width)
        x = right + _BETWEEN
    return panels


def _panel(
    room: str, tables: Sequence[Table], found: Sequence[Table], x: int, y: int, *, is_wide: bool
) -> Panel:
    stacks = _stacks(tables, found, is_wide=is_wide)
    boxes = []
    for number, stack in enumerate(stacks):
        at = y + _PANEL_HEAD
        for table in stack:
            box = Box(table, x + _MARGIN + number * (_BOX + _BETWEEN), at)
            boxes.append(box)
            at += box.height + _GAP
    width = len(stacks) * (_BOX + _BETWEEN) - _BETWEEN + 2 * _MARGIN
    return Panel(room, x, y, width, tuple(boxes))


def _stacks(tables: Sequence[Table], found: Sequence[Table], *, is_wide: bool) -> list[list[Table]]:
    """One stack of tables, or two: then those with keys out of the room stand on the right.

    The tables that most keys lead to come first, those without any come last.
    """
    pointed_at = Counter(key.target for table in found for key in table.keys)
    linked = [each for each in tables if each.keys or pointed_at[each.name]]
    linked.sort(key=lambda each: -pointed_at[each.name])
    alone = [each for each in tables if each not in linked]
    if not is_wide:
        return [[*linked, *alone]]
    inside = {each.name for each in tables}
    leads_out = {each.name for each in linked if {key.target for key in each.keys} - inside}
    left = [each for each in linked if each.name not in leads_out]
    right = [each for each in linked if each.name in leads_out]
    for table in alone:
        min((left, right), key=_height).append(table)
    return [left, right]


def _height(stack: Sequence[Table]) -> int:
    return sum(Box(table, 0, 0).height + _GAP for table in stack)


def _frame(panel: Panel) -> str:
    return (
        f'<rect x="{panel.x}" y="{panel.y}" width="{panel.width}" height="{panel.height}" rx="8"'
        f' fill="#f4f7fb"/>\n<text x="{panel.x + _MARGIN}" y="{panel.y + 21}" font-size="14"'
        f' font-weight="bold" fill="#446">models/{escape(panel.room)}</text>'
    )


def _box(box: Box) -> str:
    table = box.table
    colour = _COLOURS.get(table.name, "#344")
    rows = [
        f'<rect x="{box.x}" y="{box.y}" width="{_BOX}" height="{box.height}" rx="5" fill="#fff"'
        f' stroke="{colour}" stroke-width="1.2"/>',
        f'<text x="{box.x + 9}" y="{box.y + 17}" font-size="13" font-weight="bold"'
        f' fill="{colour}">{escape(table.name)}</text>',
        f'<text x="{box.x + _BOX - 9}" y="{box.y + 17}" font-size="11" text-anchor="end"'
        f' fill="#667">{table.columns} columns</text>',
    ]
    for number, key in enumerate(table.keys):
        rows.append(
            f'<text x="{box.x + 9}" y="{box.y + _HEAD + number * _ROW + 11}" font-size="12"'
            f' fill="{_COLOURS.get(key.target, _OTHER)}">{escape(key.column)}</text>'
        )
    return "\n".join(rows)


def _lines(box: Box, boxes: Mapping[str, Box]) -> Iterator[str]:
    for number, key in enumerate(box.table.keys):
        to, y = boxes[key.target], box.y + _HEAD + number * _ROW + 7
        dashes = "" if key.checked else ' stroke-dasharray="4 3"'
        colour = _COLOURS.get(key.target, _OTHER)
        yield (
            f'<path d="{_curve(box, y, to)}" fill="none" stroke="{colour}" stroke-width="1.3"'
            f' stroke-opacity="0.75"{dashes}/>'
        )


def _curve(box: Box, y: int, to: Box) -> str:
    """From the row of a key to the head of its table, around nothing and never through a name."""
    at = to.y + 13
    if box.x == to.x:
        out = box.x - 16 - min(44, abs(y - at) // 14)
        return f"M{box.x} {y}C{out} {y} {out} {at} {to.x} {at}"
    start, end = (box.x + _BOX, to.x) if box.x < to.x else (box.x, to.x + _BOX)
    bend = (end - start) // 2
    return f"M{start} {y}C{start + bend} {y} {end - bend} {at} {end} {at}"


def _legend(height: int) -> str:
    told = (
        "Each line leads from a key to its table. Dashed: an id that the database does not check."
    )
    return f'<text x="{_MARGIN}" y="{height - 16}" font-size="12" fill="#445">{told}</text>'
