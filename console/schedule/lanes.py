"""The timeline: a lane for each language or need, its strip of cover, and its people when open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for

from console.base import faces
from console.base.i18n import say
from console.schedule.days import WEEK, Days
from console.schedule.forms import SHIFT
from console.schedule.queries import Plan
from console.schedule.schedule_wording import Teller
from console.schedule.view import View
from routing.duty import timeline
from routing.duty.change_effects import Change, Turn
from routing.duty.rules import Override, Rule, Shift, Temporary, people_in
from routing.duty.timeline import Cover, FinalShift, Picture, Stretch
from routing.duty.wall_clock import wall

_SHORT, _LONG = timedelta(hours=9), timedelta(hours=17)
"""Below the first a bar of a week shows initials, from the second on the whole name."""
_MOST_ROWS = 60
_GHOSTS = {Turn.OFF: "gone", Turn.ON: "ghost"}


@dataclass(frozen=True)
class Piece:
    """Something that stands in a lane; `classes` say what it is and where."""

    classes: str
    text: str = ""
    label: str = ""
    address: str = ""
    was: str = ""
    """Begin and end as local times, of a shift that can be dragged."""


@dataclass(frozen=True)
class Track:
    """A row of a lane."""

    pieces: tuple[Piece, ...]
    rows: int = 1
    label: str = ""


@dataclass(frozen=True)
class LaneRow:
    """A lane as it stands on the page."""

    code: str
    toggle: str
    is_open: bool
    told: str
    """How its callers are answered, in words."""
    main: Track
    below: tuple[Track, ...] = ()


@dataclass(frozen=True)
class Drawer:
    """Draws what one visitor sees of a plan."""

    plan: Plan
    view: View
    teller: Teller
    now: datetime
    may_edit: bool

    @property
    def days(self) -> Days:
        """The days that are drawn."""
        return self.view.days

    def lanes(self, seen: Picture) -> Iterator[LaneRow]:
        """All lanes of the view; with a filter for gaps, those that have one."""
        shown = self.view.shown(self.plan)
        for code in self.view.codes(self.plan):
            members = self.view.members(self.plan, code)
            if shown is not None and self.view.who and members.isdisjoint(shown):
                continue
            strip = timeline.strip(seen, self.view.crew(self.plan, code))
            if self.view.only_gaps and not any(_is_gap(each) for each in strip):
                continue
            wanted = members if shown is None else members & set(shown)
            yield self.lane(code, seen, strip, wanted)

    def lane(
        self,
        code: str,
        seen: Picture,
        strip: Sequence[Stretch],
        people: Collection[str],
        changes: Sequence[Change] = (),
    ) -> LaneRow:
        """One lane; the changes are shown as ghosts."""
        is_open = code in self.view.opened or bool(self.view.who)
        turns = [turn for turn in seen.turns if turn.person in people]
        told = self._told(strip)
        if not is_open or self.view.only_gaps:
            main = Track(tuple(self._cover(code, seen, strip)))
            return LaneRow(code, self.view.toggled(code), False, told, main)
        gaps = [each for each in strip if _is_gap(each)]
        bars, rows = self._bars(turns)
        ghosts, rows = self._ghosts([each for each in changes if each.about in people], rows)
        main = Track((*self._cover(code, seen, gaps), *bars, *ghosts), rows)
        below = tuple(self._layers(seen, people)) if self.view.layers else ()
        return LaneRow(code, self.view.toggled(code), True, told, main, below)

    # --- the strip

    def _cover(self, code: str, seen: Picture, strip: Iterable[Stretch]) -> Iterator[Piece]:
        for each in strip:
            place = self.days.place(each.start, each.end)
            match each.cover:
                case Cover.NOBODY:
                    yield self._gap(code, seen, each, f"gap {place}", say("Nobody would answer"))
                case Cover.OTHERS:
                    yield self._gap(code, seen, each, f"cov interp {place}", self._others())
                case Cover.ONE if not self.view.only_gaps:
                    yield Piece(f"cov {place}")
                case Cover.MORE if not self.view.only_gaps:
                    yield Piece(f"cov two {place}")

    def _gap(self, code: str, seen: Picture, gap: Stretch, classes: str, words: str) -> Piece:
        hours = round((gap.end - gap.start) / timedelta(hours=1))
        fits = gap.cover is Cover.NOBODY and gap.end - gap.start >= self._scaled(_SHORT) / 2
        short = say("%(hours)s h", hours=hours) if fits else ""
        return Piece(
            classes,
            short,
            _with_what_is_seen(f"{words}, {self.teller.brief(gap.start, gap.end)}", short),
            self.filling(code, seen, gap) or "",
        )

    def filling(self, code: str, seen: Picture, gap: Stretch) -> str | None:
        """The form that puts somebody into a gap, for those who may; what is over stays."""
        if not self.may_edit or gap.end <= self.now:
            return None
        begins, ends = timeline.proposal(seen, gap.start, gap.end, self.now, self.plan.zone)
        return url_for(
            "console.schedule_change", kind=SHIFT, lane=code, begins=typed(begins), ends=typed(ends)
        )

    def _others(self) -> str:
        is_language = self.view.by == "language" and not self.view.need
        return say("An interpreter must join") if is_language else say("Somebody else must answer")

    def _told(self, strip: Sequence[Stretch]) -> str:
        nobody = sum(each.cover is Cover.NOBODY for each in strip)
        others = sum((e.end - e.start for e in strip if e.cover is Cover.OTHERS), timedelta())
        told = []
        if nobody:
            told.append(say("nobody would answer: %(number)s times", number=nobody))
        if others:
            hours = round(others / timedelta(hours=1))
            told.append(f"{self._others()}: {say('%(hours)s h', hours=hours)}")
        return "; ".join(told) or say("covered")

    # --- the people

    def _bars(self, turns: Sequence[FinalShift]) -> tuple[list[Piece], int]:
        found = [
            self._bar(turn, row, turn.instead_of)
            for row, turn in timeline.rows(turns)
            if isinstance(turn, FinalShift)
        ]
        return found, _rows_of(turns)

    def _bar(
        self, turn: FinalShift | Shift, row: int, instead_of: str | None, more: str = ""
    ) -> Piece:
        name, when = self.teller.name(turn.person), self.teller.brief(turn.start, turn.end)
        label = f"{name}, {when}"
        if instead_of:
            other = self.teller.name(instead_of)
            label = say("%(by)s stands in for %(who)s %(when)s.", by=name, who=other, when=when)
        is_over = turn.end <= self.now
        looks = [f"bar p{faces.hue(name)}", self.days.place(turn.start, turn.end), _row(row), more]
        looks += ["stand"] if instead_of else []
        looks += ["old"] if is_over else []
        short = self._short(name, turn.end - turn.start)
        return Piece(
            " ".join(filter(None, looks)),
            short,
            _with_what_is_seen(label, short),
            self._card(turn),
            "" if is_over or not self.may_edit else self._was(turn),
        )

    def _ghosts(self, changes: Sequence[Change], rows: int) -> tuple[list[Piece], int]:
        """What a change brings, and below all others what it takes away."""
        found = []
        for change in changes:
            if change.turn in _GHOSTS and change.about:
                turn = FinalShift(change.about, change.start, change.end)
                bar = self._bar(turn, rows, None, _GHOSTS[change.turn])
                label = _with_what_is_seen(self._ghost_label(change), bar.text)
                found.append(Piece(bar.classes, bar.text, label))
        return found, rows + bool(found)

    def _ghost_label(self, change: Change) -> str:
        who, when = (
            self.teller.name(change.about or ""),
            self.teller.brief(change.start, change.end),
        )
        return f"{say('removed') if change.turn is Turn.OFF else say('new')}: {who}, {when}"

    def _layers(self, seen: Picture, people: Collection[str]) -> Iterator[Track]:
        """What the people come from, where it is more than the regular rules."""
        touching = (rule for rule in seen.exceptions if _touches(rule, people))
        exceptions = sorted(touching, key=lambda rule: max(rule.start, seen.start))
        if exceptions:
            placed = list(timeline.rows([self._span(rule) for rule in exceptions]))
            pieces = [
                self._exception(rule, turn, row)
                for rule, (row, turn) in zip(exceptions, placed, strict=True)
            ]
            rows = max(row for row, _ in placed) + 1
            yield Track(tuple(pieces), rows, say("Stand-ins and exceptions"))
        regular = [shift for shift in seen.regular if shift.person in people]
        if exceptions and regular:
            bars = [self._bar(shift, row, None) for row, shift in timeline.rows(regular)]
            yield Track(tuple(bars), _rows_of(regular), say("Rotation and weekly"))

    def _span(self, rule: Override | Temporary) -> Shift:
        person = next(people_in(rule), "") if isinstance(rule, Override) else ""
        if isinstance(rule, Override) and rule.person:
            person = rule.person
        return Shift(person, max(rule.start, self.days.start), min(rule.end, self.days.end))

    def _exception(self, rule: Override | Temporary, span: FinalShift | Shift, row: int) -> Piece:
        match rule:
            case Temporary():
                where = f"bar gone {self.days.place(span.start, span.end)} {_row(row)}"
                return Piece(where, say("Holiday"), self.teller.rule(rule))
            case Override(person=None):
                bar = self._bar(span, row, None, "gone")
            case Override():
                bar = self._bar(span, row, rule.replace)
        label = _with_what_is_seen(self.teller.rule(rule), bar.text)
        return Piece(bar.classes, bar.text, label, bar.address)

    def _card(self, turn: FinalShift | Shift) -> str:
        if not self.may_edit:
            return ""
        middle = wall(turn.start + (turn.end - turn.start) / 2, self.plan.zone)
        return url_for("console.schedule_shift", person=turn.person, at=typed(middle))

    def _was(self, turn: FinalShift | Shift) -> str:
        """Nothing for a shift that goes on beyond the days that are shown."""
        if turn.start <= self.days.start or turn.end >= self.days.end:
            return ""
        return "/".join(typed(wall(end, self.plan.zone)) for end in (turn.start, turn.end))

    def _short(self, name: str, lasts: timedelta) -> str:
        if lasts < self._scaled(_SHORT):
            return faces.initials(name)
        return name if lasts >= self._scaled(_LONG) else name.split(" ")[0]

    def _scaled(self, length: timedelta) -> timedelta:
        return length * (self.days.count / WEEK)


def typed(local: datetime) -> str:
    """A local time as an address names it."""
    return local.strftime("%Y-%m-%dT%H:%M")


def _with_what_is_seen(label: str, short: str) -> str:
    """A label that holds the words in the piece, so that a voice command finds it by them."""
    return label if short in label else f"{short}, {label}"


def _is_gap(each: Stretch) -> bool:
    return each.cover in (Cover.NOBODY, Cover.OTHERS)


def _touches(rule: Rule, people: Collection[str]) -> bool:
    return isinstance(rule, Temporary) or any(person in people for person in people_in(rule))


def _rows_of(turns: Sequence[FinalShift | Shift]) -> int:
    return max((row for row, _ in timeline.rows(turns)), default=0) + 1


def _row(row: int) -> str:
    return f"r{min(row, _MOST_ROWS)}" if row else ""
