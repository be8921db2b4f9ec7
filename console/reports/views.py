"""Pages: the reports with their tables as files, and the staffing plan."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, abort, request
from werkzeug.wrappers import Response as AnyResponse

from console.base import i18n
from console.base.i18n import later, say
from console.reports import charts, staffing_page, tables
from console.reports.tables import Asked
from console.web.render import show
from ivr.core.context import AppContext
from models.core import csv_safety
from routing.reporting.tally import Unmet

_SHOWN_AT_ONCE = 12


def add(console: Blueprint, app: AppContext) -> None:
    """Add these pages to the console."""
    console.add_app_template_filter(tables.stretch, "days")
    console.add_app_template_filter(lambda each: staffing_page.in_words(app, each), "shortfall")

    @console.get("/reports", endpoint="reports")
    def reports_page() -> AnyResponse:
        asked = tables.asked(request.args, _today(app))
        seen = tables.of(app, asked.period)
        made = tables.tables(app, seen)
        return show(
            "reports.html", 422 if asked.errors else 200, asked=asked, seen=seen, tables=made,
            plots=charts.plots(seen, made), labels=charts.labels(seen),
            periods=_periods(), address=_address(asked),
            kinds=[(charts.kind_of(lack), say(tables.UNMET[lack])) for lack in Unmet],
        )  # fmt: skip

    @console.get("/reports/<name>.csv")
    def report_table(name: str) -> AnyResponse:
        asked = tables.asked(request.args, _today(app))
        table = tables.tables(app, tables.of(app, asked.period)).get(name)
        if table is None or asked.errors:
            abort(404)
        days = f"{asked.period.first}-{asked.period.last}"
        return Response(
            csv_safety.as_csv(table.columns, table.rows),
            mimetype="text/csv",
            headers={"Content-Disposition": f'attachment; filename="{name}-{days}.csv"'},
        )

    @console.get("/staffing")
    def staffing() -> AnyResponse:
        wanted = staffing_page.wanted(request.args)
        plan = staffing_page.plan(app, wanted.goal)
        chosen = plan.of(wanted.language)
        codes = [each.language for each in plan.languages]
        return show(
            "staffing.html",
            422 if wanted.errors else 200,
            wanted=wanted,
            plan=plan,
            chosen=chosen,
            chart=charts.week(chosen) if chosen else None,
            days=tables.weekdays(),
            tips=charts.week_tips(chosen) if chosen else [],
            first=plan.missing[:_SHOWN_AT_ONCE],
            choices=[(code, i18n.language_name(app, code)) for code in codes],
        )


def _today(app: AppContext) -> date:
    return app.clock().astimezone(i18n.zone(app)).date()


def _periods() -> list[tuple[str, str]]:
    whole = [(days, say(later("the last %(days)s days"), days=days)) for days in tables.PERIODS]
    return [*whole, (tables.OWN, say(later("whole weeks of my own")))]


def _address(asked: Asked) -> dict[str, str]:
    """What a table's file is asked for with."""
    return {"days": asked.days, "from": asked.first, "to": asked.last}
