"""Signing in: a password, then a second factor; each step gives the browser a new token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.auth import passwords, rate_limits, totp
from console.base.current_user import Visitor
from ivr.core.context import AppContext
from models.core import slow_hash
from models.core.database import Session
from models.staff import audit, staff_sessions, users
from models.staff.audit import Deed
from models.staff.staff_sessions import Stage
from models.staff.users import User


@dataclass(frozen=True)
class Browser:
    """Where a sign-in comes from."""

    network: str
    name: str


def with_password(
    app: AppContext, name: str, password: str, browser: Browser, code: str = ""
) -> str | None:
    """A token for half a sign-in (a whole one in the demo), or None, whatever was wrong.

    An account that was tried often asks for the code at once; then the sign-in is whole. The slow
    hash is compared outside of any transaction, and whether or not the user exists. What the limits
    refuse is not compared and does not count. Raises `slow_hash.Busy`.
    """
    now = app.clock()
    with app.database.reading() as session:
        account = users.mark_of(session, name)
        user = users.named(session, name)
        if not rate_limits.may_try(session, account, browser.network, now):
            return None
    right = _matches(user, password)
    with app.database.transaction() as session:
        held = users.held(session, user.id) if user else None
        if held is None or not _may_enter(held, right):
            rate_limits.was_wrong(session, account, browser.network, held, now)
            return None
        if not rate_limits.asks_for_both(held):
            return enter_half(app, session, held, browser, now)
        if not _spend_code(session, held, code, browser.network, now):
            return None
        return enter(session, held, browser.name, now, by="password and code")


def enter_half(
    app: AppContext, session: Session, user: User, browser: Browser, now: datetime
) -> str:
    """The session that a password gives: half a sign-in.

    In the demo it is a whole one for users without a second factor.
    """
    if app.site.is_demo and user.totp_sealed is None:
        return enter(session, user, browser.name, now, by="password")
    return staff_sessions.begin(session, user.id, Stage.HALF, browser.name, now)


def with_code(app: AppContext, visitor: Visitor, code: str, browser: Browser) -> str | None:
    """A token for a whole sign-in, or None when the code is wrong or was used before."""
    now = app.clock()
    with app.database.transaction() as session:
        user = users.held(session, visitor.user_id)
        if not _spend_code(session, user, code, browser.network, now):
            return None
        return _go_on(session, visitor, user, browser, now, by="code")


def demo_code(app: AppContext, visitor: Visitor) -> str | None:
    """The code that this user's app would show now; only in the demo, where nobody has an app."""
    if not app.site.is_demo:
        return None
    with app.database.reading() as session:
        user = users.with_id(session, visitor.user_id)
        secret = users.totp_of(session, user) if user else None
    return totp.code_at(secret, app.clock()) if secret else None


def lacks_second_factor(app: AppContext, visitor: Visitor) -> bool:
    """Whether this is a first sign-in, at which one is enrolled."""
    with app.database.reading() as session:
        user = users.with_id(session, visitor.user_id)
        return user is not None and _lacks_second_factor(session, user)


def enrol(
    app: AppContext, visitor: Visitor, secret: str, code: str, browser: Browser
) -> str | None:
    """Take an authenticator whose first code is right as the second factor, and sign in."""
    now = app.clock()
    with app.database.transaction() as session:
        user = users.held(session, visitor.user_id)
        if not _lacks_second_factor(session, user):
            return None
        users.remember_totp(session, user, secret)
        if not _spend_code(session, user, code, browser.network, now):
            user.totp_sealed = None
            return None
        token = _go_on(session, visitor, user, browser, now, by="code")
        audit.write(session, user.id, Deed("second factor added", f"user {user.id}"), now)
        return token


def confirm(app: AppContext, visitor: Visitor, password: str, browser: Browser) -> str | None:
    """Prove again that it is them; the browser gets a new token in place of the old.

    Raises `slow_hash.Busy`.
    """
    now = app.clock()
    with app.database.reading() as session:
        user = users.with_id(session, visitor.user_id)
        account = users.mark_of(session, visitor.name)
        if not rate_limits.may_try(session, account, browser.network, now):
            return None
    right = _matches(user, password)
    with app.database.transaction() as session:
        held = users.held(session, visitor.user_id)
        if not _may_enter(held, right):
            rate_limits.was_wrong(session, account, browser.network, held, now, knew_password=True)
            return None
        return _renew(session, visitor, browser, now)


def change_password(app: AppContext, visitor: Visitor, password: str, browser: Browser) -> str:
    """A new password ends every other session of theirs. Raises `slow_hash.Busy`."""
    now, stored = app.clock(), passwords.hash_of(password)
    with app.database.transaction() as session:
        user = users.held(session, visitor.user_id)
        user.password_hash = stored
        staff_sessions.end(session, user.id, now)
        token = staff_sessions.begin(session, user.id, Stage.WHOLE, browser.name, now)
        audit.write(session, user.id, Deed("password changed", f"user {user.id}"), now)
        return token


def enter(session: Session, user: User, browser: str, now: datetime, *, by: str) -> str:
    """A whole session for somebody who has proved enough."""
    user.wrong_tries = 0
    staff_sessions.forget_ended(session, now)
    token = staff_sessions.begin(session, user.id, Stage.WHOLE, browser, now)
    audit.write(session, user.id, Deed("signed in", f"user {user.id}", after={"by": by}), now)
    return token


def sign_out(app: AppContext, visitor: Visitor) -> None:
    """End this session."""
    with app.database.transaction() as session:
        now = app.clock()
        staff_sessions.end(session, visitor.user_id, now, only=visitor.session_id)


def _matches(user: User | None, password: str) -> bool:
    """Takes as long for nobody, and for somebody who is locked."""
    is_open = user is not None and not rate_limits.is_locked(user)
    return passwords.matches(
        user.password_hash if user and is_open else slow_hash.NOBODYS, password
    )


def _may_enter(user: User, right: bool) -> bool:
    return right and not user.disabled and not rate_limits.is_locked(user)


def _lacks_second_factor(session: Session, user: User) -> bool:
    return user.totp_sealed is None and not users.passkeys_of(session, user.id)


def _spend_code(session: Session, user: User, code: str, network: str, now: datetime) -> bool:
    """A code counts once: not again, and not one from before the last that was used."""
    account = users.mark_of(session, users.name_of(session, user))
    if not rate_limits.may_try(session, account, network, now) or rate_limits.is_locked(user):
        return False
    secret = users.totp_of(session, user)
    step = totp.step_of(secret, code, now) if secret else None
    if step is None or (user.totp_step is not None and step <= user.totp_step):
        rate_limits.was_wrong(session, account, network, user, now, knew_password=True)
        return False
    user.totp_step = step
    return True


def _go_on(
    session: Session, visitor: Visitor, user: User, browser: Browser, now: datetime, *, by: str
) -> str:
    staff_sessions.end(session, user.id, now, only=visitor.session_id)
    return enter(session, user, browser.name, now, by=by)


def _renew(session: Session, visitor: Visitor, browser: Browser, now: datetime) -> str:
    """Twelve hours count from the sign-in itself, so the new session begins when the old did."""
    old = staff_sessions.held(session, visitor.session_id)
    staff_sessions.end(session, visitor.user_id, now, only=old.id)
    token = staff_sessions.begin(session, visitor.user_id, Stage.WHOLE, browser.name, now)
    renewed = staff_sessions.with_token(session, token, now)
    if renewed:
        renewed.began_at = old.began_at
    return token
