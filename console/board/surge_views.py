"""Pages: the surge switch."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from console.auth import sessions
from console.base import current_user
from console.base.i18n import later, say
from console.board import surge
from console.board.surge import LONGEST_HOURS, SHORTEST_HOURS
from console.web.board_state import Boards
from console.web.render import show
from ivr.core.context import AppContext
from models.calls import calls, surges

_USUAL_HOURS = "2"
_HOURS = later("Choose whole hours, from %(least)s to %(most)s.")


def add(console: Blueprint, app: AppContext, boards: Boards) -> None:
    """Add these pages to the console."""

    @console.get("/surge", endpoint="surge")
    def surge_page() -> AnyResponse:
        return _page(app, _USUAL_HOURS)

    @console.post("/surge")
    def surge_on() -> AnyResponse:
        typed = request.form.get("hours", "").strip()
        hours = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 3 else 0
        if not SHORTEST_HOURS <= hours <= LONGEST_HOURS:
            error = say(_HOURS, least=SHORTEST_HOURS, most=LONGEST_HOURS)
            return _page(app, typed, error)
        surge.switch_on(app, current_user.current(), hours)
        boards.look_again()
        _leave(app, later("The surge is on. It ends by itself; coordinators are told."))
        return redirect(url_for("console.surge"), 303)

    @console.post("/surge/end")
    def surge_off() -> AnyResponse:
        surge.switch_off(app, current_user.current())
        boards.look_again()
        _leave(app, later("The surge is off: everything is as before."))
        return redirect(url_for("console.surge"), 303)


def _page(app: AppContext, typed: str, error: str | None = None) -> AnyResponse:
    with app.database.reading() as session:
        on = surges.surge(session, app.clock())
        waiting = calls.count_waiting(session)
    return show(
        "surge.html", 422 if error else 200, on=on, waiting=waiting, hours=typed, error=error
    )


def _leave(app: AppContext, notice: str) -> None:
    sessions.leave_notice(app, current_user.current(), notice)
