"""The schedule as it is drawn and listed: lanes of shifts and holes over some days."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import url_for

from console.base import i18n
from console.base.i18n import say
from console.schedule.forms import OFF, SHIFT
from console.schedule.queries import Plan, Preview
from console.schedule.schedule_wording import Teller
from ivr.core.context import AppContext
from routing.duty.change_effects import Change, Turn
from routing.duty.duty import Duty, shifts
from routing.duty.rules import Shift
from routing.duty.timeline import Belongs, Lane, drawn, lanes, speaks
from routing.duty.wall_clock import start_instant, wall

_GHOSTS = {Turn.OFF: "off", Turn.ON: "on", Turn.OPENED: "opened", Turn.CLOSED: "closed"}
_MINUTE = timedelta(minutes=1)
_WEEK = 7


@dataclass(frozen=True)
class Days:
    """Some whole days on the hotline's clock."""

    first: date
    count: int
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        """Midnight before the first of them."""
        return start_instant(datetime.combine(self.first, time.min), self.zone)

    @property
    def end(self) -> datetime:
        """Midnight after the last of them."""
        after = self.first + timedelta(days=self.count)
        return start_instant(datetime.combine(after, time.min), self.zone)

    def moved(self, days: int) -> date:
        """The first day of those as many days later."""
        return self.first + timedelta(days=days)


@dataclass(frozen=True)
class Entry:
    """A line of the list: somebody's shift, or a hole that can be filled."""

    when: str
    who: str
    address: str | None
    is_hole: bool


@dataclass(frozen=True)
class Bar:
    """A piece of the coverage strip, in minutes from its beginning."""

    x: int
    width: int
    people: int
    label: str
    address: str | None


@dataclass(frozen=True)
class Row:
    """A lane with its strip and its list."""

    code: str
    name: str
    bars: tuple[Bar, ...]
    entries: tuple[Entry, ...]
    holes: int
    empty: timedelta
    """How long nobody is there, all together."""


def lanes_of(
    plan: Plan, duty: Duty, days: Days, codes: Iterable[str], belongs: Belongs
) -> list[Lane]:
    """The lanes of these days."""
    found = shifts(duty, days.start, days.end)
    return lanes(found, plan.responders, codes, belongs, days.start, days.end)


def row(lane: Lane, name: str, days: Days, teller: Teller, now: datetime, *, may_edit: bool) -> Row:
    """A lane as it stands on the page; a hole that is over cannot be filled."""

    def filling(start: datetime, end: datetime) -> str | None:
        return address_to_fill(start, end, lane.code, days.zone, now) if may_edit else None

    entries = [
        (s.start, Entry(teller.brief(s.start, s.end), teller.name(s.person), None, False))
        for s in lane.shifts
    ] + [
        (h.start, Entry(teller.brief(h.start, h.end), say("Nobody"), filling(h.start, h.end), True))
        for h in lane.holes
    ]
    return Row(
        lane.code,
        name,
        tuple(_bars(lane, days, teller, filling)),
        tuple(entry for _, entry in sorted(entries, key=lambda each: each[0])),
        len(lane.holes),
        sum((hole.end - hole.start for hole in lane.holes), timedelta()),
    )


