"""Alarms and reminders by e-mail, and signed events for other programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from pydantic import SecretStr

from commands.findings import second_way_findings
from ivr.notices import outgoing_webhooks
from tests.hotline import Hotline
from tests.mail_server import SECRET, MailServer, PostServer, mail_server, post_server

DEES, ANAS = "dee@example.org", "ana@example.org"


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def posts() -> Iterator[PostServer]:
    with post_server() as server:
        yield server


def found(hotline: Hotline) -> str:
    """What `hotline check` says of the second way."""
    findings = second_way_findings.of_second_way(hotline.context, hotline.clock.now())
    return " ".join(finding.words for finding in findings)


def test_an_alarm_goes_once_to_the_team_and_to_who_chose_mail_and_names_nobody(
    hotline: Hotline, mail: MailServer
) -> None:
    hotline.restarts(alert_urls=SecretStr(mail.url))
    dee, cora = hotline.knows("Dee", tier=3), hotline.knows("Cora", tier=3)
    page = hotline.has_user("dee", person="Dee").signs_in().opens("/account")
    page.fills("E-mail address", "dee at example").presses("Save the address")
    assert "Nothing was changed" in page.reads
    page.fills("E-mail address", DEES).presses("Save the address")
    hotline.waits(5)
    assert [each.subject for each in mail.mails_to(DEES)] == ["Hotline: tried"]
    mail.is_down = True
    values = {"language": "es", "need": "detained", "key": "3"}
    for _ in range(2):
        hotline.alerts_coordinators("texts.message_waiting", **values)
    hotline.waits(30)
    assert len(mail.mails) == 1, "the server takes nothing, and texts do not wait for it"
    assert len(cora.texts) == len(dee.texts) == 1
    mail.is_down = False
    hotline.waits(10 * 60)
    (to_dee,), (to_team,) = mail.mails_to(DEES)[1:], mail.mails_to("team@example.org")
    for told in (to_dee, to_team):
        assert told.subject == "Hotline: message_waiting"
        assert "https://hotline.example.org/messages" in told.body
        assert not {"detained", "Spanish", "es ", "Dee"} & set(told.body.split())
    log = hotline.has_user("Ada", role="admin").signs_in().opens("/notices").reads
    assert "Dee" in log
    assert "message_waiting" in log
    page.fills("E-mail address", "").presses("Save the address")
    hotline.alerts_coordinators()
    hotline.waits(5)
    assert len(mail.mails_to(DEES)) == 2
    assert ("dee", "own e-mail removed") in hotline.audit_log


def test_who_gets_no_texts_is_reminded_by_mail_and_the_team_hears_of_doubts(
    hotline: Hotline, mail: MailServer, posts: PostServer
) -> None:
    hotline.restarts(
        alert_urls=SecretStr(mail.url),
        webhook_urls=SecretStr(posts.url),
        webhook_secret=SecretStr(SECRET),
    )
    ana = hotline.has_shift("Ana", hours=4, starts_in=2)
    ana.phone.texts_to("+12125550100", "STOP")
    hotline.works()
    page = hotline.has_user("ana", role="responder", person="Ana").signs_in().opens("/account")
    page.fills("E-mail address", ANAS).presses("Save the address")
    hotline.later(timedelta(minutes=95))
    told = [each.subject for each in mail.mails_to(ANAS)]
    assert told == ["Hotline: tried", "Hotline: shift_soon"]
    assert "/shifts" in mail.mails_to(ANAS)[-1].body
    assert [each.subject for each in mail.mails_to("team@example.org")] == [
        "Hotline: shift_unconfirmed"
    ]
    (post,) = posts.posts
    assert json.loads(post.body)["type"] == "shift.unconfirmed"


def test_an_open_item_is_told_to_a_webhook_signed_and_again_until_it_is_taken(
    hotline: Hotline, posts: PostServer
) -> None:
    posts.answers = [500, 302]
    hotline.restarts(webhook_urls=SecretStr(posts.url), webhook_secret=SecretStr(SECRET))
    call = hotline.is_called().press("1").press("1").hears("No one can answer").hangs_up()
    hotline.waits(20)
    log = hotline.has_user("Ada", role="admin").signs_in().opens("/notices").reads
    assert "127.0.0.1" in log
    assert "answered 302" in log
    assert "hidden" not in log
    hotline.waits(10 * 60)
    assert len({post.headers["webhook-id"] for post in posts.posts}) == 1
    assert len(posts.posts) == 3
    (item,) = hotline.open_items
    told = json.loads(posts.posts[-1].body)
    assert told["type"] == "open_item.opened"
    assert told["data"] == {
        "id": item.id,
        "number": item.number,
        "page": f"https://hotline.example.org/open-items/{item.id}",
    }
    assert call.number not in posts.posts[-1].body.decode()
    for post in posts.posts:
        its = post.headers
        signed = outgoing_webhooks.signature(
            SECRET, its["webhook-id"], its["webhook-timestamp"], post.body
        )
        assert its["webhook-signature"] == signed


def test_the_signature_is_that_of_the_standard() -> None:
    """The example of github.com/standard-webhooks/standard-webhooks, libraries/python."""
    signed = outgoing_webhooks.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "1614265330",
        b'{"test": 2432232314}',
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_check_tries_the_way_once_a_week(hotline: Hotline, mail: MailServer) -> None:
    assert "ALERT_URLS is not set" in found(hotline)
    hotline.restarts(alert_urls=SecretStr("nonsense://x"))
    assert "address 1 is not understood" in found(hotline)
    hotline.restarts(alert_urls=SecretStr(mail.url))
    mail.is_down = True
    assert "could not be sent" in found(hotline)
    mail.is_down = False
    hotline.later(timedelta(minutes=1))
    assert "see that it arrived" in found(hotline)
    assert "was sent" in found(hotline)
    assert len(mail.mails) == 1
    hotline.later(timedelta(days=8))
    assert "see that it arrived" in found(hotline)
