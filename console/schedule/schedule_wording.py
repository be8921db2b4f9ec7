"""The schedule in words: requested changes, their effects, and rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from babel import Locale, dates
from babel.lists import format_list

from console.base import i18n
from console.base.i18n import Clock, later, say
from console.schedule.queries import Made, Preview
from ivr.core.context import AppContext
from models.schedule.duty_rules import ScheduleChange
from routing.duty.change_effects import Change, Turn
from routing.duty.change_requests import (
    ChangeRequest,
    EndRule,
    Holiday,
    Move,
    PutOn,
    Span,
    StandIn,
    TakeOff,
    TakeTurns,
    request_from,
)
from routing.duty.rules import Override, Rotation, Rule, Temporary, Weekly, Window
from routing.duty.wall_clock import end_instant, start_instant
from routing.readers.weekdays import WEEKDAYS

_LESS_THAN_A_DAY = timedelta(days=1)
_A_MONDAY = date(2024, 1, 1)
_AGAIN = 2
_TURNS = {
    Turn.OFF: later("%(who)s is off %(when)s."),
    Turn.ON: later("%(who)s is on duty %(when)s."),
    Turn.OPENED: later("%(who)s is uncovered %(when)s."),
    Turn.CLOSED: later("%(who)s is covered %(when)s."),
}
_NOBODY = {
    Turn.OPENED: later("Nobody is on duty %(when)s."),
    Turn.CLOSED: later("Somebody is on duty again %(when)s."),
}


@dataclass(frozen=True)
class Effect:
    """One sentence of a preview."""

    turn: Turn
    words: str


class Teller:
    """Tells of the schedule in the reader's language, on the hotline's clock."""

    def __init__(self, app: AppContext, zone: ZoneInfo, names: Mapping[str, str]) -> None:
        self._app, self._zone, self._names = app, zone, names
        self._locale = Locale.parse(i18n.language())
        self._clock = Clock(zone, self._locale)

    # --- times

    def brief(self, start: datetime, end: datetime) -> str:
        """Fri 27 Nov, 22:00-06:00; with both days when it is longer, or the zone changes."""
        begins, ends = start.astimezone(self._zone), end.astimezone(self._zone)
        same_zone = begins.tzname() == ends.tzname()
        if begins.date() == ends.date() or not same_zone or end - start >= _LESS_THAN_A_DAY:
            return self._clock.stretch(start, end)
        return f"{self.day(begins)}, {begins:%H:%M}-{ends:%H:%M}"

    def day(self, local: date) -> str:
        """Fri 27 Nov."""
        return dates.format_date(local, "EEE d MMM", locale=self._locale)

    def short(self, local: date) -> str:
        """Fri 27."""
        return dates.format_date(local, "EEE d", locale=self._locale)

    def weekday_short(self, local: date) -> str:
        """Fri."""
        return dates.format_date(local, "EEE", locale=self._locale)

    def month(self, local: date) -> str:
        """November 2026."""
        return dates.format_date(local, "LLLL y", locale=self._locale)

    def weekday(self, day: str) -> str:
        """Friday, of `fri`."""
        local = _A_MONDAY + timedelta(days=WEEKDAYS.index(day))
        return dates.format_date(local, "EEEE", locale=self._locale)

    def days(self, days: Iterable[str]) -> str:
        """Monday, Tuesday and Friday; or every day."""
        named = [day for day in WEEKDAYS if day in set(days)]
        if len(named) == len(WEEKDAYS):
            return say("day")
        return format_list([self.weekday(day) for day in named], locale=self._locale)

    def name(self, person: str) -> str:
        """The name of somebody, or that they have left."""
        return self._names.get(person) or say("somebody who has left")

    def all_of(self, people: Iterable[str]) -> str:
        """Their names, as a list."""
        return format_list([self.name(person) for person in people], locale=self._locale)

    def span(self, span: Span) -> str:
        """A span of local times, as `brief` says it."""
        return self.brief(start_instant(span.start, self._zone), end_instant(span.end, self._zone))

    def _hours(self, hours: Weekly | Window) -> str:
        return f"{hours.start:%H:%M}-{hours.end:%H:%M}"

    # --- requested changes

    def change(self, change: ChangeRequest, ended: Sequence[Rule] = ()) -> str:
        """The requested change as one sentence."""
        match change:
            case PutOn(person=person, span=span, days=()):
                return say(
                    "%(who)s is on duty %(when)s.", who=self.name(person), when=self.span(span)
                )
            case PutOn(person=person, span=span, days=days):
                return say(
                    "%(who)s is on duty every %(days)s %(hours)s, from %(day)s on.",
                    who=self.name(person), days=self.days(days), hours=_clock_hours(span),
                    day=self.day(span.start),
                )  # fmt: skip
            case TakeOff(person=person, span=span, every_week=weekly):
                return self._repeated(
                    later("%(who)s is off %(when)s."), weekly, span, who=self.name(person)
                )
            case StandIn(person=person, by=by, span=span, every_week=weekly):
                return self._repeated(
                    later("%(by)s stands in for %(who)s %(when)s."),
                    weekly, span, by=self.name(by), who=self.name(person),
                )  # fmt: skip
            case Move(person=person, was=was, span=span):
                return say(
                    "%(who)s is on duty %(when)s instead of %(before)s.",
                    who=self.name(person), when=self.span(span), before=self.span(was),
                )  # fmt: skip
            case TakeTurns():
                return self._taking_turns(change)
            case Holiday(span=span, people=()):
                return say("Holiday: everyone is off %(when)s.", when=self.span(span))
            case Holiday(span=span, people=people):
                return say(
                    "Holiday: only %(who)s on duty %(when)s.",
                    who=self.all_of(people), when=self.span(span),
                )  # fmt: skip
            case EndRule(at=at):
                rule = self.rule(ended[0]) if ended else say("a rule")
                when = self._clock.at(start_instant(at, self._zone))
                return say("This ends on %(when)s: %(rule)s", when=when, rule=rule)
            case _:
                assert_never(change)

    def made(self, made: Made) -> str:
        """What a change in the list was about."""
        if made.undone is not None:
            return say("Undone: %(what)s", what=self._of_row(made.undone, ()))
        return self._of_row(made.row, made.rules)

    def _of_row(self, row: ScheduleChange, ended: Sequence[Rule]) -> str:
        if not row.wish:
            return say("an undo, number %(number)s", number=row.undoes)
        return self.change(request_from(row.wish), ended)

    def _repeated(self, sentence: str, weekly: bool, span: Span, **names: str) -> str:
        when = self.span(span)
        if weekly:
            day, hours = self.weekday(WEEKDAYS[span.start.weekday()]), _clock_hours(span)
            when = self._every(day, hours, self.day(span.start))
        return say(sentence, when=when, **names)

    def _every(self, days: str, hours: str, first: str) -> str:
        return say("every %(days)s %(hours)s, from %(day)s on", days=days, hours=hours, day=first)

    def _taking_turns(self, change: TakeTurns) -> str:
        return say(
            "%(who)s take turns, %(turn)s, every %(days)s %(hours)s, from %(day)s on.",
            who=self.all_of(change.people), turn=_turn(change.handoff, change.turn_length),
            days=self.days(change.days), hours=_clock_hours(change.span),
            day=self.day(change.span.start),
        )  # fmt: skip

    # --- effects

    def effects(self, preview: Preview) -> list[Effect]:
        """What a change does, a sentence each; what repeats each week is said once."""
        shown = list(_without_the_obvious(preview.changes))
        endless = preview.edit.ends is None
        repeated: dict[tuple[object, ...], list[Change]] = {}
        for change in shown:
            repeated.setdefault(self._pattern(change), []).append(change)
        told: set[Change] = set()
        found: list[tuple[datetime, Effect]] = []
        for group in self._weekly_groups(repeated) if endless else []:
            told.update(group)
            found.append((group[0].start, self._effect(group[0], self._every_week(group))))
        for change in shown:
            if change not in told:
                when = self._when(change, preview.until if endless else None)
                found.append((change.start, self._effect(change, when)))
        order = list(Turn)
        found.sort(key=lambda each: (order.index(each[1].turn) > 1, each[0]))
        return [effect for _, effect in found]

    def _pattern(self, change: Change) -> tuple[object, ...]:
        begins, ends = (end.astimezone(self._zone) for end in (change.start, change.end))
        hours = (begins.time(), ends.time(), (ends.date() - begins.date()).days)
        return (change.turn, change.about, *hours)

    def _weekly_groups(
        self, repeated: Mapping[tuple[object, ...], list[Change]]
    ) -> Iterator[list[Change]]:
        """Changes at the same hours, of those weekdays on which they come again."""
        for group in repeated.values():
            of_day: dict[int, list[Change]] = {}
            for change in group:
                of_day.setdefault(change.start.astimezone(self._zone).weekday(), []).append(change)
            again = [one for same in of_day.values() if len(same) >= _AGAIN for one in same]
            if again:
                yield sorted(again, key=lambda change: change.start)

    def _every_week(self, group: Sequence[Change]) -> str:
        first = group[0]
        begins, ends = (end.astimezone(self._zone) for end in (first.start, first.end))
        days = {WEEKDAYS[each.start.astimezone(self._zone).weekday()] for each in group}
        return self._every(self.days(days), f"{begins:%H:%M}-{ends:%H:%M}", self.day(begins))

    def _when(self, change: Change, horizon: datetime | None) -> str:
        if horizon is not None and change.end >= horizon:
            return say("from %(when)s on", when=self._clock.at(change.start))
        return self.brief(change.start, change.end)

    def _effect(self, change: Change, when: str) -> Effect:
        if change.about is None:
            return Effect(change.turn, say(_NOBODY[change.turn], when=when))
        is_language = change.turn in (Turn.OPENED, Turn.CLOSED)
        who = (
            i18n.language_name(self._app, change.about) if is_language else self.name(change.about)
        )
        return Effect(change.turn, say(_TURNS[change.turn], who=who, when=when))

    # --- rules

    def rule(self, rule: Rule) -> str:
        """What a rule says, as one sentence."""
        match rule:
            case Weekly():
                told = say(
                    "%(who)s, every %(days)s %(hours)s",
                    who=self.name(rule.person), days=self.days(rule.days), hours=self._hours(rule),
                )  # fmt: skip
                return f"{told}{self._life(rule)}."
            case Rotation():
                turn = _turn(rule.handoff, rule.shift_length)
                told = say("%(who)s in rotation, %(turn)s", who=self.all_of(rule.people), turn=turn)
                hours = "; ".join(f"{self.days(w.days)} {self._hours(w)}" for w in rule.during)
                return f"{told}{', ' if hours else ''}{hours}{self._life(rule)}."
            case Override():
                return self._override(rule, self.brief(rule.start, rule.end))
            case Temporary():
                when = self.brief(rule.start, rule.end)
                who = dict.fromkeys(shift.person for shift in rule.shifts)
                if not who:
                    return say("Holiday: everyone is off %(when)s.", when=when)
                return say(
                    "Holiday: only %(who)s on duty %(when)s.", who=self.all_of(who), when=when
                )
            case _:
                assert_never(rule)

    def _override(self, rule: Override, when: str) -> str:
        if rule.remove is not None:
            return say("%(who)s is off %(when)s.", who=self.name(rule.remove), when=when)
        if rule.replace is not None:
            return say(
                "%(by)s stands in for %(who)s %(when)s.",
                by=self.name(rule.person or ""), who=self.name(rule.replace), when=when,
            )  # fmt: skip
        return say("%(who)s is on duty %(when)s.", who=self.name(rule.person or ""), when=when)

    def _life(self, rule: Weekly | Rotation) -> str:
        found = ""
        if rule.since:
            found += say(", from %(when)s", when=self._clock.at(rule.since))
        if rule.until:
            found += say(", until %(when)s", when=self._clock.at(rule.until))
        return found


def _clock_hours(span: Span) -> str:
    return f"{span.start:%H:%M}-{span.end:%H:%M}"


def _turn(handoff: str, length: int) -> str:
    match handoff:
        case "hourly":
            return say("%(number)s hours each", number=length)
        case "daily":
            return (
                say("one day each") if length == 1 else say("%(number)s days each", number=length)
            )
        case _:
            return (
                say("one week each") if length == 1 else say("%(number)s weeks each", number=length)
            )


def _without_the_obvious(changes: Sequence[Change]) -> Iterator[Change]:
    """Where nobody at all is on duty, each language need not be named."""
    nobody = [each for each in changes if each.about is None]
    for change in changes:
        if change.about is None or not any(
            one.turn is change.turn and one.start <= change.start and change.end <= one.end
            for one in nobody
        ):
            yield change
