"""Pages: announcements, made and changed."""

from __future__ import annotations

from datetime import timedelta

from flask import abort, request
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user
from console.base.i18n import later, say, zone
from console.base.routes import bp, context
from console.prompts import announcement_actions, announcement_queries
from console.prompts.announcement_actions import LONGEST_TEXT, LONGEST_TIME, Draft, Wrong
from console.prompts.forms import UNFIT
from console.web.render import go_to, show
from models.prompts.announcements import Announcement
from prompts.sound_uploads import Why
from routing.duty.wall_clock import wall

WORDS = {
    Wrong.NO_START: later("Write the date and time when it starts."),
    Wrong.NO_END: later("Write the date and time when it ends."),
    Wrong.ENDS_BEFORE: later("It would end before it starts."),
    Wrong.IS_OVER: later("This time is in the past."),
    Wrong.TOO_LONG: later("An announcement lasts at most %(days)s days."),
    Wrong.NOTHING_SAID: later("Write it in at least one language."),
    Wrong.TEXT_TOO_LONG: later(
        "This is longer than %(most)s characters. Callers wait while it is said."
    ),
    Wrong.UNSPEAKABLE: later("It contains something that no voice can say."),
    Wrong.NO_VOICE: later(
        "There is no voice for this language: add a recording, or leave it empty."
    ),
    Wrong.NO_WORDS: later("Write down what is said in the recording."),
}
_ANNOUNCED = later("Saved. Callers hear it from its start until its end.")
_USUAL_LENGTH = timedelta(days=1)
_LONGEST_UPLOAD = 6_000_001


@bp.get("/prompts/announcements")
def announcements() -> AnyResponse:
    return _page(None, _fresh(), {})


@bp.get("/prompts/announcements/<announcement_id>")
def announcement(announcement_id: str) -> AnyResponse:
    row = _found(announcement_id)
    return _page(row, _as_typed(row), {})


@bp.post("/prompts/announcements", defaults={"announcement_id": None})
@bp.post("/prompts/announcements/<announcement_id>")
def announce(announcement_id: str | None) -> AnyResponse:
    app = context()
    row = _found(announcement_id) if announcement_id else None
    typed = _typed()
    made = announcement_actions.check(app, typed, zone(app), row.sounds if row else {})
    if isinstance(made, dict):
        return _page(row, typed, {name: _in_words(why) for name, why in made.items()})
    if not announcement_actions.announce(app, current_user.current(), made, announcement_id):
        abort(404)
    return go_to("console.announcements", _ANNOUNCED)


@bp.post("/prompts/announcements/<announcement_id>/end")
def end_announcement(announcement_id: str) -> AnyResponse:
    _found(announcement_id)
    announcement_actions.end(context(), current_user.current(), announcement_id)
    return go_to("console.announcements", later("The announcement has ended."))


def _found(announcement_id: str) -> Announcement:
    row = announcement_queries.one(context(), announcement_id)
    if row is None:
        abort(404)
    return row


def _page(changing: Announcement | None, typed: Draft, errors: dict[str, str]) -> AnyResponse:
    app = context()
    return show(
        "prompts/announcements.html",
        422 if errors else 200,
        **announcement_queries.every(app),
        changing=changing,
        typed=typed,
        errors=errors,
        known=app.shipped_prompts.languages,
        most=LONGEST_TEXT,
    )


def _fresh() -> Draft:
    app = context()
    begins = wall(app.clock(), zone(app)).replace(second=0, microsecond=0)
    return Draft(_as_field(begins), _as_field(begins + _USUAL_LENGTH), {}, {})


def _as_typed(row: Announcement) -> Draft:
    starts, ends = (wall(at, zone(context())) for at in (row.starts_at, row.ends_at))
    return Draft(_as_field(starts), _as_field(ends), row.texts, {})


def _as_field(local: object) -> str:
    return f"{local:%Y-%m-%dT%H:%M}"


def _typed() -> Draft:
    app = context()
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
