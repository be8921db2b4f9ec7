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
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
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
_LONGEST_SECONDS = 25 * 60
"""For one database."""


def main() -> None:
    """Seize the line on each database, print what was found, and write docs/privacy.md."""
    asked = _parser().parse_args()
    for ends in (signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):
        signal.signal(ends, lambda number, _: sys.exit(128 + number))
    kinds = databases.KINDS if asked.database == "both" else (asked.database,)
    if asked.before:
        signal.alarm(_LONGEST_SECONDS * len(kinds))
        found = _before(asked.before, asked.database, asked.until)
    else:
        found = Found([each for kind in kinds for each in _seized(kind, asked.until)])
    if asked.out:
        asked.out.write_text(json.dumps([asdict(each) for each in found.findings]))
    elif asked.until == max(DAYS):
        _write(found, "before" if asked.before else "after", kinds)
    else:
        say("\n".join(privacy_page.table(found)))


def _before(commit: str, database: str, until: int) -> Found:
    with tempfile.TemporaryDirectory(prefix="seize-before-") as folder:
        out = Path(folder) / "found.json"
        checkouts.seize(checkouts.of(commit, Path(folder) / "code"), database, until, out)
        return Found([_finding(each) for each in json.loads(out.read_text())])


def _finding(row: dict[str, Any]) -> Finding:
    adversary, kind = Adversary(row["adversary"]), Kind(row["kind"])
    return Finding(adversary, row["place"], kind, row["day"], row["found"])


def _write(found: Found, when: str, kinds: Sequence[str]) -> None:
    privacy_page.write(when, privacy_page.table(found))
    if when == "after":
        privacy_page.write("run", privacy_page.run(found, kinds, date.today()))
        privacy_page.write("places", privacy_page.places(found))
        privacy_page.write("caller", privacy_page.for_a_caller(found))


def _seized(kind: str, until: int) -> Iterator[Finding]:
    signal.alarm(_LONGEST_SECONDS)
    began = time.monotonic()
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
            for day in range(until + 1):
                _passes(line, day)
                if day in DAYS:
                    line.settles()
                    yield from _told(kind, siege.looks())
                    say(f"{kind:10} day {day:2}  {time.monotonic() - began:.0f} s so far")


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
    parser.add_argument(
        "--until", type=int, choices=DAYS, default=max(DAYS),
        help="the last day, for a trial; it prints a table, and leaves the page as it is",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, help="where the rows go as JSON, instead of the page")
    return parser


if __name__ == "__main__":
    main()
