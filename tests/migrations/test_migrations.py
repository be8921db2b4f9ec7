"""The tables can be made, taken back and made again, on both databases."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import migrations
from models.base import Base
from models.database import Database
from models.vault import Vault
from tests.conftest import KEY
from tests.hotline import Hotline


def test_there_is_one_head() -> None:
    folder = Path(migrations.__file__).parent
    assert len(ScriptDirectory(str(folder)).get_heads()) == 1


def test_up_down_and_up_again(empty_database_url: str) -> None:
    database = Database(empty_database_url, Vault.from_setting(KEY))
    migrations.upgrade(database.engine)
    assert migrations.is_current(database.engine)
    migrations.downgrade(database.engine, "base")
    assert sa.inspect(database.engine).get_table_names() == ["alembic_version"]
    migrations.upgrade(database.engine)
    assert migrations.is_current(database.engine)
    database.close()


def test_the_tables_are_those_the_code_expects(database_url: str) -> None:
    database = Database(database_url, Vault.from_setting(KEY))
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []
    database.close()


def test_tables_that_hold_a_nights_rows_can_be_taken_back(database_url: str) -> None:
    hotline = Hotline(database_url)
    hotline.has_on_duty("Ana")
    hotline.is_called().press("1").press("2")
    hotline.waits(20)
    engine = hotline.house.database.engine
    migrations.downgrade(engine, "base")
    migrations.upgrade(engine)
    assert hotline.calls == []
    hotline.is_called()
    assert len(hotline.calls) == 1
    hotline.house.database.close()


def test_what_forgets_can_be_taken_back_and_every_call_stays(database_url: str) -> None:
    hotline = Hotline(database_url)
    hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("2")
    hotline.waits(20)
    before = hotline.story_of(call.row)
    engine = hotline.house.database.engine
    migrations.downgrade(engine, "remember_calls")
    assert "tombstones" not in sa.inspect(engine).get_table_names()
    migrations.upgrade(engine)
    assert hotline.story_of(call.row) == before
    assert call.press("1").hears("calling from").is_on_the_line
    hotline.house.database.close()
