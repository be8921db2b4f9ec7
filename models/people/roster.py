"""The roster file: partners, people and rules, in YAML or JSON.

The text is parsed into nodes and not into Python values, so every error can name its line and no
value changes: `no` stays a word, 22:00 a time of day, and 00501 a ZIP code.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from re import compile as pattern

import yaml

from models.people.readings import ReadLine
from models.people.roster_text import (
    NULL,
    Fields,
    Node,
    Once,
    Problem,
    RosterError,
    composed,
    decoded,
    line_of,
    text_of,
)
from prompts import language_codes
from routing.dispatch import office_hours
from routing.dispatch.office_hours import Visits
from routing.duty import duty
from routing.duty.rules import with_people
from routing.needs import CODES
from routing.person import (
    ATTORNEY,
    COORDINATOR,
    DIRECTOR,
    DIRECTOR_ROLE,
    FIRST_LINE,
    INTERPRETER_ROLE,
    TIERS,
    Level,
    Pursued,
)
from routing.readers import time_zones, written_names, written_phones
from routing.readers.told import Told, told
from routing.readers.unreadable import Unreadable

DEFAULT_TIMEZONE = "America/New_York"
ROLES = (ATTORNEY, "volunteer", INTERPRETER_ROLE, "coordinator", DIRECTOR_ROLE)

LONGEST_HOURS = 200
_MOST_ZIPS = 1000
_LONGEST_CODE = 3
_DEEPEST_RULE = 4
_PIN = pattern(r"[0-9]{6,}")
_ZIPS = pattern(r"([0-9]{5})(?:-([0-9]{5}))?")
_WHOLE = pattern(r"-?[0-9]{1,9}")
_WHOLE_NUMBERS = ("priority", "shift_length")
_FLAG_FIELDS = ("exclusive",)
_FLAGS = {"true": True, "false": False}

LONGEST_WAIT_SECONDS, LONGEST_LIMIT_MINUTES, LONGEST_LABEL = 60, 240, 60
_ROSTER_FIELDS = ("timezone", "partners", "people", "rules", "facilities")
_ACCEPT_DIGITS = pattern(r"[0-9*#w]{1,12}")
_FACILITY_FIELDS = (
    *("number", "label", "accept_digits", "wait_seconds", "recorded", "limit_minutes"),
)

_PARTNER_FIELDS = (
    *("name", "phone", "address", "zips", "url", "services", "languages"),
    *("needs", "hours", "visits", "closed_until", "checked_on"),
)
_PERSON_FIELDS = (
    *("name", "phone", "partner", "role", "languages", "needs", "tier", "pursued", "pin"),
    "hotline_language",
)


@dataclass(frozen=True)
class RosterPartner:
    """An organisation of the coalition; `phone` is E.164, `zips` lists every ZIP code it serves."""

    name: str
    phone: str
    address: str = ""
    zips: tuple[str, ...] = ()
    url: str = ""
    services: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    """What its people take who have no needs of their own; empty: every need."""
    hours: str = ""
    visits: Visits | None = None
    closed_until: date | None = None
    checked_on: date | None = None


@dataclass(frozen=True)
class RosterPerson:
    """A person who answers calls; `phone` is E.164, an empty `needs` those of the partner."""

    name: str
    phone: str
    partner: str | None = None
    role: str = "volunteer"
    languages: tuple[str, ...] = ("en",)
    needs: tuple[str, ...] = ()
    tier: int = FIRST_LINE
    pin: str | None = None
    pursued: Pursued | None = None
    """For which open items they are rung off duty; None: what is usual for their tier."""
    hotline_language: str | None = None
    """In which they hear and read the hotline; None: their own choice stays."""
    levels: tuple[tuple[str, str], ...] = ()
    """Code and level of the languages for which the file gives one; "some" stands here only."""


@dataclass(frozen=True)
class RosterFacility:
    """A phone of a place of detention; `number` is E.164.

    `accept_digits` are the keys that accept a call, 0 to 9, * and #, and w for half a second of
    silence; `wait_seconds` is how long to wait before they are sent.
    """

    number: str
    label: str
    accept_digits: str = ""
    wait_seconds: int = 0
    recorded: bool = True
    limit_minutes: int | None = None


@dataclass(frozen=True)
class Roster:
    """A complete roster file without errors; rules refer to people by name."""

    timezone: str
    partners: tuple[RosterPartner, ...]
    people: tuple[RosterPerson, ...]
    rules: tuple[duty.Rule, ...]
    facilities: tuple[RosterFacility, ...] = ()
    lines: tuple[ReadLine, ...] = field(default=(), compare=False)
    """What was read, line by line."""

    @property
    def duty(self) -> duty.Duty:
        """The rules of duty of this file, people by name."""
        return duty.Duty(self.timezone, self.rules)

    def partner_needs(self, person: RosterPerson) -> tuple[str, ...]:
        """The needs of this person's partner; empty without a partner."""
        return next((each.needs for each in self.partners if each.name == person.partner), ())


