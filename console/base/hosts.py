"""Host names, as a request or a setting gives them."""

from __future__ import annotations

from urllib.parse import urlsplit


def host_in(host: str) -> str | None:
    """The name in a Host header without its port, in small letters; None if it is no name."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:  # such as an address of which half the brackets are missing
        return None
