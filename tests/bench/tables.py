"""What a call, the pages, an export and a purge cost while more and more past calls are stored.

One real call is copied with its steps, as the worker leaves past calls: without numbers, counted,
spread over the days for which calls are kept. Then the same is done at each size.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median

import sqlalchemy as sa

import migrations
from ivr.privacy import purge
from models.calls import call_log
from models.calls.call_log import Sought
from models.core.database import Database, Session
from models.operations import day_totals, exports, maintenance_state
from tests.coordinator import Coordinator
from tests.crash import databases
from tests.hotline import TUESDAY_NIGHT, Hotline, settings_for

MOST_CALLS = int(os.environ.get("MOST_CALLS", "100000"))
SIZES = tuple(size for size in (1_000, 100_000, 2_000_000) if size <= MOST_CALLS)
MOST_GROWTH = {"call": 1.1, "page": 1.5}
PAGES = {
    "the board": "/",
    "the call log": "/calls",
    "the call log of a language that nobody spoke": "/calls?language=es",
    "the reports": "/reports",
}
_TIMES, _LINES = 5, 500
_DAYS, _WEEK = 31, timedelta(days=7)
_SPREAD = (_DAYS - 1) * 86_400
_EXPRESSIONS = {
    "sqlite": {
        "id": "lower(hex(randomblob(16)))",
        "sid": "'XX' || hex(randomblob(16))",
        "earlier": "strftime('%Y-%m-%d %H:%M:%f000', calls.{name}, '-' || {seconds} || ' seconds')",
    },
    "postgresql": {
        "id": "md5(random()::text || i)",
        "sid": "'XX' || md5(random()::text || i)",
        "earlier": "calls.{name} - make_interval(secs => {seconds})",
    },
}
_COPY_CALLS = """
    INSERT INTO calls ({columns})
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
    SELECT {values} FROM calls, n WHERE calls.id = '{call}'
"""
_COPY_STEPS = """
    INSERT INTO steps ({columns})
    SELECT {values} FROM calls JOIN steps ON steps.call_id = '{call}'
    WHERE calls.sid >= 'XX' AND calls.sid < 'XY'
    AND NOT EXISTS (SELECT 1 FROM steps known WHERE known.call_id = calls.id)
