"""Page: when a caller who is held calls again, set by the responder who expects them."""

from __future__ import annotations

from flask import abort, request
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user
from console.base.i18n import later, say
from console.base.outcomes import NotTheirs
from console.base.routes import bp, context
from console.calls import call_again_actions, call_page
from console.web.render import go_to

_NOT_FREE = later("That time cannot be booked. Choose another.")


@bp.post("/calls/<call_id>/call-again")
def set_call_again(call_id: str) -> AnyResponse:
    start = request.form.get("start", "")[:40]
    try:
        is_set = call_again_actions.save(context(), current_user.current(), call_id, start)
    except NotTheirs:
        abort(404)
    if not is_set:
        return call_page.page(call_id, 422, errors={"start": say(_NOT_FREE)})
    return go_to("console.call", later("The time is set."), call_id=call_id)
