"""What a call and the pages cost while more and more past calls are stored, on SQLite.

One real call is copied with its steps; then the same story is played and the same pages opened.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median

import migrations
from models.core.database import Database
from models.operations import maintenance_state
from tests.hotline import TUESDAY_NIGHT, Hotline, settings_for

SIZES = (1_000, 100_000)
MOST_GROWTH = {"call": 1.1, "page": 1.5}
_TIMES = 15
_COPY_CALLS = """
    INSERT INTO calls ({columns})
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
    SELECT {values} FROM calls, n WHERE calls.id = '{call}'
"""
_COPY_STEPS = """
    INSERT INTO steps ({columns})
    SELECT {values} FROM calls JOIN steps ON steps.call_id = '{call}' WHERE calls.sid LIKE 'XX%'
    AND NOT EXISTS (SELECT 1 FROM steps known WHERE known.call_id = calls.id)
"""


def measured(folder: Path, rounds: int) -> Iterator[str]:
    """A table in Markdown: medians of processor time, and growth since the smallest size."""
    url = f"sqlite:///{folder / 'hotline.db'}"
    database = Database(url, settings_for(url).vault())
    migrations.upgrade(database.engine)
    database.close()
    hotline = Hotline(url, folder=folder)
    hotline.has_on_duty("Ana")
    cora = hotline.has_user("Cora").signs_in()
    _call(hotline)
    yield "| past calls | what | processor time | growth | target |"
    yield "|---|---|---|---|---|"
    took: dict[str, float] = {}
    stored = 1
    for size in SIZES:
        _fill(hotline.context.database, size - stored)
        stored = size
        for what, kind, does in (
            ("a call: arrival, language, a question, the end", "call", lambda: _call(hotline)),
            ("the board", "page", lambda: cora.opens("/")),
            ("the call log", "page", lambda: cora.opens("/calls")),
            ("the call log of one language", "page", lambda: cora.opens("/calls?language=es")),
            ("the reports", "page", lambda: cora.opens("/reports")),
        ):
            milliseconds = _milliseconds(does, _TIMES * rounds if kind == "call" else rounds)
            before = took.setdefault(what, milliseconds)
            growth = f"{milliseconds / before:.2f} times"
            aim = f"{MOST_GROWTH[kind]} times"
            yield f"| {size:,} | {what} | {milliseconds:.0f} ms | {growth} | {aim} |"


def _call(hotline: Hotline) -> None:
    hotline.is_called().press("1").press("3").hangs_up()


def _fill(database: Database, count: int) -> None:
    """Add copies of the oldest call with its steps, spread over the year before."""
    with database.transaction() as session:
        connection = session.connection()
        # as the worker leaves it each night: the totals of past days are kept
        maintenance_state.hold(session).totalled_before = TUESDAY_NIGHT - timedelta(days=1)
        session.flush()
        call = connection.exec_driver_sql(
            "SELECT id FROM calls ORDER BY started_at DESC LIMIT 1"
        ).scalar_one()
        for table, statement, new in (
            ("calls", _COPY_CALLS, {
                "id": "lower(hex(randomblob(16)))", "sid": "'XX' || hex(randomblob(16))",
                **{name: f"datetime(calls.{name}, '-' || (172800 + i % 31000000) || ' seconds')"
                   for name in ("started_at", "heard_at", "ended_at", "turn_at")},
            }),
            ("steps", _COPY_STEPS, {"id": None, "call_id": "calls.id"}),
        ):  # fmt: skip
            known = [row[1] for row in connection.exec_driver_sql(f"PRAGMA table_info({table})")]
            columns = [name for name in known if new.get(name, "") is not None]
            values = ", ".join(str(new.get(name, f"{table}.{name}")) for name in columns)
            connection.exec_driver_sql(
                statement.format(columns=", ".join(columns), values=values, count=count, call=call)
            )


def _milliseconds(does: Callable[[], object], tries: int) -> float:
    does()
    took = []
    for _ in range(tries):
        began = time.process_time()
        does()
        took.append(time.process_time() - began)
    return median(took) * 1000
