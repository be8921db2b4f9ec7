"""Thirteen weeks of an invented line for the demo, so that its pages show something.

What a real line forgets is not invented: the calls of the last 30 days are in the call log, those
older than a week with rounded times, and of earlier days only the totals are left. The same seed
gives the same weeks each time.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from commands.showcase.demo_past import Past
from ivr.privacy import retention_periods
from models.calls.calls import Call
from models.core.database import Session
from models.operations import day_totals, maintenance_state, retention
from models.people import people
from prompts import Prompts
from routing import needs
from routing.reporting.item_figures import ItemEnding, ItemStory
from routing.reporting.service import Fate
from routing.reporting.tally import Story, Unmet, tally

DAYS = 91
_CALLS_A_DAY = (78, 66, 70, 68, 62, 34, 30)
_BY_HOUR = (2, 1, 1, 1, 1, 3, 6, 8, 9, 10, 10, 9, 8, 8, 9, 9, 10, 11, 12, 13, 12, 9, 6, 4)
_LANGUAGES = {"es": 46, "en": 23, "zh": 8, "bn": 6, "ht": 5, "ru": 4, "ar": 3, "ko": 2, "ur": 2,
              "fr": 1.6, "pl": 0.7, "ne": 0.5}  # fmt: skip
_SHARES = {"question": 14, "family": 11, "deadline": 9, "letter": 7, "court_soon": 5, "fear": 4,
           "other_question": 4, "harmed": 2, "detained_today": 10, "detained_longer": 8,
           "detained": 5, "from_detention": 2, "emergency": 13, "unknown": 6}  # fmt: skip
_NEEDS = {code: _SHARES.get(code, 1) for code in needs.CODES}
_BOROUGHS = {"queens": 40, "brooklyn": 31, "bronx": 16, "manhattan": 9, "staten_island": 2,
             "elsewhere": 4}  # fmt: skip
_WELL_SERVED = {"es": 0.88, "en": 0.93, "zh": 0.8, "bn": 0.76, "ht": 0.72, "ru": 0.75}
_AT_NIGHT = 0.62
_ENDINGS = {ItemEnding.BY_CALLBACK: 78, ItemEnding.DONE: 14, ItemEnding.GAVE_UP: 8}


def write(session: Session, now: datetime, timezone: str, prompts: Prompts) -> None:
    """Write the days up to yesterday; today is counted as on any line."""
    zone = people.zone(session, timezone)
    today = now.astimezone(zone).date()
    chance = random.Random(13)  # noqa: S311 - not used for secrets
    partners = [partner.id for partner in people.partners(session)]
    stories = [
        story
        for back in range(DAYS, 0, -1)
        for story in _day(chance, today - timedelta(days=back), zone, partners)
    ]
    gone = now - retention_periods.CALL_KEPT
    day_totals.add(session, tally([each for each in stories if each.at < gone], zone))
    past = Past(session, chance, prompts.languages)
    calls = [past.call(story) for story in stories if story.at >= gone]
    session.flush()
    _as_a_week_later(session, calls, timezone, now)


def _as_a_week_later(session: Session, calls: list[Call], timezone: str, now: datetime) -> None:
    """What the purge did meanwhile: it counted the calls of over a week ago and rounded them."""
    until = now - retention_periods.TIMES_KEPT
    old = [call for call in calls if call.started_at < until]
    day_totals.keep(session, old, timezone, now)
    retention.coarsen(session, old)
    row = maintenance_state.hold(session)
    row.totalled_before = row.coarse_before = until
    row.logs_asked_before = now - retention_periods.LOG_KEPT


def _day(chance: random.Random, day: date, zone: ZoneInfo, partners: list[str]) -> Iterator[Story]:
    usual = _CALLS_A_DAY[day.weekday()]
    for hour in chance.choices(range(24), _BY_HOUR, k=round(chance.gauss(usual, usual / 8))):
        at = datetime.combine(day, time(hour, chance.randrange(60)), zone)
        yield _call(chance, at, partners)
    for borough in chance.choices(list(_BOROUGHS), list(_BOROUGHS.values()), k=usual // 9):
        yield Story(datetime.combine(day, time(11), zone), "es", None, borough=borough)


def _call(chance: random.Random, at: datetime, partners: list[str]) -> Story:
    (language,) = chance.choices(list(_LANGUAGES), list(_LANGUAGES.values()))
    (need,) = chance.choices(list(_NEEDS), list(_NEEDS.values()))
    served = _WELL_SERVED.get(language, 0.68) * (1 if 8 <= at.hour < 22 else _AT_NIGHT)
    if chance.random() < 0.03:
        return Story(at, language, need, Fate.SHORT)
    if chance.random() > served:
        became = Fate.DEFERRED if chance.random() < 0.62 else Fate.ABANDONED
        story = Story(at, language, need, became, unmet=_lacking(chance, language))
        return replace(story, items=(_item(chance, story),)) if became is Fate.DEFERRED else story
    waited = min(chance.lognormvariate(3.0 if 8 <= at.hour < 22 else 3.5, 0.65), 240)
    return Story(
        at, language, need, Fate.ANSWERED,
        waited=timedelta(seconds=waited),
        talked=timedelta(seconds=min(60 + chance.expovariate(1 / 420), 3000)),
        partner=chance.choices(partners, range(len(partners), 0, -1))[0],
    )  # fmt: skip


def _item(chance: random.Random, story: Story) -> ItemStory:
    """The callback that this caller was promised."""
    (ending,) = chance.choices(list(_ENDINGS), list(_ENDINGS.values()))
    owned_after = timedelta(minutes=min(chance.expovariate(1 / 2.5), 60))
    is_late = chance.random() < 0.06
    return ItemStory(story.language, story.need or needs.UNKNOWN, owned_after, is_late, ending)


def _lacking(chance: random.Random, language: str) -> frozenset[Unmet]:
    rare = language not in ("es", "en")
    found = set()
    if rare and chance.random() < 0.5:
        found.add(Unmet.NOBODY_SPOKE)
    if chance.random() < 0.2:
        found.add(Unmet.NOBODY_TO_RING)
    return frozenset(found)
