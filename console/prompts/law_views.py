"""The approval of a text that states law: whose material it follows, and until when it is said."""

from __future__ import annotations

from datetime import date

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user
from console.base.i18n import later, say
from console.base.routes import bp, context
from console.prompts import actions, text_views
from console.prompts.actions import Refusal
from console.prompts.forms import LAW_FAULTS, REFUSALS

_APPROVED = later("Approved by you.")


@bp.post("/prompts/<name>/<code>/<int:number>/approve")
def approve_prompt(name: str, code: str, number: int) -> AnyResponse:
    text_views.must_be_law(name, code)
    source = " ".join(request.form.get("source", "").split())
    typed = request.form.get("review_by", "").strip()
    found = actions.approve(
        context(), current_user.current(), code, name, number, source, _day(typed)
    )
    if isinstance(found, Refusal):
        return text_views.to_text(name, code, REFUSALS[found])
    if found is not None:
        errors = {f"{found.field}_error": say(LAW_FAULTS[found])}
        shown = {"typed_number": str(number), "typed_source": source, "typed_day": typed}
        return text_views.page(name, code, 422, **shown, **errors)
    return text_views.to_text(name, code, _APPROVED)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
