"""How long the certificate of our public address is still valid, as the carrier sees it."""

from __future__ import annotations

import math
import socket
import ssl
from datetime import UTC, datetime
from urllib.parse import urlsplit

ALARM_DAYS = (21, 7, 1)
_SECONDS = 5.0


class Unusable(Exception):
    """The certificate would stop every webhook; the message is the library's reason."""


def days_left(base_url: str, now: datetime, trusted: ssl.SSLContext | None = None) -> int:
    """Whole days until the certificate expires. Raises Unusable when it or its chain is invalid."""
    parts = urlsplit(base_url)
    context = trusted or ssl.create_default_context()
    try:
        with (
            socket.create_connection((parts.hostname or "", parts.port or 443), _SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=parts.hostname) as secured,
        ):
            certificate = secured.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        raise Unusable(error.verify_message) from error
    except OSError as error:
        raise Unusable(type(error).__name__) from error
    ends = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    return math.floor((datetime.fromtimestamp(ends, UTC) - now).total_seconds() / 86_400)


def alarm(days: int) -> int | None:
    """The nearest threshold at which coordinators get a text; None while there is time."""
    return min((limit for limit in ALARM_DAYS if days <= limit), default=None)
