"""WebAuthn itself: what a device is asked to sign, and whether what it signed holds.

Its library is large, and `passkeys` loads this module with the first passkey: a process that only
answers webhooks does without.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

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

from console.auth import totp
from console.base.current_user import Visitor
from ivr.core.context import Site

_MUST_VERIFY = UserVerificationRequirement.REQUIRED


@dataclass(frozen=True)
class Question:
    """What a device is asked to sign: the challenge, and all of it as JSON for the browser."""

    challenge: bytes
    options: str


@dataclass(frozen=True)
class Made:
    """A device's new key."""

    credential: str
    """Its id as base64url."""
    public_key: bytes
    sign_count: int


def to_sign_in(site: Site) -> Question:
    """For any passkey of ours."""
    options = generate_authentication_options(
        rp_id=site.passkey_domain, user_verification=_MUST_VERIFY
    )
    return Question(options.challenge, options_to_json(options))


def to_register(site: Site, visitor: Visitor, known: Iterable[str]) -> Question:
    """For a device that becomes a passkey; those with the `known` credentials are left out."""
    options = generate_registration_options(
        rp_id=site.passkey_domain,
        rp_name=totp.ISSUER,
        user_id=visitor.user_id.encode(),
        user_name=visitor.name,
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(credential)) for credential in known
        ],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_MUST_VERIFY
        ),
    )
    return Question(options.challenge, options_to_json(options))


def signed(
    site: Site, answer: str, challenge: bytes, public_key: bytes, sign_count: int
) -> int | None:
    """The passkey's new count of signatures, or None when the signature does not hold."""
    try:
        verified = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.passkey_domain,
            expected_origin=sorted(site.origins),
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except WebAuthnException:
        return None
    return verified.new_sign_count


def registered(site: Site, answer: str, challenge: bytes) -> Made | None:
    """The device's new key, or None when the signature does not hold."""
    try:
        verified = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.passkey_domain,
            expected_origin=sorted(site.origins),
            require_user_verification=True,
        )
    except WebAuthnException:
        return None
    return Made(
        bytes_to_base64url(verified.credential_id),
        verified.credential_public_key,
        verified.sign_count,
    )
