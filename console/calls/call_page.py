"""The page of one call, as it is opened and as it is shown again with what was typed."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, request
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user
from console.base.i18n import later, say
from console.base.routes import bp, context
from console.calls import (
    detention_shown,
    intake_handoff,
    language_actions,
    queries,
    wrap_ups_shown,
)
from console.calls.wrap_up_form import PARTNER, Entered
from console.calls.wrap_ups_shown import AfterTalk
from console.web import call_notes, call_words
from console.web.render import show
from models.calls.notes import Typed

_NOT_SAID = later("not said yet")


@bp.get("/calls/<call_id>")
def call(call_id: str) -> AnyResponse:
    return page(call_id)


def page(
    call_id: str,
    status: int = 200,
    *,
    entered: Entered | None = None,
    languages: language_actions.Typed | None = None,
    errors: Mapping[str, str] | None = None,
) -> AnyResponse:
    """The page; `entered` is what was typed and could not be saved."""
    app, visitor = context(), current_user.current()
    told = queries.story(app, visitor, call_id)
    after = wrap_ups_shown.find(app, visitor, call_id)
    if told is None or after is None:
        abort(404)
    form = entered or _stored(after)
    spoken = languages or language_actions.Typed.of(told.spoken, told.second)
    return show(
        "calls/call.html", status, told=told, call=told.row, after=after, form=form,
        languages_typed=spoken, has_name=language_actions.has_sound(app, call_id),
        detention=detention_shown.find(app, visitor, call_id),
        ticked={f"{PARTNER}{partner}": True for partner in form.partners},
        outcomes=call_words.OUTCOMES, named=call_words.RESULTS,
        results=[("", say(_NOT_SAID)), *((key, say(words)) for key, words in _results())],
        errors=errors or {}, most=call_notes.LONGEST, typed=request.form,
        may_hand_off=intake_handoff.may_ask(visitor), intake_forms=_intake_forms(),
        may_have_number=intake_handoff.may_have_number(visitor),
    )  # fmt: skip


def _intake_forms() -> list[tuple[str, str]]:
    return [(form, say(words)) for form, words in call_words.INTAKE_FORMS.items()]


def _results() -> list[tuple[str, str]]:
    return [(str(key), words) for key, words in call_words.RESULTS.items()]


def _stored(after: AfterTalk) -> Entered:
    row = after.row
    return Entered(
        after.draft or Typed(""),
        row.result or "" if row else "",
        frozenset(after.referred),
        row.follow_up_on.isoformat() if row and row.follow_up_on else "",
    )
