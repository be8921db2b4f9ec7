"""What two people must agree on: one asks, another with the same power agrees within a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.base import permissions
from console.base.current_user import Visitor
from console.base.permissions import Power, Right
from models.core.database import Session
from models.staff import approvals, audit, users
from models.staff.approvals import Approval, ApprovalState
from models.staff.audit import Deed
from models.staff.users import Role

CALLS_EXPORT, INTAKE, ROLE, RESET = "calls export", "intake", "role", "reset"
POWERS: Mapping[str, Power] = {
    CALLS_EXPORT: Power.EXPORT,
    INTAKE: Power.EXPORT,
    ROLE: Power.ROLES,
    RESET: Power.ROLES,  # the code lets its holder sign in as them, with their role
}
"""What can be asked for, and the power that both must have."""


@dataclass(frozen=True)
class Request:
    """A request as somebody sees it who could agree to it, or who made it."""

    id: str
    kind: str
    facts: dict[str, Any]
    asked_by: str
    is_own: bool
    asked_at: datetime
    until: datetime
    agreed_by: str | None
    """Their name, once somebody has agreed."""


def ask(
    session: Session, visitor: Visitor, kind: str, facts: dict[str, Any], now: datetime
) -> Approval:
    """Write a request down, for somebody else to agree to."""
    asked = approvals.ask(session, kind, facts, visitor.user_id, now)
    entry = Deed("approval asked", f"approval {asked.id}", after={"kind": kind, **facts})
    audit.write(session, visitor.user_id, entry, now)
    return asked


def standing(session: Session, visitor: Visitor, now: datetime) -> list[Request]:
    """What this visitor asked for or may agree to, oldest first."""
    found = [each for each in approvals.standing(session, now) if _is_theirs(visitor, each.kind)]
    names = {user.id: users.name_of(session, user) for user in users.all_of_them(session)}
    return [
        Request(
            id=each.id,
            kind=each.kind,
            facts=approvals.facts_of(session, each),
            asked_by=names[each.asked_by],
            is_own=each.asked_by == visitor.user_id,
            asked_at=each.asked_at,
            until=(each.decided_at or each.asked_at) + approvals.LIFE,
            agreed_by=names[each.decided_by] if each.decided_by else None,
        )
        for each in found
        if each.state == ApprovalState.OPEN or each.asked_by == visitor.user_id
    ]


def may_agree(session: Session, kind: str, visitor: Visitor, but_not: str | None = None) -> bool:
    """Whether anybody else could agree to what this visitor asks for, but for one user."""
    apart = (visitor.user_id, but_not)
    others = (user for user in users.all_of_them(session) if user.id not in apart)
    return any(
        not user.disabled and permissions.right_to(Role(user.role), POWERS[kind]) is Right.TWO
        for user in others
    )


def agree(session: Session, visitor: Visitor, approval_id: str, now: datetime) -> Approval | None:
    """The second person agrees; None when it is their own, is over, or is not theirs to decide."""
    found = approvals.held(session, approval_id)
    if found is None or found.asked_by == visitor.user_id or not _is_open(visitor, found, now):
        return None
    found.decide(ApprovalState.AGREED, visitor.user_id, now)
    audit.write(session, visitor.user_id, Deed("approval agreed", f"approval {found.id}"), now)
    return found


def end(session: Session, visitor: Visitor, approval_id: str, now: datetime) -> bool:
    """The second person rejects it, or the first withdraws it; False when it is over."""
    found = approvals.held(session, approval_id)
    if found is None or not found.stands(now) or not _is_theirs(visitor, found.kind):
        return False
    is_own = found.asked_by == visitor.user_id
    if not is_own and found.state != ApprovalState.OPEN:
        return False
    state = ApprovalState.WITHDRAWN if is_own else ApprovalState.REFUSED
    found.decide(state, visitor.user_id, now)
    audit.write(session, visitor.user_id, Deed(f"approval {state}", f"approval {found.id}"), now)
    return True


def look(session: Session, approval_id: str, kind: str, now: datetime) -> dict[str, Any] | None:
    """What was asked for, if that can still be carried out; locks and uses nothing."""
    for each in approvals.standing(session, now):
        if (each.id, each.kind) == (approval_id, kind):
            return approvals.facts_of(session, each)
    return None


def use(
    session: Session, visitor: Visitor, approval_id: str, kind: str, now: datetime
) -> dict[str, Any] | None:
    """What was approved, once, for the person who asked; the caller audits what was done."""
    found = approvals.held(session, approval_id)
    is_theirs = found is not None and (found.asked_by, found.kind) == (visitor.user_id, kind)
    if (
        found is None
        or not is_theirs
        or found.state != ApprovalState.AGREED
        or not found.stands(now)
    ):
        return None
    found.state = ApprovalState.DONE
    return approvals.facts_of(session, found)


def _is_open(visitor: Visitor, found: Approval, now: datetime) -> bool:
    is_open = found.state == ApprovalState.OPEN and found.stands(now)
    return is_open and _is_theirs(visitor, found.kind)


def _is_theirs(visitor: Visitor, kind: str) -> bool:
    return visitor.right_to(POWERS[kind]) is Right.TWO
