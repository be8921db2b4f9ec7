"""An idle line: the worker does not slow the next caller down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import sqlalchemy as sa

from models.core.database import Database
from tests.faults.keeping import asks_for_callback
from tests.hotline import Hotline

SETTLED = timedelta(seconds=0.5)


@contextmanager
def statements_to(database: Database) -> Iterator[list[str]]:
    """Collects the statements that a database receives inside the `with` block."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    sa.event.listen(database.engine, "before_cursor_execute", note)
    yield asked
    sa.event.remove(database.engine, "before_cursor_execute", note)


def test_an_idle_round_asks_one_question_and_holds_nothing(hotline: Hotline) -> None:
    hotline.has_on_duty("Ana")
    hotline.works()
    hotline.clock.move_to(hotline.clock.now() + SETTLED)
    with statements_to(hotline.context.database) as asked:
        hotline.works()
    begins = ("BEGIN", "SELECT set_config")  # the second bounds the waits of a transaction
    questions = [statement for statement in asked if not statement.startswith(begins)]
    assert len(questions) == 1
    assert questions[0].startswith("SELECT")
    assert "FOR UPDATE" not in questions[0]
    assert "BEGIN IMMEDIATE" not in asked


def test_somebody_who_calls_an_idle_line_is_rung_for_in_the_same_round(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.waits(30)
    hotline.is_called().press("1").press("1")
    hotline.works()
    assert ana.is_rung


def test_callbacks_that_nobody_can_take_are_put_off_in_one_write(hotline: Hotline) -> None:
    for _ in range(3):
        asks_for_callback(hotline)
    hotline.later(timedelta(minutes=2))
    put_off = [owed.next_try_at for owed in hotline.callbacks]
    hotline.clock.move_to(max(put_off))
    with statements_to(hotline.context.database) as asked:
        hotline.works()
    assert [owed.next_try_at > max(put_off) for owed in hotline.callbacks] == [True] * 3
    assert sum(statement.startswith("UPDATE callbacks") for statement in asked) == 1
