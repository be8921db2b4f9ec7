"""What is asked while callers wait finds its rows by an index, so its time does not grow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

import sqlalchemy as sa

from models.core.database import Database, Session
from models.schedule import duty_rules
from routing.duty.duty import Override, Weekly
from tests.hotline import TUESDAY_NIGHT, Hotline, settings_for

ZONE = "America/New_York"


@dataclass(frozen=True)
class Asked:
    """A statement that was executed."""

    statement: str
    parameters: Any

    def plan(self, session: Session) -> str:
        """How the database finds its rows."""
        connection, explain = session.connection(), "EXPLAIN QUERY PLAN "
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(
                "SET LOCAL enable_seqscan = off"
            )  # a small table is read whole
            explain = "EXPLAIN "
        is_many = isinstance(self.parameters, list)
        once = self.parameters[0] if is_many else self.parameters
        rows = connection.exec_driver_sql(explain + self.statement, once)
        return "\n".join(str(row[-1]) for row in rows)


@contextmanager
def asking(database: Database) -> Iterator[list[Asked]]:
    """What is asked in this block."""
    asked: list[Asked] = []

    def note(_connection: object, _cursor: object, statement: str, *more: Any) -> None:
        asked.append(Asked(statement, more[0]))

    sa.event.listen(database.engine, "before_cursor_execute", note)
    yield asked
    sa.event.remove(database.engine, "before_cursor_execute", note)


def test_who_is_on_duty_is_read_by_the_index_of_the_rules_of_that_time(database_url: str) -> None:
    database = Database(database_url, settings_for(database_url).vault())
    hours = timedelta(hours=8)
    with database.transaction() as session:
        for at, person in ((-hours, "gone"), (-hours / 2, "here"), (hours, "later")):
            shift = Override(TUESDAY_NIGHT + at, TUESDAY_NIGHT + at + hours * 0.9, person=person)
            duty_rules.add(session, shift, "import csv", TUESDAY_NIGHT)
        duty_rules.add(
            session,
            Override(TUESDAY_NIGHT - 900 * hours, TUESDAY_NIGHT + hours, person="long"),
            "roster",
            TUESDAY_NIGHT,
        )
    with database.reading() as session, asking(database) as asked:
        assert duty_rules.on_duty_at(session, ZONE, TUESDAY_NIGHT) == {"here", "long"}
        plans = [each.plan(session) for each in [*asked] if "duty_rules" in each.statement]
        ranges = re.findall(
            r"\bended_by\b.* AND .*\bspan ?= ?.* AND .*\bcounts_from", "\n".join(plans)
        )
        # PostgreSQL chooses by the size of the table
        assert len(ranges) >= len(duty_rules.SPANS) or database_url.startswith("postgresql")
        for line in "\n".join(plans).splitlines():
            assert "Seq Scan on duty_rules" not in line
            assert "SCAN duty_rules" not in line or "INDEX" in line
    database.close()


def test_a_change_of_one_rule_reads_and_writes_that_rule_alone(database_url: str) -> None:
    database = Database(database_url, settings_for(database_url).vault())
    with database.transaction() as session:
        for at in range(40):
            rule = Weekly(("tue",), time(at % 24), time((at + 8) % 24), f"p{at}")
            duty_rules.add(session, rule, "roster", TUESDAY_NIGHT, place=at)
        duty_rules.around(session, ZONE, TUESDAY_NIGHT)
    with database.transaction() as session, asking(database) as asked:
        duty_rules.add(session, Weekly(("tue",), time(0), time(0), "new"), "console", TUESDAY_NIGHT)
        assert len(duty_rules.around(session, ZONE, TUESDAY_NIGHT).rules) == 41
        written = [
            each for each in asked if each.statement.startswith(("INSERT", "UPDATE", "DELETE"))
        ]
        read = [each for each in asked if "body" in each.statement and each not in written]
        assert (len(written), len(read)) == (1, 1)
        given = read[0].parameters
        assert len(given.values() if isinstance(given, dict) else given) == 1
    database.close()


GROWING = (
    *("calls", "steps", "rings", "rooms", "seats", "callbacks", "messages", "texts", "errands"),
    *("open_items", "wrap_ups", "audit_log", "notices"),
)
PARTIAL = (
    *("ix_calls_open", "uq_callbacks_number_owed", "ix_messages_unheard"),
    *("uq_open_items_number_open", "ix_wrap_ups_open"),
)
"""Indexes of what is not over yet: reading one of them whole reads what is under way."""


PAGES = (
    *("/", "/calls", "/calls?language=es", "/calls?asked=all&need=detention", "/reports"),
    *("/reports/days.csv", "/staffing", "/people", "/schedule"),
)


def reads_whole(database: Database, asked: list[Asked]) -> set[tuple[str, str]]:
    """Which plan reads a growing table from end to end, with the end of its statement."""
    if database.engine.dialect.name == "postgresql":
        return set()  # it reads small tables whole; the tables and indexes are the same
    looks = {each.statement: each for each in asked if not each.statement.startswith("INSERT")}
    with database.reading() as session:
        lines = {
            (line, statement[-300:])
            for statement, each in looks.items()
            if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH"))
            for line in each.plan(session).splitlines()
        }
    whole = re.compile(rf"SCAN ({'|'.join(GROWING)})\b(?! USING INDEX ({'|'.join(PARTIAL)}))")
    return {
        (line, statement)
        for line, statement in lines
        if whole.match(line) and not (" ix_calls_started_at" in line and "LIMIT" in statement)
    }


def test_no_step_of_a_call_and_no_page_reads_a_growing_table_whole(hotline: Hotline) -> None:
    database = hotline.context.database
    ana = hotline.has_on_duty("Ana")
    cora = hotline.has_user("Cora").signs_in()
    with asking(database) as asked:
        call = hotline.is_called().press("1").press("1")
        ana.accepts()
        call.hangs_up()
        for page in PAGES:
            cora.opens(page)
    assert reads_whole(database, asked) == set()


def test_no_page_of_the_log_is_found_without_its_index(hotline: Hotline) -> None:
    """So the test above would see it."""
    database = hotline.context.database
    cora = hotline.has_user("Cora").signs_in()
    with asking(database) as asked:
        cora.opens("/calls?language=es")
    with database.transaction() as session:
        run = session.connection().exec_driver_sql
        run("DROP INDEX ix_calls_started_at")
    assert reads_whole(database, asked) or database.engine.dialect.name == "postgresql"


def test_a_purge_looks_for_old_calls_by_their_index(hotline: Hotline) -> None:
    database = hotline.context.database
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("1")
    ana.accepts()
    call.hangs_up()
    with asking(database) as asked:
        for days in (2, 7, 31):
            hotline.later(timedelta(days=days))
    assert hotline.calls == []
    found = {(plan, told) for plan, told in reads_whole(database, asked) if " calls" in plan}
    assert {each for each in found if "substr(" not in each[1]} == set(), "only a new key reads all"


def test_a_report_reads_no_call_that_a_purge_has_counted(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora")

    def reads_calls() -> bool:
        user = cora.elsewhere().signs_in()
        with asking(hotline.context.database) as asked:
            user.opens("/reports")
        return any("FROM steps" in each.statement for each in asked)

    hotline.is_called().press("1").press("1").hangs_up()
    hotline.loses_its_worker()
    hotline.later(timedelta(days=1))
    assert reads_calls(), "nothing has counted them yet"
    hotline.worker = hotline.new_worker()
    hotline.later(timedelta(hours=2))
    assert not reads_calls()
