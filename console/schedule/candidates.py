"""The people that a form about the schedule offers, the most suitable first."""

from __future__ import annotations

from console.base import i18n
from console.schedule.queries import Plan
from ivr.core.context import AppContext
from routing.duty import timeline
from routing.needs import CODES


def ranked(app: AppContext, plan: Plan, lane: str) -> list[tuple[str, str]]:
    """Everybody to choose from, those who serve the lane first, with what they speak."""
    belongs = timeline.takes if lane in CODES else timeline.speaks
    ranked = sorted(
        plan.responders,
        key=lambda one: (bool(lane) and not belongs(one, lane), one.tier, plan.names[one.id]),
    )
    spoken = {one.id: [i18n.language_name(app, code) for code in one.languages] for one in ranked}
    return [(one.id, f"{plan.names[one.id]} ({', '.join(spoken[one.id])})") for one in ranked]
