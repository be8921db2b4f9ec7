"""One connection to the web server: what has arrived, and how long its peer may take."""

from __future__ import annotations

import socket
import time
from typing import Any

from commands.hosting import request_heads
from commands.hosting.request_heads import Head, Refused

WHOLE_WITHIN_SECONDS = 5.0
"""From the connection to the last byte of a request, and the same again for a console's body."""
LARGEST_IN_MEMORY = 64 * 1024
"""Bytes of a body that are collected before a thread reads them."""
_STALLED_SECONDS = 5.0
_SLOWEST = 32 * 1024  # bytes a second: a phone on a poor network still uploads and listens
_ROOM = 256 * 1024  # most answers fit, so writing them waits for nobody
_AT_A_TIME = 64 * 1024


class PatientSocket(socket.socket):
    """A connection whose peer cannot hold a thread for as long as it likes."""

    reads_until = 0.0
    """On the monotonic clock; after it a thread reads only what has arrived already."""

    @classmethod
    def of(cls, plain: socket.socket) -> PatientSocket:
        """The same connection; the plain socket is used up."""
        made = cls(fileno=plain.detach())
        made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ROOM)
        made.setblocking(False)
        return made

    def setblocking(self, flag: bool) -> None:
        """Blocking means: for a few seconds."""
        self.settimeout(_STALLED_SECONDS if flag else 0)

    def recv(self, bufsize: int, flags: int = 0) -> bytes:
        """Read what is there, or wait until the deadline at most; raises OSError after it."""
        given = self.gettimeout()
        if given:
            self.settimeout(max(self.reads_until - time.monotonic(), 0))
        try:
            return super().recv(bufsize, flags)
        finally:
            self.settimeout(given)

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Write all of it; a long answer may take as long as a slow line needs."""
        self.settimeout(_STALLED_SECONDS + len(data) / _SLOWEST)
        super().sendall(data, flags)


class Arrival:
    """A request of which no thread knows yet."""

    def __init__(self, connection: PatientSocket, received: bytes = b"") -> None:
        self.connection = connection
        self.received = bytearray(received)
        self.until = time.monotonic() + WHOLE_WITHIN_SECONDS
        self.head: Head | None = None

    def read(self) -> bool:
        """Take what has arrived; False if the peer is gone."""
        try:
            more = self.connection.recv(_AT_A_TIME)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self.received += more
        return bool(more)

    def look(self) -> Head | None:
        """The head as soon as it is whole; raises `Refused`."""
        if self.head is None:
            self.head = request_heads.head_of(bytes(self.received))
        return self.head

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing."""
        head = self.head
        return head is not None and len(self.received) >= head.head + head.body

    @property
    def is_large(self) -> bool:
        """Whether its body is too large to be collected in memory."""
        return self.head is not None and self.head.body > LARGEST_IN_MEMORY

    @property
    def body_seconds(self) -> float:
        """How long a thread may wait for the rest of the body."""
        return WHOLE_WITHIN_SECONDS + (self.head.body if self.head else 0) / _SLOWEST


def refusal(refused: Refused) -> bytes:
    """The answer to a request that no thread is given to."""
    words = f"{refused}. Wait a moment and try again. / Espere un momento e intente de nuevo.\n"
    lines = (
        f"HTTP/1.1 {refused}",
        "Content-Type: text/plain; charset=utf-8",
        f"Content-Length: {len(words)}",
        "Retry-After: 5",
        "Connection: close",
    )
    return ("\r\n".join(lines) + "\r\n\r\n" + words).encode()
