"""The desk: everything the console needs, put together once when the hotline starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from ivr.core.context import Line
from models.core.database import Database
from prompts import Prompts

_THIS_MACHINE = ("127.0.0.1", "localhost")


def host_in(host: str) -> str | None:
    """The name in a Host header without its port, in small letters; None if it is no name."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:  # such as an address of which half the brackets are missing
        return None


@dataclass(frozen=True)
class Desk:
    """What does not change while the console runs."""

    line: Line
    prompts: Prompts
    secret: str
    base_url: str
    is_demo: bool
    """A password alone signs in; the settings allow it on this machine only."""

    @property
    def database(self) -> Database:
        """Where users, sessions and the audit log are."""
        return self.line.database

    @property
    def clock(self) -> Callable[[], datetime]:
        """Aware UTC now."""
        return self.line.clock

    @property
    def is_secure(self) -> bool:
        """Whether browsers come over https; only a demo may do without."""
        return self.base_url.startswith("https://")

    @property
    def origins(self) -> frozenset[str]:
        """Where our own pages come from, as browsers say it in `Origin`."""
        if not self.is_demo:
            return frozenset({self.base_url})
        port = urlsplit(self.base_url).port
        return frozenset({self.base_url, *(f"http://{host}:{port}" for host in _THIS_MACHINE)})

    @property
    def hosts(self) -> list[str]:
        """THE list of hosts that pages are shown under; `app.py` asks it before every request."""
        return [urlsplit(origin).hostname or "" for origin in sorted(self.origins)]

    @property
    def passkey_domain(self) -> str:
        """The domain that passkeys are bound to; a bare address of this machine cannot be one."""
        host = urlsplit(self.base_url).hostname or ""
        return "localhost" if host == "127.0.0.1" else host
