"""Pages: home, and the board with its news."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user
from console.base.permissions import Power, Right
from console.web import render
from console.web.board_state import Board, Boards
from console.web.render import show

_AGAIN_AFTER_MILLISECONDS = 3000


def add(console: Blueprint, boards: Boards) -> None:
    """Add these pages to the console."""

    @console.get("/")
    def home() -> AnyResponse:
        first = render.first_place(current_user.current())
        return redirect(url_for(first), 303)

    @console.get("/board")
    def board() -> AnyResponse:
        return show("board.html", board=_seen(boards))

    @console.get("/board/now")
    def board_now() -> Response:
        """The board alone, for browsers in which news do not come through."""
        answer = make_response(_drawn(boards))
        answer.add_etag()
        answer.make_conditional(request)
        return answer

    @console.get("/board/news")
    def board_news() -> Response:
        """The board as a server-sent event.

        The answer ends at once and the browser asks again by itself: an open stream would hold one
        of the few threads that callers are answered by, for each who looks.
        """
        drawn = _drawn(boards)
        mark = hashlib.sha256(drawn.encode()).hexdigest()[:16]
        is_known = request.headers.get("Last-Event-ID") == mark
        return Response(_event(mark, "" if is_known else drawn), mimetype="text/event-stream")


def _seen(boards: Boards) -> Board:
    visitor, board = current_user.current(), boards.now()
    if visitor.right_to(Power.BOARD) is Right.OWN:
        return board.seen_by(visitor.person_id)
    return board


def _drawn(boards: Boards) -> str:
    return render_template("_board.html", board=_seen(boards))


def _event(mark: str, drawn: str) -> str:
    lines = "".join(f"data: {line}\n" for line in drawn.splitlines()) or "data:\n"
    kind = "board" if drawn else "unchanged"
    return f"retry: {_AGAIN_AFTER_MILLISECONDS}\nid: {mark}\nevent: {kind}\n{lines}\n"
