"""For `check`: whether alarms and events leave by another way than the carrier."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from commands.base import instants
from commands.base.finding import Finding
from commands.findings import launch_findings
from ivr.core.context import AppContext
from ivr.launch import launch_list
from ivr.notices import notice_words, second_way
from models.core.database import Session
from models.core.listeners import TEAM
from models.staff import notices
from models.staff.notices import NoticeState

TRIED_EVERY = timedelta(days=7)
"""An alarm that was sent so lately shows that the way works."""


def of_second_way(app: AppContext, now: datetime) -> Iterator[Finding]:
    """Whether ALERT_URLS work: by the last alarm, or else by a notice that is sent now."""
    if wrong := second_way.unusable(app.database.listeners.audit_urls):
        yield Finding(f"AUDIT_URLS: address {', '.join(map(str, wrong))} is not understood")
    urls = app.database.listeners.alert_urls
    if not urls:
        with app.database.reading() as session:
            yield launch_findings.of_item(launch_list.of_alarms(session), app.shipped_prompts)
        return
    if wrong := second_way.unusable(urls):
        yield Finding(f"ALERT_URLS: address {', '.join(map(str, wrong))} is not understood")
        return
    with app.database.reading() as session:
        last = notices.last_sent(session, TEAM)
    if last is not None and now - last < TRIED_EVERY:
        yield Finding(
            f"the last alarm by ALERT_URLS was sent {instants.written(last)}", is_note=True
        )
        return
    yield _tried(app, now)


def _tried(app: AppContext, now: datetime) -> Finding:
    """Send a notice now, and store how it went."""
    words = notice_words.trial(app)
    why = second_way.send(app.database.listeners.alert_urls, words.title, words.body)
    state = NoticeState.FAILED if why else NoticeState.SENT
    with app.database.transaction() as session:
        about = notice_words.try_way(session, TEAM, now)
        notices.settle_about(session, TEAM, about, state, now, why)
    if why:
        return Finding(f"ALERT_URLS: a notice could not be sent ({why}), so no alarm would arrive")
    return Finding("a notice was sent by ALERT_URLS: see that it arrived", is_note=True)


def of_failures(session: Session, now: datetime) -> Iterator[Finding]:
    """Notices of the last day that were given up."""
    for number in notices.failures_since(session, now - timedelta(days=1)).values():
        yield Finding(
            f"{number} notices to one recipient were given up within a day: see the page "
            "Notices sent"
        )
