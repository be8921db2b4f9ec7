"""The roster file: partners, people and rules as coordinators write them, in YAML or JSON.

The text is composed into nodes and never constructed, so every complaint can name its line and
no value changes on the way: `no` stays a word, 22:00 a time of day, and 00501 a zip code.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from re import compile as pattern
from unicodedata import category

import phonenumbers
import yaml

from routing import duty
from routing.people import NEEDS
from routing.policies import COORDINATOR, EVERY_TIER, FIRST_LINE

DEFAULT_TIMEZONE = "America/New_York"
ROLES = ("attorney", "volunteer", "interpreter", "coordinator")

_MOST_PROBLEMS = 20
_MOST_ZIPS = 1000
_DEEPEST_RULE = 4
_NULL = "tag:yaml.org,2002:null"
_PIN = pattern(r"[0-9]{6,}")
_ZIPS = pattern(r"([0-9]{5})(?:-([0-9]{5}))?")
_WHOLE = pattern(r"-?[0-9]{1,9}")
_WHOLE_NUMBERS = ("priority", "shift_length")
_FLAG_FIELDS = ("exclusive",)
_FLAGS = {"true": True, "false": False}

_PARTNER_FIELDS = ("name", "phone", "address", "zips", "url", "services", "languages")
_PERSON_FIELDS = ("name", "phone", "partner", "role", "languages", "needs", "tier", "pin")

_Node = yaml.Node


@dataclass(frozen=True)
class Partner:
    """An organisation of the coalition; `phone` is E.164, `zips` the codes it serves, in full."""

    name: str
    phone: str
    address: str = ""
    zips: tuple[str, ...] = ()
    url: str = ""
    services: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Person:
    """Somebody who answers for the hotline; `phone` is E.164, no needs named means all of them."""

    name: str
    phone: str
    partner: str | None = None
    role: str = "volunteer"
    languages: tuple[str, ...] = ("en",)
    needs: tuple[str, ...] = ()
    tier: int = FIRST_LINE
    pin: str | None = None


@dataclass(frozen=True)
class Roster:
    """A whole roster file without a known mistake; rules name people by name."""

    timezone: str
    partners: tuple[Partner, ...]
    people: tuple[Person, ...]
    rules: tuple[duty.Rule, ...]

    @property
    def duty(self) -> duty.Duty:
        """Who is on duty by this file alone, people by name."""
        return duty.Duty(self.timezone, self.rules)


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake: its line in the file (from 1; 0 when the file itself is missing) and why."""

    line: int
    words: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.words}" if self.line else self.words


