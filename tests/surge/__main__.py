"""`make surge`: an hour of calls with a burst and a flood; its clock can run faster."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from tests.crash import databases, report
from tests.crash.siege import Orders
from tests.surge.surge import Surge


def main() -> None:
    """Print the result on each database; exit 1 if anybody was lost or served twice."""
    asked = _parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no process remains
    kinds = databases.KINDS if asked.database == "both" else (asked.database,)
    clean = [_surges(kind, asked) for kind in kinds]
    sys.exit(0 if all(clean) else 1)


def _surges(kind: str, asked: argparse.Namespace) -> bool:
    folder = databases.new_folder("surge", kind, asked.folder)
    orders = Orders(
        calls=asked.calls,
        kills=0,
        seed=asked.seed,
        speed=asked.speed,
        responders=asked.responders,
        on_one_host=True,
        keeps_every_promise=False,
    )
    report.say(f"{kind}: {asked.calls} calls and {asked.flood} from one phone; logs: {folder}")
    with databases.opened(kind, folder) as place:
        surge = Surge(place, orders, folder, asked.flood, asked.minutes * 60)
        outcome = surge.run()
    report.say("\n".join([report.table(outcome), *surge.told]))
    return outcome.is_clean


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.surge", description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--flood", type=int, default=1_000, help="calls of one phone more")
    parser.add_argument("--minutes", type=float, default=60, help="in which all of them call")
    parser.add_argument("--speed", type=float, default=1, help="how fast the whole world runs")
    parser.add_argument("--responders", type=int, default=100, help="phones on duty, up to 100")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=(*databases.KINDS, "both"), default="both")
    parser.add_argument("--folder", type=Path, help="where logs, journal and database are kept")
    return parser


if __name__ == "__main__":
    main()
