"""From a figure of a report to the list of exactly the calls that it counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import url_for

from console.base import i18n
from console.base.current_user import Visitor
from ivr.core.context import AppContext
from ivr.privacy import retention_periods
from routing import needs
from routing.reporting.reports import Period, Report

LOG = "console.calls"
_ASKED = {"": "all", "partners": "answered"}
"""By table, the callers that its first figure counts."""


def kept_since(app: AppContext) -> date:
    """The first day whose calls the log can still list."""
    now = app.clock().astimezone(i18n.zone(app))
    return (now - retention_periods.CALL_KEPT).date()


def address(
    visitor: Visitor, seen: Report, since: date, table: str = "", key: object = None,
    asked: str | None = None,
) -> str | None:  # fmt: skip
    """Where the calls of a figure are listed; None if they are gone, or not theirs to see."""
    period = key if isinstance(key, Period) else seen.period
    narrowed = _narrowed(table, key)
    if not visitor.may_open(LOG) or period.first < since or narrowed is None:
        return None
    values: dict[str, Any] = {
        "since": period.first.isoformat(), "until": period.last.isoformat(), **narrowed,
        "asked": asked or _ASKED.get(table, "all"),
    }  # fmt: skip
    return url_for(LOG, **values)


def _narrowed(table: str, key: object) -> Mapping[str, str] | None:
    """What the log is asked for beside the days; None where it cannot list the same calls."""
    match table, key:
        case (("" | "days"), _):
            return {}
        case "languages", str(code):
            return {"language": code}
        case "needs", str(code):
            return {"need": code}
        case "needs-detail", str(code) if len(needs.covered_by(code)) == 1:
            return {"need": code}
        case "partners", str(partner) if partner:
            return {"partner": partner}
        case _:
            return None
