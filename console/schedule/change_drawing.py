"""The preview of a change on the timeline: the lanes that it touches, with ghosts."""

from __future__ import annotations

from dataclasses import dataclass

from console.base.routes import context
from console.schedule import view
from console.schedule.days import WEEK, Days, monday_of
from console.schedule.lanes import Drawer, LaneRow
from console.schedule.queries import Plan, Preview
from console.schedule.schedule_wording import Teller
from console.schedule.view import View
from routing.duty import timeline
from routing.duty.wall_clock import wall


@dataclass(frozen=True)
class Drawing:
    """A week of the lanes that a change touches."""

    view: View
    lanes: tuple[LaneRow, ...]
    now_part: int
    is_now: bool


def drawn(plan: Plan, preview: Preview, teller: Teller) -> Drawing:
    """The week in which a change begins."""
    app = context()
    now = app.clock()
    begins = wall(preview.edit.begins, plan.zone).date()
    days = Days(monday_of(begins), WEEK, plan.zone)
    touched = {change.about for change in preview.changes}
    speakers = [person for person in plan.responders if person.id in touched]
    codes = [
        code
        for code in app.shipped_prompts.languages
        if code in touched or any(person.speaks(code) for person in speakers)
    ]
    seeing = view.alone(days, codes, begins)
    drawer = Drawer(plan, seeing, teller, now, may_edit=False)
    seen = timeline.picture(preview.duty, days.start, days.end)
    changes = [each for each in preview.changes if each.start < days.end and days.start < each.end]
    lanes = tuple(
        drawer.lane(
            code, seen, timeline.strip(seen, seeing.crew(plan, code)), seeing.members(plan, code),
            changes,
        )
        for code in codes
    )  # fmt: skip
    return Drawing(seeing, lanes, days.part(now), days.start <= now < days.end)
