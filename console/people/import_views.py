"""Pages: import a roster or shifts from a file, with a look at what would change before it does."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from console.auth import sessions
from console.base import current_user, i18n
from console.base.i18n import later, say
from console.people import import_wording, imports
from console.people.imports import Kept, Kind, Preview
from console.web.render import show
from ivr.core.context import AppContext
from models.people.roster_text import Problem, RosterError

_SHOWN_HOLES = 30
_NO_FILE = later("Choose a file.")
_UNKNOWN_KIND = later("Choose a file that ends in .yaml, .json, .csv or .ics.")
_CHANGED = later(
    "Somebody changed the roster or the schedule meanwhile: look again before applying."
)
_APPLIED = later("The file is applied.")
KINDS = {
    Kind.ROSTER: later("roster"),
    Kind.CSV: later("shifts from a spreadsheet"),
    Kind.CALENDAR: later("shifts from a calendar"),
}


@dataclass(frozen=True)
class _Refused(Exception):
    """A file that cannot be taken, and why."""

    error: str
    problems: tuple[Problem, ...] = ()


def add(console: Blueprint, app: AppContext) -> None:
    """Add these pages to the console."""
    console.add_app_template_filter(lambda kind: say(KINDS[kind]), "import_kind")

    @console.get("/import", endpoint="import_file")
    def import_page() -> AnyResponse:
        return show("import.html", problems=(), error=None)

    @console.post("/import")
    def upload() -> AnyResponse:
        try:
            name, kind, text = _sent()
            seen = imports.preview(app, kind, text)
        except _Refused as refused:
            return show("import.html", 422, error=refused.error, problems=refused.problems)
        except RosterError as error:
            return show("import.html", 422, error=say(later("Nothing was saved. Correct this:")),
                        problems=error.problems)  # fmt: skip
        upload_id = imports.keep(app, current_user.current(), name, kind, text, seen)
        return redirect(url_for("console.import_preview", upload_id=upload_id), 303)

    @console.get("/import/<upload_id>")
    def import_preview(upload_id: str) -> AnyResponse:
        file = _kept(app, upload_id)
        try:
            seen = imports.preview(app, file.kind, file.text)
        except RosterError as error:  # somebody it names has left since
            return show("import.html", 422, error=say(_CHANGED), problems=error.problems)
        imports.seen_again(app, current_user.current(), file, seen)
        return _preview(app, file, seen)

    @console.post("/import/<upload_id>/apply")
    def apply_import(upload_id: str) -> AnyResponse:
        visitor, file = current_user.current(), _kept(app, upload_id)
        try:
            done = imports.apply(app, visitor, file)
        except RosterError as error:
            return show("import.html", 422, error=say(_CHANGED), problems=error.problems)
        sessions.leave_notice(app, visitor, _APPLIED if done else _CHANGED)
        if done:
            return redirect(url_for("console.import_file"), 303)
        return redirect(url_for("console.import_preview", upload_id=upload_id), 303)


def _sent() -> tuple[str, Kind, str]:
    """Name, kind and words of the file that was sent."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise _Refused(say(_NO_FILE))
    content = sent.read(imports.LARGEST + 1)
    kind = imports.kind_of(sent.filename, content)
    if kind is None:
        raise _Refused(say(_UNKNOWN_KIND))
    return sent.filename[:100], kind, imports.text_of(content, kind)


def _kept(app: AppContext, upload_id: str) -> Kept:
    file = imports.kept(app, current_user.current(), upload_id)
    if file is None:
        abort(404)
    return file


def _preview(app: AppContext, file: Kept, seen: Preview) -> AnyResponse:
    clock = i18n.clock(app)
    return show(
        "import_preview.html",
        file=file,
        seen=seen,
        groups=import_wording.groups(app, clock, seen),
        coverage=import_wording.coverage(app, seen),
        opened=seen.opened[:_SHOWN_HOLES],
        closed=seen.closed[:_SHOWN_HOLES],
    )
