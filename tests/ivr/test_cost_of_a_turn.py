"""What a turn costs in the database: counts that no slow machine can change.

`cost_of_a_turn.toml` has a row for each webhook of one call and for the worker's rounds. A figure
that grows fails, because a caller waits for it; so does one that shrinks, until its row says so.
"""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from models.core.database import Database
from tests.hotline import Hotline

_ROWS = tomllib.loads(Path(__file__).with_name("cost_of_a_turn.toml").read_text())
_WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass
class Cost:
    """What the database was asked."""

    statements: int = 0
    transactions: int = 0
    rows_written: int = 0


@contextmanager
def counted(database: Database) -> Iterator[Cost]:
    """Counts what this database is asked inside the `with` block."""
    cost = Cost()

    def begin(_connection: object) -> None:
        cost.transactions += 1

    def execute(
        _connection: object, cursor: Any, statement: str, _values: object, _context: object,
        many: bool,
    ) -> None:  # fmt: skip
        if statement.startswith("BEGIN"):
            return
        cost.statements += 1
        if statement.startswith(_WRITES):
            cost.rows_written += max(cursor.rowcount, 0)

    listeners = (("begin", begin), ("after_cursor_execute", execute))
    for event, listener in listeners:
        sa.event.listen(database.engine, event, listener)
    yield cost
    for event, listener in listeners:
        sa.event.remove(database.engine, event, listener)


class Meter:
    """Counts each webhook of a call; of those with one address the dearest stays."""

    def __init__(self, hotline: Hotline) -> None:
        self.found: dict[str, Cost] = {}
        self._hotline, self._asked = hotline, hotline.app.wsgi_app
        hotline.app.wsgi_app = self._answer  # type: ignore[method-assign]

    def _answer(self, environ: dict[str, Any], start: Any) -> Any:
        with counted(self._hotline.context.database) as cost:
            answer = self._asked(environ, start)
        name = _shape(environ["PATH_INFO"])
        known = self.found.get(name, cost)
        self.found[name] = max(known, cost, key=attrgetter("statements", "rows_written"))
        return answer


def _shape(path: str) -> str:
    """The address without its tokens and counts."""
    is_name = re.compile(r"[a-z][a-z_]{1,19}").fullmatch
    return "/".join(part if is_name(part) or not part else "_" for part in path.split("/"))


def _complaints(found: dict[str, Cost]) -> list[str]:
    written = {name: Cost(**row) for name, row in _ROWS.items()}
    said = [f"{name}: measured, but no row" for name in found.keys() - written.keys()]
    said += [f"{name}: a row, but not measured" for name in written.keys() - found.keys()]
    for name in found.keys() & written.keys():
        was, now = asdict(written[name]), asdict(found[name])
        said += [
            f"{name}: {now[what]} {what} instead of {was[what]}: "
            + ("find out why" if now[what] > was[what] else "lower the number in the row")
            for what in was
            if now[what] != was[what]
        ]
    return sorted(said)


@pytest.fixture
def hotline(sqlite_template: Path, tmp_path: Path) -> Iterator[Hotline]:
    """On SQLite only: for PostgreSQL, SQLAlchemy sends several inserts as one statement."""
    shutil.copy(sqlite_template, tmp_path / "hotline.db")
    world = Hotline(f"sqlite:///{tmp_path / 'hotline.db'}", folder=tmp_path / "standby")
    yield world
    assert list(world.closes()) == []


def test_no_turn_and_no_round_costs_more_than_its_row_says(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.waits(120)
    meter = Meter(hotline)
    caller = hotline.is_called().press("1").press("1")
    ana.accepts()
    assert caller.is_joined_with(ana.number)
    ana.hangs_up()
    hotline.waits(20)
    caller.press("2").hears_the_tone().speaks(5).hangs_up()
    found = meter.found
    hotline.clock.move_to(hotline.clock.now() + timedelta(seconds=0.5))
    with counted(hotline.context.database) as found["a round without work"]:
        hotline.works()
    complaints = _complaints(found)
    assert not complaints, "\n".join(complaints)
