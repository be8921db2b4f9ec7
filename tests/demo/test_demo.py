"""What only a demo may do and a hotline must not: move the clock, drop the database, start over."""

from __future__ import annotations

import json
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import wiring
from demo import demo_outage
from demo.demo_clock import CLOCK, DemoClock
from settings import Settings
from simulator.base.clock import TravelClock
from tests.hotline import settings_for
from web_app import create_app

FRIDAY_NIGHT = datetime(2026, 11, 27, 7, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path, sqlite_template: Path) -> Path:
    (tmp_path / "database").mkdir()
    shutil.copy(sqlite_template, tmp_path / "database" / "hotline.db")
    return tmp_path


@pytest.fixture
def demo_settings(folder: Path) -> Settings:
    production = settings_for(f"sqlite:///{folder / 'database' / 'hotline.db'}")
    here = {
        "demo": True,
        "demo_folder": str(folder),
        "public_base_url": "http://127.0.0.1:8000",
        "twilio_api_base_url": "http://127.0.0.1:9",
    }
    return production.model_copy(update=here)


@pytest.fixture
def web(demo_settings: Settings) -> FlaskClient:
    return create_app(demo_settings).test_client()


def test_web_worker_and_carrier_agree_on_the_time(folder: Path, demo_settings: Settings) -> None:
    carriers = TravelClock(folder / CLOCK)
    carriers.move_to(FRIDAY_NIGHT.replace(year=2030))
    carriers.run_at(20)
    clock = wiring.clock_of(demo_settings)
    for _ in range(3):
        earliest, ours, latest = carriers.now(), clock(), carriers.now()
        assert earliest <= ours <= latest
    carriers.return_to_the_present()
    assert abs((clock() - datetime.now(UTC)).total_seconds()) < 60


def test_without_a_file_the_clock_is_the_computers_own(tmp_path: Path) -> None:
    shown = DemoClock(tmp_path / CLOCK)().timestamp()
    assert abs(shown - time.time()) < 60


def test_the_way_to_the_telephone_is_the_carriers_page(web: FlaskClient) -> None:
    assert web.get("/phone").location == "http://127.0.0.1:9/phone"


def test_the_simulator_is_told_who_is_who_and_where_the_switches_are(web: FlaskClient) -> None:
    told = web.get("/phone/about").json
    assert told["people"] == []
    assert [switch["name"] for switch in told["switches"]] == ["database"]


def test_a_board_is_offered_where_there_is_one(web: FlaskClient) -> None:
    if not any(rule.rule == "/" for rule in web.application.url_map.iter_rules()):
        web.application.add_url_rule("/", "the_board", lambda: "the board")
    assert web.get("/phone/about").json["board"] == "http://localhost/"


def test_a_database_that_is_away_is_really_gone_and_comes_back_whole(
    web: FlaskClient, demo_settings: Settings
) -> None:
    context = web.application.extensions["hotline"]
    assert web.get("/readyz").json["database"] is True
    assert web.post("/phone/switches/database", json={"on": True}).status_code == 204
    assert web.get("/readyz").json["database"] is False
    assert web.get("/phone/about").json["switches"][0]["on"] is True
    web.post("/phone/switches/database", json={"on": False})
    assert web.get("/readyz").json["database"] is True
    assert not demo_outage.is_away(context.database)


def test_a_fresh_start_is_asked_for_by_a_file(web: FlaskClient, folder: Path) -> None:
    assert web.post("/phone/afresh").status_code == 202
    assert (folder / "afresh").exists()


def test_no_page_of_another_site_and_no_other_machine_is_obeyed(web: FlaskClient) -> None:
    browser = {"Origin": "http://127.0.0.1:8001"}
    assert web.post("/phone/afresh", headers=browser).status_code == 403
    assert web.post("/phone/switches/database", headers=browser).status_code == 403
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert web.get("/phone/about", environ_base=elsewhere).status_code == 404


def test_a_real_hotline_has_none_of_it(folder: Path) -> None:
    real = settings_for(f"sqlite:///{folder / 'database' / 'hotline.db'}")
    (folder / CLOCK).write_text(json.dumps({"real": 0, "shows": 0, "speed": 20}))
    assert abs((wiring.clock_of(real)() - datetime.now(UTC)).total_seconds()) < 60
    web = create_app(real).test_client()
    for path in ("/phone", "/phone/about"):
        assert web.get(path, base_url=real.base_url).status_code == 404
    for path in ("/phone/afresh", "/phone/switches/database"):
        assert web.post(path, base_url=real.base_url).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"demo": True, "demo_folder": "demo"}, "DEMO is without a carrier"),
        ({"demo": True}, "DEMO is without a carrier"),
        ({"demo_folder": "demo"}, "DEMO_FOLDER is for the demo alone"),
    ],
)
def test_a_hotline_with_a_real_carrier_refuses_to_be_a_demo(
    folder: Path, wrong: dict[str, object], complaint: str
) -> None:
    real = settings_for(f"sqlite:///{folder / 'database' / 'hotline.db'}")
    problems = real.model_copy(update=wrong).problems()
    assert any(complaint in problem for problem in problems)
