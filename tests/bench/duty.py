"""How long it takes to know who is on duty, however many shifts are stored.

Shifts of ten people on duty at any time reach from the past into the future; now is in the middle.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median

import sqlalchemy as sa

from models.core.database import Database, Session
from models.core.vault import Vault
from models.schedule import duty_rules
from routing.duty.duty import Duty, Override, Weekly, on_duty, rule_as_data, shifts
from routing.readers.weekdays import WEEKDAYS
from tests.bench import hotlines
from tests.crash import databases

SIZES = (100, 10_000, 1_000_000)
MOST_GROWTH = {"sqlite": 2.5, "postgresql": 1.5}
ZONE, NOW = "America/New_York", datetime(2026, 12, 1, 15, 30, tzinfo=UTC)
HOURS, AT_ONCE, PEOPLE, RULES = 6, 10, 500, 1213
MOST_YEAR_SECONDS, MOST_WHO_MS = 2.0, 50.0
_CHUNK = 20_000


def measured(folder: Path, rounds: int) -> Iterator[str]:
    """A table in Markdown: medians of so many tries."""
    yield "| database | what | result | target |"
    yield "|---|---|---|---|"
    for kind in databases.KINDS:
        (folder / kind).mkdir()
        with databases.opened(kind, folder / kind) as place:
            vault = Vault.from_setting(hotlines.new_key())
            database = databases.prepared(place, vault, [], [], NOW)
            yield from _of_stored(kind, database, rounds * 20)
            database.close()
    yield from _of_rules(rounds)


def _of_stored(kind: str, database: Database, tries: int) -> Iterator[str]:
    """Growth is that of the look for the rules of now, without what a process keeps."""
    took = []
    for size in SIZES:
        _fill(database, size)
        with database.reading() as session:
            assert len(duty_rules.on_duty_at(session, ZONE, NOW)) == AT_ONCE
            took.append(_milliseconds(partial(_afresh, session), tries, time.perf_counter))
            looks = partial(duty_rules.around, session, ZONE, NOW)
            again = _milliseconds(looks, tries, time.perf_counter)
        yield f"| {kind} | {size:,} shifts: routing query | {took[-1]:.2f} ms | - |"
        yield f"| {kind} | {size:,} shifts: whether it still holds | {again:.2f} ms | - |"
    growth, most = f"{took[-1] / took[0]:.2f} times", f"{MOST_GROWTH[kind]} times"
    yield f"| {kind} | {SIZES[0]:,} to {SIZES[-1]:,} shifts: routing query | {growth} | {most} |"


def _afresh(session: Session) -> None:
    duty_rules.look_again(session)
    duty_rules.around(session, ZONE, NOW)


def _fill(database: Database, size: int) -> None:
    """Replace all rules by this many shifts."""
    columns = [column for column in duty_rules.DutyRule.__table__.columns if column.name != "id"]
    rows = sa.insert(sa.table("duty_rules", *(sa.column(each.name, each.type) for each in columns)))
    slots = size // AT_ONCE
    first = NOW.replace(minute=0) - timedelta(hours=HOURS) * (slots // 2)
    with database.transaction() as session:
        session.execute(sa.delete(duty_rules.DutyRule))
        for begins in range(0, size, _CHUNK):
            session.execute(
                rows, [_row(first, at) for at in range(begins, min(begins + _CHUNK, size))]
            )
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE duty_rules")


def _row(first: datetime, at: int) -> dict[str, object]:
    start = first + timedelta(hours=HOURS) * (at // AT_ONCE)
    end = start + timedelta(hours=HOURS)
    return {
        "body": rule_as_data(Override(start, end, person=f"p{at % AT_ONCE}")),
        "source": "import csv", "created_at": first, "counts_from": start, "counts_until": end,
        "span": 8, "ends_at": None, "place": None, "ended_by": None,
    }  # fmt: skip


def _of_rules(rounds: int) -> Iterator[str]:
    hours = [datetime(2026, 1, 1, hour).time() for hour in range(24)]
    weekly = [
        Weekly((WEEKDAYS[at % 7],), hours[at % 24], hours[(at + 8) % 24], f"p{at % PEOPLE}")
        for at in range(RULES)
    ]
    who = _milliseconds(lambda: on_duty(Duty(ZONE, tuple(weekly)), NOW), rounds)
    yield f"| - | who is on duty by {RULES:,} weekly rules | {who:.1f} ms | {MOST_WHO_MS:.0f} ms |"
    duty, year = Duty(ZONE, tuple(weekly[:PEOPLE])), NOW + timedelta(days=365)
    ahead = _milliseconds(lambda: shifts(duty, NOW, year), min(rounds, 3)) / 1000
    what = f"{PEOPLE} people with a weekly shift, a year ahead"
    yield f"| - | {what} | {ahead:.2f} s | {MOST_YEAR_SECONDS:.0f} s |"


def _milliseconds(
    does: Callable[[], object], tries: int, clock: Callable[[], float] = time.process_time
) -> float:
    """The median; a database on the other side of a socket needs a clock on the wall."""
    took = []
    for _ in range(tries):
        began = clock()
        does()
        took.append(clock() - began)
    return median(took) * 1000
