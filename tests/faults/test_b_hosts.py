"""Hosts are restarted, migrated and updated under calls; clocks jump; counters grow."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

import migrations
from models.calls import calls
from models.core import database_limits
from models.operations import worker_state
from tests.caller import Caller
from tests.faults.keeping import news, run
from tests.hotline import Hotline
from tests.waiting import PATIENCE_SECONDS
from wiring import SteadyClock

NEXT = '''
"""What the version after this one adds: a column with a default, an index, rows filled in."""
import sqlalchemy as sa
from alembic import op

revision, down_revision = "of_the_next_version", "{head}"

def upgrade() -> None:
    op.add_column("calls", sa.Column("county", sa.String(40), nullable=True))
    op.add_column("rings", sa.Column("heat", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE calls SET county = 'unknown'")
    op.create_index("ix_calls_county", "calls", ["county"])

def downgrade() -> None:
    op.drop_index("ix_calls_county", table_name="calls")
    op.drop_column("rings", "heat")
    op.drop_column("calls", "county")
'''


@pytest.fixture
def next_version(tmp_path: Path) -> Path:
    """The migrations of a next version: ours and one more."""
    folder = tmp_path / "next" / "migrations"
    here = Path(migrations.__file__).parent
    shutil.copytree(here, folder, ignore=shutil.ignore_patterns("__pycache__"))
    head = migrations.newest()
    (folder / "versions" / "of_the_next_version.py").write_text(NEXT.format(head=head))
    return folder


PLACES = {
    "language menu": ("", "2", "oprima"),
    "more languages": ("9", "1", ""),
    "main menu": ("1", "4", "rights"),
    "main menu in Spanish": ("2", "4", "derechos"),
    "rights": ("14", "0", "looking for someone"),
    "offices": ("15", "11372", "office"),
    "nobody there": ("12", "1", "calling from"),
    "choice of number": ("121", "1", "safe to leave"),
    "number": ("1212", "7185550163#", "If this is right"),
    "read back": ("12127185550162#", "1", "safe to leave"),
    "permission": ("1211", "1", "saved"),
}
"""Places of callers: the keys that lead there, the next key, and what the caller hears then."""


def calls_in_every_place(hotline: Hotline) -> dict[str, Caller]:
    """Callers in every place of a call: in a talk, in a queue, in a recording, at each question."""
    ana = hotline.has_on_duty("Ana")
    found = {"talking": hotline.is_called().press("1").press("1")}
    ana.accepts()
    assert found["talking"].is_joined_with(ana.number)
    found["recording"] = hotline.is_called().press("1").press("2").press("2")
    hotline.waits(15)
    hotline.has_on_duty("Ben")
    found["waiting"] = hotline.is_called().press("1").press("2")
    for place, (keys, _, _) in PLACES.items():
        found[place] = hotline.is_called()
        for key in keys:
            found[place].press(key)
    return found


def everybody_goes_on(hotline: Hotline, found: dict[str, Caller]) -> None:
    """No call ended, and each caller's next key gets an answer."""
    assert {place for place, call in found.items() if not call.is_on_the_line} == set()
    assert found["talking"].talks_to is not None
    for place, (_, keys, _) in PLACES.items():
        found[place].press(keys)
    for place, (_, _, words) in PLACES.items():
        found[place].hears(words)
    assert "still trying" in found["waiting"].said or "looking for" in found["waiting"].said
    found["recording"].speaks(8)
    for call in found.values():
        call.hangs_up()
    hotline.waits(40)
    outcomes = {place: call.row.outcome for place, call in found.items()}
    assert None not in outcomes.values()
    assert outcomes["talking"] == "person"
    assert outcomes["recording"] == "message"
    assert outcomes["permission"] == outcomes["read back"] == "callback"


def test_b13_a_host_that_comes_up_again_goes_on_where_the_calls_are(hotline: Hotline) -> None:
    found = calls_in_every_place(hotline)
    hotline.restarts()
    everybody_goes_on(hotline, found)


def test_b15_old_places_in_flight_start_over_kindly(hotline: Hotline) -> None:
    call = hotline.is_called().press("1")
    hotline.restarts()
    told = news(
        hotline, "/voice/en/at/place_of_last_year/2/0", CallSid=call.leg.sid, From=call.number
    )
    assert b"Let us begin again" in told.data
    assert b"<Gather" in told.data


def test_b16_a_migration_under_traffic_drops_nobody(hotline: Hotline, next_version: Path) -> None:
    found = calls_in_every_place(hotline)
    failed: list[BaseException] = []
    migrating = threading.Thread(target=migrate, args=(hotline, next_version, failed))
    migrating.start()
    during = hotline.is_called().press("2").press("4").hears("derechos")
    migrating.join(PATIENCE_SECONDS)
    assert failed == []
    columns = sa.inspect(hotline.context.database.engine).get_columns("calls")
    assert "county" in {column["name"] for column in columns}
    assert hotline.app.test_client().get("/readyz").get_json()["migrations"] is True
    assert during.is_on_the_line
    everybody_goes_on(hotline, found)
    hotline.restarts()
    assert hotline.is_called().press("1").hears("immigration officers").is_on_the_line


