"""Pages: home, and the board with its news."""

from __future__ import annotations

import hashlib

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user, i18n
from console.base.permissions import Power, Right
from console.base.routes import bp, context
from console.board import inbox_views, surge_views
from console.web import board_cache, render
from console.web.board_state import Board
from console.web.render import go_to, show
from models.casework import incoming_texts, wrap_ups

__all__ = ["inbox_views", "surge_views"]
_AGAIN_AFTER_MILLISECONDS = 3000


@bp.get("/")
def home() -> AnyResponse:
    return go_to(render.first_place(current_user.current()))


@bp.get("/board")
def board() -> AnyResponse:
    return show(
        "board/board.html", board=_seen(), follow_ups=_follow_ups_due(), texts=_texts_to_read()
    )


@bp.get("/board/now")
def board_now() -> Response:
    """The board alone, for browsers in which news do not come through."""
    answer = make_response(_drawn())
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@bp.get("/board/news")
def board_news() -> Response:
    """The board as a server-sent event.

    The answer ends at once and the browser asks again by itself: an open stream would hold one
    of the few threads that callers are answered by, for each who looks.
    """
    drawn = _drawn()
    mark = hashlib.sha256(drawn.encode()).hexdigest()[:16]
    is_known = request.headers.get("Last-Event-ID") == mark
    return Response(_event(mark, "" if is_known else drawn), mimetype="text/event-stream")


def _seen() -> Board:
    visitor, seen = current_user.current(), board_cache.boards().now()
    if visitor.right_to(Power.BOARD) is Right.OWN:
        return seen.seen_by(visitor.person_id)
    return seen


def _follow_ups_due() -> int:
    """How many follow-ups are due today or late; responders see theirs on the page itself."""
    if current_user.current().right_to(Power.NOTES) is not Right.YES:
        return 0
    app = context()
    today = app.clock().astimezone(i18n.zone(app)).date()
    with app.database.reading() as session:
        return wrap_ups.count_due(session, today)


def _texts_to_read() -> int:
    """How many texts from the team wait for a coordinator."""
    if not current_user.current().may_open("console.team_texts"):
        return 0
    with context().database.reading() as session:
        return incoming_texts.count_waiting(session)


def _drawn() -> str:
    return render_template("board/_board.html", board=_seen())


def _event(mark: str, drawn: str) -> str:
    lines = "".join(f"data: {line}\n" for line in drawn.splitlines()) or "data:\n"
    kind = "board" if drawn else "unchanged"
    return f"retry: {_AGAIN_AFTER_MILLISECONDS}\nid: {mark}\nevent: {kind}\n{lines}\n"
