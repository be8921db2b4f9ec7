"""Words, numbers and times as this reader reads them: English or Spanish, the hotline's clock.

Catalogues are read as they were written (`translations/*.po`), so there is nothing to compile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, g, request

from console.base import current_user
from ivr.core.context import AppContext
from models.people import people
from models.staff.users import Role
from routing import needs
from routing.duty.coverage import Gap
from routing.needs import NEEDS, UNKNOWN
from routing.readers.told import Told

LANGUAGES = {"en": "English", "es": "Español"}
COOKIE = "hotline_language"
_FOLDER = Path(__file__).parents[1] / "translations"
_MINUTE, _HOUR = 60, 3600


def later(words: str) -> str:
    """Marks words for translation that are written down before anybody reads them."""
    return words


ROLES = {
    Role.ADMIN: later("administrator"),
    Role.COORDINATOR: later("coordinator"),
    Role.RESPONDER: later("responder"),
    Role.TRANSLATOR: later("translator"),
    Role.AUDITOR: later("auditor"),
}


def language() -> str:
    """The reader's own choice, else what their browser asks for, else English."""
    visitor = current_user.present()
    chosen = (visitor.language if visitor else None) or request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return str(chosen)
    return _language_of_browser()


def _language_of_browser() -> str:
    """What the browser asks for; every text of a page asks, so it is found once a request."""
    if "language_of_browser" not in g:
        g.language_of_browser = request.accept_languages.best_match(list(LANGUAGES)) or "en"
    return str(g.language_of_browser)


def say(words: str, **values: object) -> str:
    """These words in the reader's language, with the values put in."""
    said = _translations(language()).gettext(words)
    return said % values if values else said


def repeat(words: str) -> str:
    """What a reader of files told, in the reader's language, as far as it can be translated."""
    if not isinstance(words, Told):
        return words
    said = _translations(language()).gettext(words.template)
    values = {name: repeat(each) for name, each in words.values.items()}
    return said % values if values else said


def said_in(code: str, words: str, **values: object) -> str:
    """These words in a language that was chosen before, for what is read outside a page."""
    said = _translations(code).gettext(words)
    return said % values if values else said


def stretch(app: AppContext, start: datetime, end: datetime) -> str:
    """A stretch of time, as pages show it."""
    return clock(app).stretch(start, end)


def zone(app: AppContext) -> ZoneInfo:
    """The clock of the hotline."""
    if "zone" not in g:
        with app.database.reading() as session:
            g.zone = people.setting(session, "timezone") or app.timezone
    return ZoneInfo(g.zone)


_SPAN = later("%(first)s to %(last)s")


def _which(local: datetime) -> str:
    """The name of the zone in an hour that comes twice, else nothing."""
    comes_twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f" {local.tzname()}" if comes_twice else ""


@dataclass(frozen=True)
class Clock:
    """Times on the hotline's clock, in the reader's language."""

    zone: ZoneInfo
    locale: Locale

    def at(self, instant: datetime) -> str:
        """Tue 8 Dec, 02:04: the one way in which a time is shown. The page says the zone once; in
        the hour that comes twice, when the clocks go back, the time says it too."""
        local = instant.astimezone(self.zone)
        return f"{self._day(local)}, {local:%H:%M}{_which(local)}"

    def stretch(self, start: datetime, end: datetime) -> str:
        """Fri 27 Nov, 02:00-06:00; both days, and both zones, where they differ."""
        begins, ends = start.astimezone(self.zone), end.astimezone(self.zone)
        if begins.tzname() != ends.tzname():
            both = (f"{self._day(each)}, {each:%H:%M} {each.tzname()}" for each in (begins, ends))
            return say(_SPAN, **dict(zip(("first", "last"), both, strict=True)))
        if begins.date() == ends.date():
            return f"{self._day(begins)}, {begins:%H:%M}-{ends:%H:%M}{_which(begins)}"
        return say(_SPAN, first=self.at(start), last=self.at(end))

    def hour(self, instant: datetime) -> str:
        """02:04, where the page says the day and the zone once."""
        return f"{instant.astimezone(self.zone):%H:%M}"

    def short_day(self, instant: datetime) -> str:
        """Tue 8 Dec."""
        return self._day(instant.astimezone(self.zone))

    def _day(self, local: datetime) -> str:
        return dates.format_datetime(local, "EEE d MMM", locale=self.locale)