def read(
    source: Path | str,
    *,
    languages: Collection[str],
    ours: frozenset[str] = frozenset(),
    forgive_empty: bool = False,
) -> Roster:
    """Read a roster from a file (a Path) or a text (a str); raises RosterError with all errors.

    `languages` are those that the hotline speaks; a person may speak any of ISO 639.
    `ours` are the hotline's own numbers, which nobody
    may have. `forgive_empty` ignores overrides that end no
    later than they start: they never apply, so a query can be answered without them.
    """
    problems: list[Problem] = []
    root = composed(text_of(source) if isinstance(source, Path) else source)
    roster = _Reader(languages, ours, forgive_empty, problems).roster(root)
    if problems:
        raise RosterError(problems)
    return roster


def of_upload(content: bytes, languages: tuple[str, ...], ours: frozenset[str]) -> Roster:
    """The roster of an uploaded file; raises RosterError with all errors."""
    return read(decoded(content, told("the file")), languages=languages, ours=ours)


@dataclass(frozen=True)
class _Reader:
    """Reads a whole roster; adds every error to `problems`."""

    languages: Collection[str]
    ours: frozenset[str]
    forgive_empty: bool
    problems: list[Problem]

    def roster(self, root: Node) -> Roster:
        """The roster; not usable if there are problems."""
        fields = self._fields(root, told("the roster"), _ROSTER_FIELDS)
        partners = self._partners(fields)
        people = self._people(fields, [partner.name for partner in partners])
        rules = self._rules(fields, [person.name for person in people])
        facilities = self._facilities(fields, {person.phone for person in people})
        lines = (
            *_lines(fields, "partners", [(partner.name, ()) for partner in partners]),
            *_lines(fields, "people", [(person.name, ()) for person in people]),
            *_lines(fields, "rules", [("", (rule,)) for rule in rules]),
            *_lines(fields, "facilities", [(each.label, ()) for each in facilities]),
        )
        return Roster(self._timezone(fields), partners, people, rules, facilities, lines)

    def _fields(self, node: Node, what: str, known: tuple[str, ...] | None) -> Fields:
        return Fields(node, what, known, self.problems)

    def _timezone(self, fields: Fields) -> str:
        name = fields.text("timezone", DEFAULT_TIMEZONE)
        try:
            return time_zones.zone(name).key
        except Unreadable as error:
            fields.complain("timezone", told("is in no zone we know: %(why)s", why=error.words))
            return DEFAULT_TIMEZONE

    def _partners(self, fields: Fields) -> tuple[RosterPartner, ...]:
        names = Once(told("is twice on the list of partners"))
        partners = []
        for number, node in enumerate(fields.entries("partners"), 1):
            entry = self._fields(
                node, told("partner %(number)s", number=str(number)), _PARTNER_FIELDS
            )
            partners.append(self._partner(entry))
            names.check(entry, "name", written_names.plain(partners[-1].name))
        return tuple(partners)

    def _partner(self, entry: Fields) -> RosterPartner:
        name = entry.introduced()
        return RosterPartner(
            name=name,
            phone=self._phone(entry),
            address=entry.text("address"),
            zips=_zips(entry),
            url=_url(entry),
            services=entry.texts("services"),
            languages=entry.some_of("languages", self.languages, told("works in")),
            needs=entry.some_of("needs", CODES, told("takes")),
            hours=_hours(entry),
            visits=_visits(entry),
            closed_until=_day(entry, "closed_until"),
            checked_on=_day(entry, "checked_on"),
        )

    def _people(self, fields: Fields, partners: Collection[str]) -> tuple[RosterPerson, ...]:
        names = Once(told("is twice on the list of people"))
        phones = Once(told("has a phone that somebody else has already"))
        people = []
        for number, node in enumerate(fields.entries("people"), 1):
            entry = self._fields(
                node, told("person %(number)s", number=str(number)), _PERSON_FIELDS
            )
            people.append(self._person(entry, partners))
            names.check(entry, "name", written_names.plain(people[-1].name))
            phones.check(entry, "phone", people[-1].phone)
        if not people:
            fields.complain("people", told("has no people"))
        return tuple(people)

    def _person(self, entry: Fields, partners: Collection[str]) -> RosterPerson:
        name = entry.introduced()
        partner = entry.text("partner")
        if partner and written_names.called(partner, partners) is None:
            entry.complain(
                "partner",
                told(
                    "is with '%(name)s', %(why)s",
                    name=partner,
                    why=_not_among(told("partners"), partner, partners),
                ),
            )
        role = entry.one_of("role", ROLES, RosterPerson.role)
        spoken = self._spoken(entry)
        return RosterPerson(
            name=name,
            phone=self._phone(entry),
            partner=written_names.called(partner, partners),
            role=role,
            languages=tuple(code for code, level in spoken.items() if level != Level.SOME)
            or RosterPerson.languages,
            levels=tuple((code, level) for code, level in spoken.items() if level),
            needs=entry.some_of("needs", CODES, told("takes")),
            tier=_tier(entry, role),
            pin=_pin(entry),
            pursued=_pursued(entry),
            hotline_language=self._hotline_language(entry),
        )

    def _hotline_language(self, entry: Fields) -> str | None:
        if "hotline_language" not in entry.nodes:
            return None
        return entry.one_of("hotline_language", self.languages, "") or None

    def _spoken(self, entry: Fields) -> dict[str, str]:
        """Each language with its level, or with an empty one."""
        found: dict[str, str] = {}
        for node, word, level in entry.graded("languages"):
            code = word if word in self.languages else _code(word)
            if code is None:
                entry.complain_at(node, _no_code(word))
            elif code in found and level != found[code]:
                entry.complain_at(node, told("speaks '%(word)s' twice", word=word))
            elif level and level not in [*Level]:
                entry.complain_at(node, _no_level(word, level))
            else:
                found[code] = level
        if found and all(level == Level.SOME for level in found.values()):
            entry.complain("languages", told("speaks no language well enough to take calls"))
        return found

    def _rules(self, fields: Fields, people: Collection[str]) -> tuple[duty.Rule, ...]:
        rules = (
            self._rule(node, told("rule %(number)s", number=str(number)), people)
            for number, node in enumerate(fields.entries("rules"), 1)
        )
        return tuple(rule for rule in rules if rule is not None)

    def _rule(self, node: Node, what: str, people: Collection[str]) -> duty.Rule | None:
        entry = self._fields(node, what, None)
        try:
            rule = duty.rule_from({name: _plain(name, n) for name, n in entry.nodes.items()})
        except duty.EmptyStretchError as error:
            if not self.forgive_empty:
                entry.complain(error.field, told("cannot be kept: %(why)s", why=error.words))
            return None
        except duty.DutyError as error:
            entry.complain(error.field, told("cannot be kept: %(why)s", why=error.words))
            return None
        self._check_zone(entry, rule)
        known = {name: written_names.called(name, people) for name in duty.people_in(rule)}
        for name in [name for name, meant in known.items() if meant is None]:
            why = _not_among(told("people"), name, people)
            entry.complain(None, told("names '%(name)s', %(why)s", name=name, why=why))
        return with_people(rule, {name: meant or name for name, meant in known.items()})

    def _check_zone(self, entry: Fields, rule: duty.Rule) -> None:
        """Rules that are stored may keep an offset for a zone; nobody may write a new one."""
        try:
            time_zones.zone(getattr(rule, "timezone", None) or DEFAULT_TIMEZONE)
        except Unreadable as error:
            entry.complain("timezone", told("cannot be kept: %(why)s", why=error.words))

    def _facilities(self, fields: Fields, phones: Collection[str]) -> tuple[RosterFacility, ...]:
        numbers = Once(told("has a number that another facility has already"))
        facilities = []
        for place, node in enumerate(fields.entries("facilities"), 1):
            what = told("facility %(number)s", number=str(place))
            entry = self._fields(node, what, _FACILITY_FIELDS)
            facilities.append(self._facility(entry))
            number = facilities[-1].number
            numbers.check(entry, "number", number)
            if number in phones:
                entry.complain("number", told("has the phone of a person of this roster"))
        return tuple(facilities)

    def _facility(self, entry: Fields) -> RosterFacility:
        label = written_names.written(entry.needed("label"))
        if len(label) > LONGEST_LABEL:
            most = str(LONGEST_LABEL)
            entry.complain("label", told("has a label of more than %(most)s letters", most=most))
        entry.what = label or entry.what
        digits = entry.text("accept_digits")
        if digits and not are_accept_digits(digits):
            words = told(
                "has the accept_digits '%(digits)s'; write 1 to 12 of 0 to 9, * and #, "
                "and w for half a second of silence",
                digits=digits,
            )
            entry.complain("accept_digits", words)
        return RosterFacility(
            number=self._phone(entry, "number"),
            label=label,
            accept_digits=digits,
            wait_seconds=_whole(entry, "wait_seconds", range(LONGEST_WAIT_SECONDS + 1)) or 0,
            recorded=_FLAGS.get(entry.one_of("recorded", _FLAGS, "true"), True),
            limit_minutes=_whole(entry, "limit_minutes", range(1, LONGEST_LIMIT_MINUTES + 1)),
        )

    def _phone(self, entry: Fields, field: str = "phone") -> str:
        words = entry.needed(field)
        found = written_phones.phone(words, self.ours) if words else written_phones.Phone()
        if found.fault:
            entry.complain(field, told(found.fault.value))
        return found.number


