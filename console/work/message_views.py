"""Pages: the messages that callers left, and everything that staff do with one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from io import BytesIO
from typing import assert_never

from flask import Response, abort, redirect, request, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from console.auth import note_drafts, sessions
from console.base import current_user
from console.base.current_user import Visitor
from console.base.i18n import language_name, later, need_name, say
from console.base.outcomes import NotTheirs, Refused
from console.base.permissions import Power
from console.base.routes import bp, context
from console.web.dial_press import press_of_form
from console.web.render import go_to, show
from console.work import (
    callback_actions,
    message_actions,
    message_queries,
    reveal_number,
    visibility,
)
from console.work.forms import LONGEST_NOTE, LONGEST_REASON, NO_REASON_FOR_NUMBER, wrong_with
from console.work.message_queries import Left
from ivr.callers import voicemail
from ivr.core import wav
from ivr.core.context import AppContext
from ivr.dialogue import phone_numbers
from models.calls import notes, voicemails
from models.calls.voicemails import Message, MessageState
from models.core.base import new_id
from models.core.database import Session
from routing.person import NEEDS

_EMPTY_NOTE = later("Write something first.")
_NO_LANGUAGE = later("Choose the language that it needs.")


class Shown(StrEnum):
    """Which messages the list shows."""

    OPEN = "open"
    UNHEARD = "unheard"
    MINE = "mine"
    DONE = "done"


_SHOWN = {
    Shown.OPEN: later("still to do"),
    Shown.UNHEARD: later("unheard"),
    Shown.MINE: later("claimed by me"),
    Shown.DONE: later("done"),
}


@dataclass(frozen=True)
class Filter:
    """What of the messages is asked for; nothing chosen is everything."""

    shown: Shown
    language: str
    need: str

    def lets_through(self, left: Left, user: str) -> bool:
        """Whether this one is among what is asked for."""
        if self.language and left.language != self.language:
            return False
        if self.need and left.need != self.need:
            return False
        match self.shown:
            case Shown.UNHEARD:
                return left.state == message_queries.UNHEARD
            case Shown.MINE:
                return left.claimed_by == user
            case Shown.OPEN | Shown.DONE:
                return True
            case _:
                assert_never(self.shown)


@bp.get("/messages")
def messages() -> AnyResponse:
    asked = _asked()
    return show(
        "messages.html",
        found=_found(asked),
        asked=asked,
        shown=[(value, say(words)) for value, words in _SHOWN.items()],
        spoken=_languages(),
        needs=[(need, need_name(need)) for need in NEEDS],
        most=message_queries.MOST_FINISHED,
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
    answer = send_file(BytesIO(audio), "audio/wav", conditional=True, etag=False, max_age=0)
    answer.headers["Content-Disposition"] = "inline"
    return answer


@bp.post("/messages/<message_id>/claim")
def claim_message(message_id: str) -> AnyResponse:
    return _do(message_id, message_actions.claim, later("The message is yours."))


@bp.post("/messages/<message_id>/release")
def release_message(message_id: str) -> AnyResponse:
    done = later("The message is free again for somebody else.")
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
        callback_id, said = callback_actions.call_back_caller(
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
    if error := wrong_with(typed.words, LONGEST_NOTE, _EMPTY_NOTE):
        return _page(message_id, 422, errors={"note": error}, typed=typed)
    noted = partial(message_actions.note_down, typed=typed)
    return _do(message_id, noted, later("The note is saved."))


@bp.post("/messages/<message_id>/draft")
def keep_draft(message_id: str) -> AnyResponse:
    """What the page sends by itself while somebody types."""
    try:
        note_drafts.keep(context(), current_user.current(), message_id)
    except NotTheirs:
        abort(404)
    return Response(status=204)


@bp.get("/messages/<message_id>/number")
def message_number(message_id: str) -> AnyResponse:
    return _number_page(message_id)


@bp.post("/messages/<message_id>/number")
def reveal_message_number(message_id: str) -> AnyResponse:
    reason = request.form.get("reason", "").strip()
    if error := wrong_with(reason, LONGEST_REASON, NO_REASON_FOR_NUMBER):
        return _number_page(message_id, 422, reason=reason, error=error)
    try:
        number = reveal_number.of_message(context(), current_user.current(), message_id, reason)
    except NotTheirs:
        abort(404)
    written = phone_numbers.written(number) if number else None
    return _number_page(message_id, number=written, is_shown=True)


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


def _found(asked: Filter) -> list[Left]:
    app = context()
    visitor, now, within = current_user.current(), app.clock(), app.limits.heard_within
    with app.database.reading() as session:
        mine = visibility.of(session, visitor, Power.MESSAGES)
        every = (
            message_queries.finished if asked.shown is Shown.DONE else message_queries.unfinished
        )
        left = every(session, within, now)
    return [one for one in left if mine.covers(one) and asked.lets_through(one, visitor.user_id)]


def _do(
    message_id: str,
    deed: Callable[[AppContext, Visitor, str], None],
    done: str,
    then: str = "console.message",
) -> AnyResponse:
    """Do it and say so on the next page; what was refused is said on the message's own."""
    app = context()
    visitor = current_user.current()
    try:
        deed(app, visitor, message_id)
    except NotTheirs:
        abort(404)
    except Refused as refusal:
        return _page(message_id, 409, refused=str(refusal))
    sessions.leave_notice(app, visitor, done)
    same = then == "console.message"
    return redirect(url_for(then, message_id=message_id) if same else url_for(then), 303)


