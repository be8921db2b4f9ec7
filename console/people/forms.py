"""What is typed about people and partners: read, and one sentence for each field that is wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from unicodedata import category
from zoneinfo import ZoneInfo

from console.base.i18n import later, say
from models.core.database import Session
from models.people import people, roster
from models.people.people import Partner, Person
from prompts import language_codes
from routing.dispatch import office_hours
from routing.dispatch.office_hours import Visits
from routing.duty.wall_clock import start_instant
from routing.needs import CODES
from routing.person import DIRECTOR, DIRECTOR_ROLE, TIERS, Level, Pursued
from routing.readers import written_dates, written_names, written_phones
from routing.readers.unreadable import Unreadable
from routing.readers.written_phones import Fault, Phone

LONGEST_NAME = 120
_LONGEST = {"address": 200, "url": 200}
_NO_NAME = later("Write a name.")
_TOO_LONG = later("This is too long: at most %(most)s characters.")
_NO_LANGUAGE = later("Choose at least one language.")
BAD_PHONES = {
    Fault.NO_NUMBER: later("This cannot be dialled: write +1 and ten digits."),
    Fault.EXTENSION: later(
        "This number has an extension. We cannot dial it: write a direct number."
    ),
    Fault.PAID: later("Calls to this number are charged extra: write another."),
    Fault.OURS: later("This is a number of the hotline itself."),
}
_BAD_ZIP = later("This is not a ZIP code: %(zip)s. Write 11368, or a range such as 11368-11377.")
_BAD_URL = later("Begin with https://")
_BAD_HOURS = later("Write hours like Mon-Fri 09:00-17:00, each stretch on its own line.")
_BAD_DAY = later("Write a date, or leave it empty.")
VISITS = {
    Visits.WALK_IN: later("without an appointment"),
    Visits.APPOINTMENT: later("by appointment"),
}
"""How people may come to an office."""
_NO_TIME = later("Write a date and a time, or leave it empty.")
_DIRECTORS_TIER = later("A director, and nobody else, has tier 4.")
_PAST = later("This time is in the past.")
_PAUSES = ("15", "60")
"""The pauses that one button begins, in minutes."""
PURSUED = {
    Pursued.ALWAYS: later("for everything, also at night"),
    Pursued.EMERGENCIES: later("for emergencies and detentions"),
    Pursued.NEVER: later("never"),
}
"""For which open items somebody is rung off duty."""
_NO_SUCH_LANGUAGE = later(
    "No language is called '%(word)s'. Write its English name, or its code of ISO 639."
)
_NO_SUCH_LEVEL = later("The level '%(level)s' is not known: write native, professional or some.")
_BETWEEN = re.compile(r"[,;\n]")


@dataclass(frozen=True)
class PersonFacts:
    """What a form says of a person."""

    name: str
    role: str
    languages: tuple[str, ...]
    needs: tuple[str, ...]
    tier: int
    partner: str | None
    pursued: Pursued | None
    """None: what is usual for their tier."""
    levels: Mapping[str, str]
    """Levels of languages by code, where one is given."""

    @classmethod
    def of(cls, session: Session, person: Person) -> PersonFacts:
        """As they stand now."""
        return cls(
            name=people.name_of(session, person),
            role=person.role,
            languages=tuple(person.languages),
            needs=tuple(person.needs),
            tier=person.tier,
            partner=person.partner_id,
            pursued=person.pursued,
            levels=person.language_levels or {},
        )


@dataclass(frozen=True)
class PartnerFacts:
    """What a form says of a partner."""

    name: str
    phone: str | None
    address: str | None
    url: str | None
    zips: tuple[str, ...]
    services: tuple[str, ...]
    languages: tuple[str, ...]
    needs: tuple[str, ...]
    hours: str | None
    visits: Visits | None
    closed_until: date | None
    checked_on: date | None

    @classmethod
    def of(cls, partner: Partner) -> PartnerFacts:
        """As they stand now."""
        return cls(
            name=partner.name,
            phone=partner.phone,
            address=partner.address,
            url=partner.url,
            zips=tuple(partner.zips),
            services=tuple(partner.services),
            languages=tuple(partner.languages),
            needs=tuple(partner.needs),
            hours=partner.hours,
            visits=partner.visits,
            closed_until=partner.closed_until,
            checked_on=partner.checked_on,
        )


def person(
    form: Mapping[str, str],
    languages: Collection[str],
    partners: Collection[str],
    fixed_name: str | None = None,
) -> tuple[PersonFacts, dict[str, str]]:
    """Facts and errors; the name of a person of the roster file stays."""
    errors: dict[str, str] = {}
    name = fixed_name or _name(form, errors)
    further, levels = _further_languages(form, errors)
    ticked = _ticked(form, "language", languages)
    spoken = tuple(
        code for code in dict.fromkeys((*ticked, *further)) if levels.get(code) != Level.SOME
    )
    if not spoken:
        errors["languages"] = say(_NO_LANGUAGE)
    role = form["role"] if form.get("role") in roster.ROLES else roster.RosterPerson.role
    facts = PersonFacts(
        name=name,
        role=role,
        languages=spoken,
        needs=_ticked(form, "need", CODES),
        tier=_tier(form, role, errors),
        partner=form["partner"] if form.get("partner") in partners else None,
        pursued=Pursued(form["pursued"]) if form.get("pursued") in [*Pursued] else None,
        levels=levels,
    )
    return facts, errors


def partner(
    form: Mapping[str, str], languages: Collection[str], ours: frozenset[str]
) -> tuple[PartnerFacts, dict[str, str]]:
    """Facts and errors; `ours` are numbers that no office may have."""
    errors: dict[str, str] = {}
    phone = written_phones.phone(typed(form, "phone"), ours) if typed(form, "phone") else Phone()
    if phone.fault:
        errors["phone"] = say(BAD_PHONES[phone.fault])
    url = typed(form, "url")
    if url and not url.startswith(("https://", "http://")):
        errors["url"] = say(_BAD_URL)
    for field, most in _LONGEST.items():
        if len(typed(form, field)) > most:
            errors[field] = say(_TOO_LONG, most=most)
    facts = PartnerFacts(
        name=_name(form, errors),
        phone=phone.number or None,
        address=typed(form, "address") or None,
        url=url or None,
        zips=_zips(form, errors),
        services=tuple(_parts(typed(form, "services"))),
        languages=_ticked(form, "language", languages),
        needs=_ticked(form, "need", CODES),
        hours=_hours(form, errors),
        visits=Visits(form["visits"]) if form.get("visits") in [*Visits] else None,
        closed_until=_day(form, "closed_until", errors),
        checked_on=_day(form, "checked_on", errors),
    )
    return facts, errors


def _further_languages(
    form: Mapping[str, str], errors: dict[str, str]
) -> tuple[tuple[str, ...], dict[str, str]]:
    """The languages that were typed, and their levels: "mam: native, quc"."""
    codes: list[str] = []
    levels: dict[str, str] = {}
    for part in _parts(typed(form, "further_languages")):
        word, _, level = (piece.strip() for piece in part.partition(":"))
        code = language_codes.code_of(word)
        if code is None:
            errors["further_languages"] = say(_NO_SUCH_LANGUAGE, word=word)
        elif level and level.lower() not in [*Level]:
            errors["further_languages"] = say(_NO_SUCH_LEVEL, level=level)
        else:
            codes.append(code)
            if level:
                levels[code] = level.lower()
    return tuple(codes), levels


def further_as_typed(facts: PersonFacts, offered: Collection[str]) -> str:
    """The languages that have no box of their own, and all levels."""
    codes = [code for code in facts.languages if code not in offered or code in facts.levels]
    named = dict.fromkeys((*codes, *facts.levels))
    return ", ".join(
        f"{code}: {facts.levels[code]}" if code in facts.levels else code for code in named
    )


def as_typed(facts: PersonFacts, offered: Collection[str] = ()) -> dict[str, str]:
    """What the form about a person shows before anything is typed."""
    ticked = {f"language_{code}": "yes" for code in facts.languages}
    ticked["further_languages"] = further_as_typed(facts, offered)
    ticked |= {f"need_{need}": "yes" for need in facts.needs}
    return ticked | {
        "name": facts.name,
        "role": facts.role,
        "tier": str(facts.tier),
        "partner": facts.partner or "",
        "pursued": facts.pursued or "",
    }


def partner_as_typed(facts: PartnerFacts) -> dict[str, str]:
    """What the form about a partner shows before anything is typed."""
    ticked = {f"language_{code}": "yes" for code in facts.languages}
    ticked |= {f"need_{need}": "yes" for need in facts.needs}
    return ticked | {
        "name": facts.name,
        "phone": facts.phone or "",
        "address": facts.address or "",
        "url": facts.url or "",
        "zips": zips_in_words(facts.zips),
        "services": ", ".join(facts.services),
        "hours": facts.hours or "",
        "visits": facts.visits or "",
        "closed_until": facts.closed_until.isoformat() if facts.closed_until else "",
        "checked_on": facts.checked_on.isoformat() if facts.checked_on else "",
    }


def until(form: Mapping[str, str], zone: ZoneInfo, now: datetime) -> tuple[datetime | None, str]:
    """When a pause ends on the hotline's clock, None for never by itself; and what is wrong."""
    words = typed(form, "until")
    if form.get("minutes") in _PAUSES:
        return now + timedelta(minutes=int(form["minutes"])), ""
    if not words:
        return None, ""
    try:
        instant = start_instant(written_dates.local_time(words), zone)
    except Unreadable:
        return None, say(_NO_TIME)
    return instant, "" if instant > now else say(_PAST)


