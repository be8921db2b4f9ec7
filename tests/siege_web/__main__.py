"""`make siege-web`: calls in quiet and under siege, by turns, in one run.

Everything stays on 127.0.0.1 and ends by itself, also when it is interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from tests.crash import report
from tests.siege_web import besieged_web, steady_calls
from tests.siege_web.besieged_web import CODE, BesiegedWeb
from tests.siege_web.steady_calls import Took

LIMIT = 1.5
"""How many times the quiet p99 the p99 under siege may be."""
RESULTS = CODE / "docs" / "benchmarks.md"
_HEADING = "## Web siege"


def main() -> None:
    """Print the figures and add their row; exit 1 if a webhook was lost or p99 is past `LIMIT`."""
    asked = _parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no process remains
    quiet, besieged = Took(), Took()
    answers: dict[str, int] = {}
    with (
        tempfile.TemporaryDirectory(prefix="siege-web-") as folder,
        besieged_web.served(Path(folder), asked.code) as web,
    ):
        steady_calls.come(web.line, asked.seconds / 4, asked.per_second)  # to warm up
        for _ in range(asked.turns):
            _add(quiet, steady_calls.come(web.line, asked.seconds, asked.per_second))
            took, counted = _besieged(web, asked)
            _add(besieged, took)
            answers = {name: answers.get(name, 0) + n for name, n in counted.items()} | {
                name: n for name, n in answers.items() if name not in counted
            }
    ratio = besieged.percentile(0.99) / quiet.percentile(0.99)
    report.say(_told(quiet, besieged, answers, ratio))
    if asked.note:
        _write(_row(asked, quiet, besieged, ratio, answers))
    sys.exit(0 if ratio <= LIMIT and not besieged.lost else 1)


def _besieged(web: BesiegedWeb, asked: argparse.Namespace) -> tuple[Took, dict[str, int]]:
    attackers = web.attacked(asked.seconds + 3, asked.sign_ins, asked.slow)
    try:
        took = steady_calls.come(web.line, asked.seconds, asked.per_second)
        printed, _ = attackers.communicate(timeout=60)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(attackers.pid, signal.SIGKILL)
    return took, json.loads(printed)


def _add(all_of_them: Took, took: Took) -> None:
    all_of_them.seconds += took.seconds
    all_of_them.lost += took.lost


def _told(quiet: Took, besieged: Took, answers: dict[str, int], ratio: float) -> str:
    lines = [f"{'':10}{'webhooks':>10}{'lost':>6}{'p50 ms':>9}{'p99 ms':>9}{'worst ms':>10}"]
    for name, took in (("quiet", quiet), ("besieged", besieged)):
        figures = (took.percentile(0.5), took.percentile(0.99), took.percentile(1))
        lines.append(
            f"{name:10}{len(took.seconds):>10}{len(took.lost):>6}"
            + f"{figures[0]:>9.1f}{figures[1]:>9.1f}{figures[2]:>10.1f}"
        )
    lines.append(f"p99 besieged / quiet: {ratio:.2f}")
    lines += [f"  {name}: {count}" for name, count in sorted(answers.items())]
    return "\n".join(lines)


def _row(
    asked: argparse.Namespace, quiet: Took, besieged: Took, ratio: float, answers: dict[str, int]
) -> str:
    attack = (
        f"{answers.get('sign-in sent', 0)} sign-ins ({asked.sign_ins}/s), "
        f"{asked.slow} slow connections"
    )
    figures = " | ".join(
        f"{took.percentile(0.5):.0f}, {took.percentile(0.99):.0f} ms" for took in (quiet, besieged)
    )
    lost = f"{len(besieged.lost)} of {len(besieged.seconds) + len(besieged.lost)}"
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    return f"| {today} | {asked.note} | {attack} | {figures} | {lost} | {ratio:.2f} |"


def _write(row: str) -> None:
    """Add the row below the last one of its table."""
    lines = RESULTS.read_text(encoding="utf-8").splitlines()
    at = lines.index(_HEADING)
    while not lines[at].startswith("|"):
        at += 1
    while at < len(lines) and lines[at].startswith("|"):
        at += 1
    lines.insert(at, row)
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.siege_web", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="of each stretch")
    parser.add_argument("--turns", type=int, default=3, help="how often quiet and siege take turns")
    parser.add_argument("--per-second", type=float, default=5, help="callers who come")
    parser.add_argument("--sign-ins", type=int, default=500, help="sign-ins a second")
    parser.add_argument("--slow", type=int, default=1000, help="connections that send half")
    parser.add_argument("--code", type=Path, default=CODE, help="the checkout that is besieged")
    parser.add_argument("--note", default="", help="what the row of docs/benchmarks.md says")
    return parser


if __name__ == "__main__":
    main()
