"""An empty spreadsheet for shifts, to fill in and import."""

from __future__ import annotations

import io

from models.imports.shift_sheets import COLUMNS

_FORMATS = {"date": "yyyy-mm-dd", "start": "hh:mm", "end": "hh:mm"}
_ROWS, _WIDTH = 200, 18


def as_csv() -> bytes:
    """The headings alone."""
    return f"{','.join(COLUMNS)}\r\n".encode()


def as_excel() -> bytes:
    """The headings, with columns that keep dates and times as such."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "shifts"
    sheet.append(list(COLUMNS))
    sheet.freeze_panes = "A2"
    for place, name in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTH
        for row in range(2, _ROWS + 2) if name in _FORMATS else ():
            sheet.cell(row, place).number_format = _FORMATS[name]
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