def _bars(
    lane: Lane,
    days: Days,
    teller: Teller,
    filling: Callable[[datetime, datetime], str | None],
) -> Iterator[Bar]:
    for cover in lane.strip:
        x, end = ((at - days.start) // _MINUTE for at in (cover.start, cover.end))
        when = teller.brief(cover.start, cover.end)
        is_hole = cover.people == 0
        who = say("Nobody") if is_hole else str(cover.people)
        address = filling(cover.start, cover.end) if is_hole else None
        yield Bar(x, end - x, cover.people, f"{when}: {who}", address)


def address_to_fill(
    start: datetime, end: datetime, lane: str, zone: ZoneInfo, now: datetime
) -> str | None:
    """The form that puts somebody into what is left of a hole, a day of it at most."""
    start = max(start, now.replace(second=0, microsecond=0))
    if end <= start:
        return None
    begins, ends = wall(start, zone), wall(end, zone)
    return url_for(
        "console.schedule_change", kind=SHIFT, lane=lane,
        begins=_typed(begins), ends=_typed(min(ends, begins + timedelta(days=1))),
    )  # fmt: skip


def drawing(
    rows: Sequence[Lane], names: dict[str, str], plan: Plan, days: Days, teller: Teller,
    now: datetime, *, may_edit: bool,
) -> dict[str, object]:  # fmt: skip
    """What the calendar component draws, in times without a zone: those on the hotline's clock."""
    events = []
    for lane in rows:
        events += [_shift_drawn(lane.code, s, plan, teller, now, may_edit) for s in lane.shifts]
        for hole in lane.holes:
            address = address_to_fill(hole.start, hole.end, lane.code, plan.zone, now)
            event = _event(lane.code, "hole", hole.start, hole.end, say("Nobody"), plan, teller)
            events.append({**event, "url": address if may_edit else None})
    return _drawn(names, events, days, now, may_edit)


def ghost(
    preview: Preview, rows: Sequence[Lane], names: dict[str, str], plan: Plan, days: Days,
    teller: Teller, now: datetime,
) -> dict[str, object]:  # fmt: skip
    """The same with what a change takes away and what it brings."""
    known = {person.id: person for person in plan.responders}
    events = []
    for lane in rows:
        for shift in lane.shifts:
            for piece in _unchanged(shift, preview.changes):
                events.append(_shift_drawn(lane.code, piece, plan, teller, now, False))
        for change in preview.changes:
            person = known.get(change.about or "")
            here = change.about == lane.code or (person and person.speaks(lane.code))
            if here and change.start < days.end:
                events.append(_ghost(lane.code, change, plan, teller))
    return _drawn(names, events, days, now, False)


def _ghost(lane: str, change: Change, plan: Plan, teller: Teller) -> dict[str, object]:
    match change.turn:
        case Turn.OFF:
            title = f"− {teller.name(change.about or '')}"
        case Turn.ON:
            title = f"+ {teller.name(change.about or '')}"
        case Turn.OPENED:
            title = say("Nobody")
        case _:
            title = say("Covered")
    return _event(lane, _GHOSTS[change.turn], change.start, change.end, title, plan, teller)


def _unchanged(shift: Shift, changes: Sequence[Change]) -> Iterator[Shift]:
    """The pieces of a shift that were there before."""
    start = shift.start
    for new in changes:
        if new.turn is Turn.ON and new.about == shift.person and new.end > start:
            if start < new.start < shift.end:
                yield Shift(shift.person, start, new.start)
            start = max(start, new.end) if new.start < shift.end else start
    if start < shift.end:
        yield Shift(shift.person, start, shift.end)


def _shift_drawn(
    lane: str, shift: Shift, plan: Plan, teller: Teller, now: datetime, may_edit: bool
) -> dict[str, object]:
    title = teller.name(shift.person)
    event = _event(lane, "shift", shift.start, shift.end, title, plan, teller)
    begins, ends = wall(max(shift.start, now), plan.zone), wall(shift.end, plan.zone)
    address = url_for(
        "console.schedule_change", kind=OFF, person=shift.person,
        begins=_typed(begins), ends=_typed(ends),
    )  # fmt: skip
    return {**event, "url": address if may_edit and shift.end > now else None}


def _event(
    lane: str, kind: str, start: datetime, end: datetime, title: str, plan: Plan, teller: Teller
) -> dict[str, object]:
    begins, ends = drawn(start, end, plan.zone)
    return {
        "lane": lane, "kind": kind, "title": title, "start": begins.isoformat(" "),
        "end": ends.isoformat(" "), "label": f"{title}, {teller.brief(start, end)}",
    }  # fmt: skip


def _drawn(
    names: dict[str, str], events: list[dict[str, object]], days: Days, now: datetime,
    may_edit: bool,
) -> dict[str, object]:  # fmt: skip
    return {
        "first": days.first.isoformat(),
        "days": days.count,
        "now": wall(now, days.zone).isoformat(" ", "minutes"),
        "lanes": [{"id": code, "title": name} for code, name in names.items()],
        "events": events,
        "change": url_for("console.schedule_change", kind=SHIFT) if may_edit else None,
    }


def _typed(local: datetime) -> str:
    return local.strftime("%Y-%m-%dT%H:%M")


def change_drawn(
    app: AppContext, plan: Plan, preview: Preview, teller: Teller
) -> dict[str, object]:
    """The days around the beginning of a change, for the languages it touches."""
    first = wall(preview.edit.begins, plan.zone).date()
    days = Days(first, _WEEK, plan.zone)
    touched = {change.about for change in preview.changes}
    speakers = [person for person in plan.responders if person.id in touched]
    codes = [
        code
        for code in app.shipped_prompts.languages
        if code in touched or any(person.speaks(code) for person in speakers)
    ]
    lanes = lanes_of(plan, preview.duty, days, codes, speaks)
    names = {code: i18n.language_name(app, code) for code in codes}
    return ghost(preview, lanes, names, plan, days, teller, app.clock())
