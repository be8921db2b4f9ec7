"""`make bench-parts`: what grows and what waits, each measured alone; writes docs/benchmarks.md."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from docs.tools import generated_parts
from tests.bench import duty, pages, panic, starts, tables, waits
from tests.crash import report

PARTS: dict[str, Callable[[Path, int], Iterator[str]]] = {
    "starts": starts.measured,
    "duty": duty.measured,
    "tables": tables.measured,
    "pages": pages.measured,
    "waits": waits.measured,
    "panic": panic.measured,
}
"""Each part: measures in a folder, so many rounds, and yields its table."""


def main() -> None:
    """Print each table that was asked for, and write it if it gets a note."""
    asked = _parser().parse_args()
    for ends in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(ends, lambda number, _: sys.exit(128 + number))
    signal.alarm(asked.minutes * 60)
    for name in asked.parts or PARTS:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            lines = list(PARTS[name](Path(folder), asked.rounds))
        report.say("\n".join(lines))
        if asked.note:
            _write(name, "\n".join([_where(asked), "", *lines]))


def _where(asked: argparse.Namespace) -> str:
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return f"{datetime.now(UTC):%Y-%m-%d}, {asked.note}; {os.cpu_count()} cores, Python {python}."


def _write(name: str, part: str) -> None:
    file = generated_parts.DOCS / "benchmarks.md"
    text = generated_parts.with_part(file.read_text(encoding="utf-8"), name, part)
    file.write_text(text, encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.parts", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="all of them if none")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--minutes", type=int, default=20, help="after which it ends")
    parser.add_argument("--note", default="", help="commit, what else ran; writes the document")
    return parser


if __name__ == "__main__":
    main()