def _page(
    message_id: str,
    status: int = 200,
    *,
    refused: str | None = None,
    errors: dict[str, str] | None = None,
    typed: notes.Typed | None = None,
) -> AnyResponse:
    app = context()
    visitor = current_user.current()
    with app.database.reading() as session:
        try:
            held = message_actions.must_know(session, app, visitor, message_id)
        except NotTheirs:
            abort(404)
        left, owns = held.left, held.reach.owns(held.left)
        privileged = message_actions.may_be_privileged(visitor)
        draft = notes.draft(session, left.call, visitor.user_id)
        facts = {
            "peaks": {part.id: _peaks(session, part) for part in left.parts} if owns else {},
            "notes": message_queries.written(
                session, left.call, visitor.user_id, owns=owns, deep=privileged
            ),
        }
    return show(
        "message.html", status, left=left, owns=owns, could_take=held.reach.could_take(left),
        mine=left.claimed_by == visitor.user_id, everything=held.reach.everything,
        may_call=visitor.may_open("console.call_caller_back"), may_be_privileged=privileged,
        spoken=_languages(but=left.language),
        typed=typed or (draft[0] if draft else None), kept_at=draft[1] if draft else None,
        refused=refused, errors=errors or {}, press=new_id, most=LONGEST_NOTE, **facts,
    )  # fmt: skip


def _peaks(session: Session, part: Message) -> bytes | None:
    """As they were reckoned when the recording came; of older ones, now."""
    if part.state not in (MessageState.STORED, MessageState.HEARD, MessageState.DONE):
        return None
    drawn = voicemails.peaks_of(session, part.id)
    audio = None if drawn else voicemails.sound_of(session, part.id)
    return drawn or (wav.peaks(audio, voicemail.PEAKS) if audio else None)


def _number_page(message_id: str, status: int = 200, **facts: object) -> AnyResponse:
    app = context()
    with app.database.reading() as session:
        try:
            held = message_actions.must_know(session, app, current_user.current(), message_id)
        except NotTheirs:
            abort(404)
    if not held.reach.owns(held.left):
        abort(404)
    return show(
        "callers_number.html", status, pseudonym=held.left.pseudonym,
        action=url_for("console.reveal_message_number", message_id=message_id),
        back=url_for("console.message", message_id=message_id), **facts,
    )  # fmt: skip