def typed(form: Mapping[str, str], field: str) -> str:
    """Without what no database keeps and nobody sees."""
    given = form.get(field, "")
    kept = (mark for mark in given if mark == "\n" or category(mark) not in ("Cc", "Cs"))
    return "".join(kept).strip()


def zips_in_words(zips: Collection[str]) -> str:
    """Codes that follow each other as a range: 11368-11370, 11372."""
    stretches: list[list[int]] = []
    for code in sorted(set(map(int, zips))):
        if stretches and code == stretches[-1][1] + 1:
            stretches[-1][1] = code
        else:
            stretches.append([code, code])
    return ", ".join(
        f"{first:05}" if first == last else f"{first:05}-{last:05}" for first, last in stretches
    )


def _name(form: Mapping[str, str], errors: dict[str, str]) -> str:
    name = written_names.written(typed(form, "name"))
    if not name:
        errors["name"] = say(_NO_NAME)
    elif len(name) > LONGEST_NAME:
        errors["name"] = say(_TOO_LONG, most=LONGEST_NAME)
    return name


def _tier(form: Mapping[str, str], role: str, errors: dict[str, str]) -> int:
    words = form.get("tier", "")
    tier = int(words) if words in map(str, TIERS) else roster.RosterPerson.tier
    if (role == DIRECTOR_ROLE) != (tier == DIRECTOR):
        errors["tier"] = say(_DIRECTORS_TIER)
    return tier


