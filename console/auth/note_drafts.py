"""A note that is not finished: kept on the server, sealed, for its author alone."""

from __future__ import annotations

from flask import request, url_for

from console.auth import cookies
from console.base.current_user import Visitor
from console.base.outcomes import NotTheirs
from ivr.core.context import AppContext
from models.calls import calls, notes, voicemails
from models.calls.notes import Typed
from models.core.database import Session
from models.staff import staff_sessions


def typed() -> Typed:
    """What the form of a note holds."""
    words = request.form.get("note", "").replace("\r\n", "\n")
    return Typed(words, privileged="privileged" in request.form)


def keep(
    app: AppContext, visitor: Visitor, *, message_id: str | None = None, call_id: str | None = None
) -> None:
    """Keep what is typed so far about the caller of this message, or of this call."""
    with app.database.transaction() as session:
        about = _call(session, message_id, call_id)
        if about is None:
            raise NotTheirs
        notes.keep_draft(session, about, visitor.user_id, typed(), app.clock())


def _call(session: Session, message_id: str | None, call_id: str | None) -> str | None:
    """The id of the call that the note is about, if it is still stored."""
    if message_id is not None:
        message = voicemails.look(session, message_id)
        return message.call_id if message else None
    call = calls.look(session, call_id) if call_id is not None else None
    return call.id if call else None


def keep_of_run_out(app: AppContext) -> str | None:
    """Keep what was typed in a session that ran out meanwhile; where to come back to.

    Its token opens nothing any more, but that browser alone has it: the words become a draft of
    the user who was signed in there, who reads it after the next sign-in. None when the token is
    nobody's, or the session was ended on purpose.
    """
    named, now = request.view_args or {}, app.clock()
    message_id, call_id = named.get("message_id"), named.get("call_id")
    with app.database.transaction() as session:
        user_id = staff_sessions.run_out(session, cookies.token(app), now)
        about = _call(session, message_id, call_id)
        if user_id is None or about is None:
            return None
        notes.keep_draft(session, about, user_id, typed(), now)
    if message_id is not None:
        return url_for("console.message", message_id=message_id)
    return url_for("console.call", call_id=call_id)
