"""Who is asking: the visitor of this request, as every view and page finds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import abort, g

from console.base import permissions
from console.base.permissions import Power, Right
from models.staff.staff_sessions import Stage
from models.staff.users import Role

FRESH = timedelta(minutes=5)
"""How long after proving who they are somebody may do what is sensitive."""


@dataclass(frozen=True)
class Visitor:
    """Somebody who showed at least the right password; read again for each request."""

    user_id: str
    name: str
    role: Role
    person_id: str | None
    language: str | None
    session_id: str
    stage: Stage
    confirmed_at: datetime
    notices: tuple[str, ...]

    @property
    def is_in(self) -> bool:
        """Whether the sign-in is complete."""
        return self.stage is Stage.WHOLE

    def is_fresh(self, now: datetime) -> bool:
        """Whether they proved just now that it is them."""
        return now - self.confirmed_at < FRESH

    def right_to(self, power: Power) -> Right | None:
        """How far a power of theirs goes."""
        return permissions.right_to(self.role, power)

    @property
    def may_schedule(self) -> bool:
        """Whether they change the schedule, and what else calls depend on, for everybody."""
        return self.right_to(Power.SCHEDULE) is Right.YES

    def may_open(self, endpoint: str) -> bool:
        """Whether a page is theirs to open."""
        return self.is_in and permissions.may_open(self.role, endpoint)


def present() -> Visitor | None:
    """The visitor of this request, if they are known at all."""
    visitor: Visitor | None = g.get("visitor")
    return visitor


def current() -> Visitor:
    """The visitor of a page that nobody can open unknown."""
    visitor = present()
    if visitor is None:
        raise LookupError("a page that is open to anybody asked who its visitor is")
    return visitor


def must_schedule() -> None:
    """Others may read a list, and nothing more exists for them."""
    if not current().may_schedule:
        abort(404)
