"""The access matrix: every address of the app, requested by every role and without sign-in."""

from __future__ import annotations

import pytest
from werkzeug.routing import Rule

from console.base.permissions import RIGHTS, ROUTES, Anybody, Needs, Power, Right
from models.staff.users import Role
from tests.console.every_address import rules, visitor
from tests.coordinator import Coordinator
from tests.hotline import Hotline

AS_AGREED = """
                          admin       coordinator  responder         translator  auditor
OWN_ACCOUNT               yes         yes          yes               yes         yes
ANSWER                    -           yes          yes               yes         -
BOARD                     yes         yes          own               own         -
CALLERS_NUMBER            -           reveal       own+and+reveal    -           -
MESSAGES                  -           yes          own               own         -
NOTES                     -           yes          own               own         -
PRIVILEGED_NOTES          -           -            own               -           -
SCHEDULE                  yes         yes          own               own         -
RESPONDERS_PHONE          reveal      -            own               own         -
BLOCK                     yes         yes          for+24+hours      -           -
SYSTEM                    yes         -            -                 -           -
ROLES                     two+persons -            -                 -           -
EXPORT                    two+persons two+persons  -                 -           -
AUDIT                     -           -            -                 -           yes
AUDIT_CHECK               yes         -            -                 -           yes
TOTALS                    yes         yes          -                 -           yes
PROMPTS                   yes         yes          -                 own         -
LINE                      yes         yes          -                 -           -
"""
"""The rights, written a second time, so that no right changes by accident."""


def test_the_rights_are_those_that_were_agreed() -> None:
    header, *rows = AS_AGREED.strip().splitlines()
    agreed = {
        Power[name]: {
            Role(role): right.replace("+", " ")
            for role, right in zip(header.split(), rights, strict=True)
            if right != "-"
        }
        for name, *rights in map(str.split, rows)
    }
    assert {power: dict(held) for power, held in RIGHTS.items()} == agreed


def test_every_address_has_a_row_and_every_row_an_address(hotline: Hotline) -> None:
    endpoints = {rule.endpoint for rule in rules(hotline)}
    assert endpoints == set(ROUTES)


@pytest.mark.parametrize("role", [None, *Role])
def test_every_address_opens_for_those_with_the_right_and_for_nobody_else(
    hotline: Hotline, role: Role | None
) -> None:
    surprises, who = [], visitor(hotline, role)
    for rule in rules(hotline):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            status = _ask(who, rule, method)
            if not _is_right(rule.endpoint, role, status):
                surprises.append(f"{role or 'nobody'}: {method} {rule.rule} gave {status}")
            if rule.endpoint in _SIGN_OUT:
                who = visitor(hotline, role)
    assert surprises == []


def _is_right(endpoint: str, role: Role | None, status: int) -> bool:
    """Any status but 401 and 403 means access; what the page does after that is not tested here."""
    door = ROUTES[endpoint]
    if isinstance(door, Anybody):
        return status not in (401,)
    if role is None:
        return status == 401
    if isinstance(door, Needs) and _is_denied(door, role):
        return status == 403
    return status not in (401, 403) or endpoint in _REFUSE_WHAT_IS_ASKED


def _is_denied(door: Needs, role: Role) -> bool:
    right = RIGHTS[door.power].get(role)
    return right is None or (door.whole and right is Right.OWN)


_REFUSE_WHAT_IS_ASKED = ("console.add_passkey",)  # the request has no signature
_SIGN_OUT = ("console.sign_out", "console.end_all_sessions")


def _ask(visitor: Coordinator, rule: Rule, method: str) -> int:
    address = rule.rule
    for argument in rule.arguments:
        for part in (f"<path:{argument}>", f"<int:{argument}>", f"<{argument}>"):
            address = address.replace(part, "1")
    if method == "GET":
        answer = visitor.client.get(address, base_url="https://hotline.example.org")
        return answer.status_code
    return visitor.posts(address, csrf=visitor.token).status_code