class RosterError(ValueError):
    """A roster that cannot be used; `problems` are in the order of the file, the first 20."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems)[:_MOST_PROBLEMS])
        self.line = self.problems[0].line
        super().__init__("\n".join(map(str, self.problems)))


def read(source: Path | str, *, languages: Collection[str], forgive_empty: bool = False) -> Roster:
    """The roster in a file (a Path) or in a text (a str); raises RosterError with every mistake.

    `languages` are the codes a person may speak. `forgive_empty` passes over overrides that end
    no later than they start: they are never in force, so a question can be answered without them.
    """
    problems: list[Problem] = []
    root = _composed(_text_of(source) if isinstance(source, Path) else source)
    roster = _Reader(languages, forgive_empty, problems).roster(root)
    if problems:
        raise RosterError(problems)
    return roster


def _text_of(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RosterError([Problem(0, f"{path.name} cannot be read: {error.strerror}")]) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        words = f"{path.name} is not UTF-8 text; save it as UTF-8 and try again"
        raise RosterError([Problem(line, words)]) from error


def _composed(text: str) -> _Node:
    _refuse_references(text)
    if text.lstrip().startswith("{"):
        text = text.replace("\t", " ")  # JSON may be indented by tabs, which YAML refuses
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RosterError([Problem(line, f"this is not YAML or JSON: {error.problem}")]) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise RosterError([Problem(line, "a character here cannot be printed")]) from error
    except RecursionError as error:
        raise RosterError([Problem(1, "this is nested too deeply for a roster")]) from error
    if root is None:
        raise RosterError([Problem(1, "the roster is empty")])
    return root


def _refuse_references(text: str) -> None:
    """A few lines that refer to each other can stand for more people than there are."""
    if "*" not in text:
        return
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.AliasToken):
                words = f"'*{token.value}' refers to another place; write it out instead"
                raise RosterError([Problem(token.start_mark.line + 1, words)])
    except yaml.YAMLError:
        return  # whoever composes it says what is wrong


def _line(node: _Node) -> int:
    return node.start_mark.line + 1


class _Fields:
    """One mapping of the file, read field by field; mistakes are noted and reading goes on."""

    def __init__(
        self, node: _Node, what: str, known: tuple[str, ...] | None, problems: list[Problem]
    ) -> None:
        self.node, self.what, self.problems = node, what, problems
        self.nodes: dict[str, _Node] = {}
        if not isinstance(node, yaml.MappingNode):
            self._note(node, "should have fields, each with its name and a colon")
            return
        for key, value in node.value:
            field = key.value if isinstance(key, yaml.ScalarNode) else "a list"
            if known is not None and field not in known:
                self._note(key, f"has '{field}', which is not one of {', '.join(known)}")
            elif field in self.nodes:
                self._note(key, f"has {field} twice")
            elif value.tag != _NULL:
                self.nodes[field] = value

    def complain(self, field: str | None, words: str) -> None:
        """Note what is wrong with a field, at its line if it has one."""
        self._note(self.nodes.get(field or "", self.node), words)

    def introduced(self) -> str:
        """The name this entry has; from here on complaints call it by that."""
        name = self.needed("name")
        self.what = name or self.what
        return name

    def text(self, field: str, default: str = "") -> str:
        """The words of an optional field."""
        return self._words(field, self.nodes[field]) if field in self.nodes else default

    def needed(self, field: str) -> str:
        """The words of a field that must be there."""
        words = self.text(field)
        if not words and isinstance(self.node, yaml.MappingNode):
            self.complain(field, f"has no {field}")
        return words

    def texts(self, field: str) -> tuple[str, ...]:
        """The words of an optional list, each once."""
        return tuple(dict.fromkeys(self._words(field, node) for node in self.entries(field)))

    def entries(self, field: str) -> list[_Node]:
        """The nodes of an optional list."""
        node = self.nodes.get(field)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.complain(field, f"has {field} that are not a list")
            return []
        return list(node.value)

    def one_of(self, field: str, known: Iterable[str], default: str) -> str:
        """An optional word from a closed set."""
        word = self.text(field, default)
        if word not in known:
            self.complain(field, f"has {field} '{word}', which is not one of {', '.join(known)}")
        return word

    def some_of(self, field: str, known: Iterable[str], verb: str) -> tuple[str, ...]:
        """An optional list of words from a closed set; `verb` says what they are to the owner."""
        for node in self.entries(field):
            word = self._words(field, node)
            if word not in known:
                self._note(node, f"{verb} '{word}', which is not one of {', '.join(known)}")
        return self.texts(field)

    def _words(self, field: str, node: _Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            self._note(node, f"has {field} that should be plain words")
            return ""
        if any(category(letter) in ("Cc", "Cs") for letter in node.value):
            self._note(node, f"has a character in {field} that cannot be printed")
        return str(node.value).strip()

    def _note(self, node: _Node, words: str) -> None:
        problem = Problem(_line(node), f"{self.what} {words}")
        if problem not in self.problems:
            self.problems.append(problem)


@dataclass(frozen=True)
class _Reader:
    """Reads a whole roster; every mistake on the way is added to `problems`."""

    languages: Collection[str]
    forgive_empty: bool
    problems: list[Problem]

    def roster(self, root: _Node) -> Roster:
        """The roster, of no worth when there are problems."""
        fields = self._fields(root, "the roster", ("timezone", "partners", "people", "rules"))
        partners = self._partners(fields)
        people = self._people(fields, [partner.name for partner in partners])
        rules = self._rules(fields, [person.name for person in people])
        return Roster(self._timezone(fields), partners, people, rules)

    def _fields(self, node: _Node, what: str, known: tuple[str, ...] | None) -> _Fields:
        return _Fields(node, what, known, self.problems)

    def _timezone(self, fields: _Fields) -> str:
        name = fields.text("timezone", DEFAULT_TIMEZONE)
        try:
            return duty.zone_named(name).key
        except duty.DutyError as error:
            fields.complain("timezone", f"is in no zone we know: {error}")
            return DEFAULT_TIMEZONE

    def _partners(self, fields: _Fields) -> tuple[Partner, ...]:
        names = _Once("is twice on the list of partners")
        partners = []
        for number, node in enumerate(fields.entries("partners"), 1):
            entry = self._fields(node, f"partner {number}", _PARTNER_FIELDS)
            partners.append(self._partner(entry))
            names.check(entry, "name", partners[-1].name.casefold())
        return tuple(partners)

    def _partner(self, entry: _Fields) -> Partner:
        name = entry.introduced()
        return Partner(
            name=name,
            phone=_phone(entry),
            address=entry.text("address"),
            zips=_zips(entry),
            url=_url(entry),
            services=entry.texts("services"),
            languages=entry.some_of("languages", self.languages, "works in"),
        )

    def _people(self, fields: _Fields, partners: Collection[str]) -> tuple[Person, ...]:
        names = _Once("is twice on the list of people")
        phones = _Once("has a phone that somebody else has already")
        people = []
        for number, node in enumerate(fields.entries("people"), 1):
            entry = self._fields(node, f"person {number}", _PERSON_FIELDS)
            people.append(self._person(entry, partners))
            names.check(entry, "name", people[-1].name.casefold())
            phones.check(entry, "phone", people[-1].phone)
        if not people:
            fields.complain("people", "has no people")
        return tuple(people)

    def _person(self, entry: _Fields, partners: Collection[str]) -> Person:
        name = entry.introduced()
        partner = entry.text("partner")
        if partner and partner not in partners:
            entry.complain(
                "partner", f"is with '{partner}', {_not_among('partners', partner, partners)}"
            )
        role = entry.one_of("role", ROLES, Person.role)
        return Person(
            name=name,
            phone=_phone(entry),
            partner=partner or None,
            role=role,
            languages=entry.some_of("languages", self.languages, "speaks") or Person.languages,
            needs=entry.some_of("needs", NEEDS, "takes"),
            tier=_tier(entry, role),
            pin=_pin(entry),
        )

    def _rules(self, fields: _Fields, people: Collection[str]) -> tuple[duty.Rule, ...]:
        rules = (
            self._rule(node, f"rule {number}", people)
            for number, node in enumerate(fields.entries("rules"), 1)
        )
        return tuple(rule for rule in rules if rule is not None)

    def _rule(self, node: _Node, what: str, people: Collection[str]) -> duty.Rule | None:
        entry = self._fields(node, what, None)
        try:
            rule = duty.rule_from({name: _plain(name, n) for name, n in entry.nodes.items()})
        except duty.EmptyStretchError as error:
            if not self.forgive_empty:
                entry.complain(error.field, f"cannot be kept: {error}")
            return None
        except duty.DutyError as error:
            entry.complain(error.field, f"cannot be kept: {error}")
            return None
        for name in dict.fromkeys(duty.people_in(rule)):
            if name not in people:
                entry.complain(None, f"names '{name}', {_not_among('people', name, people)}")
        return rule


class _Once:
    """Notices what comes a second time where each must be the only one."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.lines: dict[str, int] = {}

    def check(self, entry: _Fields, field: str, value: str) -> None:
        if value in self.lines:
            entry.complain(field, f"{self.words} (line {self.lines[value]})")
        elif value:
            self.lines[value] = _line(entry.nodes[field])


