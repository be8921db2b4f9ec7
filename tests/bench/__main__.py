"""`make bench`: what each webhook costs, beside webhooks that decide nothing, in one run.

Everything stays on 127.0.0.1 and ends by itself, also when it is interrupted.
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from tests.bench import baselines, hotlines, load, servers
from tests.bench.ladder import STEPS, UNTIMED, Climb, fields_of
from tests.bench.load import Batch, Webhook
from tests.bench.servers import Server
from tests.crash import databases, numbers, report
from tests.crash.besieged import CODE, WEB_PROCESSES
from tests.siege_web import besieged_web

AT_ONCE = (1, 8, 64)
BASELINES = ("raw", "static", "signed")
STATIC = "static"
FASTER = 4
"""How many times as many webhooks a baseline gets, so that its batches last as long as ours."""
COLUMNS = (
    *("server", "step", "in flight", "webhooks", "a second", "% of static"),
    *("processor ms", "times static", "p50 ms", "p99 ms"),
)
RESULTS = CODE / "docs" / "benchmarks.md"
MARKS = ("<!-- bench -->", "<!-- end of bench -->")


@dataclass
class Measured:
    """All batches of one step of one server, with so many in flight."""

    took: list[float] = field(default_factory=list)
    seconds: float = 0.0
    processor: float = 0.0

    def add(self, batch: Batch, processor: float) -> None:
        """Add a batch, and the processor time that the server spent on it."""
        self.took += batch.took
        self.seconds += batch.seconds
        self.processor += processor

    @property
    def a_second(self) -> float:
        """Webhooks."""
        return len(self.took) / self.seconds

    @property
    def processor_ms(self) -> float:
        """Of one webhook."""
        return self.processor / len(self.took) * 1000

    def milliseconds(self, share: float) -> float:
        """The time within which this share of the webhooks was answered."""
        ordered = sorted(self.took)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000


Table = defaultdict[tuple[str, str, int], Measured]
"""Server, step, in flight -> what was measured."""


def main() -> None:
    """Print the ladder, and write it to docs/benchmarks.md if it gets a note."""
    asked = _parser().parse_args()
    for ends in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(ends, lambda number, _: sys.exit(128 + number))
    signal.alarm(asked.minutes * 60)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, ExitStack() as stack:
        table = _measured(stack, Path(folder), asked.rounds, asked.calls)
    lines = list(_told(table))
    report.say("\n".join(lines))
    if asked.note:
        _write([_where(asked, table), "", *lines])


def _measured(stack: ExitStack, folder: Path, rounds: int, calls: int) -> Table:
    """Every server takes its turn in every round; the first round only warms them up."""
    table, warm_up = Table(Measured), Table(Measured)
    still = [stack.enter_context(_baseline(name, folder)) for name in BASELINES]
    lines = []
    for kind in databases.KINDS:
        (folder / kind).mkdir()
        lines.append(stack.enter_context(hotlines.served(kind, folder / kind)))
    for at in range(rounds + 1):
        kept = table if at else warm_up
        for at_once in AT_ONCE:
            for server in still:
                _ask(kept, server, calls * FASTER, at_once)
            for server, line in lines:
                Climb(line, partial(_send, kept, server, at_once)).run(calls)
    return table


def _baseline(name: str, folder: Path) -> servers.Serving:
    port = besieged_web.free_port()
    settings = {
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}", "TWILIO_AUTH_TOKEN": hotlines.TOKEN
    }  # fmt: skip
    return servers.served(name, f"tests.bench.baselines:{name}()", port, settings, folder)


def _ask(table: Table, server: Server, count: int, at_once: int) -> None:
    caller, called = numbers.RESCUE, numbers.HOTLINE
    webhooks = [
        Webhook(
            server.base + baselines.PATH,
            fields_of(hotlines.ACCOUNT, f"CA{secrets.token_hex(16)}", caller, called),
        )
        for _ in range(count)
    ]
    _send(table, server, at_once, "", webhooks)


def _send(
    table: Table, server: Server, at_once: int, step: str, webhooks: Sequence[Webhook]
) -> Batch:
    began = server.processor_seconds()
    batch = load.send(server.port, webhooks, hotlines.TOKEN, at_once)
    if step != UNTIMED and webhooks:
        table[server.name, step, at_once].add(batch, server.processor_seconds() - began)
    return batch


def _told(table: Table) -> Iterator[str]:
    """A table in Markdown; % of static is that of the same number in flight."""
    yield f"| {' | '.join(COLUMNS)} |"
    yield "|---" * len(COLUMNS) + "|"
    for name in (*BASELINES, *databases.KINDS):
        for step in STEPS if name in databases.KINDS else ("",):
            for at_once in AT_ONCE:
                yield _row(table, name, step, at_once)


def _row(table: Table, name: str, step: str, at_once: int) -> str:
    measured, static = table[name, step, at_once], table[STATIC, "", at_once]
    cells = (
        *(name, step or "-", at_once, len(measured.took), f"{measured.a_second:.0f}"),
        f"{measured.a_second / static.a_second:.1%}",
        *(f"{measured.processor_ms:.1f}", f"{measured.processor_ms / static.processor_ms:.1f}"),
        *(f"{measured.milliseconds(0.5):.0f}", f"{measured.milliseconds(0.99):.0f}"),
    )
    return f"| {' | '.join(map(str, cells))} |"


def _where(asked: argparse.Namespace, table: Table) -> str:
    sent = sum(len(each.took) for each in table.values())
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {asked.note}: {os.cpu_count()} cores, Python "
        f"{sys.version_info.major}.{sys.version_info.minor}, {WEB_PROCESSES} processes for "
        f"callers with 8 threads each, {hotlines.RESPONDERS} people on duty, {asked.rounds} rounds "
        f"in turn, {sent} webhooks of 28 fields."
    )


def _write(lines: list[str]) -> None:
    """Replace the ladder of the last run."""
    text = RESULTS.read_text(encoding="utf-8")
    before, _, rest = text.partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    RESULTS.write_text("\n".join([before + MARKS[0], *lines, MARKS[1]]) + after, encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=4, help="in which all servers take turns")
    parser.add_argument("--calls", type=int, default=100, help="of each round and level")
    parser.add_argument("--minutes", type=int, default=20, help="after which it ends")
    parser.add_argument("--note", default="", help="the commit; writes docs/benchmarks.md")
    return parser


if __name__ == "__main__":
    main()
