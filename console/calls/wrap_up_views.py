"""Pages: what came of a call, saved on its page, and the follow-ups that are still to be made."""

from __future__ import annotations

from flask import Response, abort, request
from werkzeug.wrappers import Response as AnyResponse

from console.auth import note_drafts
from console.base import current_user
from console.base.i18n import later, say
from console.base.outcomes import NotTheirs
from console.base.routes import bp, context
from console.calls import (
    call_again_actions,
    call_page,
    wrap_up_actions,
    wrap_up_form,
    wrap_ups_shown,
)
from console.web.render import go_to, show

_NOT_FREE = later("That time cannot be booked. Choose another.")


@bp.post("/calls/<call_id>/wrap-up")
def save_wrap_up(call_id: str) -> AnyResponse:
    entered = wrap_up_form.read(request.form)
    try:
        wrong = wrap_up_actions.save(context(), current_user.current(), call_id, entered)
    except NotTheirs:
        abort(404)
    if wrong:
        return call_page.page(call_id, 422, entered=entered, errors=wrong)
    return go_to("console.call", later("Saved."), call_id=call_id)


@bp.post("/calls/<call_id>/draft")
def keep_call_draft(call_id: str) -> AnyResponse:
    """What the page sends by itself while somebody types."""
    try:
        note_drafts.keep(context(), current_user.current(), call_id=call_id)
    except NotTheirs:
        abort(404)
    return Response(status=204)


@bp.post("/calls/<call_id>/call-again")
def set_call_again(call_id: str) -> AnyResponse:
    """Who expects a caller who is held sets when they call again."""
    start = request.form.get("start", "")[:40]
    try:
        is_set = call_again_actions.save(context(), current_user.current(), call_id, start)
    except NotTheirs:
        abort(404)
    if not is_set:
        return call_page.page(call_id, 422, errors={"start": say(_NOT_FREE)})
    return go_to("console.call", later("The time is set."), call_id=call_id)


@bp.get("/follow-ups")
def follow_ups() -> AnyResponse:
    found = wrap_ups_shown.follow_ups(context(), current_user.current())
    return show("calls/follow_ups.html", found=found)


@bp.post("/follow-ups/<call_id>/done")
def finish_follow_up(call_id: str) -> AnyResponse:
    try:
        wrap_up_actions.finish(context(), current_user.current(), call_id)
    except NotTheirs:
        abort(404)
    return go_to("console.follow_ups", later("The follow-up is done."))
