"""Pages: announcements, made and changed."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from console.auth import sessions
from console.base import current_user
from console.base.i18n import later, say, zone
from console.prompts import announcement_actions, queries
from console.prompts.announcement_actions import LONGEST_TEXT, LONGEST_TIME, Draft, Wrong
from console.prompts.views import UNFIT
from console.web.render import show
from ivr.core.context import AppContext
from models.prompts import announcements
from models.prompts.announcements import Announcement
from prompts.sound_uploads import Why
from routing.duty.wall_clock import wall

WORDS = {
    Wrong.NO_START: later("Say from which day and time on it is announced."),
    Wrong.NO_END: later("Say until which day and time it is announced."),
    Wrong.ENDS_BEFORE: later("It would end before it starts."),
    Wrong.IS_OVER: later("This time is over already."),
    Wrong.TOO_LONG: later("No announcement lasts longer than %(days)s days."),
    Wrong.NOTHING_SAID: later("Write it in one language at least."),
    Wrong.TEXT_TOO_LONG: later(
        "This is longer than %(most)s characters: callers wait while it is said."
    ),
    Wrong.UNSPEAKABLE: later("There is something in it that no voice can say."),
    Wrong.NO_VOICE: later("No voice speaks this language: add a recording, or leave it empty."),
    Wrong.NO_WORDS: later("Write down what is said in the recording."),
}
_USUAL_LENGTH = timedelta(days=1)
_LONGEST_UPLOAD = 6_000_001


def add(console: Blueprint, app: AppContext) -> None:
    """Add these pages to the console."""

    @console.get("/hear/announcements", endpoint="announcements")
    def all_of_them() -> AnyResponse:
        return _page(app, None, _fresh(app), {})

    @console.get("/hear/announcements/<announcement_id>")
    def announcement(announcement_id: str) -> AnyResponse:
        row = _found(app, announcement_id)
        return _page(app, row, _as_typed(app, row), {})

    @console.post("/hear/announcements", defaults={"announcement_id": None})
    @console.post("/hear/announcements/<announcement_id>")
    def announce(announcement_id: str | None) -> AnyResponse:
        row = _found(app, announcement_id) if announcement_id else None
        typed = _typed(app)
        made = announcement_actions.check(app, typed, zone(app), row.sounds if row else {})
        if isinstance(made, dict):
            return _page(app, row, typed, {name: _in_words(why) for name, why in made.items()})
        if not announcement_actions.announce(app, current_user.current(), made, announcement_id):
            abort(404)
        _leave(app, later("Callers hear it from its start until its end, then it ends by itself."))
        return redirect(url_for("console.announcements"), 303)

    @console.post("/hear/announcements/<announcement_id>/end")
    def end_announcement(announcement_id: str) -> AnyResponse:
        _found(app, announcement_id)
        announcement_actions.end(app, current_user.current(), announcement_id)
        _leave(app, later("It is announced no more."))
        return redirect(url_for("console.announcements"), 303)


def _found(app: AppContext, announcement_id: str) -> Announcement:
    with app.database.reading() as session:
        row = announcements.with_id(session, announcement_id)
    if row is None:
        abort(404)
    return row


def _page(
    app: AppContext, changing: Announcement | None, typed: Draft, errors: dict[str, str]
) -> AnyResponse:
    now = app.clock()
    with app.database.reading() as session:
        ahead = announcements.not_over(session, now)
        over = announcements.over(session, now)
        called = queries.user_names(session)
    return show(
        "announcements.html",
        422 if errors else 200,
        ahead=ahead,
        over=over,
        now=now,
        called=called,
        changing=changing,
        typed=typed,
        errors=errors,
        known=app.shipped_prompts.languages,
        most=LONGEST_TEXT,
    )


def _fresh(app: AppContext) -> Draft:
    begins = wall(app.clock(), zone(app)).replace(second=0, microsecond=0)
    return Draft(_as_field(begins), _as_field(begins + _USUAL_LENGTH), {}, {})


def _as_typed(app: AppContext, row: Announcement) -> Draft:
    starts, ends = (wall(at, zone(app)) for at in (row.starts_at, row.ends_at))
    return Draft(_as_field(starts), _as_field(ends), row.texts, {})


def _as_field(local: object) -> str:
    return f"{local:%Y-%m-%dT%H:%M}"


def _typed(app: AppContext) -> Draft:
    sent = {
        code: request.files[f"sound_{code}"].read(_LONGEST_UPLOAD)
        for code in app.shipped_prompts.languages
        if f"sound_{code}" in request.files
    }
    return Draft(
        request.form.get("starts", ""),
        request.form.get("ends", ""),
        {code: request.form.get(f"text_{code}", "") for code in app.shipped_prompts.languages},
        {code: upload for code, upload in sent.items() if upload},
    )


def _in_words(why: Wrong | Why) -> str:
    if isinstance(why, Why):
        return say(UNFIT[why])
    return say(WORDS[why], most=LONGEST_TEXT, days=LONGEST_TIME.days)


def _leave(app: AppContext, notice: str) -> None:
    sessions.leave_notice(app, current_user.current(), notice)