def _not_among(list_name: str, name: str, known: Collection[str]) -> str:
    likely = get_close_matches(name, known, n=1)
    return f"not on the list of {list_name}" + (f"; is it {likely[0]}?" if likely else "")


def dialable(words: str) -> str | None:
    """A phone in E.164, or None; ten digits alone are a number of the United States.

    Possible is enough: a newly opened area code must not lock out a responder until the library
    has learnt of it.
    """
    try:
        number = phonenumbers.parse(words, "US")
        reason = phonenumbers.is_possible_number_with_reason(number)
    except phonenumbers.NumberParseException:
        return None
    if reason != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _phone(entry: _Fields) -> str:
    words = entry.needed("phone")
    number = dialable(words) if words else ""
    if number is None:
        entry.complain("phone", "has a phone that cannot be dialled; write +1 and ten digits")
    return number or ""


def _zips(entry: _Fields) -> tuple[str, ...]:
    zips = (zip_code for words in entry.texts("zips") for zip_code in _zip_range(entry, words))
    return tuple(dict.fromkeys(zips))


def zips_meant(words: str) -> list[str] | None:
    """The codes of one zip, or of a range of at most a thousand; None when it is neither."""
    found = _ZIPS.fullmatch(words)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, -1)
    if not first <= last < first + _MOST_ZIPS:
        return None
    return [f"{number:05}" for number in range(first, last + 1)]


def _zip_range(entry: _Fields, words: str) -> list[str]:
    meant = zips_meant(words)
    if meant is None:
        entry.complain("zips", f"has the zip '{words}'; write 11368, or a range 11368-11377")
    return meant or []


def _url(entry: _Fields) -> str:
    url = entry.text("url")
    if url and not url.startswith(("https://", "http://")):
        entry.complain("url", f"has the url '{url}', which does not start with https://")
    return url


def _tier(entry: _Fields, role: str) -> int:
    """A coordinator is the last to ring unless the file says otherwise."""
    usual = COORDINATOR if role == "coordinator" else FIRST_LINE
    tiers = {str(tier): tier for tier in EVERY_TIER}
    return tiers.get(entry.one_of("tier", tiers, str(usual)), usual)


def _pin(entry: _Fields) -> str | None:
    pin = entry.text("pin")
    if pin and not _PIN.fullmatch(pin):
        entry.complain("pin", "has a PIN that is not six or more digits")
    return pin or None


def _plain(field: str, node: _Node, depth: int = 1) -> object:
    """What JSON would say here, as the form of rules expects it."""
    if depth > _DEEPEST_RULE:
        raise duty.DutyError(f"{field} is nested too deeply", field)
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
    if node.tag == _NULL:
        return None
    written = str(node.value)
    if field in _WHOLE_NUMBERS and _WHOLE.fullmatch(written):
        return int(written)
    return _FLAGS.get(written.lower(), written) if field in _FLAG_FIELDS else written
