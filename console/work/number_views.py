"""Pages: a caller's number, shown once for a reason that auditors read."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user
from console.base.current_user import Visitor
from console.base.outcomes import NotTheirs
from console.base.routes import bp, context
from console.web.render import show
from console.work import callback_actions, message_actions, open_item_actions, reveal_number
from console.work.forms import LONGEST_REASON, NO_REASON_FOR_NUMBER, wrong_with
from ivr.core.context import AppContext
from ivr.dialogue import phone_numbers


@bp.get("/messages/<message_id>/number")
def message_number(message_id: str) -> AnyResponse:
    return _message_page(message_id)


@bp.post("/messages/<message_id>/number")
def reveal_message_number(message_id: str) -> AnyResponse:
    reason = request.form.get("reason", "").strip()
    if error := wrong_with(reason, LONGEST_REASON, NO_REASON_FOR_NUMBER):
        return _message_page(message_id, 422, reason=reason, error=error)
    number = _revealed(reveal_number.of_message, message_id, reason)
    return _message_page(message_id, number=number, is_shown=True)


@bp.get("/callbacks/<callback_id>/number")
def callback_number(callback_id: str) -> AnyResponse:
    return _callback_page(callback_id)


@bp.post("/callbacks/<callback_id>/number")
def reveal_callback_number(callback_id: str) -> AnyResponse:
    reason = request.form.get("reason", "").strip()
    if error := wrong_with(reason, LONGEST_REASON, NO_REASON_FOR_NUMBER):
        return _callback_page(callback_id, 422, reason=reason, error=error)
    number = _revealed(reveal_number.of_callback, callback_id, reason)
    return _callback_page(callback_id, number=number, is_shown=True)


@bp.get("/open-items/<item_id>/number")
def item_number(item_id: str) -> AnyResponse:
    return _item_page(item_id)


@bp.post("/open-items/<item_id>/number")
def reveal_item_number(item_id: str) -> AnyResponse:
    reason = request.form.get("reason", "").strip()
    if error := wrong_with(reason, LONGEST_REASON, NO_REASON_FOR_NUMBER):
        return _item_page(item_id, 422, reason=reason, error=error)
    number = _revealed(reveal_number.of_item, item_id, reason)
    return _item_page(item_id, number=number, is_shown=True)


def _revealed(
    reveal: Callable[[AppContext, Visitor, str, str], str | None], about: str, reason: str
) -> str | None:
    try:
        number = reveal(context(), current_user.current(), about, reason)
    except NotTheirs:
        abort(404)
    return phone_numbers.written(number) if number else None


def _message_page(message_id: str, status: int = 200, **facts: object) -> AnyResponse:
    app = context()
    with app.database.reading() as session:
        try:
            held = message_actions.must_know(session, app, current_user.current(), message_id)
        except NotTheirs:
            abort(404)
    if not held.reach.owns(held.left):
        abort(404)
    return show(
        "work/callers_number.html", status, pseudonym=held.left.pseudonym,
        action=url_for("console.reveal_message_number", message_id=message_id),
        back=url_for("console.message", message_id=message_id), **facts,
    )  # fmt: skip


def _callback_page(callback_id: str, status: int = 200, **facts: object) -> AnyResponse:
    app = context()
    with app.database.reading() as session:
        try:
            held = callback_actions.must_know(session, app, current_user.current(), callback_id)
        except NotTheirs:
            abort(404)
    if not held.reach.owns(held.promise):
        abort(404)
    return show(
        "work/callers_number.html", status, pseudonym=held.promise.row.pseudonym,
        action=url_for("console.reveal_callback_number", callback_id=callback_id),
        back=url_for("console.callback", callback_id=callback_id), **facts,
    )  # fmt: skip


def _item_page(item_id: str, status: int = 200, **facts: object) -> AnyResponse:
    pseudonym = open_item_actions.caller_of_mine(context(), current_user.current(), item_id)
    if pseudonym is None:
        abort(404)
    return show(
        "work/callers_number.html", status, pseudonym=pseudonym,
        action=url_for("console.reveal_item_number", item_id=item_id),
        back=url_for("console.open_items"), **facts,
    )  # fmt: skip