"""


def measured(folder: Path, rounds: int) -> Iterator[str]:
    """A table in Markdown: medians of processor time, and growth since the smallest size."""
    yield "| database | past calls | what | time | growth | target |"
    yield "|---|---|---|---|---|---|"
    for kind in databases.KINDS:
        (folder / kind).mkdir()
        with databases.opened(kind, folder / kind) as place:
            for line in _of(place.url, folder / kind, rounds):
                yield f"| {kind} {line}"


def _of(url: str, folder: Path, rounds: int) -> Iterator[str]:
    database = Database(url, settings_for(url).vault())
    migrations.upgrade(database.engine)
    database.close()
    hotline = Hotline(url, folder=folder)
    hotline.has_on_duty("Ana")
    cora = hotline.has_user("Cora").signs_in()
    _call(hotline)
    hotline.loses_its_worker()
    database = hotline.context.database
    took: dict[str, float] = {}
    stored, first = 1, hotline.calls[0].id
    for size in SIZES:
        fill(database, first, size - stored)
        stored = size
        began = time.process_time()
        day_totals.count_recent(database, hotline.context.timezone, hotline.clock.now())
        yield _row(size, "a purge counts the calls of a week", 1000 * (time.process_time() - began))
        for what, kind, does in _what_is_done(hotline, cora):
            times = _TIMES * rounds if kind == "call" else rounds
            yield from _line(took, size, what, kind, _milliseconds(does, times))
        turns = _turns_of_a_purge(hotline)
        yield _row(size, f"a purge, {len(turns)} turns as writer", sum(turns))
        yield from _line(took, size, "its longest turn", "page", max(turns))


def _what_is_done(
    hotline: Hotline, cora: Coordinator
) -> Iterator[tuple[str, str, Callable[[], object]]]:
    yield "a call: arrival, language, a question, the end", "call", partial(_call, hotline)
    for what, address in PAGES.items():
        yield what, "page", partial(cora.opens, address)
    yield f"an export, each {_LINES} calls", "page", partial(_export, hotline.context.database)


def _line(
    took: dict[str, float], size: int, what: str, kind: str, milliseconds: float
) -> Iterator[str]:
    growth = f"{milliseconds / took.setdefault(what, milliseconds):.2f} times"
    yield _row(size, what, milliseconds, growth, f"{MOST_GROWTH[kind]} times")


def _row(size: int, what: str, milliseconds: float, growth: str = "-", most: str = "-") -> str:
    return f"| {size:,} | {what} | {milliseconds:.0f} ms | {growth} | {most} |"


def _call(hotline: Hotline) -> None:
    hotline.is_called().press("1").press("3").hangs_up()


def _export(database: Database) -> None:
    with database.reading() as session:
        found = exports.call_records(session, call_log.every(session, Sought()))
        assert len(list(islice(exports.as_csv(exports.CALL_COLUMNS, found), _LINES))) == _LINES


def _turns_of_a_purge(hotline: Hotline) -> list[float]:
    """The processor time of each transaction, in milliseconds: other writers wait so long."""
    engine, turns, began = hotline.context.database.engine, [0.0], [0.0]

    def begin(_connection: object) -> None:
        began[0] = time.process_time()

    def end(_connection: object) -> None:
        turns.append(1000 * (time.process_time() - began[0]))

    sa.event.listen(engine, "begin", begin)
    sa.event.listen(engine, "commit", end)
    context = hotline.context
    purge.purge(context.database, context.ledger, hotline.clock.now(), context.timezone)
    sa.event.remove(engine, "begin", begin)
    sa.event.remove(engine, "commit", end)
    return turns


def fill(database: Database, call: str, count: int) -> None:
    """Add copies of this call with its steps, spread over the days that calls are kept, and one."""
    with database.transaction() as session:
        _as_the_worker_leaves_it(session, TUESDAY_NIGHT)
        connection = session.connection()
        words = _EXPRESSIONS[connection.dialect.name]
        far = "CAST(i AS BIGINT) * 7919"
        seconds = f"(86400 + {far} - {far} / {_SPREAD} * {_SPREAD})"
        earlier = {
            name: words["earlier"].format(name=name, seconds=seconds)
            for name in ("started_at", "heard_at", "ended_at")
        }
        nothing = dict.fromkeys(("number_sealed", "number_mark", "exchange_mark"), "NULL")
        for table, statement, new in (
            ("calls", _COPY_CALLS, {"id": words["id"], "sid": words["sid"], **earlier, **nothing}),
            ("steps", _COPY_STEPS, {"id": None, "call_id": "calls.id", "at": "calls.started_at"}),
        ):
            known = [each["name"] for each in sa.inspect(connection).get_columns(table)]
            columns = [name for name in known if new.get(name, "") is not None]
            values = ", ".join(str(new.get(name, f"{table}.{name}")) for name in columns)
            facts = {"columns": ", ".join(columns), "values": values, "count": count, "call": call}
            connection.exec_driver_sql(statement.format(**facts))
            if connection.dialect.name == "postgresql":  # as its autovacuum does soon
                connection.exec_driver_sql(f"ANALYZE {table}")


def _as_the_worker_leaves_it(session: Session, now: datetime) -> None:
    row = maintenance_state.hold(session)
    row.totalled_before = row.coarse_before = now - _WEEK
    row.logs_asked_before = row.texts_asked_before = now - timedelta(hours=25)
    session.flush()


def _milliseconds(does: Callable[[], object], tries: int) -> float:
    does()
    took = []
    for _ in range(tries):
        began = time.process_time()
        does()
        took.append(time.process_time() - began)
    return median(took) * 1000