def are_accept_digits(words: str) -> bool:
    """Whether these are keys that can be sent into a call."""
    return _ACCEPT_DIGITS.fullmatch(words) is not None


def _whole(entry: Fields, field: str, among: range) -> int | None:
    """An optional whole number of a range; None if it is not given, or wrong."""
    words = entry.text(field)
    if not words:
        return None
    if _WHOLE.fullmatch(words) and int(words) in among:
        return int(words)
    entry.complain(
        field,
        told(
            "has %(field)s '%(words)s'; write a whole number from %(least)s to %(most)s",
            field=field, words=words, least=str(among[0]), most=str(among[-1]),
        ),
    )  # fmt: skip
    return None


def _lines(
    fields: Fields, name: str, entries: list[tuple[str, tuple[duty.Rule, ...]]]
) -> Iterator[ReadLine]:
    for node, (what, rules) in zip(fields.entries(name), entries, strict=False):
        yield ReadLine(line_of(node), what, rules)


def _code(word: str) -> str | None:
    """The code that was written; names are refused, because several languages share one."""
    return language_codes.code_of(word) if len(word) <= _LONGEST_CODE else None


def _no_code(word: str) -> Told:
    return told(
        "speaks '%(word)s', which is no language code of ISO 639, such as es or mam", word=word
    )


