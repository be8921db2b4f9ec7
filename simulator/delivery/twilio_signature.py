"""X-Twilio-Signature, as twilio.com/docs/usage/security describes it.

A webhook rule has a shared key sign with SHA-256 in place of the account's token with SHA-1
(twilio.com/docs/usage/webhooks/webhook-rules).
"""

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit, urlunsplit


@dataclass(frozen=True)
class SharedKey:
    """A key of the account that a webhook rule signs with."""

    secret: str = field(repr=False)
    id: str = "webhooks_sharedkey_simulated"


def signed_headers(
    token: str, shared_key: SharedKey | None, url: str, params: Mapping[str, str]
) -> dict[str, str]:
    """The headers of a request that is signed with the shared key, or else with the token."""
    if shared_key is None:
        return {"X-Twilio-Signature": sign(token, url, params)}
    return {
        "X-Twilio-Signature": sign(shared_key.secret, url, params, "sha256"),
        "X-Twilio-Webhooks-Signature-Settings": f"key={shared_key.id},algorithm=HMAC_SHA256",
    }


def sign(
    key: str, url: str, params: Mapping[str, str], hash_name: Literal["sha1", "sha256"] = "sha1"
) -> str:
    """Base64 of an HMAC over the URL and, sorted by name, each parameter's name and value."""
    words = [url, *(name + params[name] for name in sorted(params))]
    digest = hmac.new(key.encode(), "".join(words).encode(), hash_name).digest()
    return base64.b64encode(digest).decode()


def signed_url(url: str, *, voice: bool) -> str:
    """The URL as Twilio signs it: no fragment, no user:pass@, and on https voice no port."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if voice and parts.scheme == "https":
        host = host.removesuffix(f":{parts.port}")
    return urlunsplit((parts.scheme, host, parts.path, parts.query, ""))
