"""`make seize`: a line with planted callers is seized on each of thirty days, and looked through.

Everything stays on 127.0.0.1 and in a folder of its own, and ends by itself, also when it is
interrupted.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

from tests.crash import databases, numbers
from tests.crash.report import say
from tests.seize import checkouts, desk_in_browser, planted, privacy_page, stories
from tests.seize.adversaries import Adversary, Finding, Siege
from tests.seize.planted import Kind
from tests.seize.privacy_page import Found
from tests.seize.seized_line import SeizedLine

DAYS = (0, 1, 4, 8, 15, 31)
"""When the line is looked through: before and after each period of retention."""
_BACKED_UP_UNTIL, _CALLED_EVERY = 1, 3
_LONGEST_SECONDS = 45 * 60


def main() -> None:
    """Seize the line on each database, print what was found, and write docs/privacy.md."""
    asked = _parser().parse_args()
    for ends in (signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):
        signal.signal(ends, lambda number, _: sys.exit(128 + number))
    signal.alarm(_LONGEST_SECONDS)
    if asked.before:
        found = _before(asked.before, asked.database)
    else:
        kinds = databases.KINDS if asked.database == "both" else (asked.database,)
        found = Found([each for kind in kinds for each in _seized(kind)])
    if asked.out:
        asked.out.write_text(json.dumps([asdict(each) for each in found.findings]))
    else:
        _write(found, "before" if asked.before else "after")


def _before(commit: str, database: str) -> Found:
    with tempfile.TemporaryDirectory(prefix="seize-before-") as folder:
        out = Path(folder) / "found.json"
        checkouts.seize(checkouts.of(commit, Path(folder) / "code"), database, out)
        return Found([_finding(each) for each in json.loads(out.read_text())])


def _finding(row: dict[str, Any]) -> Finding:
    adversary, kind = Adversary(row["adversary"]), Kind(row["kind"])
    return Finding(adversary, row["place"], kind, row["day"], row["found"])


def _write(found: Found, when: str) -> None:
    privacy_page.write(when, privacy_page.table(found))
    if when == "after":
        privacy_page.write("places", privacy_page.places(found))
        privacy_page.write("caller", privacy_page.for_a_caller(found))


def _seized(kind: str) -> Iterator[Finding]:
    with (
        tempfile.TemporaryDirectory(prefix=f"seize-{kind}-") as name,
        databases.opened(kind, Path(name)) as place,
    ):
        line, values = SeizedLine(place, Path(name)), planted.drawn()
        siege = Siege(line, values, Path(name) / "profile")
        with line.running():
            stories.enrol(line, values)
            stories.happen(line, values)
            desk_in_browser.works(line, values, siege.profile)
            for day in range(max(DAYS) + 1):
                _passes(line, day)
                if day in DAYS:
                    line.settles()
                    yield from _told(kind, siege.looks())


def _passes(line: SeizedLine, day: int) -> None:
    """A day, each third with a caller; the first ones end with a backup, the first with exports."""
    if day:
        line.has_a_new_day()
    if day % _CALLED_EVERY == 0:
        stories.somebody_calls(line, next(numbers.of_callers(Random(day))))
    if day <= _BACKED_UP_UNTIL:
        line.is_backed_up()
    if not day:
        for what in ("calls", "messages", "callbacks"):
            (line.exports / f"{what}.json").write_text(line.types("export", what))


def _told(database: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    for each in findings:
        if each.found:
            say(f"{database:10} day {each.day:2}  {each.adversary}: {each.kind} ({each.place})")
        yield each


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.seize", description=__doc__)
    parser.add_argument("--database", choices=(*databases.KINDS, "both"), default="both")
    parser.add_argument("--before", default="", help="a commit to seize instead of this code")
    parser.add_argument("--out", type=Path, help="where the rows go as JSON, instead of the page")
    return parser


if __name__ == "__main__":
    main()
