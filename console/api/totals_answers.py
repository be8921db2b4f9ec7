"""What the API answers about whole days: the figures of the reports, with small ones hidden."""

from __future__ import annotations

from console.api.api_models import Figures, Totals, TotalsQuery
from console.base import i18n
from console.reports import tables
from ivr.core.context import AppContext
from routing.duty.wall_clock import wall
from routing.reporting.reports import Row


def totals(app: AppContext, asked: TotalsQuery) -> Totals:
    """The figures of a report."""
    today = wall(app.clock(), i18n.zone(app)).date()
    period = tables.asked({"days": asked.days}, today).period
    report = tables.of(app, period)
    return Totals(
        first=period.first, last=period.last, whole=_figures(report.whole),
        by_language=[_figures(each) for each in report.by_language],
        by_need=[_figures(each) for each in report.by_need],
    )  # fmt: skip


def _figures(row: Row[str]) -> Figures:
    return Figures(
        key=row.key, asked=row.asked, answered=row.answered, deferred=row.deferred, left=row.left,
        median_wait_seconds=row.median, p90_wait_seconds=row.p90,
    )  # fmt: skip
