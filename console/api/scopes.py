"""What a token may be used for; each scope needs a power that its owner has at that moment."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from console.base import permissions
from console.base.current_user import Visitor
from console.base.i18n import later
from console.base.permissions import Power, Right


class Scope(StrEnum):
    """One thing that a token may be used for."""

    DUTY_READ = "duty:read"
    DUTY_WRITE = "duty:write"
    SCHEDULE_READ = "schedule:read"
    SCHEDULE_WRITE = "schedule:write"
    ITEMS_READ = "items:read"
    ITEMS_WRITE = "items:write"
    TOTALS_READ = "totals:read"


@dataclass(frozen=True)
class Meant:
    """A scope in words, and what its owner must be able to do in the console."""

    words: str
    power: Power
    whole: bool = False
    """Whether the power over what is their own is not enough."""


SCOPES: Mapping[Scope, Meant] = {
    Scope.DUTY_READ: Meant(later("Read who is on duty"), Power.SCHEDULE),
    Scope.DUTY_WRITE: Meant(later("Go on or off duty yourself"), Power.ANSWER),
    Scope.SCHEDULE_READ: Meant(later("Read the schedule"), Power.SCHEDULE),
    Scope.SCHEDULE_WRITE: Meant(
        later("Put people on or off duty once"), Power.SCHEDULE, whole=True
    ),
    Scope.ITEMS_READ: Meant(later("Read open items"), Power.MESSAGES),
    Scope.ITEMS_WRITE: Meant(later("Take open items"), Power.MESSAGES),
    Scope.TOTALS_READ: Meant(later("Read the totals of the reports"), Power.TOTALS),
}


def open_to(visitor: Visitor) -> tuple[Scope, ...]:
    """The scopes that this user may give to a token of theirs."""
    return tuple(scope for scope, meant in SCOPES.items() if _has(visitor, meant))


def of(visitor: Visitor, given: Collection[str]) -> frozenset[Scope]:
    """Those of the given scopes that their role still allows."""
    return frozenset(scope for scope in open_to(visitor) if scope in given)


def _has(visitor: Visitor, meant: Meant) -> bool:
    right = permissions.right_to(visitor.role, meant.power)
    return right is not None and not (meant.whole and right is Right.OWN)