def date_in_words(day: date) -> str:
    """Tue 8 Dec 2026, as this reader writes it."""
    return dates.format_date(day, "EEE d MMM y", locale=Locale.parse(language()))


def duration(span: timedelta | float | None) -> str:
    """0:43, 12:05 or 1:02:09."""
    if span is None:
        return "-"
    whole = int(span.total_seconds() if isinstance(span, timedelta) else span)
    minutes, seconds = divmod(max(0, whole), _MINUTE)
    if whole < _HOUR:
        return f"{minutes}:{seconds:02}"
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def percent(part: float | None) -> str:
    """87%, as this reader writes it."""
    if part is None:
        return "-"
    return numbers.format_percent(part, locale=Locale.parse(language()))


def language_name(app: AppContext, code: str) -> str:
    """A caller's language, named in the reader's."""
    return app.shipped_prompts.text(language(), f"languages.{code}")


def own_name(app: AppContext, code: str) -> str:
    """A caller's language as its speakers call it: Español for "es"."""
    known = app.shipped_prompts.languages.get(code)
    return known.name if known else language_name(app, code)


def need_name(need: str | None) -> str:
    """A caller's need, in the reader's language."""
    row = NEEDS.get(need or UNKNOWN)
    return say(row.label) if row else str(need)


def weekdays(width: Literal["abbreviated", "wide"] = "abbreviated") -> list[str]:
    """Monday first, as this reader names them."""
    names = dates.get_day_names(width, locale=Locale.parse(language()))
    return [names[number] for number in range(7)]


def at(app: AppContext, instant: datetime) -> str:
    """An instant on the hotline's clock, for sentences that views say."""
    return clock(app).at(instant)


def hole(app: AppContext, gap: Gap) -> str:
    """What is missing in a gap of the duty plan."""
    if gap.language is None:
        return say("Nobody is on duty")
    return say("Nobody speaks %(language)s", language=language_name(app, gap.language))


def learn(flask_app: Flask, app: AppContext) -> None:
    """Teach the templates to speak."""
    flask_app.jinja_env.add_extension("jinja2.ext.i18n")
    flask_app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # the extension's own
        lambda words: _translations(language()).gettext(words),
        lambda one, many, number: _translations(language()).ngettext(one, many, number),
        newstyle=True,
    )
    filters: dict[str, Callable[..., str | int]] = {
        "at": lambda instant: at(app, instant),
        "stretch": lambda stretch: clock(app).stretch(*stretch),
        "date_in_words": date_in_words,
        "duration": duration,
        "percent": percent,
        "language_name": lambda code: language_name(app, code),
        "role_name": lambda role: say(ROLES[role]),
        "need_name": need_name,
        "patience": lambda need: needs.of(need).patience_seconds,
        "repeat": repeat,
        "own_name": lambda code: own_name(app, code),
        "short_day": lambda instant: clock(app).short_day(instant),
        "hour": lambda instant: clock(app).hour(instant),
        "hole": lambda gap: hole(app, gap),
    }
    flask_app.jinja_env.filters.update(filters)
    flask_app.context_processor(lambda: {"language": language(), "languages": LANGUAGES})


def clock(app: AppContext) -> Clock:
    """The hotline's clock in the language of this reader."""
    return Clock(zone(app), Locale.parse(language()))


@cache
def _translations(code: str) -> Translations:
    file = _FOLDER / f"{code}.po"
    if not file.is_file():
        return Translations()  # English is what the words are written in
    compiled = BytesIO()
    with file.open("rb") as written:
        write_mo(compiled, read_po(written, locale=code))
    compiled.seek(0)
    return Translations(compiled)
