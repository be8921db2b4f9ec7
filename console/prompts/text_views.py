"""Pages: one prompt in one language: its text, its recordings, and what goes live."""

from __future__ import annotations

from functools import partial

from flask import abort, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user
from console.base.i18n import later, say
from console.base.permissions import Power
from console.base.routes import bp, context
from console.prompts import actions, queries, record_by_phone
from console.prompts.actions import Refusal
from console.prompts.forms import FAULTS, MOST_SECONDS, REFUSALS, UNFIT
from console.prompts.queries import Prompt, Take
from console.web.dial_press import new_press
from console.web.render import go_to, show
from ivr.responders.prompt_dictation import Trouble
from models.core.database import Session
from prompts import sound_uploads, speech
from prompts.text_changes import Fault

_SAVED = later("Saved. Nobody hears it yet: listen to it, then make it live.")
_RECORDED = later("Recorded. Nobody hears it yet: listen to it, then make it live.")
_REVIEWED = later("Marked as reviewed by you.")
_IS_LIVE = later("Callers hear it within seconds. You can go back to the previous version.")


@bp.get("/prompts/<name>/<code>")
def prompt_text(name: str, code: str) -> AnyResponse:
    return page(name, code)


@bp.post("/prompts/<name>/<code>")
def write_prompt(name: str, code: str) -> AnyResponse:
    app = context()
    must_be_theirs(name, code)
    typed = request.form.get("text", "")
    based_on = request.form.get("based_on", type=int, default=-1)
    found = actions.write(app, current_user.current(), code, name, typed, based_on)
    if isinstance(found, Fault):
        english = app.shipped_prompts.text("en", name)
        error = say(FAULTS[found], most=MOST_SECONDS, wanted=_in_braces(english))
        return page(name, code, 422, typed=typed, text_error=error)
    if found:
        return page(name, code, 409, typed=typed, text_error=say(REFUSALS[found]))
    return to_text(name, code, _SAVED)


@bp.post("/prompts/<name>/<code>/recording")
def record_prompt(name: str, code: str) -> AnyResponse:
    must_be_theirs(name, code)
    take, sent = take_of_form(name, code), request.files.get("sound")
    try:
        upload = sent.read() if sent else b""
        actions.record(context(), current_user.current(), code, name, take.name, upload)
    except sound_uploads.Unfit as unfit:
        error = say(UNFIT[unfit.why])
        return page(name, code, 422, sound_error=error, take=take.name)
    return to_text(name, code, _RECORDED)


@bp.post("/prompts/<name>/<code>/<int:number>/review")
def review_prompt(name: str, code: str, number: int) -> AnyResponse:
    must_be_theirs(name, code)
    refused = actions.review(context(), current_user.current(), code, name, number)
    return to_text(name, code, REFUSALS[refused] if refused else _REVIEWED)


@bp.post("/prompts/<name>/<code>/<int:number>/live")
def put_prompt_live(name: str, code: str, number: int) -> AnyResponse:
    _must_be(name, code)
    refused = actions.go_live(context(), current_user.current(), code, name, number)
    return _went(name, code, refused)


@bp.post("/prompts/<name>/<code>/back")
def put_prompt_back(name: str, code: str) -> AnyResponse:
    _must_be(name, code)
    refused = actions.go_back(context(), current_user.current(), code, name)
    return _went(name, code, refused)


def page(name: str, code: str, status: int = 200, **typed: str) -> AnyResponse:
    """The page of a prompt in a language, with what was typed and what is wrong with it."""
    app = context()
    _must_be(name, code)
    visitor = current_user.current()
    with app.database.reading() as session:
        found = queries.prompt(app, session, code, name)
        rights = _rights(session, visitor, code)
        takes = found.newest.takes if rights["may_change"] else ()
        calls = record_by_phone.each_called(session, app, visitor, code, name, takes)
        no_phone = record_by_phone.obstacle(session, app, visitor) if takes else None
    return show(
        "prompts/text.html",
        status,
        prompt=found,
        calls=calls,
        no_phone=say(record_by_phone.NO_PHONE_TO_CALL[no_phone]) if no_phone else None,
        lacks_number=no_phone is Trouble.NO_PHONE,
        press=new_press,
        spoken=app.shipped_prompts.languages[code],
        placeholders=_in_braces(app.shipped_prompts.text("en", name)),
        voice_of=partial(_voice, found),
        **rights,
        **typed,
    )


def _rights(session: Session, visitor: current_user.Visitor, code: str) -> dict[str, bool]:
    return {
        "may_change": queries.may_change(session, visitor, code),
        "may_go_live": visitor.right_to(Power.LINE) is not None,
        "speaks_it": queries.speaks(session, visitor, code),
    }


def _voice(found: Prompt, words: str) -> str | None:
    """Where the demo's carrier lets its voice be heard; a real one's is heard in calls alone."""
    app = context()
    language = app.shipped_prompts.languages[found.language]
    if not app.site.is_demo or language.say is None:
        return None
    return url_for("demo.voice", language=language.say, words=words)


def take_of_form(name: str, code: str) -> Take:
    """The take that the form is for, of the newest wording."""
    app = context()
    with app.database.reading() as session:
        newest = queries.prompt(app, session, code, name).newest
    wanted = request.form.get("take", "")
    found = next((take for take in newest.takes if take.name == wanted), None)
    if found is None:
        abort(400)
    return found


def _must_be(name: str, code: str) -> None:
    app = context()
    if code not in app.shipped_prompts.languages or name not in queries.names(app):
        abort(404)


def must_be_law(name: str, code: str) -> None:
    """Only a text that states law is approved."""
    _must_be(name, code)
    if context().shipped_prompts.source(code, name) is None:
        abort(404)


def must_be_theirs(name: str, code: str) -> None:
    """A translator writes, records and reviews in the languages that they speak."""
    _must_be(name, code)
    with context().database.reading() as session:
        if not queries.may_change(session, current_user.current(), code):
            abort(403)


def _went(name: str, code: str, refused: Refusal | None) -> AnyResponse:
    return to_text(name, code, REFUSALS[refused] if refused else _IS_LIVE)


def to_text(name: str, code: str, notice: str = "") -> AnyResponse:
    """On to the page of a prompt in a language."""
    return go_to("console.prompt_text", notice, name=name, code=code)


def _in_braces(template: str) -> str:
    return " ".join(sorted(f"{{{name}}}" for name in speech.placeholders(template))) or "-"
