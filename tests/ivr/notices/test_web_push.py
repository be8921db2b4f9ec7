"""Alarms and reminders in a browser, for who turned it on."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from pydantic import SecretStr

from ivr.notices import public_addresses, web_push
from ivr.notices.public_addresses import NotPublic
from tests.browser_of_a_person import PushedBrowser
from tests.hotline import NUMBER, Hotline
from tests.mail_server import PostServer, post_server

KEY = web_push.drawn()


@pytest.fixture
def service() -> Iterator[PostServer]:
    with post_server() as server:
        yield server


def pushes(hotline: Hotline) -> None:
    hotline.restarts(vapid_private_key=SecretStr(KEY), push_to_this_machine=True)


def test_an_alarm_shows_in_the_browser_and_is_tried_again_until_it_is_taken(
    hotline: Hotline, service: PostServer
) -> None:
    pushes(hotline)
    dee = hotline.knows("Dee", tier=3)
    browser = PushedBrowser(service)
    page = browser.turned_on_by(hotline.has_user("dee", person="Dee").signs_in())
    assert "Browser 1" in page.section("Notifications in a browser")
    hotline.waits(5)
    assert [each["title"] for each in browser.shows] == ["Hotline: tried"]
    service.posts.clear()
    service.answers = [500]
    hotline.alerts_coordinators("texts.message_waiting", language="es", need="detained", key="3")
    hotline.waits(30)
    assert len(service.posts) == 1, "the push service takes nothing, and texts do not wait for it"
    assert len(dee.texts) == 1
    hotline.waits(2 * 60)
    assert len(service.posts) == 2
    shown = browser.shows[-1]
    assert (shown["title"], shown["page"]) == ("Hotline: message_waiting", "/messages")
    assert not {"detained", "Spanish", "es", "Dee"} & set(shown["body"].split())
    form = page.page.css_first("[data-push]")
    assert form is not None
    assert service.posts[-1].headers["authorization"].endswith(f",k={form.attributes['data-push']}")
    signed = service.posts[-1].headers["authorization"].removeprefix("vapid t=").split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(signed + "=" * (-len(signed) % 4)))
    assert claims["sub"] == "https://hotline.example.org"
    assert claims["aud"] == service.url.partition("/events")[0]
    log = hotline.has_user("Ada", role="admin").signs_in().opens("/notices").reads
    assert "Dee, in a browser" in log
    assert ("dee", "own browser turned on") in hotline.audit_log


def test_a_browser_that_is_gone_is_forgotten_and_the_others_are_told(
    hotline: Hotline, service: PostServer
) -> None:
    pushes(hotline)
    hotline.knows("Dee", tier=3)
    visitor = hotline.has_user("dee", person="Dee").signs_in()
    with post_server() as other:
        second = PushedBrowser(other, "two")
        PushedBrowser(service).turned_on_by(visitor)
        second.turned_on_by(visitor)
        hotline.waits(5)
        service.answers = [410]
        hotline.alerts_coordinators()
        hotline.waits(10)
        assert hotline.rows_of("push_subscriptions") == 1
        hotline.waits(10 * 60)
        hotline.alerts_coordinators()
        hotline.waits(10)
        assert len(service.posts) == 2, "the first notice, and the one that found it gone"
        assert len(other.posts) == 3
        visitor.opens("/account").presses("Turn off")
        assert "No browser is on yet" in visitor.section("Notifications in a browser")
        hotline.alerts_coordinators()
        hotline.waits(10)
        assert len(other.posts) == 3


def test_who_gets_no_texts_is_reminded_in_the_browser_and_whoever_left_is_told_nothing(
    hotline: Hotline, service: PostServer
) -> None:
    pushes(hotline)
    ana = hotline.has_shift("Ana", hours=4, starts_in=2)
    ana.phone.texts_to(NUMBER, "STOP")
    hotline.works()
    browser = PushedBrowser(service)
    browser.turned_on_by(hotline.has_user("ana", role="responder", person="Ana").signs_in())
    hotline.later(timedelta(minutes=95))
    assert [each["title"] for each in browser.shows] == ["Hotline: tried", "Hotline: shift_soon"]
    assert browser.shows[-1]["page"] == "/shifts"
    assert "browsers that get their notices" in hotline.holdings_of(ana.number)
    ada = hotline.has_user("Ada", role="admin").signs_in().opens("/people").follows("Ana")
    ada.presses("Remove from the roster")
    assert hotline.rows_of("push_subscriptions") == 0


def test_the_service_worker_shows_and_keeps_nothing(hotline: Hotline) -> None:
    pushes(hotline)
    hotline.knows("Dee", tier=3)
    dee = hotline.has_user("dee", person="Dee").signs_in().opens("/account")
    form = dee.page.css_first("[data-push]")
    assert form is not None
    worker = form.attributes["data-worker"] or ""
    with dee.client.get(worker, base_url=hotline.settings.base_url) as answer:
        told = answer.text
    assert "showNotification" in told
    assert not [word for word in ("caches", "fetch(", "indexedDB") if word in told]


def test_without_a_key_no_browser_is_offered_and_none_is_kept(
    hotline: Hotline, service: PostServer
) -> None:
    hotline.restarts(push_to_this_machine=True)
    hotline.knows("Dee", tier=3)
    page = PushedBrowser(service).turned_on_by(hotline.has_user("dee", person="Dee").signs_in())
    assert "cannot notify browsers yet" in page.reads
    assert hotline.rows_of("push_subscriptions") == 0


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "http://push.example.org/1",
        "https://10.0.0.7/1",
        "https://[::1]/1",
        "https://push.example.org:8443/1",
        "https://name:word@push.example.org/1",
        "http://127.0.0.1.example.org/1",
        "https://push.example.org/" + "x" * 2000,
    ],
)
def test_a_browser_whose_notices_would_go_astray_is_not_kept(
    hotline: Hotline, service: PostServer, endpoint: str
) -> None:
    pushes(hotline)
    hotline.knows("Dee", tier=3)
    visitor = hotline.has_user("dee", person="Dee").signs_in()
    page = PushedBrowser(service).turned_on_by(visitor, endpoint)
    assert "could not be turned on" in page.reads
    assert hotline.rows_of("push_subscriptions") == 0


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "169.254.169.254", "[::ffff:10.0.0.1]"])
def test_a_name_that_leads_inside_is_not_posted_to(host: str) -> None:
    with pytest.raises(NotPublic, match="not a public address"):
        public_addresses.place(f"https://{host}/1")
    assert public_addresses.place("https://1.1.1.1/1").ip == "1.1.1.1"
