"""X-Twilio-Signature, as twilio.com/docs/usage/security describes it."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit


def sign(token: str, url: str, params: Mapping[str, str]) -> str:
    """Base64 of HMAC-SHA1 over the URL and, sorted by name, each parameter's name and value."""
    words = [url, *(name + params[name] for name in sorted(params))]
    digest = hmac.new(token.encode(), "".join(words).encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def signed_url(url: str, *, voice: bool) -> str:
    """The URL as Twilio signs it: no fragment, no user:pass@, and on https voice no port."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if voice and parts.scheme == "https":
        host = host.removesuffix(f":{parts.port}")
    return urlunsplit((parts.scheme, host, parts.path, parts.query, ""))
