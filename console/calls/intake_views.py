"""Pages: asking for a caller's intake as a file, and taking it once it was agreed to."""

from __future__ import annotations

from flask import abort, request
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user
from console.base.i18n import later, say
from console.base.routes import bp, context
from console.calls import call_page, intake_handoff
from console.calls.intake_handoff import Wanted
from console.web.render import download, go_to
from routing.reporting.intakes import Form

_LONGEST = 200
_NO_OFFICE = later("Write which office gets it.")
_NO_REASON = later("Give a reason: the person who approves reads it.")
_NOT_AGREED = later("This hand-off was not approved, or the file was already downloaded.")


@bp.post("/calls/<call_id>/intake")
def ask_for_intake(call_id: str) -> AnyResponse:
    to, why = (request.form.get(name, "").strip()[:_LONGEST] for name in ("to", "intake_why"))
    form = request.form.get("form", "")
    if form not in set(Form):
        abort(400)
    missing = {"to": (to, _NO_OFFICE), "intake_why": (why, _NO_REASON)}
    if errors := {name: say(words) for name, (typed, words) in missing.items() if not typed}:
        return call_page.page(call_id, 422, errors=errors)
    wanted = Wanted(call_id, Form(form), to, why, with_number=bool(request.form.get("number")))
    if not intake_handoff.ask(context(), current_user.current(), wanted):
        abort(404)
    return go_to("console.approvals")


@bp.post("/approvals/<approval_id>/intake")
def download_intake(approval_id: str) -> AnyResponse:
    file = intake_handoff.take(context(), current_user.current(), approval_id)
    if file is None:
        return go_to("console.approvals", _NOT_AGREED)
    return download(file.name, file.content)
