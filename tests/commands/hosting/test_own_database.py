"""Where a host keeps its state, and that all its processes keep the same."""

from __future__ import annotations

import os
import shutil
import time
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import QueuePool

from commands.command_line import hotline
from commands.findings import carrier_findings, host_findings, maintenance_findings
from ivr.core.context import AppContext
from models.core.database import Database
from models.core.vault import Vault
from models.operations import maintenance_state, own_database
from models.operations.own_database import WrongDatabase
from settings import Settings
from tests.conftest import KEY
from tests.hotline import Hotline, settings_for
from web_app import create_app


def with_places(**places: str) -> Settings:
    """Settings of a production hotline, with these places only."""
    nothing = {"database_url": "", "ledger_file": "", "standby_folder": ""}
    kept = settings_for("sqlite:////srv/x.db").model_dump() | nothing | places
    return Settings.model_validate({"_env_file": None, **kept})


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("STATE_FOLDER", "instance"),
        ("DATABASE_URL", "sqlite:///instance/hotline.db"),
        ("LEDGER_FILE", "hotline.ledger"),
        ("STANDBY_FOLDER", "./standby"),
    ],
)
def test_a_place_that_depends_on_where_a_process_starts_is_refused(name: str, place: str) -> None:
    sound = {"state_folder": "/srv/hotline"}
    (problem,) = with_places(**sound | {name.lower(): place}).problems()
    assert problem.startswith(f"{name} must be an absolute path")


def test_everything_of_a_host_lies_in_its_state_folder() -> None:
    settings = with_places(state_folder="/srv/hotline")
    assert settings.problems() == []
    assert settings.database_url == "sqlite:////srv/hotline/hotline.db"
    assert settings.ledger() == Path("/srv/hotline/hotline.ledger")
    assert settings.standby() == Path("/srv/hotline/standby")


def test_the_former_settings_of_places_go_on_to_work() -> None:
    settings = with_places(
        database_url="postgresql://db/hotline", ledger_file="/a/x.ledger", standby_folder="/b"
    )
    assert settings.problems() == []
    assert (settings.ledger(), settings.standby()) == (Path("/a/x.ledger"), Path("/b"))
    settings = with_places(database_url="sqlite:////srv/line/calls.db")
    assert settings.problems() == []
    assert settings.ledger() == Path("/srv/line/calls.ledger")


@pytest.mark.parametrize("places", [{}, {"database_url": "postgresql://db/hotline"}])
def test_without_any_place_the_settings_say_which_to_set(places: dict[str, str]) -> None:
    (problem,) = with_places(**places).problems()
    assert problem.startswith("STATE_FOLDER is not set")


def starts(command: str, url: str, folder: Path) -> Result:
    """Type a command that runs a process of the hotline."""
    settings = settings_for(url)
    secrets = {
        name: getattr(settings, name.lower()).get_secret_value()
        for name in ("SECRET_KEY", "DATA_KEYS", "TWILIO_AUTH_TOKEN")
    }
    names = ("PUBLIC_BASE_URL", "TWILIO_ACCOUNT_SID", "TWILIO_PHONE_NUMBER", "RESCUE_NUMBER")
    others = {name: getattr(settings, name.lower()) for name in names}
    places = {"DATABASE_URL": url, "STATE_FOLDER": str(folder)}
    return CliRunner().invoke(hotline, [command], env=secrets | others | places)


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_no_process_starts_on_a_database_without_tables(command: str, tmp_path: Path) -> None:
    told = starts(command, f"sqlite:///{tmp_path}/empty.db", tmp_path)
    assert told.exit_code == 1
    assert told.stderr == "The database is not migrated: run `hotline migrate`.\n"


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_no_process_starts_on_another_database_than_its_host_has(
    command: str, sqlite_template: Path, tmp_path: Path
) -> None:
    ours, theirs = (f"sqlite:///{tmp_path}/{name}.db" for name in ("ours", "theirs"))
    for url in (ours, theirs):
        shutil.copy(sqlite_template, url.removeprefix("sqlite:///"))
    for _ in range(2):  # the first start decides, and a restart changes nothing
        own_database.must_be_ours(opened(ours), tmp_path / "standby")
    told = starts(command, theirs, tmp_path)
    assert told.exit_code == 1
    assert "is another database" in told.stderr
    own_database.adopt(opened(theirs), tmp_path / "standby")  # as a restore does
    own_database.must_be_ours(opened(theirs), tmp_path / "standby")


