"""Pages: one's calendars, and the calendar itself at its secret address."""

from __future__ import annotations

import logging

from flask import Response, abort, url_for
from werkzeug.wrappers import Response as AnyResponse

from console.auth import cookies, rate_limits
from console.base import current_user
from console.base.i18n import later
from console.base.routes import bp, context
from console.shifts import feeds, queries
from console.web.render import go_to, show
from console.web.sign_in_request import browser
from models.core.database import Away
from models.schedule.calendar_feeds import Whose

log = logging.getLogger("hotline.console")

_REVOKED = later("The calendar address no longer works.")


@bp.post("/shifts/calendars/<whose>/make")
def make_feed(whose: str) -> AnyResponse:
    """The only page on which the address is ever shown."""
    app = context()
    which = _which(whose)
    secret = feeds.make(app, current_user.current(), which)
    address = app.site.base_url + url_for("console.calendar", secret=secret)
    return show("shifts/calendar.html", address=address, whose=which)


@bp.post("/shifts/calendars/<whose>/revoke")
def revoke_feed(whose: str) -> AnyResponse:
    visitor = current_user.current()
    feeds.revoke(context(), visitor, _which(whose))
    return go_to("console.shifts", _REVOKED)


@bp.get("/calendar/<secret>.ics")
def calendar(secret: str) -> Response:
    """Whatever fails here is answered here: what Flask says of a failure holds the address."""
    cookies.leave_none()
    try:
        found = feeds.read(context(), queries.rota(), secret, browser().network)
    except rate_limits.TooMany:
        return _plain(429)
    except Away:
        return _plain(503)
    except Exception:
        log.exception("a calendar could not be drawn")
        return _plain(500)
    if found is None:
        return _plain(404)
    return Response(found, content_type="text/calendar; charset=utf-8")


def _plain(status: int) -> Response:
    answer = Response("", status, content_type="text/plain")
    if status in (429, 503):
        answer.headers["Retry-After"] = str(int(rate_limits.REST.total_seconds()))
    return answer


def _which(whose: str) -> Whose:
    """What is not theirs to have is not there for them."""
    known = whose in set(Whose) and feeds.is_theirs(current_user.current(), Whose(whose))
    if not known:
        abort(404)
    return Whose(whose)
