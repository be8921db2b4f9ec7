"""A note that is not finished: kept on the server, sealed, for its author alone."""

from __future__ import annotations

from flask import request, url_for

from console.auth import cookies
from console.base.current_user import Visitor
from console.base.outcomes import NotTheirs
from ivr.core.context import AppContext
from models.calls import notes, voicemails
from models.calls.notes import Typed
from models.staff import staff_sessions


def typed() -> Typed:
    """What the form of a note holds."""
    words = request.form.get("note", "").replace("\r\n", "\n")
    return Typed(words, privileged="privileged" in request.form)


def keep(app: AppContext, visitor: Visitor, message_id: str) -> None:
    """Keep what is typed so far."""
    with app.database.transaction() as session:
        message = voicemails.look(session, message_id)
        if message is None:
            raise NotTheirs
        notes.keep_draft(session, message.call_id, visitor.user_id, typed(), app.clock())


def keep_of_run_out(app: AppContext) -> str | None:
    """Keep what was typed in a session that ran out meanwhile; where to come back to.

    Its token opens nothing any more, but that browser alone has it: the words become a draft of
    the user who was signed in there, who reads it after the next sign-in. None when the token is
    nobody's, or the session was ended on purpose.
    """
    message_id, now = (request.view_args or {}).get("message_id", ""), app.clock()
    with app.database.transaction() as session:
        user_id = staff_sessions.run_out(session, cookies.token(app), now)
        message = voicemails.look(session, message_id)
        if user_id is None or message is None:
            return None
        notes.keep_draft(session, message.call_id, user_id, typed(), now)
    return url_for("console.message", message_id=message_id)
