"""Passkeys: the browser signs a question of ours with a key that never leaves the device.

A passkey asks for a finger, a face or a PIN itself, so it stands for password and code together
(WebAuthn level 3: user verification).
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from console.auth import sign_in, totp
from console.auth.sign_in import Browser
from console.base.current_user import Visitor
from ivr.core.context import AppContext
from models.core.base import new_id
from models.core.database import Session
from models.staff import audit, staff_sessions, users
from models.staff.audit import Deed
from models.staff.users import Passkey, User

_ANSWER_WITHIN = timedelta(minutes=5)
_MUST_VERIFY = UserVerificationRequirement.REQUIRED


def question(app: AppContext, browser: str) -> str:
    """What any passkey of ours may sign to sign in, as JSON for the browser."""
    options = generate_authentication_options(
        rp_id=app.site.passkey_domain, user_verification=_MUST_VERIFY
    )
    _ask(app, browser, options.challenge)
    return options_to_json(options)


def enter(app: AppContext, asked: str, answer: str, browser: Browser) -> str | None:
    """A token for a whole sign-in, if the answer is signed by a passkey of somebody."""
    now = app.clock()
    with app.database.transaction() as session:
        challenge = users.take_challenge(session, asked, now)
        passkey = users.passkey(session, _credential_in(answer))
        user = users.held(session, passkey.user_id) if passkey else None
        if challenge is None or passkey is None or user is None or user.disabled:
            return None
        count = _signed(app, answer, challenge, passkey)
        if count is None:
            return None
        passkey.sign_count, passkey.used_at = count, now
        return sign_in.enter(session, user, browser.name, now, by="passkey")


def new_question(app: AppContext, visitor: Visitor, browser: str) -> str | None:
    """What a device signs to become a passkey of theirs; None unless they may add one now."""
    with app.database.reading() as session:
        user = users.with_id(session, visitor.user_id)
        if user is None or not _may_add(app, session, visitor, user):
            return None
        known = [
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(passkey.credential))
            for passkey in users.passkeys_of(session, user.id)
        ]
    options = generate_registration_options(
        rp_id=app.site.passkey_domain,
        rp_name=totp.ISSUER,
        user_id=visitor.user_id.encode(),
        user_name=visitor.name,
        exclude_credentials=known,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_MUST_VERIFY
        ),
    )
    _ask(app, browser, options.challenge)
    return options_to_json(options)


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


def _signed(app: AppContext, answer: str, challenge: bytes, passkey: Passkey) -> int | None:
    """The passkey's new count of signatures, or None when the signature does not hold."""
    try:
        verified = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=app.site.passkey_domain,
            expected_origin=sorted(app.site.origins),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except WebAuthnException:
        return None
    return verified.new_sign_count


def _registered(
    app: AppContext, answer: str, challenge: bytes, user: User, now: datetime
) -> Passkey | None:
    try:
        verified = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=app.site.passkey_domain,
            expected_origin=sorted(app.site.origins),
            require_user_verification=True,
        )
    except WebAuthnException:
        return None
    return Passkey(
        id=new_id(),
        user_id=user.id,
        credential=bytes_to_base64url(verified.credential_id),
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        created_at=now,
    )