def _no_level(word: str, level: str) -> Told:
    return told(
        "speaks '%(word)s' at the level '%(level)s', which is not one of %(known)s",
        word=word,
        level=level,
        known=", ".join(Level),
    )


def _not_among(list_name: Told, name: str, known: Collection[str]) -> Told:
    likely = get_close_matches(name, known, n=1)
    if likely:
        return told(
            "not on the list of %(list)s; is it %(likely)s?", list=list_name, likely=likely[0]
        )
    return told("not on the list of %(list)s", list=list_name)


def _zips(entry: Fields) -> tuple[str, ...]:
    zips = (zip_code for words in entry.texts("zips") for zip_code in _zip_range(entry, words))
    return tuple(dict.fromkeys(zips))


def zips_meant(words: str) -> list[str] | None:
    """The codes of one ZIP or a range of at most a thousand; None if it is neither."""
    found = _ZIPS.fullmatch(words)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, -1)
    if not first <= last < first + _MOST_ZIPS:
        return None
    return [f"{number:05}" for number in range(first, last + 1)]


def _zip_range(entry: Fields, words: str) -> list[str]:
    meant = zips_meant(words)
    if meant is None:
        entry.complain(
            "zips", told("has the zip '%(zip)s'; write 11368, or a range 11368-11377", zip=words)
        )
    return meant or []


