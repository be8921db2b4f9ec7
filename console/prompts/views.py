"""Pages: what callers hear, as a tree, prompt by prompt, and language by language."""

from __future__ import annotations

from functools import partial

from flask import Response, abort, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user
from console.base.i18n import language as reader_language
from console.base.i18n import later, say
from console.base.permissions import Power
from console.base.routes import bp, context
from console.prompts import actions, announcement_views, queries, record_by_phone, tree_wording
from console.prompts.actions import Refusal
from console.prompts.forms import FAULTS, REFUSALS, UNFIT
from console.prompts.queries import Prompt, Take
from console.web.dial_press import press_of_form
from console.web.render import go_to, show
from ivr.core.live_prompts import marked
from ivr.dialogue import tree_checks
from ivr.responders.prompt_dictation import Trouble
from models.core.base import new_id
from models.core.database import Session
from models.prompts.phone_recordings import Wish
from prompts import sound_uploads, speech
from prompts.text_changes import LONGEST_TEXT, Fault

__all__ = ["announcement_views"]
_SAVED = later("Saved. Nobody hears it yet: listen to it, then let it go live.")
_RECORDED = later("Recorded. Nobody hears it yet: listen to it, then let it go live.")
_REVIEWED = later("Marked as reviewed, by you.")
_IS_LIVE = later("Callers hear it within seconds. One press takes it back.")
_IS_OFFERED = later("The menu offers this language within seconds.")
_IS_LEFT_OUT = later("The menu leaves this language out within seconds.")


@bp.get("/hear")
def hear() -> AnyResponse:
    app = context()
    code = request.args.get("language", reader_language())
    if code not in app.shipped_prompts.languages:
        abort(404)
    tree = app.script.tree
    with app.database.reading() as session:
        prompts = marked(app.shipped_prompts, session)
        texts = queries.at_a_glance(app, session, code)
        state = queries.languages(app, session)
    return show(
        "hear.html",
        code=code,
        chosen=app.shipped_prompts.languages[code],
        states=state,
        branches=tree_wording.drawn(tree, prompts, code),
        texts=texts,
        anywhere=[name for name, _ in tree_checks.everywhere()],
        place_name=tree_wording.place_name,
    )


@bp.get("/hear/prompts/<name>")
def hear_prompt(name: str) -> AnyResponse:
    app = context()
    if name not in queries.names(app):
        abort(404)
    with app.database.reading() as session:
        found = queries.in_every_language(app, session, name)
    return show("hear_prompt.html", name=name, prompts=found, known=app.shipped_prompts.languages)


@bp.get("/hear/prompts/<name>/<code>")
def hear_text(name: str, code: str) -> AnyResponse:
    return _page(name, code)


@bp.post("/hear/prompts/<name>/<code>")
def hear_write(name: str, code: str) -> AnyResponse:
    app = context()
    _must_be_theirs(name, code)
    typed = request.form.get("text", "")
    based_on = request.form.get("based_on", type=int, default=-1)
    found = actions.write(app, current_user.current(), code, name, typed, based_on)
    if isinstance(found, Fault):
        english = app.shipped_prompts.text("en", name)
        error = say(FAULTS[found], most=LONGEST_TEXT, wanted=_in_braces(english))
        return _page(name, code, 422, typed=typed, text_error=error)
    if found:
        return _page(name, code, 409, typed=typed, text_error=say(REFUSALS[found]))
    return _to(name, code, _SAVED)


@bp.post("/hear/prompts/<name>/<code>/recording")
def hear_record(name: str, code: str) -> AnyResponse:
    _must_be_theirs(name, code)
    take, sent = _take_of_form(name, code), request.files.get("sound")
    try:
        upload = sent.read() if sent else b""
        actions.record(context(), current_user.current(), code, name, take.name, upload)
    except sound_uploads.Unfit as unfit:
        error = say(UNFIT[unfit.why])
        return _page(name, code, 422, sound_error=error, take=take.name)
    return _to(name, code, _RECORDED)


@bp.post("/hear/prompts/<name>/<code>/<int:number>/review")
def hear_review(name: str, code: str, number: int) -> AnyResponse:
    _must_be_theirs(name, code)
    refused = actions.review(context(), current_user.current(), code, name, number)
    return _to(name, code, REFUSALS[refused] if refused else _REVIEWED)


@bp.post("/hear/prompts/<name>/<code>/call")
def hear_call_me(name: str, code: str) -> AnyResponse:
    _must_be_theirs(name, code)
    visitor, take = current_user.current(), _take_of_form(name, code)
    wish = Wish(press_of_form(), visitor.user_id, code, name, take.name, take.words)
    trouble = record_by_phone.call_me(context(), wish)
    if trouble:
        why = say(record_by_phone.TROUBLES[trouble])
        return _page(name, code, 409, call_error=why, take=take.name)
    return _to(name, code)


@bp.get("/hear/prompts/<name>/<code>/call")
def hear_called(name: str, code: str) -> AnyResponse:
    """The part of the page that says how far the call has come; 204 while nothing is new."""
    app = context()
    _must_be_theirs(name, code)
    take, visitor = request.args.get("take", ""), current_user.current()
    with app.database.reading() as session:
        found = record_by_phone.called(session, app, visitor, code, name, take)
    if found and found.mark == request.args.get("seen"):
        return Response(status=204)
    return show("_hear_called.html", called=found, name=name, code=code, is_news=True)


@bp.post("/hear/prompts/<name>/<code>/<int:number>/live")
def hear_go_live(name: str, code: str, number: int) -> AnyResponse:
    _must_be(name, code)
    refused = actions.go_live(context(), current_user.current(), code, name, number)
    return _went(name, code, refused)


@bp.post("/hear/prompts/<name>/<code>/back")
def hear_go_back(name: str, code: str) -> AnyResponse:
    _must_be(name, code)
    refused = actions.go_back(context(), current_user.current(), code, name)
    return _went(name, code, refused)


@bp.get("/hear/languages")
def hear_languages() -> AnyResponse:
    app = context()
    with app.database.reading() as session:
        return show("hear_languages.html", states=queries.languages(app, session))


@bp.post("/hear/languages/<code>")
def hear_offer(code: str) -> AnyResponse:
    app = context()
    if code not in app.shipped_prompts.languages:
        abort(404)
    on = request.form.get("offered") == "yes"
    refused = actions.offer(app, current_user.current(), code, on=on)
    done = _IS_OFFERED if on else _IS_LEFT_OUT
    return go_to("console.hear_languages", REFUSALS[refused] if refused else done)


def _page(name: str, code: str, status: int = 200, **typed: str) -> AnyResponse:
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
        "hear_text.html",
        status,
        prompt=found,
        calls=calls,
        no_phone=say(record_by_phone.NO_PHONE_TO_CALL[no_phone]) if no_phone else None,
        lacks_number=no_phone is Trouble.NO_PHONE,
        press=new_id,
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


def _take_of_form(name: str, code: str) -> Take:
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


def _must_be_theirs(name: str, code: str) -> None:
    """A translator writes, records and reviews in the languages that they speak."""
    _must_be(name, code)
    with context().database.reading() as session:
        if not queries.may_change(session, current_user.current(), code):
            abort(403)


def _went(name: str, code: str, refused: Refusal | None) -> AnyResponse:
    return _to(name, code, REFUSALS[refused] if refused else _IS_LIVE)


def _to(name: str, code: str, notice: str = "") -> AnyResponse:
    return go_to("console.hear_text", notice, name=name, code=code)


def _in_braces(template: str) -> str:
    return " ".join(sorted(f"{{{name}}}" for name in speech.placeholders(template))) or "-"
