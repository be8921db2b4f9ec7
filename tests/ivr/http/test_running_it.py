"""Health checks and settings."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from pydantic import SecretStr

from ivr.http.metrics import WebhookTimes
from settings import SettingsError
from tests.hotline import Hotline, settings_for
from web_app import create_app


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
    proxied = {"X-Forwarded-For": "203.0.113.7"}
    assert web.get("/metrics", headers=proxied).status_code == 404
    for token in ("", "wrong"):
        asked = proxied | {"Authorization": f"Bearer {token}"}
        assert web.get("/metrics", headers=asked).status_code == 404


def test_another_host_reads_metrics_with_the_token(hotline: Hotline) -> None:
    token = "k" * 32
    settings = hotline.settings.model_copy(update={"metrics_token": SecretStr(token)})
    app = create_app(settings)
    web = app.test_client()
    elsewhere = {"X-Forwarded-For": "203.0.113.7", "Authorization": f"Bearer {token}"}
    assert web.get("/metrics", headers=elsewhere).status_code == 200
    elsewhere["Authorization"] = f"Bearer {token[1:]}"
    assert web.get("/metrics", headers=elsewhere).status_code == 404
    assert web.get("/metrics").status_code == 404, "a proxy on this host may add no header at all"
    app.extensions["hotline"].database.close()


def test_metrics_tell_the_pace_of_webhooks_and_what_waits(hotline: Hotline) -> None:
    web = hotline.app.test_client()
    assert "hotline_webhook_seconds_bucket" not in web.get("/metrics").text
    hotline.works()
    hotline.is_called().hangs_up()
    told = web.get("/metrics").text
    assert 'hotline_webhook_seconds_count{view="incoming"} 1.0' in told
    assert 'hotline_webhook_seconds_bucket{le="15.0",view="incoming"} 1.0' in told
    assert 'hotline_webhooks_failed_total{view="incoming"} 0.0' in told
    assert 'hotline_open_items{open_for_minutes="0",owned="no"}' in told
    assert "hotline_worker_heartbeat_age_seconds " in told
    assert "hotline_backup_age_seconds" not in told


def test_metrics_tell_how_long_phones_rang_and_callers_waited_within_the_hour(
    hotline: Hotline,
) -> None:
    web = hotline.app.test_client()
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("1")
    hotline.waits(12)
    ana.accepts()
    assert call.is_joined_with(ana.number)
    told = web.get("/metrics").text
    for name in ("hotline_ring_to_answer_seconds", "hotline_wait_to_person_seconds"):
        assert f'{name}_bucket{{le="10.0"}} 0.0' in told
        assert f'{name}_bucket{{le="60.0"}} 1.0' in told
        assert f"{name}_count 1.0" in told
    assert "hotline_database_wait_seconds " in told
    assert "hotline_database_pool_used 1.0" in told
    hotline.later(timedelta(hours=2))
    assert "hotline_wait_to_person_seconds_count 0.0" in web.get("/metrics").text


def test_what_another_process_counted_is_read_here() -> None:
    times = WebhookTimes(["incoming"])
    times.note("incoming", 0.3, failed=False)
    if (child := os.fork()) == 0:
        times.note("incoming", 20.0, failed=True)
        os._exit(0)
    os.waitpid(child, 0)
    seconds, failed = times.collect()
    found = {(each.name, each.labels.get("le")): each.value for each in seconds.samples}
    assert found["hotline_webhook_seconds_bucket", "0.25"] == 0
    assert found["hotline_webhook_seconds_bucket", "15.0"] == 1
    assert found["hotline_webhook_seconds_bucket", "+Inf"] == 2
    assert found["hotline_webhook_seconds_sum", None] == pytest.approx(20.3)
    assert failed.samples[0].value == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
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
