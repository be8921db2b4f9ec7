"""The crash bench: python -m tests.crash --calls 10000 --kills 1000 --seed 1 --database both."""

from __future__ import annotations

import argparse
import signal
import sys
from dataclasses import replace
from pathlib import Path

from tests.crash import bugs, databases, report
from tests.crash.besieged import DECK, Harm
from tests.crash.siege import Orders, Outcome, Siege

PROOF = Orders(
    calls=40,
    kills=20,
    seed=1,
    speed=10.0,
    at_once=16,
    responders=24,
    settles_within=100.0,
    recovers_within=400.0,
    patience=6.0,
)
"""The size of a siege with a planted bug."""


def main() -> None:
    """Print a table for each siege.

    Exit 1 on any finding, or if a planted bug is not found; 2 if the machine was too busy for a
    verdict.
    """
    asked = _parser().parse_args()
    for ends in (signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):
        signal.signal(ends, lambda number, _: sys.exit(128 + number))  # so that no process remains
    kinds = databases.KINDS if asked.database == "both" else (asked.database,)
    sys.exit(_proves(kinds[0], asked) if asked.prove else _holds(kinds, asked))


def _holds(kinds: tuple[str, ...], asked: argparse.Namespace) -> int:
    orders = Orders(
        calls=asked.calls,
        kills=asked.kills,
        seed=asked.seed,
        speed=asked.speed,
        at_once=asked.at_once,
        responders=asked.responders,
        patience=asked.patience,
        bound_seconds=asked.minutes * 60,
        bug=asked.bug,
    )
    outcomes = [_besiege(kind, orders, asked.folder) for kind in kinds]
    if any(outcome.refusal for outcome in outcomes):
        return 2
    return 0 if all(outcome.is_clean for outcome in outcomes) else 1


def _proves(kind: str, asked: argparse.Namespace) -> int:
    """1 unless the bench reports each bug under one of its expected names, and nothing without."""
    failed = 0
    for bug, names in bugs.FOUND_AS.items():
        if asked.bug in ("", bug):
            outcome = _besiege(kind, _to_find(bug, asked.seed), asked.folder)
            counts = outcome.findings.counts()
            found = [name for name in names if counts[name]]
            report.say(f"{bug}: " + (f"found as {', '.join(found)}" if found else "NOT FOUND"))
            failed += not found
    if not asked.bug:
        outcome = _besiege(kind, replace(PROOF, seed=asked.seed), asked.folder)
        report.say("no bug: " + ("nothing found" if outcome.is_clean else "SOMETHING FOUND"))
        failed += not outcome.is_clean
    return 1 if failed else 0


def _to_find(bug: str, seed: int) -> Orders:
    """A siege that harms where the bug is."""
    return replace(
        PROOF,
        seed=seed,
        bug=bug,
        stops_at=bugs.FOUND_AS[bug],
        unclear=bugs.UNCLEAR.get(bug, PROOF.unclear),
        responders=bugs.RESPONDERS.get(bug, PROOF.responders),
        deck=(Harm.WORKER,) if bug in bugs.PARTS else DECK,
    )


def _besiege(kind: str, orders: Orders, kept: Path | None) -> Outcome:
    folder = databases.new_folder("crash", kind, kept)
    planted = f", with the bug {orders.bug}" if orders.bug else ""
    report.say(f"{kind}: {orders.calls} calls, {orders.kills} kills, seed {orders.seed}{planted}")
    report.say(f"journal, history, database and logs: {folder}")
    signal.alarm(int(orders.longest_seconds))
    with databases.opened(kind, folder) as place:
        outcome = Siege(place, orders, folder).run()
    report.say(report.table(outcome))
    return outcome


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=(*databases.KINDS, "both"), default="both")
    parser.add_argument("--speed", type=float, default=6.0, help="how fast the whole world runs")
    parser.add_argument("--at-once", type=int, default=40, help="callers on the line at a time")
    parser.add_argument("--responders", type=int, default=60, help="phones on duty, up to 100")
    parser.add_argument(
        "--patience", type=float, default=1.0, help="times as long as Twilio waits for an answer"
    )
    parser.add_argument("--minutes", type=float, default=90.0, help="bound for each database")
    parser.add_argument("--folder", type=Path, help="where logs, journal and database are kept")
    parser.add_argument("--bug", default="", choices=("", *bugs.FOUND_AS), help="plant a bug")
    parser.add_argument("--prove", action="store_true", help="plant every bug, one after the other")
    return parser


if __name__ == "__main__":
    main()
