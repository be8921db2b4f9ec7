"""Page: what went out by another way than the carrier, for who runs the system."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from werkzeug.wrappers import Response as AnyResponse

from console.base.i18n import later, say
from console.base.routes import bp, context
from console.web.render import go_to, show
from ivr.notices import notice_words
from models.core.listeners import TEAM, Listeners, browser_of, is_webhook
from models.people import people, push_subscriptions
from models.staff import notices
from models.staff.notices import Notice, NoticeState

_SHOWN = 200
_STATES = {
    NoticeState.PENDING: later("waits"),
    NoticeState.SENT: later("sent"),
    NoticeState.FAILED: later("given up"),
}
_BROWSER, _OFF = later("%(name)s, in a browser"), later("a browser that is no longer on")
_ON_ITS_WAY = later("A test is on its way. See that it arrives, and look here whether it was sent.")
_TEAM, _GONE = later("the team (ALERT_URLS)"), later("an address that is no longer set")


@dataclass(frozen=True)
class Line:
    """A notice as the page shows it."""

    since: datetime
    recipient: str
    what: str
    state: str
    tries: int
    next_at: datetime | None
    """When it is sent again, after a try that failed."""
    reason: str


@bp.get("/notices")
def sent_notices() -> AnyResponse:
    app = context()
    with app.database.reading() as session:
        names = people.names(session)
        browsers = push_subscriptions.owners(session)
        rows = notices.latest(session, _SHOWN)
    known = app.database.listeners
    return show(
        "users/notices.html", lines=[_line(each, known, names, browsers) for each in rows],
        may_try=bool(known.alert_urls),
    )  # fmt: skip


@bp.post("/notices/try")
def try_notice() -> AnyResponse:
    """Send an alarm that only tries the way; the worker sends it."""
    app, now = context(), context().clock()
    with app.database.transaction() as session:
        notices.tell_team(
            session, f"{notice_words.TRIED}:{now.isoformat()}", notice_words.TRIED, now
        )
    return go_to("console.sent_notices", _ON_ITS_WAY)


def _line(
    notice: Notice, known: Listeners, names: dict[str, str], browsers: dict[str, str]
) -> Line:
    is_waiting = notice.state is NoticeState.PENDING
    return Line(
        since=notice.since,
        recipient=_recipient(notice.recipient, known, names, browsers),
        what=notice.what,
        state=say(_STATES[notice.state]),
        tries=notice.tries,
        next_at=notice.due_at if is_waiting and notice.tries else None,
        reason=notice.reason or "",
    )


def _recipient(
    recipient: str, known: Listeners, names: dict[str, str], browsers: dict[str, str]
) -> str:
    """The team, a person's name, or the host of an address, whose path may be a secret."""
    if recipient == TEAM:
        return say(_TEAM)
    if is_webhook(recipient):
        url = known.webhooks.get(recipient)
        return urlsplit(url).hostname or "" if url else say(_GONE)
    if browser_of(recipient):
        owner = browsers.get(recipient)
        return say(_BROWSER, name=names.get(owner, owner)) if owner else say(_OFF)
    return names.get(recipient, recipient)
