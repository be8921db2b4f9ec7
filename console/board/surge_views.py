"""Pages: the surge switch."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user
from console.base.i18n import later, say
from console.base.routes import bp, context
from console.board import actions, panic_views, status_views, style_views, take_views
from console.board.actions import LONGEST_HOURS, SHORTEST_HOURS
from console.web import board_cache
from console.web.render import go_to, show
from models.calls import calls, surges

__all__ = ["panic_views", "status_views", "style_views", "take_views"]
_USUAL_HOURS = "2"
_HOURS = later("Choose whole hours, from %(least)s to %(most)s.")
_ON = later("The surge is on. It ends by itself. Coordinators are notified.")
_OFF = later("The surge is off. Everything is back to normal.")


@bp.get("/surge")
def surge() -> AnyResponse:
    return _page(_USUAL_HOURS)


@bp.post("/surge")
def surge_on() -> AnyResponse:
    typed = request.form.get("hours", "").strip()
    hours = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 3 else 0
    if not SHORTEST_HOURS <= hours <= LONGEST_HOURS:
        return _page(typed, say(_HOURS, least=SHORTEST_HOURS, most=LONGEST_HOURS))
    actions.switch_on(context(), current_user.current(), hours)
    board_cache.boards().look_again()
    return go_to("console.surge", _ON)


@bp.post("/surge/end")
def surge_off() -> AnyResponse:
    actions.switch_off(context(), current_user.current())
    board_cache.boards().look_again()
    return go_to("console.surge", _OFF)


def _page(typed: str, error: str | None = None) -> AnyResponse:
    app = context()
    with app.database.reading() as session:
        on = surges.surge(session, app.clock())
        waiting = calls.count_waiting(session)
    return show(
        "board/surge.html", 422 if error else 200, on=on, waiting=waiting, hours=typed, error=error
    )
