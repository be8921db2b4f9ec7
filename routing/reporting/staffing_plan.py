"""The staffing plan: how many people measurements require, and who is on duty by the rules."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from routing.duty.duty import Duty, shifts
from routing.person import COORDINATOR, Responder
from routing.reporting.reports import Period
from routing.reporting.staffing import Goal, RingTimes, Slot, needed
from routing.reporting.suppression import FEWEST
from routing.reporting.tally import TALK_SECONDS, TALKS, Cut, Fact

_HOUR, _WEEK = timedelta(hours=1), timedelta(days=7)
_USUAL_TALK_SECONDS = 480.0
"""Eight minutes, used until a talk is measured."""


@dataclass(frozen=True)
class Measured:
    """The measured calls of one language in a period."""

    calls: Mapping[Slot, float]
    """The average number of calls per hour; hours with fewer than five calls are left out."""
    sample: int
    """The total number of calls measured."""
    talk_seconds: float
    """The average time that a call takes a responder, in seconds."""

    def needed(self, goal: Goal, rings: RingTimes) -> dict[Slot, int]:
        """The responders that meet the goal, for each hour of the week."""
        by_calls = {
            calls: needed(calls, self.talk_seconds, goal, rings)
            for calls in set(self.calls.values())
        }
        return {slot: by_calls[calls] for slot, calls in self.calls.items()}


def measured(
    counts: Mapping[Fact, int], period: Period, language: str, rest: timedelta
) -> Measured:
    """The measurements of one language; `rest` is added to each talk."""
    weekdays = Counter((period.first + timedelta(days=day)).weekday() for day in range(period.days))
    came: Counter[Slot] = Counter()
    for fact, count in counts.items():
        spoken, _, hour = fact.value.partition(" ")
        if fact.cut is Cut.LANGUAGE_HOUR and spoken == language:
            came[Slot(fact.day.weekday(), int(hour))] += count
    return Measured(
        calls={
            slot: count / weekdays[slot.weekday] for slot, count in came.items() if count >= FEWEST
        },
        sample=sum(came.values()),
        talk_seconds=_talk_seconds(counts, language) + rest.total_seconds(),
    )


def _talk_seconds(counts: Mapping[Fact, int], language: str) -> float:
    """The mean talk time of a language, or of all languages if too few talks were measured."""
    for cut, value in ((Cut.LANGUAGE, language), (Cut.ALL, "")):
        sums: Counter[str] = Counter()
        for fact, count in counts.items():
            if fact.cut is cut and fact.value == value:
                sums[fact.what] += count
        if sums[TALKS] >= FEWEST:
            return sums[TALK_SECONDS] / sums[TALKS]
    return _USUAL_TALK_SECONDS


@dataclass(frozen=True)
class Presence:
    """Who is on duty in the coming week: for each hour, the people at each change."""

    hours: Mapping[Slot, tuple[frozenset[str], ...]]

    def speaking(self, language: str, people: Iterable[Responder]) -> dict[Slot, int]:
        """The smallest number of speakers of a language in each hour.

        Coordinators are only a reserve, and interpreters only join: neither counts.
        """
        speakers = {
            person.id
            for person in people
            if person.speaks(language) and person.takes_callers and person.tier < COORDINATOR
        }
        return {slot: min(len(on & speakers) for on in sets) for slot, sets in self.hours.items()}


def presence(duty: Duty, since: datetime) -> Presence:
    """Who is on duty in the week from this instant, which is a full hour."""
    zone, found = ZoneInfo(duty.timezone), shifts(duty, since, since + _WEEK)
    hours: dict[Slot, tuple[frozenset[str], ...]] = {}
    for number in range(_WEEK // _HOUR):
        start = since + number * _HOUR
        inside = [shift for shift in found if shift.start < start + _HOUR and shift.end > start]
        edges = {start, *(at for shift in inside for at in (shift.start, shift.end))}
        sets = [
            frozenset(shift.person for shift in inside if shift.start <= at < shift.end)
            for at in edges
            if start <= at < start + _HOUR
        ]
        local = start.astimezone(zone)
        slot = Slot(local.weekday(), local.hour)
        hours[slot] = (*hours.get(slot, ()), *sets)
    return Presence(hours)
