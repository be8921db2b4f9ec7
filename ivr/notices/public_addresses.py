"""Where a post may go whose address came from a browser: https to a public host, nothing inside.

The name is looked up once, and the connection goes to the address that was checked, so a name
that changes in between leads nowhere else.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

HTTPS_PORT = 443
_LOOPBACK, _INSIDE = "127.0.0.1", "not a public address"


class NotPublic(Exception):
    """The address is none that a post may go to; the message says why."""


@dataclass(frozen=True)
class Place:
    """A checked address: the host by name, and the IP address to connect to."""

    host: str
    port: int
    ip: str
    is_https: bool


def problem(url: str, *, here: bool = False) -> str | None:
    """What is wrong with an address as it is written; None if nothing.

    `here` also lets it lead to this machine, as in a test.
    """
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        return "no address"
    if here and _is_here(parts):
        return None
    if parts.scheme != "https" or not host or parts.username or parts.password:
        return "no https address"
    if port not in (None, HTTPS_PORT):
        return "another port"
    return None if _is_name(host) or _is_public(host) else _INSIDE


def place(url: str, *, here: bool = False) -> Place:
    """Look the host up. Raises NotPublic if any of its addresses is not public."""
    if why := problem(url, here=here):
        raise NotPublic(why)
    parts = urlsplit(url)
    host, is_https = parts.hostname or "", parts.scheme == "https"
    port = parts.port or HTTPS_PORT
    if here and _is_here(parts):
        return Place(host, port, host, is_https)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotPublic("host not found") from error
    addresses = [str(each[4][0]) for each in found]
    if not addresses or not all(map(_is_public, addresses)):
        raise NotPublic(_INSIDE)
    return Place(host, port, addresses[0], is_https)


def _is_name(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True
    return False


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None) or ip
    return inner.is_global and ip.is_global and not ip.is_multicast


def _is_here(parts: SplitResult) -> bool:
    return parts.scheme == "http" and parts.hostname == _LOOPBACK