def test_a_deploy_ahead_of_its_tables_does_not_load(tmp_path: Path) -> None:
    with pytest.raises(WrongDatabase, match="hotline migrate"):
        create_app(settings_for(f"sqlite:///{tmp_path}/empty.db"))


def test_a_web_side_starts_while_the_database_is_away(tmp_path: Path) -> None:
    (tmp_path / "hotline.db").mkdir()  # it cannot be opened
    create_app(settings_for(f"sqlite:///{tmp_path}/hotline.db"))


def test_the_processes_that_the_web_side_forks_share_no_connection(hotline: Hotline) -> None:
    loaded: AppContext = create_app(hotline.settings).extensions["hotline"]
    pool = loaded.database.engine.pool
    assert isinstance(pool, QueuePool)
    assert pool.checkedin() == 0


def test_readiness_tells_the_ages_of_what_the_host_keeps(hotline: Hotline) -> None:
    web = hotline.app.test_client()
    nothing = {"duty_file": None, "journal": None, "ledger": None, "backup": None}
    assert web.get("/readyz").get_json()["ages"] == nothing
    with hotline.context.reading() as unit:
        kept = [each.words for each in host_findings.of_files(hotline.settings, unit.session)]
    assert str(hotline.context.folder / "journal") in kept[0], "a web without a worker says where"
    hotline.works()
    folder = hotline.context.folder
    hour_ago = time.time() - 3600
    os.utime(folder / "duty.sealed", (hour_ago, hour_ago))
    ages = web.get("/readyz").get_json()["ages"]
    assert 3590 < ages["duty_file"] < 3700
    journal = folder / "journal"
    journal.mkdir(exist_ok=True)
    (journal / "1").touch()
    os.utime(journal / "1", (hour_ago, hour_ago))
    backed_up_at = hotline.clock.now() - timedelta(hours=26)
    with hotline.context.database.transaction() as session:
        maintenance_state.hold(session).backed_up_at = backed_up_at
    assert web.get("/readyz").get_json()["ages"]["backup"] == 26 * 3600
    with hotline.context.reading() as unit:
        kept = host_findings.of_files(hotline.settings, unit.session)
        rows = maintenance_findings.of_database(unit.app.database, unit.session, unit.now)
        wrong = " ".join(each.words for each in (*kept, *rows) if not each.is_note)
    assert "duty file" in wrong
    assert "outage journal" in wrong
    assert "the last backup is of" in wrong


def test_the_connections_of_all_hosts_are_counted_against_the_server(hotline: Hotline) -> None:
    hotline.works()

    def found() -> list[str]:
        with hotline.context.reading() as unit:
            database, session = unit.app.database, unit.session
            seen = maintenance_findings.of_connections(database, session, unit.now)
            return [each.words for each in seen if not each.is_note]

    assert found() == []
    if hotline.settings.database_url.startswith("sqlite"):
        return
    hotline.restarts(database_pool_size=1000)
    (words,) = found()
    assert words.startswith("1 hosts with 3 processes may open 3000 connections")


def test_prices_are_said_to_be_ceilings() -> None:
    words = carrier_findings.of_prices().words
    assert "ceilings" in words
    assert "American Samoa 20)" in words


def opened(url: str) -> Database:
    """The database at this URL."""
    return Database(url, Vault.from_setting(KEY))
