"""The table that a siege prints."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from statistics import median

from tests.crash.siege import Outcome

MOST_NAMED = 5


def say(text: str) -> None:
    """Print without buffering, also into a file."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def table(outcome: Outcome) -> str:
    """One line for each figure; of the findings, the first few of each kind are named."""
    return "\n".join(_lines(outcome))


def _lines(outcome: Outcome) -> Iterator[str]:
    orders = outcome.orders
    yield f"--- {outcome.database}, seed {orders.seed}, {orders.speed:g} times as fast ---"
    yield f"{'seconds':24}{outcome.seconds:>8.0f}"
    yield f"{'calls':24}{outcome.calls:>8}"
    yield f"{'kills':24}{outcome.kills:>8}"
    for name, count in outcome.harms.items():
        yield f"  {name}: {count}"
    for name, count in outcome.happened.items():
        yield f"{name:24}{count:>8}"
    yield "-" * 32
    for name, count in outcome.findings.counts().items():
        yield f"{name:24}{count:>8}"
    yield "-" * 32
    yield f"{'static webhook, p99':24}{outcome.control:>7.2f} s"
    if outcome.restarts:
        yield f"{'restart to good webhook':24}{median(outcome.restarts):>7.2f} s median"
        yield f"{'':24}{max(outcome.restarts):>7.2f} s longest of {len(outcome.restarts)}"
    if outcome.left_in_trouble:
        yield f"left when the faults ended: {outcome.left_in_trouble}"
    if outcome.unsettled:
        yield f"not settled: {outcome.unsettled}"
    if outcome.refusal:
        yield f"NO VERDICT: {outcome.refusal}. Use a quiet machine, or --patience."
    for name, found in vars(outcome.findings).items():
        for which in found[:MOST_NAMED]:
            yield f"{name.replace('_', ' ')}: {which}"
