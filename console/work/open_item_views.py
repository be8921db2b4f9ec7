"""Pages: what still needs a person, who owns it, and what they do about it."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, request
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user
from console.base.current_user import Visitor
from console.base.i18n import later, say
from console.base.outcomes import NotTheirs, Refused
from console.base.routes import bp, context
from console.web import call_notes, call_words, item_visibility
from console.web.render import go_back, go_to, show
from console.work import open_item_actions
from console.work.forms import wrong_with
from console.work.open_item_actions import CLOSED_BY_HAND
from ivr.core.context import AppContext
from models.calls.open_items import CloseReason

REASONS = {
    CloseReason.DONE: later("Everything is done"),
    CloseReason.REACHED_BY_TALK: later("I talked with the caller"),
    CloseReason.GAVE_UP: later("The caller cannot be helped or reached"),
}
_NO_REASON = later("Choose why the item is closed.")
_NO_PERSON = later("Choose a person of the roster.")
_EMPTY_NOTE = later("Write something first.")

Deed = Callable[[AppContext, Visitor, str], None]


@bp.get("/open-items")
def open_items() -> AnyResponse:
    return show(
        "work/open_items.html",
        items=item_visibility.listed(context(), current_user.current()),
        kinds={kind: say(words) for kind, words in call_words.ITEM_KINDS.items()},
        levels=[say(words) for words in call_words.ITEM_LEVELS],
    )


@bp.get("/open-items/<item_id>")
def open_item(item_id: str) -> AnyResponse:
    return _page(item_id)


@bp.post("/open-items/<item_id>/take")
def take_item(item_id: str) -> AnyResponse:
    return _do(
        item_id, open_item_actions.take, later("It is yours. Nobody else is rung for it."),
        to="console.open_item",
    )  # fmt: skip


@bp.post("/open-items/<item_id>/close")
def close_item(item_id: str) -> AnyResponse:
    typed = request.form.get("reason", "")
    if typed not in CLOSED_BY_HAND:
        return _page(item_id, 422, errors={"reason": say(_NO_REASON)})

    def close(app: AppContext, visitor: Visitor, item_id: str) -> None:
        open_item_actions.close(app, visitor, item_id, CloseReason(typed))

    return _do(item_id, close, later("The item is closed."), to="console.open_items")


@bp.post("/open-items/<item_id>/hand-over")
def hand_item_over(item_id: str) -> AnyResponse:
    typed = request.form.get("person", "")
    if not typed:
        return _page(item_id, 422, errors={"person": say(_NO_PERSON)})

    def hand_over(app: AppContext, visitor: Visitor, item_id: str) -> None:
        open_item_actions.hand_over(app, visitor, item_id, typed)

    asked = later("They are asked by text and by phone. Until they accept, it stays as it is.")
    return _do(item_id, hand_over, asked, to="console.open_item")


@bp.post("/open-items/<item_id>/note")
def note_item(item_id: str) -> AnyResponse:
    words = request.form.get("note", "")
    if error := wrong_with(words, call_notes.LONGEST, _EMPTY_NOTE):
        return _page(item_id, 422, errors={"note": error})

    def note_down(app: AppContext, visitor: Visitor, item_id: str) -> None:
        open_item_actions.note_down(app, visitor, item_id, words)

    return _do(item_id, note_down, later("The note is saved."), to="console.open_item")


def _do(item_id: str, deed: Deed, notice: str, to: str) -> AnyResponse:
    try:
        deed(context(), current_user.current(), item_id)
    except NotTheirs:
        abort(404)
    except Refused as refusal:
        return _page(item_id, 409, refused=str(refusal))
    if to == "console.open_items":
        return go_to(to, notice)
    return go_back(to, notice, item_id=item_id)


def _page(
    item_id: str, status: int = 200, *, refused: str | None = None,
    errors: dict[str, str] | None = None,
) -> AnyResponse:  # fmt: skip
    app, visitor = context(), current_user.current()
    try:
        item = item_visibility.one(app, visitor, item_id)
    except NotTheirs:
        abort(404)
    return show(
        "work/open_item.html", status, item=item, refused=refused, errors=errors or {},
        typed=request.form,
        kind=say(call_words.ITEM_KINDS.get(item.row.kind, item.row.kind)),
        level=say(call_words.ITEM_LEVELS[min(item.row.level, len(call_words.ITEM_LEVELS) - 1)]),
        reasons=[("", "-"), *((reason, say(words)) for reason, words in REASONS.items())],
        people=[("", "-"), *open_item_actions.takers(app, visitor)] if item.may_act else [],
    )  # fmt: skip
