"""Pages: what callers hear, as a tree, prompt by prompt, and language by language."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from console.auth import sessions
from console.base import current_user
from console.base.i18n import language as reader_language
from console.base.i18n import later, say
from console.base.permissions import Power
from console.prompts import actions, queries, record_by_phone, tree_wording
from console.prompts.actions import Refusal
from console.prompts.queries import Prompt, Take
from console.web.render import show
from console.work.message_views import press_of_form
from ivr.core.context import AppContext
from ivr.core.live_prompts import marked
from ivr.dialogue import tree_checks
from ivr.responders.prompt_dictation import Trouble
from models.core.base import new_id
from models.core.database import Session
from models.prompts.phone_recordings import RecordingRequest
from prompts import sound_uploads, speech
from prompts.sound_uploads import Why
from prompts.text_changes import LONGEST_TEXT, Fault

FAULTS = {
    Fault.EMPTY: later("Write what callers are to hear."),
    Fault.TOO_LONG: later(
        "This is longer than %(most)s characters. Nobody keeps that much in mind."
    ),
    Fault.BRACE: later("A brace stands alone. Write {key} whole, or leave the brace out."),
    Fault.PLACEHOLDERS: later("Keep what stands in braces as it is in English: %(wanted)s."),
    Fault.DIGIT: later(
        "Write {key} where the key is said, not a digit, so that words and keys agree."
    ),
    Fault.UNSPEAKABLE: later("There is something in it that no voice can say."),
}
REFUSALS = {
    Refusal.OVERTAKEN: later(
        "Somebody else wrote a newer version meanwhile. Look at it above; yours is in the field."
    ),
    Refusal.UNRECORDED: later(
        "No voice of the phone company speaks this language: record every part first."
    ),
    Refusal.BROKEN: later("With this version the call tree would not hold, so it stays as it is."),
    Refusal.NO_SUCH_VERSION: later("There is no such version."),
    Refusal.OWN_WORDS: later("You wrote this yourself: somebody else must read it."),
    Refusal.DOES_NOT_SPEAK: later(
        "Only somebody who speaks this language, as the roster says, can find it right."
    ),
    Refusal.DEFAULT_LANGUAGE: later("Callers who say nothing hear this language: it stays."),
    Refusal.GAPS: later("This language has gaps: what is missing stands beside it."),
}
UNFIT = {
    Why.EMPTY: later("Choose a recording first."),
    Why.TOO_LARGE: later("This file is too large. Thirty seconds of sound are enough."),
    Why.NOT_WAV: later(
        "This is no WAV file. With scripts switched on, this page makes one of an MP3 by itself."
    ),
    Why.NOT_PLAIN: later(
        "This kind of WAV cannot be read. Save it as 16 bits, mono or stereo, 8 to 48 kHz."
    ),
    Why.CUT_OFF: later("The end of this file is missing. Save it once more."),
    Why.TOO_LONG: later("This lasts longer than 30 seconds. Nobody listens that long."),
    Why.SILENT: later("There is nothing to be heard in it."),
}


def add(console: Blueprint, app: AppContext) -> None:
    """Add these pages to the console."""

    @console.get("/hear")
    def hear() -> AnyResponse:
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

    @console.get("/hear/prompts/<name>")
    def hear_prompt(name: str) -> AnyResponse:
        if name not in queries.names(app):
            abort(404)
        with app.database.reading() as session:
            found = queries.in_every_language(app, session, name)
        return show(
            "hear_prompt.html", name=name, prompts=found, known=app.shipped_prompts.languages
        )

    _add_text(console, app)
    _add_calls(console, app)
    _add_live(console, app)
    _add_languages(console, app)


def _add_text(console: Blueprint, app: AppContext) -> None:
    address = "/hear/prompts/<name>/<code>"

    @console.get(address)
    def hear_text(name: str, code: str) -> AnyResponse:
        return _page(app, name, code)

    @console.post(address)
    def hear_write(name: str, code: str) -> AnyResponse:
        _must_be_theirs(app, name, code)
        typed = request.form.get("text", "")
        based_on = request.form.get("based_on", type=int, default=-1)
        found = actions.write(app, current_user.current(), code, name, typed, based_on)
        if isinstance(found, Fault):
            english = app.shipped_prompts.text("en", name)
            error = say(FAULTS[found], most=LONGEST_TEXT, wanted=_in_braces(english))
            return _page(app, name, code, 422, typed=typed, text_error=error)
        if found:
            return _page(app, name, code, 409, typed=typed, text_error=say(REFUSALS[found]))
        _leave(app, later("Saved. Nobody hears it yet: listen to it, then let it go live."))
        return _to(name, code)

    @console.post(f"{address}/recording")
    def hear_record(name: str, code: str) -> AnyResponse:
        _must_be_theirs(app, name, code)
        take, sent = _take_of_form(app, name, code), request.files.get("sound")
        try:
            upload = sent.read() if sent else b""
            actions.record(app, current_user.current(), code, name, take.name, upload)
        except sound_uploads.Unfit as unfit:
            error = say(UNFIT[unfit.why])
            return _page(app, name, code, 422, sound_error=error, take=take.name)
        _leave(app, later("Recorded. Nobody hears it yet: listen to it, then let it go live."))
        return _to(name, code)

    @console.post(f"{address}/<int:number>/review")
    def hear_review(name: str, code: str, number: int) -> AnyResponse:
        _must_be_theirs(app, name, code)
        refused = actions.review(app, current_user.current(), code, name, number)
        _leave(app, REFUSALS[refused] if refused else later("Marked as reviewed, by you."))
        return _to(name, code)


def _add_calls(console: Blueprint, app: AppContext) -> None:
    address = "/hear/prompts/<name>/<code>/call"

    @console.post(address)
    def hear_call_me(name: str, code: str) -> AnyResponse:
        _must_be_theirs(app, name, code)
        visitor, take = current_user.current(), _take_of_form(app, name, code)
        asked = RecordingRequest(
            press_of_form(), visitor.user_id, code, name, take.name, take.words
        )
        trouble = record_by_phone.call_me(app, asked)
        if trouble:
            why = say(record_by_phone.TROUBLES[trouble])
            return _page(app, name, code, 409, call_error=why, take=take.name)
        return _to(name, code)

    @console.get(address)
    def hear_called(name: str, code: str) -> AnyResponse:
        """The part of the page that says how far the call has come; 204 while nothing is new."""
        _must_be_theirs(app, name, code)
        take, visitor = request.args.get("take", ""), current_user.current()
        with app.database.reading() as session:
            found = record_by_phone.called(session, app, visitor, code, name, take)
        if found and found.mark == request.args.get("seen"):
            return Response(status=204)
        return show("_hear_called.html", called=found, name=name, code=code, is_news=True)


def _add_live(console: Blueprint, app: AppContext) -> None:
    address = "/hear/prompts/<name>/<code>"

    @console.post(f"{address}/<int:number>/live")
    def hear_go_live(name: str, code: str, number: int) -> AnyResponse:
        _must_be(app, name, code)
        refused = actions.go_live(app, current_user.current(), code, name, number)
        return _went(app, name, code, refused)

    @console.post(f"{address}/back")
    def hear_go_back(name: str, code: str) -> AnyResponse:
        _must_be(app, name, code)
        refused = actions.go_back(app, current_user.current(), code, name)
        return _went(app, name, code, refused)


def _add_languages(console: Blueprint, app: AppContext) -> None:
    @console.get("/hear/languages")
    def hear_languages() -> AnyResponse:
        with app.database.reading() as session:
            return show("hear_languages.html", states=queries.languages(app, session))

    @console.post("/hear/languages/<code>")
    def hear_offer(code: str) -> AnyResponse:
        if code not in app.shipped_prompts.languages:
            abort(404)
        on = request.form.get("offered") == "yes"
        refused = actions.offer(app, current_user.current(), code, on=on)
        if refused:
            _leave(app, REFUSALS[refused])
        elif on:
            _leave(app, later("The menu offers this language within seconds."))
        else:
            _leave(app, later("The menu leaves this language out within seconds."))
        return redirect(url_for("console.hear_languages"), 303)


def _page(app: AppContext, name: str, code: str, status: int = 200, **typed: str) -> AnyResponse:
    _must_be(app, name, code)
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
        voice_of=partial(_voice, app, found),
        **rights,
        **typed,
    )


def _rights(session: Session, visitor: current_user.Visitor, code: str) -> dict[str, bool]:
    return {
        "may_change": queries.may_change(session, visitor, code),
        "may_go_live": visitor.right_to(Power.LINE) is not None,
        "speaks_it": queries.speaks(session, visitor, code),
    }


def _voice(app: AppContext, found: Prompt, words: str) -> str | None:
    """Where the demo's carrier lets its voice be heard; a real one's is heard in calls alone."""
    language = app.shipped_prompts.languages[found.language]
    if not app.site.is_demo or language.say is None:
        return None
    return url_for("demo.voice", language=language.say, words=words)


def _take_of_form(app: AppContext, name: str, code: str) -> Take:
    """The take that the form is for, of the newest wording."""
    with app.database.reading() as session:
        newest = queries.prompt(app, session, code, name).newest
    wanted = request.form.get("take", "")
    found = next((take for take in newest.takes if take.name == wanted), None)
    if found is None:
        abort(400)
    return found


def _must_be(app: AppContext, name: str, code: str) -> None:
    if code not in app.shipped_prompts.languages or name not in queries.names(app):
        abort(404)


def _must_be_theirs(app: AppContext, name: str, code: str) -> None:
    """A translator writes, records and reviews in the languages that they speak."""
    _must_be(app, name, code)
    with app.database.reading() as session:
        if not queries.may_change(session, current_user.current(), code):
            abort(403)


def _went(app: AppContext, name: str, code: str, refused: Refusal | None) -> AnyResponse:
    heard = later("Callers hear it within seconds. One press takes it back.")
    _leave(app, REFUSALS[refused] if refused else heard)
    return _to(name, code)


def _leave(app: AppContext, notice: str) -> None:
    sessions.leave_notice(app, current_user.current(), notice)


def _to(name: str, code: str) -> AnyResponse:
    return redirect(url_for("console.hear_text", name=name, code=code), 303)


def _in_braces(template: str) -> str:
    return " ".join(sorted(f"{{{name}}}" for name in speech.placeholders(template))) or "-"