def _hours(entry: Fields) -> str:
    words = "; ".join(entry.texts("hours"))
    if len(words) > LONGEST_HOURS:
        entry.complain("hours", told("has hours that are too long"))
    try:
        office_hours.read(words)
    except Unreadable as error:
        entry.complain("hours", told("has hours nobody can read: %(why)s", why=error.words))
    return words


def _visits(entry: Fields) -> Visits | None:
    if "visits" not in entry.nodes:
        return None
    words = {word.value: word for word in Visits}
    return words.get(entry.one_of("visits", words, ""))


def _day(entry: Fields, field: str) -> date | None:
    words = entry.text(field)
    if not words:
        return None
    try:
        return date.fromisoformat(words)
    except ValueError:
        entry.complain(field, told("has the date '%(words)s'; write 2027-03-31", words=words))
        return None


def _url(entry: Fields) -> str:
    url = entry.text("url")
    if url and not url.startswith(("https://", "http://")):
        entry.complain(
            "url", told("has the url '%(url)s', which does not start with https://", url=url)
        )
    return url


def _tier(entry: Fields, role: str) -> int:
    """The tier; by default that of the role. A director is always of tier 4."""
    usual = {"coordinator": COORDINATOR, DIRECTOR_ROLE: DIRECTOR}.get(role, FIRST_LINE)
    tiers = {str(tier): tier for tier in TIERS}
    tier = tiers.get(entry.one_of("tier", tiers, str(usual)), usual)
    if (role == DIRECTOR_ROLE) != (tier == DIRECTOR):
        words = told(
            "is %(role)s with tier %(tier)s; a director, and nobody else, has 4",
            role=role,
            tier=str(tier),
        )
        entry.complain("tier", words)
    return tier


def _pursued(entry: Fields) -> Pursued | None:
    if "pursued" not in entry.nodes:
        return None
    words = {word.value: word for word in Pursued}
    return words.get(entry.one_of("pursued", words, ""))


def _pin(entry: Fields) -> str | None:
    pin = entry.text("pin")
    if pin and not _PIN.fullmatch(pin):
        entry.complain("pin", told("has a PIN that is not six or more digits"))
    return pin or None


def _plain(field: str, node: Node, depth: int = 1) -> object:
    """The value of a node as JSON would give it, as rules expect it."""
    if depth > _DEEPEST_RULE:
        raise duty.DutyError(told("%(field)s is nested too deeply", field=field), field)
    match node:
        case yaml.ScalarNode():
            return _scalar(field, node)
        case yaml.SequenceNode():
            return [_plain(field, item, depth + 1) for item in node.value]
        case yaml.MappingNode():
            names = [(str(key.value), value) for key, value in node.value]
            return {name: _plain(name, value, depth + 1) for name, value in names}
    raise TypeError(f"a node of YAML is a scalar, a list or a mapping, not {node!r}")


def _scalar(field: str, node: yaml.ScalarNode) -> object:
    if node.tag == NULL:
        return None
    written = str(node.value)
    if field in _WHOLE_NUMBERS and _WHOLE.fullmatch(written):
        return int(written)
    return _FLAGS.get(written.lower(), written) if field in _FLAG_FIELDS else written
