"""Tokens of the API: made by their owner, revoked by them or an administrator, and looked up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from console.api import scopes
from console.api.scopes import Scope
from console.auth import rate_limits
from console.base.current_user import Visitor
from console.base.permissions import Power, Right
from ivr.core.context import AppContext
from models.core.database import Session
from models.staff import api_tokens, audit, users
from models.staff.api_tokens import ApiToken
from models.staff.audit import Deed
from models.staff.staff_sessions import Stage
from models.staff.users import Role, User

LONGEST_LABEL = 80
_NEVER = datetime.min.replace(tzinfo=UTC)
"""A token proves no presence, so it is never fresh."""


@dataclass(frozen=True)
class Wanted:
    """A token that somebody asks for."""

    label: str
    scopes: frozenset[Scope]
    lasts: timedelta


@dataclass(frozen=True)
class Listed:
    """A token as its owner or an administrator sees it."""

    id: str
    owner: str
    label: str
    scopes: tuple[str, ...]
    made_at: datetime
    ends_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True)
class Shown:
    """What a right token opens: for whom, and for what."""

    token_id: str
    visitor: Visitor
    scopes: frozenset[Scope]
    ends_at: datetime


def as_visitor(session: Session, user: User) -> Visitor:
    """A user who acts through a token."""
    return Visitor(
        user_id=user.id, name=users.name_of(session, user), role=Role(user.role),
        person_id=user.person_id, language=user.language, session_id="", stage=Stage.WHOLE,
        confirmed_at=_NEVER, notices=(),
    )  # fmt: skip


def make(app: AppContext, visitor: Visitor, wanted: Wanted) -> str:
    """The words of a new token, which are shown once and stored nowhere."""
    now = app.clock()
    with app.database.transaction() as session:
        return write(session, visitor.user_id, visitor, wanted, now)


def write(session: Session, actor: str, owner: Visitor, wanted: Wanted, now: datetime) -> str:
    """As `make`, in a transaction that is open; scopes beyond the owner's role are left out."""
    given = scopes.of(owner, wanted.scopes)
    made, words = api_tokens.make(
        session, owner.user_id, wanted.label, given, now, wanted.lasts
    )  # fmt: skip
    told = {"user": owner.user_id, "scopes": made.scopes, "ends at": made.ends_at.isoformat()}
    audit.write(session, actor, Deed("token made", f"token {made.id}", after=told), now)
    return words


def listed(app: AppContext, visitor: Visitor) -> list[Listed]:
    """The tokens that last: everybody's for those who run the system, else one's own."""
    with app.database.reading() as session:
        whose = None if runs_the_system(visitor) else visitor.user_id
        return everybody(session, app.clock(), whose)


def everybody(session: Session, now: datetime, user_id: str | None = None) -> list[Listed]:
    """The tokens that last, of one user or of all."""
    names = users.names(session)
    return [
        Listed(
            each.id, names[each.user_id], api_tokens.label_of(session, each), tuple(each.scopes),
            each.made_at, each.ends_at, each.seen_at,
        )
        for each in api_tokens.lasting(session, now, user_id)
    ]  # fmt: skip


def revoke(app: AppContext, visitor: Visitor, token_id: str) -> bool:
    """Revoke a token of one's own, or any for those who run the system; False if none is there."""
    with app.database.transaction() as session:
        found = api_tokens.held(session, token_id)
        if found is None or not (runs_the_system(visitor) or found.user_id == visitor.user_id):
            return False
        return end(session, visitor.user_id, found, app.clock())


def end(session: Session, actor: str, found: ApiToken, now: datetime) -> bool:
    """Revoke a held token; False if it is over already."""
    if not found.lasts(now):
        return False
    found.revoked_at = now
    entry = Deed("token revoked", f"token {found.id}", before={"user": found.user_id})
    audit.write(session, actor, entry, now)
    return True


def runs_the_system(visitor: Visitor) -> bool:
    """Whether everybody's tokens are theirs to see and to revoke."""
    return visitor.right_to(Power.SYSTEM) is Right.YES


def look_up(app: AppContext, words: str, network: str) -> Shown | None:
    """What a token opens at this moment, by the role that its owner has now; None if nothing.

    Raises `rate_limits.TooMany`.
    """
    now = app.clock()
    with app.database.reading() as session:
        mark = rate_limits.may_show(session, "token", network, now)
        token = api_tokens.with_words(session, words, now)
        user = users.with_id(session, token.user_id) if token else None
        shown = None
        if token and user and user.can_sign_in:
            visitor = as_visitor(session, user)
            shown = Shown(token.id, visitor, scopes.of(visitor, token.scopes), token.ends_at)
        is_due = token is not None and token.is_due_to_be_seen(now)
    if shown is None or is_due:
        _remember(app, shown, mark, now)
    return shown


def _remember(app: AppContext, shown: Shown | None, mark: str, now: datetime) -> None:
    with app.database.transaction() as session:
        if shown:
            api_tokens.see(session, shown.token_id, now)
        else:
            rate_limits.opened_nothing(session, mark, now)


def note_use(app: AppContext, shown: Shown, operation: str) -> None:
    """That something was changed through a token, beside the entry of the change itself."""
    now = app.clock()
    with app.database.transaction() as session:
        entry = Deed("token used", f"token {shown.token_id}", after={"operation": operation})
        audit.write(session, shown.visitor.user_id, entry, now)
