"""Health, settings, and the ring that leaves from the caller's own leg."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import SecretStr

from app import create_app
from models import line
from settings import SettingsError
from tests.hotline import NUMBER, Hotline, settings_for


def test_ready_means_database_migrations_and_a_worker(hotline: Hotline) -> None:
    web = hotline.app.test_client()
    assert web.get("/healthz").status_code == 200
    assert web.get("/readyz").status_code == 503
    hotline.works()
    assert web.get("/readyz").get_json() == {
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


def spend_every_call_start(hotline: Hotline) -> None:
    """The account may start no call for an hour."""
    with hotline.house.database.transaction() as session:
        now = hotline.clock.now()
        line.hold(session, now).next_start_at = now + timedelta(hours=1)


def test_when_call_starts_run_short_one_ring_leaves_from_the_callers_leg(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    spend_every_call_start(hotline)
    call = hotline.is_called().press("1").press("2")
    ana.answers(within=45).hears("Hotline call").presses("1")
    assert call.is_joined_with(ana.number)
    assert ana.sees == NUMBER
    hotline.waits(30)
    call.hangs_up()
    assert call.row.outcome == "person"


def test_a_ring_from_the_callers_leg_that_nobody_takes_goes_on_searching(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    spend_every_call_start(hotline)
    call = hotline.is_called().press("1").press("2")
    ana.declines(within=45)
    call.hears("call you back")
    assert call.is_on_the_line


def allow_call_starts(hotline: Hotline) -> None:
    """The account may start calls again."""
    with hotline.house.database.transaction() as session:
        line.hold(session, hotline.clock.now()).next_start_at = hotline.clock.now()


def test_who_accepts_while_the_callers_leg_rings_another_gets_the_caller(hotline: Hotline) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben")
    spend_every_call_start(hotline)
    call = hotline.is_called().press("1").press("2")
    while not (ana.is_rung or ben.is_rung):
        hotline.waits(1)
    own, rest = (ana, ben) if ana.is_rung else (ben, ana)
    allow_call_starts(hotline)
    rest.accepts()
    assert call.is_joined_with(rest.number)
    hotline.waits(20)
    assert call.talks_to == rest.number
    assert own.times_rung == 1
    assert call.row.searches == 1
    call.hangs_up()
    assert call.row.outcome == "person"
