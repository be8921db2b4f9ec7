"""Pages: the reports with their tables as files, and the staffing plan."""

from __future__ import annotations

from datetime import date
from functools import partial

from flask import Response, abort, request
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user, i18n
from console.base.i18n import later, say
from console.base.routes import bp, context
from console.reports import charts, log_links, staffing_page, tables
from console.reports.tables import Asked
from console.web.render import show
from routing.reporting.staffing import Shortfall

_SHOWN_AT_ONCE = 12
bp.add_app_template_filter(tables.stretch, "days")


@bp.app_template_filter("shortfall")
def _shortfall_in_words(shortfall: Shortfall) -> str:
    return staffing_page.in_words(context(), shortfall)


@bp.get("/reports")
def reports() -> AnyResponse:
    app = context()
    asked = tables.asked(request.args, _today())
    seen = tables.of(app, asked.period)
    made = tables.tables(app, seen)
    visitor = current_user.current()
    return show(
        "reports/reports.html", 422 if asked.errors else 200, asked=asked, seen=seen, tables=made,
        plots=charts.plots(seen, made), follow_ups=tables.follow_ups(app),
        periods=_periods(), address=_address(asked),
        may_list=visitor.may_open(log_links.LOG),
        in_log=partial(log_links.address, visitor, seen, log_links.kept_since(app)),
    )  # fmt: skip


@bp.get("/reports/<name>.csv")
def report_table(name: str) -> AnyResponse:
    app = context()
    asked = tables.asked(request.args, _today())
    table = tables.tables(app, tables.of(app, asked.period)).get(name)
    if table is None or asked.errors:
        abort(404)
    days = f"{asked.period.first}-{asked.period.last}"
    return Response(
        table.as_csv(),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}-{days}.csv"'},
    )


@bp.get("/staffing")
def staffing() -> AnyResponse:
    app = context()
    wanted = staffing_page.wanted(request.args)
    plan = staffing_page.plan(app, wanted.goal)
    chosen = plan.of(wanted.language)
    codes = [each.language for each in plan.languages]
    return show(
        "reports/staffing.html",
        422 if wanted.errors else 200,
        wanted=wanted,
        plan=plan,
        chosen=chosen,
        chart=charts.week(chosen) if chosen else None,
        first=plan.missing[:_SHOWN_AT_ONCE],
        choices=[(code, i18n.language_name(app, code)) for code in codes],
    )


def _today() -> date:
    app = context()
    return app.clock().astimezone(i18n.zone(app)).date()


def _periods() -> list[tuple[str, str]]:
    whole = [(days, say(later("the last %(days)s days"), days=days)) for days in tables.PERIODS]
    return [*whole, (tables.OWN, say(later("custom range of whole weeks")))]


def _address(asked: Asked) -> dict[str, str]:
    """What a table's file is asked for with."""
    return {"days": asked.days, "from": asked.first, "to": asked.last}
