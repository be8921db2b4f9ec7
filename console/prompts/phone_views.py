"""Pages: a prompt that is recorded by phone: the call, and how far it has come."""

from __future__ import annotations

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user
from console.base.i18n import say
from console.base.routes import bp, context
from console.prompts import record_by_phone, text_views
from console.web.dial_press import press_of_form
from console.web.render import show
from models.prompts.phone_recordings import RecordingRequest


@bp.post("/prompts/<name>/<code>/call")
def call_to_record(name: str, code: str) -> AnyResponse:
    text_views.must_be_theirs(name, code)
    visitor, take = current_user.current(), text_views.take_of_form(name, code)
    asked = RecordingRequest(press_of_form(), visitor.user_id, code, name, take.name, take.words)
    trouble = record_by_phone.call_me(context(), asked)
    if trouble:
        why = say(record_by_phone.TROUBLES[trouble])
        return text_views.page(name, code, 409, call_error=why, take=take.name)
    return text_views.to_text(name, code)


@bp.get("/prompts/<name>/<code>/call")
def recording_call(name: str, code: str) -> AnyResponse:
    """The part of the page that says how far the call has come; 204 while nothing is new."""
    app = context()
    text_views.must_be_theirs(name, code)
    take, visitor = request.args.get("take", ""), current_user.current()
    with app.database.reading() as session:
        found = record_by_phone.called(session, app, visitor, code, name, take)
    if found and found.mark == request.args.get("seen"):
        return Response(status=204)
    return show("prompts/_called.html", called=found, name=name, code=code, is_news=True)
