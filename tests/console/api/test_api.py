"""The API: what a token opens, for whom, until when, and that nothing of callers is in it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from werkzeug.test import TestResponse

from console.api import call_rate
from ivr.privacy import staff_row_tidying
from models.staff.users import Role
from tests.coordinator import Coordinator
from tests.hotline import Hotline
from tests.ivr.privacy.test_privacy import database_bytes

NIGHT = {"start": "2026-12-08T20:00:00-05:00", "end": "2026-12-09T06:00:00-05:00"}


def token_for(page: Coordinator, *ticks: str) -> str:
    """They make a token on the page that shows it once."""
    page.opens("/tokens").fills("What it is for", "the display in the office")
    for tick in ticks:
        page.ticks(tick)
    page.presses("Make the token")
    return page.value_of("Token")


def ask(
    hotline: Hotline, token: str, path: str, sent: object = None, network: str = "198.51.100.7"
) -> TestResponse:
    """Another program asks, or changes something."""
    return hotline.app.test_client().open(
        f"/api/v1/{path}", method="GET" if sent is None else "POST", json=sent,
        headers={"Authorization": f"Bearer {token}"} if token else {},
        base_url=hotline.settings.base_url, environ_base={"REMOTE_ADDR": network},
    )  # fmt: skip


def told(answer: TestResponse, status: int = 200) -> Any:
    """What the answer says; errors are problem details."""
    assert answer.status_code == status, answer.text
    kind = "application/json" if status < 400 else "application/problem+json"
    assert (answer.mimetype, answer.headers["Cache-Control"]) == (kind, "no-store")
    assert "Set-Cookie" not in answer.headers
    return json.loads(answer.text)


def test_a_coordinators_token_reads_duty_shifts_items_and_totals(hotline: Hotline) -> None:
    luz = hotline.has_shift("Luz", "es", hours=8)
    cora = hotline.has_user("Cora").signs_in()
    token = token_for(
        cora, "Read who is on duty", "Read the schedule", "Read open items",
        "Read the totals of the reports",
    )  # fmt: skip
    caller = hotline.is_called().press("2").press("1")
    hotline.waits(30)
    duty = told(ask(hotline, token, "duty"))
    assert [each["name"] for each in duty["people"]] == ["Luz"]
    assert (duty["languages"], duty["me"]) == ({"es": 1}, None)
    (shift,) = told(ask(hotline, token, "shifts?until=2026-12-09T00:00:00Z"))["shifts"]
    assert (shift["person"]["name"], shift["end"]) == ("Luz", "2026-12-08T15:04:00Z")
    assert told(ask(hotline, token, "totals?days=7"))["whole"]["asked"] in (0, None)
    everything = "".join(
        ask(hotline, token, path).text for path in ("me", "duty", "shifts", "items", "totals")
    )
    for secret in (luz.number, caller.number, caller.row.pseudonym, token):
        assert secret.removeprefix("+1") not in everything


def test_a_responder_goes_on_duty_and_sees_only_what_is_theirs(hotline: Hotline) -> None:
    hotline.has_shift("Ana", "en", hours=8)
    luz = hotline.knows("Luz", "es")
    page = hotline.has_user("Luz", "responder", person="Luz").signs_in()
    token = token_for(
        page, "Read who is on duty", "Go on or off duty yourself", "Read the schedule"
    )
    assert told(ask(hotline, token, "duty")) | {"at": ""} == {
        "at": "", "people": None, "languages": {"en": 1}, "me": False
    }  # fmt: skip
    assert told(ask(hotline, token, "shifts"))["shifts"] == []
    on = told(ask(hotline, token, "duty/on", {"hours": 2}))
    assert on == {"is_on": True, "until": "2026-12-08T09:04:00Z"}
    assert hotline.is_on_duty(luz)
    assert told(ask(hotline, token, "duty"))["me"]
    assert told(ask(hotline, token, "duty/off", {}))["is_on"] is False
    assert not hotline.is_on_duty(luz)
    assert [what for who, what in hotline.audit_log if who == "Luz"][1:] == [
        "token made", "duty turned on", "token used", "duty turned off", "token used",
    ]  # fmt: skip
    told(ask(hotline, token, "items"), 403)
    told(ask(hotline, token, "duty/on", {"hours": 25}), 422)


def test_a_responder_takes_an_open_item_once(hotline: Hotline) -> None:
    hotline.knows("Luz", "es")
    page = hotline.has_user("Luz", "responder", person="Luz").signs_in()
    token = token_for(page, "Read open items", "Take open items")
    hotline.is_called().press("2").press("1").hangs_up()
    hotline.waits(30)
    (item,) = told(ask(hotline, token, "items"))["items"]
    assert (item["language"], item["may_take"], item["owner"]) == ("es", True, None)
    taken = told(ask(hotline, token, f"items/{item['id']}/take", {}))
    assert (taken["owner"], taken["is_mine"]) == ("Luz", True)
    hotline.knows("Sol", "es")
    other = hotline.has_user("Sol", "responder", person="Sol").signs_in()
    late = token_for(other, "Take open items")
    told(ask(hotline, late, f"items/{item['id']}/take", {}), 404)


def test_a_coordinator_puts_somebody_on_duty_once_and_nobody_else_may(hotline: Hotline) -> None:
    luz = hotline.knows("Luz", "es")
    person = hotline.person(luz).id
    cora = hotline.has_user("Cora").signs_in()
    token = token_for(cora, "Put people on or off duty once")
    wanted = {"kind": "on", "person": person, **NIGHT}
    assert told(ask(hotline, token, "overrides", wanted), 201) == {
        "begins_at": "2026-12-09T01:00:00Z"
    }
    assert ("Cora", "schedule changed") in hotline.audit_log
    told(ask(hotline, token, "overrides", wanted | {"person": "nobody"}), 422)
    told(ask(hotline, token, "overrides", wanted | {"end": NIGHT["start"]}), 422)
    past = {"start": "2026-12-01T20:00:00-05:00", "end": "2026-12-02T06:00:00-05:00"}
    assert "past" in told(ask(hotline, token, "overrides", wanted | past), 409)["detail"]
    page = hotline.has_user("Luz", "responder", person="Luz").signs_in().opens("/tokens")
    assert "Put people on" not in page.reads
    page.posts("/tokens", csrf=page.token, label="x", lasts="7", may_schedule_write="yes")
    assert "token made" not in [what for who, what in hotline.audit_log if who == "Luz"]


def test_a_token_ends_by_its_date_by_its_owner_by_an_admin_and_with_the_sign_in(
    hotline: Hotline,
) -> None:
    cora, ada = hotline.has_user("Cora").signs_in(), hotline.has_user("Ada", "admin").signs_in()
    own, second = (token_for(cora, "Read who is on duty") for _ in range(2))
    told(ask(hotline, own, "duty"))
    for secret in (own, "the display in the office"):
        assert secret.encode() not in database_bytes(hotline)
    assert "the display in the office" in cora.opens("/tokens").reads
    cora.presses("Revoke")
    answers = {ask(hotline, each, "duty").status_code for each in (own, second)}
    assert answers == {200, 401}
    assert "Cora" in ada.opens("/tokens").section("Tokens of everybody")
    ada.presses("Revoke")
    assert {ask(hotline, each, "duty").status_code for each in (own, second)} == {401}
    third = token_for(hotline.has_user("Dan").signs_in(), "Read who is on duty")
    told(ask(hotline, third, "duty"))
    ada.opens("/users").follows("Dan").presses("Lock")
    told(ask(hotline, third, "duty"), 401)
    fourth = token_for(cora, "Read who is on duty")
    told(ask(hotline, fourth, "duty"))
    hotline.later(timedelta(days=90, minutes=1))
    told(ask(hotline, fourth, "duty"), 401)
    sixth = token_for(cora.elsewhere().signs_in(), "Read who is on duty")
    with hotline.context.database.transaction() as session:
        staff_row_tidying.end_what_waited(session, hotline.clock.now())
    told(ask(hotline, sixth, "duty"), 401)
    hotline.later(timedelta(days=31))
    assert hotline.rows_of("api_tokens") == 0


def test_a_role_that_was_taken_away_takes_its_scopes_with_it(hotline: Hotline) -> None:
    token = token_for(hotline.has_user("Cora").signs_in(), "Read the totals of the reports")
    told(ask(hotline, token, "totals"))
    hotline.gives_another_role("Cora", Role.RESPONDER)
    assert "totals:read" in told(ask(hotline, token, "totals"), 403)["detail"]


def test_strangers_and_those_who_ask_too_often_get_nothing(hotline: Hotline) -> None:
    token = token_for(hotline.has_user("Cora").signs_in(), "Read who is on duty")
    assert told(ask(hotline, "", "duty"), 401)["title"] == "Unauthorized"
    for _ in range(20):
        told(ask(hotline, "hotline_guess", "duty"), 401)
    assert "Retry-After" in ask(hotline, token, "duty").headers
    told(ask(hotline, token, "duty"), 429)
    for _ in range(call_rate.MOST):
        told(ask(hotline, token, "me", network="203.0.113.9"))
    told(ask(hotline, token, "me", network="203.0.113.9"), 429)
    hotline.later(timedelta(minutes=16))
    told(ask(hotline, token, "duty"))


def test_a_page_of_ours_asks_with_its_session_and_its_own_mark(hotline: Hotline) -> None:
    luz = hotline.knows("Luz", "es")
    page = hotline.has_user("Luz", "responder", person="Luz").signs_in().opens("/shifts")
    assert "Go on duty" in page.section("On duty now")
    base, address = hotline.settings.base_url, "/api/v1/duty/on"
    forged = page.client.post(address, json={}, base_url=base, headers={"Origin": base})
    told(forged, 403)
    headers = {"Origin": base, "X-CSRF-Token": page.token}
    told(page.client.post(address, json={}, base_url=base, headers=headers))
    assert hotline.is_on_duty(luz)


def test_the_document_and_its_page_say_what_there_is(hotline: Hotline) -> None:
    document = ask(hotline, "", "openapi.json")
    assert document.get_json()["openapi"] == "3.1.0"
    reads = hotline.has_user("Cora").signs_in().opens("/api").reads
    for path in document.get_json()["paths"]:
        assert path in reads
    told(ask(hotline, "", "nothing"), 404)
