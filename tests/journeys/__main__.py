"""Measures the journeys of callers and writes their table: `make bench-journeys`."""

from __future__ import annotations

import itertools
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import migrations
from docs.tools import generated_parts
from models.core.database import Database
from tests.hotline import Hotline, settings_for
from tests.journeys import journeys
from tests.journeys.journeys import Measured, NewHotline

TABLE = "journeys"


@contextmanager
def hotlines() -> Iterator[NewHotline]:
    """Fresh hotlines, each with a migrated SQLite database, at Twilio's one call start a second."""
    with tempfile.TemporaryDirectory() as folder:
        empty, count = Path(folder) / "empty.db", itertools.count()
        database = Database(url := f"sqlite:///{empty}", settings_for(url).vault())
        migrations.upgrade(database.engine)
        database.close()
        made: list[Hotline] = []

        def new() -> Hotline:
            home = Path(folder) / str(next(count))
            home.mkdir()
            shutil.copy(empty, home / "hotline.db")
            made.append(
                Hotline(f"sqlite:///{home / 'hotline.db'}", folder=home, calls_per_second=1)
            )
            return made[-1]

        yield new
        for each in made:
            each.context.database.close()


def table(rows: list[Measured]) -> str:
    """The rows as Markdown."""
    lines = ["| journey | seconds | target |", "|---|---|---|"]
    for row in rows:
        target = f"at most {row.target:g}" if row.target is not None else "-"
        lines.append(f"| {row.journey} | {row.seconds:.1f} | {target} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and write the table; exit 1 if a target is missed."""
    with hotlines() as new_hotline:
        rows = list(journeys.all_rows(new_hotline))
    file = generated_parts.DOCS / "benchmarks.md"
    file.write_text(
        generated_parts.with_part(file.read_text(encoding="utf-8"), TABLE, table(rows)),
        encoding="utf-8",
    )
    sys.stdout.write(f"{table(rows)}\n")
    late = [row.journey for row in rows if row.is_late]
    if late:
        sys.exit(f"Targets are missed: {'; '.join(late)}")


if __name__ == "__main__":
    main()
