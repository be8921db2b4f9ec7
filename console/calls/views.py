"""Pages: the call log, a call's story, and its export, which two people agree on."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, abort, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user, i18n
from console.base.i18n import later, say
from console.base.permissions import Power, Right
from console.base.routes import bp, context
from console.calls import (
    actions,
    call_page,
    caller_language_views,
    forms,
    intake_views,
    queries,
    wrap_up_views,
)
from console.calls.forms import Filters
from console.web import call_words
from console.web.render import download, go_to, show
from models.calls import call_log
from models.calls.call_log import Mark
from routing.needs import CODES

__all__ = ["call_page", "caller_language_views", "intake_views", "wrap_up_views"]
_WHY_MISSING = later("Give a reason: the person who approves reads it.")
_NOT_AGREED = later("This export was not approved, or was already downloaded.")
_LONGEST_REASON = 200


@bp.get("/calls")
def calls() -> AnyResponse:
    filters = _filters()
    after = forms.mark_in(request.args.get("after", ""))
    return _list(filters, after, 422 if filters.errors else 200)


@bp.post("/calls/export")
def ask_for_export() -> AnyResponse:
    filters = _filters()
    why = request.form.get("why", "").strip()[:_LONGEST_REASON]
    if filters.errors or not why:
        return _list(filters, None, 422, why_error=say(_WHY_MISSING))
    actions.ask_for_export(context(), current_user.current(), filters.sought, why)
    return go_to("console.approvals")


@bp.post("/calls/export/<approval_id>")
def download_calls(approval_id: str) -> AnyResponse:
    form = request.form.get("form", "")
    if form not in ("csv", "json"):
        abort(400)
    content = actions.agreed_export(context(), current_user.current(), approval_id, form)
    if content is None:
        return go_to("console.approvals", _NOT_AGREED)
    return download(f"calls.{form}", content)


def _filters() -> Filters:
    app = context()
    return forms.read(request.values, i18n.zone(app), app.shipped_prompts.languages)


def _list(
    filters: Filters, after: Mark | None, status: int, why_error: str | None = None
) -> Response:
    app, visitor = context(), current_user.current()
    shown = queries.page(app, visitor, filters, after)
    return show(
        "calls/calls.html",
        status,
        filters=filters,
        shown=shown,
        looked_at=call_log.LOOKED_AT,
        needs=CODES,
        outcomes=call_words.OUTCOMES,
        asked_for=[("all", say(later("yes"))), *_fates()],
        languages_spoken=list(app.shipped_prompts.languages),
        next_page=_further(filters, shown.next_page) if shown.next_page else None,
        may_export=visitor.right_to(Power.EXPORT) is Right.TWO,
        is_narrowed=visitor.right_to(Power.BOARD) is Right.OWN,
        has_person=visitor.person_id is not None,
        why=request.form.get("why", ""),
        why_error=why_error,
    )


def _fates() -> list[tuple[str, str]]:
    """What came of callers who asked for a person, as the reports tell it."""
    single = {name: fates[0] for name, fates in forms.ASKED.items() if len(fates) == 1}
    return [(name, say(call_words.FATES[fate.value])) for name, fate in single.items()]


def _further(filters: Filters, after: str) -> str:
    return f"{url_for('console.calls')}?{urlencode({**filters.address, 'after': after})}"
