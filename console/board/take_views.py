"""The button that takes a caller who waits."""

from __future__ import annotations

from flask import abort
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user
from console.base.outcomes import NotTheirs
from console.base.routes import bp, context
from console.board import caller_taken
from console.web import board_cache
from console.web.dial_press import press_of_form
from console.web.render import go_to


@bp.post("/board/waiting/<call_id>/take")
def take_caller(call_id: str) -> AnyResponse:
    try:
        said = caller_taken.take(context(), current_user.current(), call_id, press_of_form())
    except NotTheirs:
        abort(404)
    board_cache.boards().look_again()
    return go_to("console.board", said)
