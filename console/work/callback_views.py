"""Pages: the callbacks that were promised, and everything that staff do with one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from flask import abort, request
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user
from console.base.current_user import Visitor
from console.base.i18n import at, later, say, zone
from console.base.outcomes import NotTheirs, Refused
from console.base.routes import bp, context
from console.web import call_notes
from console.web.dial_press import new_press, press_of_form
from console.web.render import go_back, show
from console.work import (
    call_actions,
    callback_actions,
    callback_queries,
)
from console.work.forms import LONGEST_REASON, wrong_with
from ivr.core.context import AppContext
from routing.duty import wall_clock
from routing.readers import written_dates

_NO_REASON = later("Give a reason. It closes the callback, and auditors read it.")
_NO_TIME = later("Write a date and a time such as 2026-12-08 14:30.")
_PAST = later("This time is in the past.")
_TOO_LATE = later("This is too late: the caller's number is kept until %(latest)s.")


@bp.get("/callbacks")
def callbacks() -> AnyResponse:
    app = context()
    with app.database.reading() as session:
        found = callback_queries.listed(session, current_user.current(), app.clock())
    return show(
        "work/callbacks.html",
        owed=[one for one in found.unkept if not one.needs_decision],
        undecided=[one for one in found.unkept if one.needs_decision],
        closed=found.closed,
        has_phone=found.has_phone,
        press=new_press,
    )


@bp.get("/callbacks/<callback_id>")
def callback(callback_id: str) -> AnyResponse:
    return _page(callback_id)


@bp.post("/callbacks/<callback_id>/claim")
def claim_callback(callback_id: str) -> AnyResponse:
    done = later("You claimed the callback. For ten minutes the hotline rings nobody else for it.")
    return _do(callback_id, callback_actions.claim, done)


@bp.post("/callbacks/<callback_id>/release")
def release_callback(callback_id: str) -> AnyResponse:
    done = later("The callback is released for somebody else.")
    return _do(callback_id, callback_actions.release, done)


@bp.post("/callbacks/<callback_id>/call")
def call_now(callback_id: str) -> AnyResponse:
    called = partial(call_actions.call_now, press=press_of_form())
    return _do(callback_id, called, "")


@bp.post("/callbacks/<callback_id>/time")
def put_callback_off(callback_id: str) -> AnyResponse:
    typed = request.form.get("due", "").strip()
    due_at = _instant(typed)
    error = _wrong_time(callback_id, due_at) if due_at else say(_NO_TIME)
    if due_at is None or error is not None:
        return _page(callback_id, 422, errors={"due": error or ""}, typed={"due": typed})
    moved = partial(callback_actions.put_off, due_at=due_at)
    return _do(callback_id, moved, later("The callback has a new time."))


@bp.post("/callbacks/<callback_id>/give-up")
def give_callback_up(callback_id: str) -> AnyResponse:
    reason = request.form.get("reason", "").strip()
    if error := wrong_with(reason, LONGEST_REASON, _NO_REASON):
        return _page(callback_id, 422, errors={"reason": error}, typed={"reason": reason})
    ended = partial(callback_actions.give_up, reason=reason)
    return _do(callback_id, ended, later("The callback is closed with your reason."))


def _do(
    callback_id: str,
    action: Callable[[AppContext, Visitor, str], str | None],
    done: str,
) -> AnyResponse:
    """Do it and say so on the callback's page; what was refused is said there at once."""
    visitor = current_user.current()
    try:
        said = action(context(), visitor, callback_id)
    except NotTheirs:
        abort(404)
    except Refused as refusal:
        return _page(callback_id, 409, refused=str(refusal))
    return go_back("console.callback", said or done, callback_id=callback_id)


def _page(
    callback_id: str,
    status: int = 200,
    *,
    refused: str | None = None,
    errors: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
) -> AnyResponse:
    visitor = current_user.current()
    held = _known(callback_id)
    owns, promise = held.reach.owns(held.promise), held.promise
    with context().database.reading() as session:
        written = call_notes.read(session, promise.row.call_id, visitor, owns=owns)
        also = callback_queries.others_unkept(session, promise)
    return show(
        "work/callback.html", status, promise=promise, owns=owns, notes=written,
        also=[one for one in also if held.reach.covers(one)],
        mine=promise.claimed_by == visitor.user_id, everything=held.reach.everything,
        has_phone=held.reach.responder is not None, refused=refused, errors=errors or {},
        typed=typed or {}, press=new_press,
    )  # fmt: skip


def _known(callback_id: str) -> callback_actions.Held:
    app = context()
    with app.database.reading() as session:
        try:
            return callback_actions.must_know(session, app, current_user.current(), callback_id)
        except NotTheirs:
            abort(404)


def _instant(typed: str) -> datetime | None:
    """The first time that the hotline's clock shows this; a time it skips is the end of the gap."""
    try:
        return wall_clock.start_instant(written_dates.local_time(typed), zone(context()))
    except ValueError:
        return None


def _wrong_time(callback_id: str, due_at: datetime) -> str | None:
    app = context()
    if due_at <= app.clock():
        return say(_PAST)
    latest = _known(callback_id).promise.latest
    return say(_TOO_LATE, latest=at(app, latest)) if due_at > latest else None
