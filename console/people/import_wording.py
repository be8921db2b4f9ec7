"""What an import would change, in sentences that a coordinator can check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import assert_never

from console.base import i18n
from console.base.i18n import Clock, later, say
from console.people.forms import PURSUED
from console.people.imports import Preview
from ivr.core.context import AppContext
from models.imports.roster_snapshots import Someone
from models.people.readings import LeftOut, ReadLine
from routing.duty.coverage import Gap
from routing.duty.duty import Override, Rotation, Rule, Temporary, Weekly, Window, people_in
from routing.person import Pursued
from routing.readers.weekdays import WEEKDAYS

_FACTS = {
    "role": later("role"),
    "partner": later("partner"),
    "languages": later("languages"),
    "levels": later("levels of languages"),
    "needs": later("needs"),
    "partner_needs": later("needs of the partner"),
    "tier": later("tier"),
    "pursued": later("rung off duty"),
    "phone": later("phone"),
    "pin": later("PIN"),
    "hotline_language": later("language of the hotline's calls and texts"),
}
_SEALED = ("phone", "pin")
_MOST_TOLD = 40


@dataclass(frozen=True)
class Group:
    """Sentences about one thing; `more` are not told."""

    heading: str
    sentences: Sequence[str]
    more: int


@dataclass(frozen=True)
class Coverage:
    """How long a language is without anybody in the next two weeks, before and after."""

    language: str
    before: timedelta
    after: timedelta


def groups(app: AppContext, clock: Clock, seen: Preview) -> list[Group]:
    """Everything that would change, thing by thing; what does not is not named."""
    before, after = Counter(seen.before.rules), Counter(seen.after.rules)
    told = [
        (later("People"), list(_people(app, seen))),
        (later("Partners"), list(_partners(seen))),
        (later("Facilities"), list(_facilities(seen))),
        (later("Time zone"), _timezone(seen)),
        (later("Added shifts"), _rules(clock, (after - before).elements())),
        (later("Removed shifts"), _rules(clock, (before - after).elements())),
    ]
    return [
        Group(say(heading), sentences[:_MOST_TOLD], max(0, len(sentences) - _MOST_TOLD))
        for heading, sentences in told
        if sentences
    ]


@dataclass(frozen=True)
class Line:
    """One line of the file in a sentence."""

    line: int
    sentence: str


def read(clock: Clock, lines: Sequence[ReadLine]) -> list[Line]:
    """What was read, line by line."""
    return [Line(each.line, _read(clock, each)) for each in lines]


def _read(clock: Clock, entry: ReadLine) -> str:
    match entry.rules:
        case ():
            return entry.what
        case (rule,):
            return in_words(clock, rule)
        case rules:
            first, last = rules[0], rules[-1]
            names = ", ".join(dict.fromkeys(name for rule in rules for name in people_in(rule)))
            return say(
                later("%(people)s: %(count)s shifts, from %(first)s to %(last)s"),
                people=names, count=len(rules),
                first=clock.at(_start(first)), last=clock.at(_start(last)),
            )  # fmt: skip


def _start(rule: Rule) -> datetime:
    if not isinstance(rule, Override):
        raise TypeError(f"{rule} has no single start")
    return rule.start


def left_out(lines: Sequence[LeftOut]) -> list[Line]:
    """What was left out, and why, line by line."""
    return [Line(each.line, i18n.repeat(each.sentence)) for each in lines]


def coverage(app: AppContext, seen: Preview) -> list[Coverage]:
    """Every language whose hours without anybody change."""
    found = [
        Coverage(code, _uncovered(seen.gaps_before, code), _uncovered(seen.gaps_after, code))
        for code in app.shipped_prompts.languages
    ]
    return [each for each in found if each.before != each.after]


def _uncovered(gaps: Iterable[Gap], language: str) -> timedelta:
    spans = (gap.end - gap.start for gap in gaps if gap.language in (None, language))
    return sum(spans, timedelta())


def _people(app: AppContext, seen: Preview) -> Iterator[str]:
    before = {one.name: one for one in seen.before.people}
    after = {one.name: one for one in seen.after.people}
    for name, one in after.items():
        if name not in before:
            languages = ", ".join(i18n.language_name(app, code) for code in one.languages)
            yield say(
                later("%(name)s joins: %(languages)s, tier %(tier)s."),
                name=name, languages=languages, tier=one.tier,
            )  # fmt: skip
        elif changed := list(_changed(app, before[name], one)):
            yield f"{name}: {'; '.join(changed)}."
    for name in before:
        if name not in after:
            yield say(later("%(name)s leaves the roster and is no longer rung."), name=name)


def _changed(app: AppContext, before: Someone, after: Someone) -> Iterator[str]:
    for each in fields(Someone):
        was, is_now = getattr(before, each.name), getattr(after, each.name)
        if was == is_now:
            continue
        if each.name in _SEALED:
            yield say(later("another %(what)s"), what=say(_FACTS[each.name]))
            continue
        yield say(
            later("%(what)s was %(before)s, will be %(after)s"),
            what=say(_FACTS[each.name]), before=_fact(app, each.name, was),
            after=_fact(app, each.name, is_now),
        )  # fmt: skip


def _fact(app: AppContext, name: str, value: object) -> str:
    match name, value:
        case "languages", tuple():
            return ", ".join(i18n.language_name(app, code) for code in value)
        case "hotline_language", str():
            return i18n.language_name(app, value)
        case "levels", tuple():
            levels = (f"{i18n.language_name(app, code)}: {level}" for code, level in value)
            return ", ".join(levels) or say(later("none"))
        case (("needs" | "partner_needs"), tuple()):
            return ", ".join(map(i18n.need_name, value)) or say(later("all needs"))
        case "pursued", str():
            return say(PURSUED[Pursued(value)])
        case _:
            return str(value or say(later("none")))


def _partners(seen: Preview) -> Iterator[str]:
    before = {office.name: office for office in seen.before.partners}
    after = {office.name: office for office in seen.after.partners}
    for name, office in after.items():
        if name not in before:
            yield say(later("%(name)s joins the coalition."), name=name)
        elif office != before[name]:
            yield say(
                later("%(name)s changes what callers hear about it, or what its people take."),
                name=name,
            )
    for name in before:
        if name not in after:
            yield say(later("%(name)s leaves the coalition."), name=name)


def _facilities(seen: Preview) -> Iterator[str]:
    before = {each.number: each for each in seen.before.facilities}
    after = {each.number: each for each in seen.after.facilities}
    for number, facility in after.items():
        if number not in before:
            sentence = later("%(name)s: calls from %(number)s are calls from detention.")
            yield say(sentence, name=facility.label, number=number)
        elif facility != before[number]:
            yield say(later("%(name)s: its calls are accepted differently."), name=facility.label)
    for number, facility in before.items():
        if number not in after:
            sentence = later("%(name)s: calls from %(number)s are like any other.")
            yield say(sentence, name=facility.label, number=number)


def _timezone(seen: Preview) -> list[str]:
    before, after = seen.before.timezone, seen.after.timezone
    if before == after:
        return []
    sentence = later("The hotline's time zone was %(before)s and will be %(after)s.")
    return [say(sentence, before=before, after=after)]


def _rules(clock: Clock, rules: Iterable[Rule]) -> list[str]:
    return [in_words(clock, rule) for rule in sorted(rules, key=_order)]


def _order(rule: Rule) -> tuple[bool, str]:
    if isinstance(rule, Override | Temporary):
        return True, rule.start.isoformat()
    return False, str(rule)


def in_words(clock: Clock, rule: Rule) -> str:
    """Ana Torres: Mon, Tue 08:00-20:00"""
    match rule:
        case Weekly(person=person):
            return f"{person}: {_hours(rule)}"
        case Rotation(people=people):
            hours = ", ".join(map(_hours, rule.during)) or say(later("around the clock"))
            names = ", ".join(people)
            return say(later("%(people)s in rotation: %(hours)s"), people=names, hours=hours)
        case Override():
            return _exception(rule, clock.stretch(rule.start, rule.end))
        case Temporary():
            when = clock.stretch(rule.start, rule.end)
            return say(later("%(when)s: only the shifts planned for it"), when=when)
        case _:
            assert_never(rule)


def _exception(rule: Override, when: str) -> str:
    if rule.remove:
        return say(later("%(person)s is off: %(when)s"), person=rule.remove, when=when)
    if rule.replace:
        sentence = later("%(person)s stands in for %(replaced)s: %(when)s")
        return say(sentence, person=rule.person, replaced=rule.replace, when=when)
    if rule.exclusive:
        return say(later("%(person)s alone: %(when)s"), person=rule.person, when=when)
    return f"{rule.person}: {when}"


def _hours(hours: Weekly | Window) -> str:
    names = dict(zip(WEEKDAYS, i18n.weekdays(), strict=True))
    days = ", ".join(names[day] for day in hours.days)
    return f"{days} {hours.start:%H:%M}-{hours.end:%H:%M}"
