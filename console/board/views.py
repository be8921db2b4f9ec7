"""Pages: home, and the board with its news."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user, i18n
from console.base.permissions import Power, Right
from console.base.routes import bp, context
from console.board import (
    desk,
    inbox_views,
    own_duty,
    surge_views,
)
from console.board.desk import Desk, Filter, Opened
from console.web import board_cache, call_words, render, setup_list
from console.web.dial_press import new_press
from console.web.render import go_to, show
from console.web.setup_list import SetUp
from models.casework import wrap_ups
from routing import needs

__all__ = ["inbox_views", "surge_views"]
_AGAIN_AFTER_MILLISECONDS = 3000
_TICKS = re.compile(
    r'(<[^>]* data-(?:since|due)="[^"]*"[^>]*>)[^<]*|data-now="[^"]*"'
    r'|name="(?:press|csrf)" value="[^"]*"'
    r'|<rect class="so-far"[^>]*>'
)
"""What changes from one look to the next without news: the page counts on by itself, and each
answer masks its tokens in another way.
"""


@bp.get("/")
def home() -> AnyResponse:
    return go_to(render.first_place(current_user.current()))


@bp.get("/board")
def board() -> AnyResponse:
    return show(
        "board/board.html", follow_ups=_follow_ups_due(), texts=inbox_views.texts_to_read(),
        opened=_opened(), setup=_setup(), own=own_duty.of(context(), current_user.current()),
        **_seen(),
    )  # fmt: skip


@bp.get("/board/now")
def board_now() -> Response:
    """The board alone, for browsers in which news do not come through."""
    drawn = _drawn()
    answer = make_response(drawn)
    answer.set_etag(_mark(drawn))
    answer.make_conditional(request)
    return answer


@bp.get("/board/news")
def board_news() -> Response:
    """The board as a server-sent event.

    The answer ends at once and the browser asks again by itself: an open stream would hold one
    of the few threads that callers are answered by, for each who looks.
    """
    drawn = _drawn()
    mark = _mark(drawn)
    is_known = request.headers.get("Last-Event-ID") == mark
    now = context().clock().isoformat()
    return Response(_event(mark, "" if is_known else drawn, now), mimetype="text/event-stream")


def _seen() -> dict[str, Any]:
    visitor, seen = current_user.current(), board_cache.boards().now()
    sees_all = visitor.right_to(Power.BOARD) is not Right.OWN
    shown = seen if sees_all else seen.seen_by(visitor.person_id)
    return {
        "board": shown,
        "waiting": sorted(shown.waiting, key=lambda call: (needs.of(call.need).rank, call.since)),
        "sees_all": sees_all,
        "desk": _desk(),
        "at_item": request.args.get("item", ""),
        "press": new_press,
        "kinds": call_words.ITEM_KINDS,
        "kind_icons": desk.KIND_ICONS,
        "event_icons": desk.EVENT_ICONS,
    }


def _desk() -> Desk | None:
    """Nothing for visitors to whom no open item can be shown."""
    visitor, asked = current_user.current(), request.args.get("show", "")
    if not visitor.may_open("console.open_items"):
        return None
    shown = Filter(asked) if asked in list(Filter) else Filter.ALL
    return desk.look(context(), visitor, shown, may_call=visitor.may_open("console.call_now"))


def _opened() -> Opened | None:
    visitor, item = current_user.current(), request.args.get("item", "")
    if not item or not visitor.may_open("console.open_item"):
        return None
    return desk.opened(context(), visitor, item, may_call=visitor.may_open("console.call_now"))


def _setup() -> SetUp | None:
    """What is left of the first hour, for those who can do it; nothing once all is done."""
    if not current_user.current().may_open("console.setup"):
        return None
    found = setup_list.look(context())
    return None if found.is_complete else found


def _follow_ups_due() -> int:
    """How many follow-ups are due today or late; responders see theirs on the page itself."""
    if current_user.current().right_to(Power.NOTES) is not Right.YES:
        return 0
    app = context()
    today = app.clock().astimezone(i18n.zone(app)).date()
    with app.database.reading() as session:
        return wrap_ups.count_due(session, today)


def _drawn() -> str:
    return render_template("board/_board.html", **_seen())


def _mark(drawn: str) -> str:
    """The same for two boards that differ only in how much time has passed."""
    return hashlib.sha256(_TICKS.sub(r"\1", drawn).encode()).hexdigest()[:16]


def _event(mark: str, drawn: str, now: str) -> str:
    lines = "".join(f"data: {line}\n" for line in drawn.splitlines()) or f"data: {now}\n"
    kind = "board" if drawn else "unchanged"
    return f"retry: {_AGAIN_AFTER_MILLISECONDS}\nid: {mark}\nevent: {kind}\n{lines}\n"
