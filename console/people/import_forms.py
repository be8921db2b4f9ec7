"""The form that asks what the columns of a spreadsheet mean, and how it writes dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from console.base.i18n import later, say
from models.imports.shift_sheets import COLUMNS, Columns, ColumnsUnclear
from routing.readers.written_dates import Order

_LABELS = {
    "person": later("Person"),
    "weekday": later("Weekday"),
    "date": later("Date"),
    "start": later("Start"),
    "end": later("End"),
}
_ORDERS = {
    Order.UNKNOWN: later("Dates have the year first, such as 2026-12-08"),
    Order.MONTH: later("12/8/2026 is December 8"),
    Order.DAY: later("12/8/2026 is 12 August"),
}
_UNUSED = later("not in the file")
_MOST_PLACES = 50


@dataclass(frozen=True)
class ColumnField:
    """One of our columns, with the columns of the file to choose from."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    value: str


def fields(unclear: ColumnsUnclear, chosen: Columns) -> list[ColumnField]:
    """A field for each of our columns: what was chosen, or what the headings say."""
    places = chosen.at or unclear.guess
    options = (
        ("", say(_UNUSED)),
        *((str(at), heading or f"{at + 1}") for at, heading in enumerate(unclear.headings)),
    )
    return [
        ColumnField(f"column_{name}", say(_LABELS[name]), options, str(places.get(name, "")))
        for name in COLUMNS
    ]


def orders() -> list[tuple[str, str]]:
    """How dates can be written."""
    return [(str(order), say(words)) for order, words in _ORDERS.items()]


def columns(form: Mapping[str, str]) -> Columns:
    """What was chosen; what is no place of a column counts as not chosen."""
    typed = {name: form.get(f"column_{name}", "") for name in COLUMNS}
    at = {
        name: int(place) for name, place in typed.items()
        if place.isdecimal() and place.isascii() and int(place) < _MOST_PLACES
    }  # fmt: skip
    order = form.get("order", "")
    return Columns(at, Order(order) if order in list(Order) else Order.UNKNOWN)
