"""Pages: what a caller speaks, as a person found out, and its name in the caller's voice."""

from __future__ import annotations

from flask import abort, request
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user
from console.base.i18n import later
from console.base.outcomes import NotTheirs
from console.base.routes import bp, context
from console.calls import call_page, language_actions
from console.calls.language_actions import Typed
from console.web import render
from console.web.render import go_to


@bp.post("/calls/<call_id>/language")
def save_caller_language(call_id: str) -> AnyResponse:
    fields = (request.form.get(name, "").strip()[:60] for name in ("spoken", "second"))
    typed = Typed(*fields)
    try:
        wrong = language_actions.save(context(), current_user.current(), call_id, typed)
    except NotTheirs:
        abort(404)
    if wrong:
        return call_page.page(call_id, 422, languages=typed, errors=wrong)
    return go_to("console.call", later("Saved."), call_id=call_id)


@bp.get("/calls/<call_id>/language/sound")
def language_sound(call_id: str) -> AnyResponse:
    try:
        audio = language_actions.sound(context(), current_user.current(), call_id)
    except NotTheirs:
        abort(404)
    return render.sound(audio)
