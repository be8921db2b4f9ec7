"""Writes the table of docs/personal-data.md: `python -m docs.personal_data_table`."""

from __future__ import annotations

from pathlib import Path

from models.core import personal_data

PAGE = Path(__file__).parent / "personal-data.md"
BEGINS, ENDS = "<!-- generated: personal data -->\n", "<!-- end -->\n"


def page(written: str) -> str:
    """The page with the table as it is now."""
    before, rest = written.split(BEGINS)
    _, after = rest.split(ENDS)
    return before + BEGINS + "\n".join(personal_data.as_markdown()) + "\n" + ENDS + after


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