def _ticked(form: Mapping[str, str], what: str, known: Collection[str]) -> tuple[str, ...]:
    return tuple(code for code in known if form.get(f"{what}_{code}"))


def _zips(form: Mapping[str, str], errors: dict[str, str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for words in _parts(typed(form, "zips").replace(" - ", "-").replace(" ", ",")):
        meant = roster.zips_meant(words)
        if meant is None:
            errors["zips"] = say(_BAD_ZIP, zip=words)
            return ()
        found |= dict.fromkeys(meant)
    return tuple(found)


def _hours(form: Mapping[str, str], errors: dict[str, str]) -> str | None:
    words = "; ".join(
        line.strip(" ;") for line in typed(form, "hours").splitlines() if line.strip()
    )
    if len(words) > roster.LONGEST_HOURS:
        errors["hours"] = say(_TOO_LONG, most=roster.LONGEST_HOURS)
    try:
        office_hours.read(words)
    except Unreadable:
        errors["hours"] = say(_BAD_HOURS)
    return words or None


def _day(form: Mapping[str, str], field: str, errors: dict[str, str]) -> date | None:
    words = typed(form, field)
    if not words:
        return None
    try:
        return date.fromisoformat(words)
    except ValueError:
        errors[field] = say(_BAD_DAY)
        return None


def _parts(words: str) -> list[str]:
    return [part.strip() for part in _BETWEEN.split(words) if part.strip()]
