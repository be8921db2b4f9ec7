"""For `check`: whether slow clients of the public address keep callers from it."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

from commands.base.finding import Finding

CLIENTS = 20
_SECONDS = 5.0
SLOW_SECONDS = 2.0
"""The carrier tries again after four."""
_HALF = b"POST /voice/incoming HTTP/1.1\r\nHost: %b\r\nContent-Length: 4000\r\n\r\nCallSid="
_WHOLE = b"GET /healthz HTTP/1.1\r\nHost: %b\r\nConnection: close\r\n\r\n"


def of_slow_clients(base_url: str, patience: float = _SECONDS) -> Iterator[Finding]:
    """Send twenty requests that never end to ourselves, and see if another one is answered.

    `patience`: seconds until it counts as unanswered.
    """
    parts = urlsplit(base_url)
    host = (parts.hostname or "").encode()
    tls = ssl.create_default_context()
    with ExitStack() as kept:

        def connect() -> socket.socket:
            port = parts.port or (443 if parts.scheme == "https" else 80)
            plain = kept.enter_context(socket.create_connection((parts.hostname, port), patience))
            if parts.scheme != "https":
                return plain
            return kept.enter_context(tls.wrap_socket(plain, server_hostname=parts.hostname))

        try:
            for _ in range(CLIENTS):
                connect().sendall(_HALF % host)
            began = time.monotonic()
            asking = connect()
            asking.sendall(_WHOLE % host)
            answer = asking.recv(64)
        except OSError as error:
            yield _slow(f"no answer ({type(error).__name__})")
            return
    seconds = time.monotonic() - began
    if not answer.startswith(b"HTTP/1.1 200"):
        yield _slow("another answer than 200")
    elif seconds > SLOW_SECONDS:
        yield _slow(f"an answer after {seconds:.0f} seconds")


def _slow(what: str) -> Finding:
    return Finding(
        f"beside {CLIENTS} slow connections a request to PUBLIC_BASE_URL had {what}: let the proxy "
        "in front read requests whole (deploy/proxy)"
    )
