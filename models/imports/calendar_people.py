"""Whose shift an event is: the names in its title, and the answers of those who were invited.

Titles of on-call tools name a schedule beside the person, and our own calendar the languages. Any
other word beside a name may mean the opposite ("off", "instead of"), so it is not guessed at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from icalendar import Component

from models.imports.shift_frame import Frame
from models.people.readings import Why
from routing.readers import written_names
from routing.readers.told import told

_ENCLOSED = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_PARTS = re.compile(r"\s+[-|/]+\s+|\s*[:;]\s+|\s+@\s+|\s*,\s*")
_JOINED = re.compile(r"\s*[,;&+/]\s*|\s+(?:and|y|with|con)\s+")
_ON_CALL = re.compile(r"\b(?:on[ -]?call|de guardia)\b")
_DUTY_WORDS = frozenset(
    {
        "on", "oncall", "call", "shift", "shifts", "duty", "hotline", "line", "phone", "night",
        "day", "morning", "afternoon", "evening", "weekend", "turno", "guardia", "linea", "línea",
        "noche", "mañana", "tarde", "de", "la", "del", "the",
    }
)  # fmt: skip
_REFUSING = frozenset(
    {
        "not", "no", "off", "out", "away", "leave", "vacation", "holiday", "sick", "pto", "ooo",
        "absent", "unavailable", "declined", "tentative", "maybe", "swap", "swapped", "instead",
        "cover", "covers", "covering", "replaced", "replaces", "cancelled", "canceled", "open",
        "unassigned", "nobody", "without", "birthday", "libre", "vacaciones", "baja", "cancelado",
        "cancelada", "sin",
    }
)  # fmt: skip
_LEVEL = re.compile(r"l[0-9]")
"""The level of an escalation, as on-call tools write it: [L1]."""
_CANCELLED = re.compile(r"(?:cancell?ed|cancel+ado|cancel+ada|annul[ée]e?|abgesagt)\s*:", re.I)
_NOBODY_KINDS = frozenset({"ROOM", "RESOURCE"})
_ANSWERS = {
    "DECLINED": Why.DECLINED,
    "TENTATIVE": Why.TENTATIVE,
    "NEEDS-ACTION": Why.UNANSWERED,
    "DELEGATED": Why.DELEGATED,
}


@dataclass(frozen=True)
class Whose:
    """The people of an event, those who are not, and what is unclear."""

    people: tuple[str, ...] = ()
    not_there: tuple[tuple[str, Why], ...] = ()
    unclear: str = ""
    """A complaint; then nothing else counts."""


@dataclass(frozen=True)
class _Invited:
    words: str
    person: str | None
    why_not: Why | None
    is_organizer: bool


def is_called_off(title: str) -> bool:
    """Whether the title itself says that the event is cancelled, as Outlook leaves it."""
    return _CANCELLED.match(title.strip()) is not None


def of(event: Component, frame: Frame) -> Whose:
    """Everybody who will be there, and nobody who will not."""
    title = written_names.written(str(event.get("SUMMARY", "")))
    named, invited = named_in(title, frame), _invited(event, frame)
    if named:
        return _of_named(named, invited)
    coming = [each for each in invited if each.why_not is None]
    if coming and (doubt := _doubt(title, coming, frame)):
        return Whose(unclear=doubt)
    if unknown := [each for each in coming if each.person is None and not each.is_organizer]:
        return Whose(unclear=frame.unknown(unknown[0].words))
    people = tuple(dict.fromkeys(each.person for each in coming if each.person))
    not_there = tuple((each.person, each.why_not) for each in invited
                      if each.person and each.why_not)  # fmt: skip
    if not people and not not_there:
        return Whose(unclear=told("%(why)s, and nor is an attendee", why=frame.unknown(title)))
    return Whose(people, not_there)


def _of_named(named: tuple[str, ...], invited: list[_Invited]) -> Whose:
    """The title says who. An invitation without an answer does not undo it; any other "no" does."""
    others = [
        each.person for each in invited
        if each.person and each.why_not is None and not each.is_organizer
        and each.person not in named
    ]  # fmt: skip
    if others:
        return Whose(
            unclear=told(
                "the title names %(named)s, but %(other)s will be there too; write everybody into "
                "the title",
                named=", ".join(named),
                other=others[0],
            )
        )
    said = {each.person: each.why_not for each in invited if each.why_not is not Why.UNANSWERED}
    not_there = tuple((name, why) for name in named if (why := said.get(name)))
    away = {name for name, _ in not_there}
    return Whose(tuple(name for name in named if name not in away), not_there)


def _doubt(title: str, coming: list[_Invited], frame: Frame) -> str:
    """Why a title that names nobody clearly makes the event unclear, or nothing."""
    plain = f" {written_names.plain(title)} "
    people = {each.person for each in coming}
    mentioned = [
        name for name in frame.names
        if re.search(rf"(?<!\w){re.escape(written_names.plain(name))}(?!\w)", plain)
    ]  # fmt: skip
    is_refusing = any(word in _REFUSING for word in re.findall(r"\w+", plain))
    if is_refusing or any(name not in people for name in mentioned):
        return told(
            "the title '%(title)s' does not say clearly who takes the shift; write the name alone",
            title=title,
        )
    return ""


def named_in(title: str, frame: Frame) -> tuple[str, ...]:
    """The people whom a title names, if every other word of it is understood."""
    if whole := _names(title, frame):
        return whole
    plain = written_names.plain(title)
    enclosed = [each for group in _ENCLOSED.findall(title) for each in _JOINED.split(group)]
    parts = [*(part for part in _PARTS.split(_ENCLOSED.sub(" ", title)) if part.strip()), *enclosed]
    people: list[str] = []
    other: list[str] = []
    for part in parts:
        if found := _names(part, frame):
            people.extend(found)
        elif not _is_understood(written_names.plain(part), frame):
            other.append(written_names.plain(part))
    is_tool = _ON_CALL.search(plain) is not None
    is_refusing = any(word in _REFUSING for part in other for word in re.findall(r"\w+", part))
    if len(other) > is_tool or is_refusing:
        return ()
    return tuple(dict.fromkeys(people))


def _names(words: str, frame: Frame) -> tuple[str, ...]:
    """These words as one name, or as names with "and" between them."""
    if one := frame.person(words):
        return (one,)
    several = [frame.person(part) for part in _JOINED.split(words)]
    return tuple(each for each in several if each) if all(several) else ()


def _is_understood(part: str, frame: Frame) -> bool:
    words = re.findall(r"\w+", part)
    return part in frame.languages or all(
        word in _DUTY_WORDS or _LEVEL.fullmatch(word) for word in words
    )


def _invited(event: Component, frame: Frame) -> list[_Invited]:
    organizer = str(event.get("ORGANIZER", "")).casefold()
    return [
        _one(each, frame, is_organizer=str(each).casefold() == organizer)
        for each in _listed(event.get("ATTENDEE"))
        if str(each.params.get("CUTYPE", "")).upper() not in _NOBODY_KINDS
    ]


def _one(attendee: object, frame: Frame, *, is_organizer: bool) -> _Invited:
    params: Any = getattr(attendee, "params", {})
    words = written_names.written(str(params.get("CN", "")).strip('"')) or str(attendee)
    if "," in words and frame.person(words) is None:  # Outlook: Torres, Ana
        last, _, first = words.partition(",")
        words = words if frame.person(f"{first} {last}") is None else f"{first} {last}".strip()
    answer = str(params.get("PARTSTAT", "ACCEPTED")).upper()
    why = None if answer == "ACCEPTED" else _ANSWERS.get(answer, Why.UNANSWERED)
    if why is None and str(params.get("ROLE", "")).upper() == "NON-PARTICIPANT":
        why = Why.NOT_TAKING_PART
    return _Invited(words, frame.person(words), why, is_organizer)


def _listed(value: Any) -> list[Any]:
    """A property that can occur never, once or several times, as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
