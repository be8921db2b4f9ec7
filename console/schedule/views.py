"""Pages: the schedule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user
from console.base.routes import bp, context
from console.schedule import change_views, month, queries, shift_views, view, who_views
from console.schedule.days import Days
from console.schedule.forms import KINDS
from console.schedule.lanes import Drawer
from console.schedule.schedule_wording import Teller
from console.schedule.view import BY_NEED
from console.web.render import show
from routing.duty import timeline
from routing.duty.timeline import Cover, Crew, FinalShift, Picture, Stretch
from routing.needs import CODES

__all__ = ["change_views", "shift_views", "who_views"]
_FREE, _MOST_GAPS = 3, 12


@dataclass(frozen=True)
class GapRow:
    """A gap as it stands below the timeline; without a lane it concerns all of them."""

    lane: str | None
    when: str
    lasts: timedelta
    free: tuple[str, ...]
    """Some people of the lane who are off duty then."""
    address: str | None
    is_empty: bool
    """Nobody would answer; else people outside the lane do."""
    more: int = 0
    """How many more gaps the lane has on these days."""


@bp.get("/schedule")
def schedule() -> AnyResponse:
    app = context()
    now, may_edit = app.clock(), current_user.current().may_schedule
    with app.database.reading() as session:
        plan = queries.of(session, app)
        made = queries.recent(session) if may_edit else []
    local = now.astimezone(plan.zone)
    seeing, teller = (
        view.asked(plan, local.date()),
        Teller(app, plan.zone, plan.names),
    )
    days = seeing.days
    seen = timeline.picture(plan.duty, days.start, days.end)
    drawer = Drawer(plan, seeing, teller, now, may_edit)
    return show(
        "schedule/schedule.html",
        view=seeing, teller=teller, may_edit=may_edit, made=made, kinds=KINDS, now=now,
        lanes=() if seeing.is_month else list(drawer.lanes(seen)),
        month=list(month.month(plan, seeing, seen)) if seeing.is_month else (),
        lane_names=seeing.names(plan), now_part=days.part(now),
        is_now=days.start <= now < days.end,
        gaps=list(_gaps(drawer, seen)), on_day=list(_on_day(drawer, seen)),
        odd_days=[(teller.day(at.astimezone(plan.zone)), hours)
                  for at, hours in timeline.odd_days(days.start, days.end, plan.zone)],
        languages_spoken=tuple(app.shipped_prompts.languages), needs=CODES,
        this_moment=local.strftime("%Y-%m-%dT%H:%M"),
    )  # fmt: skip


def _gaps(drawer: Drawer, seen: Picture) -> Iterator[GapRow]:
    """Where nobody would answer; then the first gap of each lane in which others must."""
    nobody: set[tuple[datetime, datetime]] = set()
    later = []
    for code in drawer.view.codes(drawer.plan):
        crew = drawer.view.crew(drawer.plan, code)
        left = [each for each in timeline.strip(seen, crew) if each.end > drawer.now]
        for each in left:
            if each.cover is Cover.NOBODY and (each.start, each.end) not in nobody:
                nobody.add((each.start, each.end))
                if len(nobody) <= _MOST_GAPS:
                    yield _gap_row(drawer, seen, code, crew, [each], is_empty=True)
        if others := [each for each in left if each.cover is Cover.OTHERS]:
            later.append(_gap_row(drawer, seen, code, crew, others, is_empty=False))
    yield from later


def _gap_row(
    drawer: Drawer, seen: Picture, code: str, crew: Crew, gaps: Sequence[Stretch],
    *, is_empty: bool,
) -> GapRow:  # fmt: skip
    first = gaps[0]
    start = max(first.start, drawer.now)
    busy = {turn.person for turn in seen.turns if turn.start < first.end and start < turn.end}
    free = [drawer.teller.name(person) for person in sorted(crew.own) if person not in busy]
    return GapRow(
        None if is_empty and drawer.view.by != BY_NEED else code,
        drawer.teller.brief(start, first.end),
        sum((each.end - max(each.start, drawer.now) for each in gaps), timedelta()),
        tuple(sorted(free)[:_FREE]),
        drawer.filling(code, seen, first),
        is_empty,
        len(gaps) - 1,
    )


def _on_day(drawer: Drawer, seen: Picture) -> Iterator[tuple[str, FinalShift]]:
    """The shifts of the day that a phone shows, with their hours."""
    seeing, plan = drawer.view, drawer.plan
    day, shown = Days(seeing.day, 1, plan.zone), seeing.shown(plan)
    start, end = day.start, day.end
    for turn in seen.turns if not seeing.is_month else ():
        if turn.start < end and start < turn.end and (shown is None or turn.person in shown):
            hours = (at.astimezone(plan.zone) for at in (turn.start, turn.end))
            yield "-".join(f"{each:%H:%M}" for each in hours), turn
