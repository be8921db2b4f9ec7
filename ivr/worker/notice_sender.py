"""Sends the stored notices: to ALERT_URLS, by e-mail, to browsers, and to outgoing webhooks."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ivr.core.context import AppContext, UnitOfWork
from ivr.core.restore_fence import Fence
from ivr.notices import notice_words, outgoing_webhooks, second_way, web_push
from ivr.notices.notice_words import Written
from ivr.notices.outgoing_webhooks import Event
from models.core import sealed_columns
from models.core.listeners import AUDITOR, TEAM, Listeners, browser_of, is_webhook
from models.people import people, push_subscriptions
from models.people.people import Person
from models.people.push_subscriptions import Subscription
from models.staff import notices
from models.staff.notices import Notice, NoticeState

if TYPE_CHECKING:
    import httpx

log = logging.getLogger("hotline.notices")

LEASE = timedelta(minutes=2)
MOST_AT_ONCE = 20
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
ALARM_AGAIN = (_MINUTE, 5 * _MINUTE, 15 * _MINUTE, _HOUR, 3 * _HOUR)
"""When a notice to people is sent again; later it would only confuse them."""
EVENT_AGAIN = (
    timedelta(seconds=5), 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 14 * _HOUR,
    20 * _HOUR, 24 * _HOUR,
)  # fmt: skip
"""When an event is posted again, as Standard Webhooks advises."""
NOBODY = "nobody there any more"


@dataclass(frozen=True)
class _Address:
    """Where a notice goes and what it says: nowhere without `url`; an event has no words."""

    url: str = field(repr=False)
    words: Written | None
    browser: Subscription | None = None


@dataclass(frozen=True)
class _Claim:
    """A notice that this worker claimed."""

    id: str
    recipient: str
    what: str
    values: Mapping[str, Any]
    since: datetime
    tries: int
    address: _Address


@dataclass
class NoticeSender:
    """Sends each notice until it is taken, or its tries are spent."""

    app: AppContext
    fence: Fence

    def work(self) -> bool:
        """Send what is due. Returns whether anything was sent."""
        sent = 0
        while sent < MOST_AT_ONCE and (claim := self._claim()):
            self._settle(claim, self._try(claim))
            sent += 1
        return sent > 0

    @property
    def _listeners(self) -> Listeners:
        return self.app.database.listeners

    @property
    def _groups(self) -> dict[str, tuple[str, ...]]:
        """The addresses of those who are told together."""
        return {TEAM: self._listeners.alert_urls, AUDITOR: self._listeners.audit_urls}

    @cached_property
    def _http(self) -> httpx.Client:
        import httpx

        return httpx.Client()

    def _claim(self) -> _Claim | None:
        with self.app.transaction() as unit:
            if not self.fence.lets_through(unit.session):
                return None
            notice = notices.take(unit.session, unit.now, LEASE)
            if notice is None:
                return None
            return _Claim(
                notice.id, notice.recipient, notice.what, notice.values, notice.since,
                notice.tries, self._addressed(unit, notice),
            )  # fmt: skip

    def _addressed(self, unit: UnitOfWork, notice: Notice) -> _Address:
        if is_webhook(notice.recipient):
            return _Address(self._listeners.webhooks.get(notice.recipient, ""), None)
        if notice.recipient in self._groups:
            is_there = "all" if self._groups[notice.recipient] else ""
            return _Address(is_there, notice_words.written(unit, notice, None))
        if key := browser_of(notice.recipient):
            return self._in_browser(unit, notice, key)
        person = people.known(unit.session, notice.recipient)
        address = _mail_of(unit, person)
        url = second_way.mail_to(self._listeners.alert_urls, address) if address else None
        return _Address(url or "", notice_words.written(unit, notice, person))

    def _in_browser(self, unit: UnitOfWork, notice: Notice, key: str) -> _Address:
        person_id, browser = push_subscriptions.look(unit.session, key) or ("", None)
        if browser is None or not self._listeners.vapid_key:
            return _Address("", None)
        person = people.known(unit.session, person_id)
        return _Address(browser.endpoint, notice_words.written(unit, notice, person), browser)

    def _try(self, claim: _Claim) -> str | None:
        """Send it once; None if it was taken, else why not."""
        url, words = claim.address.url, claim.address.words
        if not url:
            return NOBODY
        if words is None:
            event = Event(claim.id, claim.what, claim.since, self._linked(claim.values))
            secret = self._listeners.webhook_secret
            return outgoing_webhooks.post(self._http, url, secret, event, self.app.clock())
        urls = self._groups.get(claim.recipient, (url,))
        try:
            if claim.address.browser:
                return self._push(claim, claim.address.browser, words)
            return second_way.send(urls, words.title, words.body)
        except Exception as error:  # a plugin of Apprise may raise what it likes
            log.exception("a notice failed", extra={"notice": claim.id})
            return type(error).__name__

    def _push(self, claim: _Claim, browser: Subscription, words: Written) -> str | None:
        body = web_push.body_of(claim.id, words, notice_words.page_of(claim.what))
        told = self._listeners
        return web_push.post(
            self._http, browser, told.vapid_key, self.app.site.base_url, body, self.app.clock(),
            here=told.pushes_here,
        )  # fmt: skip

    def _linked(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The ids, and the address of the page about them."""
        told = dict(values)
        return {**told, "page": f"{self.app.site.base_url}{told.get('page', '')}"}

    def _settle(self, claim: _Claim, why: str | None) -> None:
        again = EVENT_AGAIN if is_webhook(claim.recipient) else ALARM_AGAIN
        now = self.app.clock()
        with self.app.database.transaction() as session:
            if why is None:
                notices.settle(session, claim.id, NoticeState.SENT, now)
            elif why == web_push.GONE and claim.address.browser:
                push_subscriptions.remove(session, claim.address.browser.id)
                notices.settle(session, claim.id, NoticeState.FAILED, now, why)
            elif why == NOBODY or claim.tries > len(again):
                log.error("a notice was given up", extra={"notice": claim.id, "why": why})
                notices.settle(session, claim.id, NoticeState.FAILED, now, why[:60])
            else:
                notices.postpone(session, claim.id, now + again[claim.tries - 1], why[:60])


def _mail_of(unit: UnitOfWork, person: Person | None) -> str | None:
    """The address of a person who is still on the roster."""
    if person is None or not person.active:
        return None
    return sealed_columns.read(unit.session, person, "alert_mail_sealed")
