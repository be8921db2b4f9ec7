"""Know your rights: the situations, the key of each, and the parts that are heard in it.

The keys also stand in the addresses of the sheets, so that an address says nothing about its
holder.
"""

from __future__ import annotations

from dataclasses import dataclass

from routing import needs


@dataclass(frozen=True)
class Situation:
    """A situation with its key in the menu, its words there, its title and its parts."""

    name: str
    key: str
    words: str
    title: str
    parts: tuple[str, ...]


SITUATIONS = (
    Situation(
        "door",
        "1",
        "rights_menu.door",
        "rights_title.door",
        (
            "rights_door.closed",
            "rights_door.warrant",
            "rights_door.paper",
            "rights_door.come_in",
            "rights.silent",
            "rights.sign",
            "rights.calm",
        ),
    ),
    Situation(
        "street",
        "2",
        "rights_menu.street",
        "rights_title.street",
        (
            "rights.free",
            "rights.silent",
            "rights.search",
            "rights_street.car",
            "rights_street.papers",
            "rights.calm",
        ),
    ),
    Situation(
        "work",
        "3",
        "rights_menu.work",
        "rights_title.work",
        (
            "rights_work.private",
            "rights_work.line",
            "rights.free",
            "rights.silent",
            "rights.search",
            "rights.calm",
        ),
    ),
    Situation(
        "custody",
        "4",
        "rights_menu.custody",
        "rights_title.custody",
        (
            "rights.silent",
            "rights.sign",
            "rights.lawyer",
            "rights_custody.call",
            "rights_custody.afraid",
            "rights_custody.a_number",
            "rights_custody.fast",
        ),
    ),
    Situation(
        "family",
        "5",
        "rights_menu.family",
        "rights_title.family",
        (
            "rights_family.children",
            "rights_family.forms",
            "rights_family.minors",
            "rights_family.papers",
            "rights_family.number",
            "rights.notario",
        ),
    ),
)
INTRO = "rights_menu.intro"
EXPIRED = "rights_menu.ask_lawyer"
"""Said and shown instead of parts whose review is overdue."""


def named(name: str) -> Situation:
    """The situation of this name; the first one if a release removed it."""
    return next((each for each in SITUATIONS if each.name == name), SITUATIONS[0])


def with_key(key: str) -> Situation | None:
    """The situation on this key."""
    return next((each for each in SITUATIONS if each.key == key), None)


def for_need(need: str | None) -> Situation:
    """The situation that fits best to what a caller needs."""
    stated = needs.of(need)
    is_held = "detained" in (stated.code, stated.parent)
    return named("custody") if is_held else SITUATIONS[0]


def valid(parts: tuple[str, ...], expired: frozenset[str]) -> tuple[str, ...]:
    """The parts to hear or read: one sentence about a lawyer stands for all that have expired."""
    left = tuple(name for name in parts if name not in expired)
    return left if left == parts else (*left, EXPIRED)
