"""Health checks and settings."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest
from pydantic import SecretStr

from app import create_app
from commands import command_line
from commands.base.child_processes import CODE
from settings import SettingsError
from tests.hotline import Hotline, settings_for


def test_ready_means_database_migrations_and_a_worker(hotline: Hotline) -> None:
    web = hotline.app.test_client()
    assert web.get("/healthz").status_code == 200
    assert web.get("/readyz").status_code == 503
    hotline.works()
    ready = web.get("/readyz").get_json()
    assert set(ready.pop("ages")) == {"duty_file", "journal", "ledger", "backup"}
    assert ready == {
        "ok": True,
        "database": True,
        "migrations": True,
        "worker": True,
    }
    hotline.carrier.advance(61)
    assert web.get("/readyz").get_json()["worker"] is False


def test_metrics_are_not_public(hotline: Hotline) -> None:
    web = hotline.app.test_client()
    assert b"hotline_callbacks_owed 0.0" in web.get("/metrics").data
    proxied = web.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"})
    assert proxied.status_code == 404


def test_flask_knows_every_command_of_the_hotline(hotline: Hotline) -> None:
    context = click.Context(hotline.app.cli)
    assert hotline.app.cli.list_commands(context) == sorted(command_line.hotline.commands)
    assert hotline.app.cli.get_command(context, "worker") is command_line.hotline.commands["worker"]
    assert hotline.app.cli.get_command(context, "wroker") is None


def test_a_web_side_that_comes_back_loads_nothing_that_callers_can_do_without() -> None:
    loads = "import sys, app; print(*{'alembic', 'commands'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", loads], cwd=CODE, capture_output=True, text=True)
    assert (told.returncode, told.stdout.split()) == (0, [])


def test_weak_settings_refuse_to_start_and_say_which(database_url: str) -> None:
    weak = settings_for(database_url).model_copy(
        update={
            "secret_key": SecretStr("short"),
            "rescue_number": "",
            "public_base_url": "http://x",
        }
    )
    with pytest.raises(SettingsError) as refused:
        create_app(weak)
    assert refused.value.problems == [
        "RESCUE_NUMBER is not set",
        "SECRET_KEY must have 32 characters or more",
        "PUBLIC_BASE_URL must begin with https://",
    ]
