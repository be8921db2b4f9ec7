"""Pages: the call log, a call's story, and its export, which two people agree on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from console.auth import sessions
from console.base import current_user, i18n
from console.base.current_user import Visitor
from console.base.i18n import later, say
from console.base.permissions import Power, Right
from console.calls import call_filters, call_story
from console.calls.call_filters import Filters
from console.calls.call_story import Material
from console.web import two_person_rule
from console.web.render import show
from ivr.core.context import AppContext
from ivr.privacy import retention_periods
from models.calls import call_log, calls, exports, rings, voicemails
from models.calls.call_log import Mark, Sought
from models.calls.calls import RESCUER, Call
from models.core.database import Session
from models.operations import retention
from models.people import people
from models.people.people import Partner
from models.staff import audit
from models.staff.audit import Deed
from routing.needs import CODES

_BOM = "\ufeff"
"""By which spreadsheets know that a table is UTF-8."""
_WHY_MISSING = later("Say why: whoever is asked to agree reads it.")
_LONGEST_REASON = 200


@dataclass(frozen=True)
class Row:
    """A call as the list shows it."""

    id: str
    pseudonym: str
    started_at: datetime
    language: str
    need: str | None
    outcome: str
    answered_by: str | None
    lasted: timedelta | None


@dataclass(frozen=True)
class Shown:
    """A page of the list, and what its filters offer."""

    rows: list[Row]
    next_page: str | None
    people: list[tuple[str, str]]
    partners: list[Partner]


def add(console: Blueprint, app: AppContext) -> None:
    """Add these pages to the console."""

    @console.get("/calls", endpoint="calls")
    def calls_page() -> AnyResponse:
        filters = _filters(app)
        after = call_filters.mark_in(request.args.get("after", ""))
        shown = _shown(app, current_user.current(), filters, after)
        return _list(app, filters, shown, 422 if filters.errors else 200)

    @console.get("/calls/<call_id>")
    def call(call_id: str) -> AnyResponse:
        return _story(app, current_user.current(), call_id)

    _add_export(console, app)


def _add_export(console: Blueprint, app: AppContext) -> None:
    @console.post("/calls/export")
    def ask_for_export() -> AnyResponse:
        visitor, filters = current_user.current(), _filters(app)
        why = request.form.get("why", "").strip()[:_LONGEST_REASON]
        if filters.errors or not why:
            shown = _shown(app, visitor, filters, None)
            return _list(app, filters, shown, 422, why_error=say(_WHY_MISSING))
        with app.database.transaction() as session:
            facts = {"sought": filters.sought.as_facts(), "why": why}
            two_person_rule.ask(session, visitor, two_person_rule.CALLS_EXPORT, facts, app.clock())
        return redirect(url_for("console.approvals"), 303)

    @console.post("/calls/export/<approval_id>")
    def download_calls(approval_id: str) -> AnyResponse:
        visitor, form = current_user.current(), request.form.get("form", "")
        if form not in ("csv", "json"):
            abort(400)
        records = _agreed_records(app, visitor, approval_id, form)
        if records is None:
            notice = later("This export was not agreed to, or was downloaded before.")
            sessions.leave_notice(app, visitor, notice)
            return redirect(url_for("console.approvals"), 303)
        return _file(records, form)


def _filters(app: AppContext) -> Filters:
    return call_filters.read(request.values, i18n.zone(app), app.shipped_prompts.languages)


def _narrowed(visitor: Visitor, sought: Sought) -> Sought | None:
    """A responder sees the calls that they took; None when that can be none."""
    if visitor.right_to(Power.BOARD) is not Right.OWN:
        return sought
    return replace(sought, answered_by=visitor.person_id) if visitor.person_id else None


def _shown(app: AppContext, visitor: Visitor, filters: Filters, after: Mark | None) -> Shown:
    with app.database.reading() as session:
        names = _names(session)
        sought = None if filters.errors else _narrowed(visitor, filters.sought)
        found = call_log.page(session, sought, after) if sought else []
        page = found[: call_log.PAGE]
        more = len(found) > call_log.PAGE
        last = call_filters.written(Mark(page[-1].started_at, page[-1].id)) if more else None
        rows = [_row(each, names, app.clock()) for each in page]
        partners = people.every_partner(session)
    listed = sorted(names.items(), key=lambda pair: pair[1].casefold())
    return Shown(rows, last, [*listed, (RESCUER, say("the rescue number"))], partners)


def _names(session: Session) -> dict[str, str]:
    return {person.id: people.name_of(session, person) for person in people.everybody(session)}


def _row(call: Call, names: dict[str, str], now: datetime) -> Row:
    return Row(
        id=call.id,
        pseudonym=call.pseudonym,
        started_at=call.started_at,
        language=call.language,
        need=call.need,
        outcome=call.outcome or call_log.RUNNING,
        answered_by=call_story.name_of(call.answered_by, names) if call.answered_by else None,
        lasted=(call.ended_at or now) - call.started_at,
    )


def _list(
    app: AppContext, filters: Filters, shown: Shown, status: int, why_error: str | None = None
) -> Response:
    visitor = current_user.current()
    next_page = shown.next_page
    return show(
        "calls.html",
        status,
        filters=filters,
        shown=shown,
        needs=CODES,
        outcomes=call_story.OUTCOMES,
        languages_spoken=list(app.shipped_prompts.languages),
        next_page=_further(filters, next_page) if next_page else None,
        may_export=visitor.right_to(Power.EXPORT) is Right.TWO,
        is_narrowed=visitor.right_to(Power.BOARD) is Right.OWN,
        has_person=visitor.person_id is not None,
        why=request.form.get("why", ""),
        why_error=why_error,
    )


def _further(filters: Filters, after: str) -> str:
    return f"{url_for('console.calls')}?{urlencode({**filters.address, 'after': after})}"


def _story(app: AppContext, visitor: Visitor, call_id: str) -> Response:
    with app.database.reading() as session:
        call = call_log.with_id(session, call_id)
        sought = _narrowed(visitor, Sought())
        is_theirs = sought and sought.answered_by in (None, call.answered_by if call else None)
        if call is None or not is_theirs:
            abort(404)
        names = _names(session)
        owed = retention.callbacks_of(session, [call.id])
        made = rings.of_call(session, call.id)
        made += [ring for each in owed for ring in rings.of_callback(session, each.id)]
        once = list({ring.id: ring for ring in made}.values())
        material = Material(calls.steps_of(session, [call.id])[call.id], once, names)
        left = voicemails.of_call(session, call.id)
    return show(
        "call.html",
        call=_row(call, names, app.clock()),
        ended_at=call.ended_at,
        is_hidden=not call.visible,
        outcomes=call_story.OUTCOMES,
        events=call_story.of(app, material),
        messages=[url_for("console.message", message_id=each.id) for each in left],
        callbacks=[url_for("console.callback", callback_id=each.id) for each in owed],
        is_coarse=call.started_at < app.clock() - retention_periods.TIMES_KEPT,
    )


def _agreed_records(
    app: AppContext, visitor: Visitor, approval_id: str, form: str
) -> list[exports.Record] | None:
    """The calls of an export that was agreed to; from now on it is spent."""
    now = app.clock()
    with app.database.transaction() as session:
        kind = two_person_rule.CALLS_EXPORT
        facts = two_person_rule.use(session, visitor, approval_id, kind, now)
        if facts is None:
            return None
        found = call_log.every(session, Sought.from_facts(facts["sought"]))
        records = list(exports.call_records(session, found))
        told = {"calls": len(records), "form": form, **facts}
        deed = Deed("calls exported", f"approval {approval_id}", after=told)
        audit.write(session, visitor.user_id, deed, now)
    return records


def _file(records: list[exports.Record], form: str) -> Response:
    if form == "json":
        body, kind = exports.as_json(records), "application/json"
    else:
        body, kind = _BOM + exports.as_csv(exports.CALL_COLUMNS, records), "text/csv"
    answer = Response(body, content_type=f"{kind}; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="calls.{form}"'
    return answer
