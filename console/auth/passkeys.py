"""Passkeys: the browser signs a question of ours with a key that never leaves the device.

A passkey asks for a finger, a face or a PIN itself, so it stands for password and code together
(WebAuthn level 3: user verification).
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from console.auth import sign_in
from console.auth.sign_in import Browser
from console.base.current_user import Visitor
from ivr.core.context import AppContext
from models.core.base import new_id
from models.core.database import Session
from models.staff import audit, staff_sessions, users
from models.staff.audit import Deed
from models.staff.users import Passkey, User

_ANSWER_WITHIN = timedelta(minutes=5)


def question(app: AppContext, browser: str) -> str:
    """What any passkey of ours may sign to sign in, as JSON for the browser."""
    from console.auth import passkey_protocol

    asked = passkey_protocol.to_sign_in(app.site)
    _ask(app, browser, asked.challenge)
    return asked.options


def enter(app: AppContext, asked: str, answer: str, browser: Browser) -> str | None:
    """A token for a whole sign-in, if the answer is signed by a passkey of somebody."""
    from console.auth import passkey_protocol

    now = app.clock()
    with app.database.transaction() as session:
        challenge = users.take_challenge(session, asked, now)
        passkey = users.passkey(session, _credential_in(answer))
        user = users.held(session, passkey.user_id) if passkey else None
        if challenge is None or passkey is None or user is None or user.disabled:
            return None
        count = passkey_protocol.signed(
            app.site, answer, challenge, passkey.public_key, passkey.sign_count
        )
        if count is None:
            return None
        passkey.sign_count, passkey.used_at = count, now
        return sign_in.enter(session, user, browser.name, now, by="passkey")


def new_question(app: AppContext, visitor: Visitor, browser: str) -> str | None:
    """What a device signs to become a passkey of theirs; None unless they may add one now."""
    from console.auth import passkey_protocol

    with app.database.reading() as session:
        user = users.with_id(session, visitor.user_id)
        if user is None or not _may_add(app, session, visitor, user):
            return None
        known = [passkey.credential for passkey in users.passkeys_of(session, user.id)]
    asked = passkey_protocol.to_register(app.site, visitor, known)
    _ask(app, browser, asked.challenge)
    return asked.options


def add(app: AppContext, visitor: Visitor, asked: str, answer: str, browser: Browser) -> str | None:
    """Take a device as a passkey; the browser gets a new token, for a whole sign-in."""
    now = app.clock()
    with app.database.transaction() as session:
        user = users.held(session, visitor.user_id)
        challenge = users.take_challenge(session, asked, now)
        if challenge is None or not _may_add(app, session, visitor, user):
            return None
        made = _registered(app, answer, challenge, user, now)
        if made is None or users.passkey(session, made.credential):
            return None
        session.add(made)
        staff_sessions.end(session, user.id, now, only=visitor.session_id)
        token = sign_in.enter(session, user, browser.name, now, by="new passkey")
        audit.write(session, user.id, Deed("passkey added", f"user {user.id}"), now)
        return token


def remove(app: AppContext, visitor: Visitor, passkey_id: str) -> bool:
    """Take a passkey away, unless nothing else would be left to prove who they are."""
    now = app.clock()
    with app.database.transaction() as session:
        user = users.held(session, visitor.user_id)
        theirs = users.passkeys_of(session, user.id)
        gone = [passkey for passkey in theirs if passkey.id == passkey_id]
        if not gone or (user.totp_sealed is None and len(theirs) == 1):
            return False
        session.delete(gone[0])
        audit.write(session, user.id, Deed("passkey removed", f"user {user.id}"), now)
        return True


def of(app: AppContext, visitor: Visitor) -> list[Passkey]:
    """Their passkeys, oldest first."""
    with app.database.reading() as session:
        return users.passkeys_of(session, visitor.user_id)


def _may_add(app: AppContext, session: Session, visitor: Visitor, user: User) -> bool:
    """Half a sign-in adds the first second factor; a whole one adds more, freshly confirmed."""
    if visitor.is_in:
        return visitor.is_fresh(app.clock())
    return user.totp_sealed is None and not users.passkeys_of(session, user.id)


def _ask(app: AppContext, browser: str, challenge: bytes) -> None:
    now = app.clock()
    with app.database.transaction() as session:
        users.ask(session, browser, challenge, now=now, expires_at=now + _ANSWER_WITHIN)


def _credential_in(answer: str) -> str:
    try:
        credential = json.loads(answer)["id"]
    except (ValueError, KeyError, TypeError):
        return ""
    return credential if isinstance(credential, str) else ""


def _registered(
    app: AppContext, answer: str, challenge: bytes, user: User, now: datetime
) -> Passkey | None:
    from console.auth import passkey_protocol

    made = passkey_protocol.registered(app.site, answer, challenge)
    if made is None:
        return None
    return Passkey(
        id=new_id(),
        user_id=user.id,
        credential=made.credential,
        public_key=made.public_key,
        sign_count=made.sign_count,
        created_at=now,
    )
