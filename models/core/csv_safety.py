"""CSV for spreadsheets, in which no cell can run as a formula."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """One line per row; a cell that a spreadsheet would read as a formula gets a leading '."""
    return "".join(map(as_csv_line, (columns, *rows)))


def as_csv_line(row: Sequence[object]) -> str:
    """One row with its line break."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([cell(value) for value in row])
    return out.getvalue()


def cell(value: object) -> str:
    """The text of one cell."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text.startswith(_FORMULA) else text
