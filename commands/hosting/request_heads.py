"""Reads the head of an HTTP request from its first bytes: whose it is, and how long it is. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ivr.http import web_sides
from ivr.http.web_sides import Side

LARGEST_HEAD = 32 * 1024
"""Bytes; no browser, proxy or carrier sends as many."""
_END = b"\r\n\r\n"
_BODY = re.compile(rb"\r\ncontent-length[ \t]*:[ \t]*([0-9]{1,12})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding[ \t]*:", re.IGNORECASE)


class Refused(Exception):
    """A request that no thread is given to; the argument is the HTTP status line."""


@dataclass(frozen=True)
class Head:
    """What decides where a request goes."""

    side: Side
    head: int
    """Bytes until the body begins."""
    body: int
    """Bytes that the body has, as announced."""


def head_of(received: bytes) -> Head | None:
    """The head, or None as long as it is incomplete; raises `Refused`.

    A body must announce its length: without one, only waiting shows where it ends.
    """
    end = received.find(_END, 0, LARGEST_HEAD)
    if end < 0:
        if len(received) >= LARGEST_HEAD:
            raise Refused("431 Request Header Fields Too Large")
        return None
    head = received[: end + len(_END)]
    if _CHUNKED.search(head):
        raise Refused("411 Length Required")
    announced = _BODY.search(head)
    _, _, rest = head.partition(b" ")
    path = rest.partition(b" ")[0].decode("latin-1")
    return Head(web_sides.side_of(path), len(head), int(announced[1]) if announced else 0)
