"""Page: texts from the team."""

from __future__ import annotations

from flask import abort
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user
from console.base.i18n import later
from console.base.outcomes import NotTheirs
from console.base.routes import bp, context
from console.board import inbox_actions
from console.web.render import go_to, show
from models.casework import incoming_texts

_DONE = later("The text is put away.")


@bp.get("/texts")
def team_texts() -> AnyResponse:
    app = context()
    waiting, finished = inbox_actions.waiting(app), inbox_actions.finished(app)
    return show("board/texts.html", waiting=waiting, finished=finished)


@bp.post("/texts/<sid>/done")
def finish_team_text(sid: str) -> AnyResponse:
    try:
        inbox_actions.finish(context(), current_user.current(), sid)
    except NotTheirs:
        abort(404)
    return go_to("console.team_texts", _DONE)


def texts_to_read() -> int:
    """How many texts from the team wait for a coordinator."""
    if not current_user.current().may_open("console.team_texts"):
        return 0
    with context().database.reading() as session:
        return incoming_texts.count_waiting(session)
