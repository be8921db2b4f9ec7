"""Every address of the console, requested by every role with ids that do not exist."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from werkzeug.routing import Rule

from console.base.permissions import ROUTES, Needs
from models.staff.users import Role
from tests.console.every_address import rules, visitor
from tests.coordinator import Coordinator
from tests.hotline import Hotline

NUL, LONG = "a%00b", "a" * 10_000
HOSTILE = ("%00", NUL, "%ED%A0%80", LONG, "9" * 10_000, quote("\u202eé"))
"""A NUL, half a surrogate pair, overlong ids and counts, and other scripts."""
UNKNOWN = ("9" * 25, "a" * 32)
"""A count too large for the database, and a well-formed id that no row has."""
WORDS = ("\0", "a\0b", LONG)
NAMES = re.findall(
    r"\w+",
    """after at based_on by change code days due end ends form from hours instead_of kind language
    list name need needs new again note number offered person phone pin press privileged reason role
    row seen since shown start starts text text_en take then tier until who why zips""",
)


@pytest.mark.parametrize("role", [None, *Role])
def test_i6_no_id_in_an_address_makes_a_page_fail(hotline: Hotline, role: Role | None) -> None:
    faults, who = [], visitor(hotline, role)
    for rule in rules(hotline):
        if not rule.arguments or role not in (_least_who_may_open(rule), _most(rule)):
            continue
        for hostile in (*HOSTILE, *UNKNOWN):
            address = _with(rule, hostile)
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                status = _ask(who, method, address)
                if status >= 500 or (hostile in HOSTILE and status not in (404, 405, 422)):
                    faults.append(f"{method} {rule.rule} with {hostile[:12]}: {status}")
    assert faults == []


@pytest.mark.parametrize("role", [None, *Role])
def test_i6_no_word_in_a_form_or_a_query_makes_a_page_fail(
    hotline: Hotline, role: Role | None
) -> None:
    who, faults = visitor(hotline, role), []
    for rule in rules(hotline):
        if rule.endpoint in _SIGNS_OUT or role is not _least_who_may_open(rule):
            continue
        for words in WORDS:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                status = _ask(who, method, _with(rule, "a"), dict.fromkeys(NAMES, words))
                if status >= 500:
                    faults.append(f"{method} {rule.rule} with {words[:4]!r}: {status}")
    assert faults == []


_SIGNS_OUT = ("console.sign_out", "console.end_all_sessions")


def _ask(
    visitor: Coordinator, method: str, address: str, words: dict[str, str] | None = None
) -> int:
    base = "https://hotline.example.org"
    if method == "GET":
        return visitor.client.get(address, base_url=base, query_string=words).status_code
    return visitor.posts(address, **(words or {}), csrf=visitor.token).status_code


def _with(rule: Rule, hostile: str) -> str:
    address = rule.rule
    for argument in rule.arguments:
        for part in (f"<path:{argument}>", f"<int:{argument}>", f"<{argument}>"):
            address = address.replace(part, hostile)
    return address


def _may_open(rule: Rule, role: Role | None) -> bool:
    door = ROUTES[rule.endpoint]
    return not isinstance(door, Needs) or (role is not None and door.admits(role))


def _least_who_may_open(rule: Rule) -> Role | None:
    """The role with the fewest rights that may open it: a page narrows what it shows for it."""
    return next(role for role in (None, *reversed(Role)) if _may_open(rule, role))


def _most(rule: Rule) -> Role | None:
    """The role with the most rights that may open it: for it a page narrows nothing."""
    return next((role for role in Role if _may_open(rule, role)), None)