def migrate(hotline: Hotline, scripts: Path, failed: list[BaseException]) -> None:
    """Run `hotline migrate` of the next version on another host."""
    host = hotline.another_database()
    try:
        migrations.upgrade(host.engine, scripts=scripts)
    except BaseException as error:
        failed.append(error)
    host.close()


def test_b16_a_migration_that_must_wait_lets_the_callers_go_first(
    hotline: Hotline, next_version: Path
) -> None:
    call = hotline.is_called().press("1")
    failed: list[BaseException] = []
    with somebody_reads(hotline):
        migrating = threading.Thread(target=migrate, args=(hotline, next_version, failed))
        migrating.start()
        call.press("2").hears("call you back")
        migrating.join(1)
        call.press("1").hears("calling from")
    migrating.join(PATIENCE_SECONDS)
    assert not migrating.is_alive()
    assert failed == []
    assert call.is_on_the_line


@contextmanager
def somebody_reads(hotline: Hotline) -> Iterator[None]:
    """An export is running: PostgreSQL cannot change a table while a query reads it."""
    host = hotline.another_database()
    with host.reading() as session:
        list(calls.between(session, None, None))
        yield
    host.close()


def test_b16_revisions_are_what_running_code_does_not_notice() -> None:
    assert not migrations.knows("of_the_next_version")
    assert migrations.knows(migrations.newest())


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1)])
def test_b17_a_clock_that_jumps_is_not_felt_by_calls(database_url: str, jump: timedelta) -> None:
    jumped = [timedelta(0)]
    world = Hotline(database_url, clock=lambda true: true + jumped[0])
    steady = SteadyClock(world.host_clock, lambda: world.clock.now().timestamp())
    world.goes_by(steady.now)
    ana = world.has_on_duty("Ana")
    call = world.is_called().press("1").press("2")
    jumped[0] = jump
    ana.accepts()
    assert call.is_joined_with(ana.number)
    second = world.is_called().press("1").press("2")
    second.hears("call back instead").press("1").hears("calling from").press("1")
    second.hears("safe to leave").press("1").hears("saved")
    call.hangs_up()
    ana.answers(within=150).hears("Someone is detained")
    assert list(world.closes()) == []


@pytest.mark.parametrize(("off", "words"), [(5, "ahead of"), (-3600, "behind")])
def test_b17_a_clock_that_is_off_alarms(database_url: str, off: int, words: str) -> None:
    world = Hotline(database_url, clock=lambda true: true + timedelta(seconds=off))
    dee = world.knows("Dee", tier=3)
    world.waits(65)
    assert ["clock" in text for text in dee.texts] == [True]
    assert any(words in finding for finding in world.findings_of_carrier())
    assert list(world.closes()) == []


def test_b17_a_clock_that_is_right_does_not_alarm(database_url: str) -> None:
    world = Hotline(database_url, clock=lambda true: true + timedelta(seconds=1))
    assert world.findings_of_carrier() == []
    assert list(world.closes()) == []


@pytest.mark.parametrize("last", [2**31 - 3, 2**53 - 3])
def test_b18_counters_go_past_the_limits_of_smaller_numbers(hotline: Hotline, last: int) -> None:
    count_from(hotline, last)
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("1")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    with hotline.context.database.reading() as session:
        steps = calls.steps_of(session, [call.row.id])[call.row.id]
    assert max(step.id for step in steps) > last + 3
    assert [step.what for step in steps[:2]] == ["called", "at"]
    assert "ids of steps" not in run(hotline, "check").stdout


def test_b18_half_way_to_a_limit_check_says_so(hotline: Hotline) -> None:
    count_from(hotline, database_limits.LAST_ID // 2 + 1)
    hotline.is_called()
    assert "50% of the ids of steps are used up" in run(hotline, "check").stdout


def test_b18_every_counter_has_64_bits(hotline: Hotline) -> None:
    engine = hotline.context.database.engine
    if engine.dialect.name == "sqlite":
        return  # every INTEGER PRIMARY KEY has (sqlite.org/autoinc.html)
    for table in sa.inspect(engine).get_table_names():
        for column in sa.inspect(engine).get_columns(table):
            assert not isinstance(column["type"], sa.Integer) or isinstance(
                column["type"], sa.BigInteger
            ), f"{table}.{column['name']}"


def count_from(hotline: Hotline, last: int) -> None:
    """Let the ids of steps continue from this number."""
    call = hotline.is_called().hangs_up().row
    with hotline.context.database.transaction() as session:
        session.add(calls.Step(id=last, call_id=call.id, at=call.started_at, what="x", detail={}))
        session.flush()
        if hotline.context.database.engine.dialect.name == "postgresql":
            session.execute(sa.text(f"SELECT setval('steps_id_seq', {last})"))


def test_g9_hosts_with_different_time_zones_are_named(hotline: Hotline) -> None:
    hotline.works()
    with hotline.context.database.transaction() as session:
        worker_state.beat(session, "worker on the old host", datetime.now().astimezone(), "2019c")
    said = run(hotline, "check").stdout
    assert "worker on the old host goes by tzdata 2019c" in said
    assert said.count("goes by tzdata") == 1
    assert "note: time zones are those of tzdata 2" in said
