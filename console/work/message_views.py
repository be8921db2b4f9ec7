"""Pages: the messages that callers left, and everything that staff do with one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Response, abort, request
from werkzeug.wrappers import Response as AnyResponse

from console.auth import note_drafts
from console.base import current_user
from console.base.current_user import Visitor
from console.base.i18n import language_name, later, need_name, say
from console.base.outcomes import NotTheirs, Refused
from console.base.routes import bp, context
from console.web import call_notes, render
from console.web.dial_press import new_press, press_of_form
from console.web.render import go_to, show
from console.work import call_actions, message_actions, message_page
from console.work.forms import wrong_with
from console.work.message_page import SHOWN, Filter, Shown
from ivr.core.context import AppContext
from models.calls import notes
from routing.needs import CODES

_EMPTY_NOTE = later("Write something first.")
_NO_LANGUAGE = later("Choose the language that it needs.")


@bp.get("/messages")
def messages() -> AnyResponse:
    asked = _asked()
    found = message_page.found(context(), current_user.current(), asked)
    return show(
        "work/messages.html",
        found=found,
        asked=asked,
        shown=[(value, say(words)) for value, words in SHOWN.items()],
        spoken=_languages(),
        needs=[(need, need_name(need)) for need in CODES],
        most=message_page.MOST_FINISHED,
    )


@bp.get("/messages/<message_id>")
def message(message_id: str) -> AnyResponse:
    return _page(message_id)


@bp.get("/messages/<message_id>/sound")
def message_sound(message_id: str) -> AnyResponse:
    try:
        audio = message_actions.sound(context(), current_user.current(), message_id)
    except NotTheirs:
        abort(404)
    return render.sound(audio)


@bp.post("/messages/<message_id>/claim")
def claim_message(message_id: str) -> AnyResponse:
    return _do(message_id, message_actions.claim, later("You claimed the message."))


@bp.post("/messages/<message_id>/release")
def release_message(message_id: str) -> AnyResponse:
    done = later("The message is released for somebody else.")
    return _do(message_id, message_actions.release, done, then="console.messages")


@bp.post("/messages/<message_id>/heard")
def hear_message(message_id: str) -> AnyResponse:
    return _do(message_id, message_actions.hear, later("The message is marked as heard."))


@bp.post("/messages/<message_id>/done")
def finish_message(message_id: str) -> AnyResponse:
    done = later("The message is done.")
    return _do(message_id, message_actions.finish, done, then="console.messages")


@bp.post("/messages/<message_id>/language")
def pass_message_on(message_id: str) -> AnyResponse:
    chosen = request.form.get("needs", "")
    if chosen not in context().shipped_prompts.languages:
        return _page(message_id, 422, errors={"needs": say(_NO_LANGUAGE)})
    done = later("The message waits for somebody who speaks that language.")
    passed_on = partial(message_actions.pass_on, language=chosen)
    return _do(message_id, passed_on, done, then="console.messages")


@bp.post("/messages/<message_id>/call")
def call_caller_back(message_id: str) -> AnyResponse:
    visitor = current_user.current()
    try:
        callback_id, said = call_actions.call_back_caller(
            context(), visitor, message_id, press_of_form()
        )
    except NotTheirs:
        abort(404)
    except Refused as refusal:
        return _page(message_id, 409, refused=str(refusal))
    return go_to("console.callback", said, callback_id=callback_id)


@bp.post("/messages/<message_id>/note")
def note_message(message_id: str) -> AnyResponse:
    typed = note_drafts.typed()
    if error := wrong_with(typed.words, call_notes.LONGEST, _EMPTY_NOTE):
        return _page(message_id, 422, errors={"note": error}, typed=typed)
    noted = partial(message_actions.note_down, typed=typed)
    return _do(message_id, noted, later("The note is saved."))


@bp.post("/messages/<message_id>/draft")
def keep_draft(message_id: str) -> AnyResponse:
    """What the page sends by itself while somebody types."""
    try:
        note_drafts.keep(context(), current_user.current(), message_id=message_id)
    except NotTheirs:
        abort(404)
    return Response(status=204)


def _languages(but: str = "") -> list[tuple[str, str]]:
    app = context()
    return [
        (code, language_name(app, code)) for code in app.shipped_prompts.languages if code != but
    ]


def _asked() -> Filter:
    shown = request.args.get("shown", "")
    return Filter(
        Shown(shown) if shown in tuple(Shown) else Shown.OPEN,
        request.args.get("language", ""),
        request.args.get("need", ""),
    )


def _do(
    message_id: str,
    action: Callable[[AppContext, Visitor, str], None],
    done: str,
    then: str = "console.message",
) -> AnyResponse:
    """Do it and say so on the next page; a refusal is said on the message's own page."""
    try:
        action(context(), current_user.current(), message_id)
    except NotTheirs:
        abort(404)
    except Refused as refusal:
        return _page(message_id, 409, refused=str(refusal))
    where = {"message_id": message_id} if then == "console.message" else {}
    return go_to(then, done, **where)


def _page(
    message_id: str,
    status: int = 200,
    *,
    refused: str | None = None,
    errors: dict[str, str] | None = None,
    typed: notes.Typed | None = None,
) -> AnyResponse:
    visitor = current_user.current()
    try:
        shown = message_page.of(context(), visitor, message_id)
    except NotTheirs:
        abort(404)
    draft = shown.draft
    return show(
        "work/message.html", status, **shown.facts, spoken=_languages(but=shown.left.language),
        may_call=visitor.may_open("console.call_caller_back"),
        typed=typed or (draft[0] if draft else None), kept_at=draft[1] if draft else None,
        refused=refused, errors=errors or {}, press=new_press, most=call_notes.LONGEST,
    )  # fmt: skip
