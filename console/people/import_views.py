"""Pages: import a roster or shifts from a file, with a look at what would change before it does."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, abort, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user, i18n
from console.base.i18n import later, say
from console.base.routes import bp, context
from console.people import import_forms, import_plans, import_wording, imports
from console.people.import_plans import File, Kind
from console.people.imports import Kept, Preview
from console.web.render import go_to, show
from models.imports import sheet_templates
from models.imports.shift_sheets import ColumnsUnclear
from models.people.roster_text import Problem, RosterError

_SHOWN_HOLES = 30
_NO_FILE = later("Choose a file.")
_UNKNOWN_KIND = later("Choose a file that ends in .yaml, .json, .csv, .xlsx or .ics.")
_CORRECT = later("Nothing was saved. Correct this:")
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHANGED = later(
    "Somebody changed the roster or the schedule meanwhile. Check the preview before applying."
)
_APPLIED = later("The import is done.")
KINDS = {
    Kind.ROSTER: later("roster"),
    Kind.CSV: later("shifts from a spreadsheet"),
    Kind.EXCEL: later("shifts from a spreadsheet"),
    Kind.CALENDAR: later("shifts from a calendar"),
}


@bp.app_template_filter("import_kind")
def _kind_in_words(kind: Kind) -> str:
    return say(KINDS[kind])


@dataclass(frozen=True)
class _Refused(Exception):
    """A file that cannot be taken, and why."""

    error: str
    problems: tuple[Problem, ...] = ()


@bp.get("/import")
def import_file() -> AnyResponse:
    return show("people/import.html", problems=(), error=None)


@bp.get("/import/template.csv")
def import_template_csv() -> AnyResponse:
    return _download(sheet_templates.as_csv(), "shifts.csv", "text/csv; charset=utf-8")


@bp.get("/import/template.xlsx")
def import_template_xlsx() -> AnyResponse:
    return _download(sheet_templates.as_excel(), "shifts.xlsx", _EXCEL)


@bp.post("/import")
def upload() -> AnyResponse:
    app, visitor = context(), current_user.current()
    try:
        file = _sent()
        import_plans.check_size(file)
        imports.preview(app, file)
    except _Refused as refused:
        return show("people/import.html", 422, error=refused.error, problems=refused.problems)
    except ColumnsUnclear as error:
        return _columns(imports.keep(app, visitor, file), file, error)
    except RosterError as error:
        return show("people/import.html", 422, error=say(_CORRECT), problems=error.problems)
    return go_to("console.import_preview", upload_id=imports.keep(app, visitor, file))


@bp.post("/import/<upload_id>/columns")
def import_columns(upload_id: str) -> AnyResponse:
    app, visitor = context(), current_user.current()
    chosen = import_forms.columns(request.form)
    file = imports.with_columns(app, visitor, _kept(upload_id), chosen)
    try:
        imports.preview(app, file)
    except ColumnsUnclear as error:
        return _columns(upload_id, file, error)
    except RosterError as error:
        return show("people/import.html", 422, error=say(_CORRECT), problems=error.problems)
    return go_to("console.import_preview", upload_id=upload_id)


@bp.get("/import/<upload_id>")
def import_preview(upload_id: str) -> AnyResponse:
    app = context()
    file = _kept(upload_id)
    try:
        seen = imports.preview(app, file)
    except ColumnsUnclear as error:
        return _columns(upload_id, file, error)
    except RosterError as error:  # somebody it names has left since
        return show("people/import.html", 422, error=say(_CHANGED), problems=error.problems)
    imports.was_seen(app, current_user.current(), file, seen)
    return _preview(file, seen)


@bp.post("/import/<upload_id>/apply")
def apply_import(upload_id: str) -> AnyResponse:
    visitor, file = current_user.current(), _kept(upload_id)
    try:
        done = imports.apply(context(), visitor, file)
    except RosterError as error:
        return show("people/import.html", 422, error=say(_CHANGED), problems=error.problems)
    if done:
        return go_to("console.import_file", _APPLIED)
    return go_to("console.import_preview", _CHANGED, upload_id=upload_id)


def _sent() -> File:
    """The file that was sent."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise _Refused(say(_NO_FILE))
    content = sent.read(import_plans.LARGEST + 1)
    kind = import_plans.kind_of(sent.filename, content)
    if kind is None:
        raise _Refused(say(_UNKNOWN_KIND))
    return File(sent.filename[:100], kind, content)


def _columns(upload_id: str, file: File, unclear: ColumnsUnclear) -> AnyResponse:
    """Ask what the columns mean."""
    return show(
        "people/import_columns.html", 422,
        file=file, action=url_for("console.import_columns", upload_id=upload_id),
        problems=unclear.problems, fields=import_forms.fields(unclear, file.columns),
        order=file.columns.order, orders=import_forms.orders(),
    )  # fmt: skip


def _download(content: bytes, name: str, kind: str) -> AnyResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=kind, headers=headers)


def _kept(upload_id: str) -> Kept:
    file = imports.kept(context(), current_user.current(), upload_id)
    if file is None:
        abort(404)
    return file


def _preview(file: Kept, seen: Preview) -> AnyResponse:
    app = context()
    clock = i18n.clock(app)
    return show(
        "people/import_preview.html",
        file=file,
        seen=seen,
        groups=import_wording.groups(app, clock, seen),
        coverage=import_wording.coverage(app, seen),
        opened=seen.opened[:_SHOWN_HOLES],
        closed=seen.closed[:_SHOWN_HOLES],
        read=import_wording.read(clock, seen.read),
        left_out=import_wording.left_out(seen.left_out),
    )
