"""Which side of the web server a path belongs to. The sides share no threads."""

from __future__ import annotations

from enum import StrEnum

CARRIER_SIDE = ("/voice/", "/leg/", "/sms/", "/text/", "/room/", "/seat/", "/announcement/")
_OPEN_SIDE = ("/audio/", "/healthz", "/readyz", "/metrics")


class Side(StrEnum):
    """Who asks, and so which threads may answer."""

    CALLERS = "callers"
    """Signed webhooks: a caller or responder is on the line and waits."""
    OPEN = "open"
    """Sounds and probes: anybody may ask for them, and they are short."""
    CONSOLE = "console"
    """Everything else, in processes of its own."""


def side_of(path: str) -> Side:
    """The side of a path as the request line has it, with or without a query."""
    if path.startswith(CARRIER_SIDE):
        return Side.CALLERS
    return Side.OPEN if path.startswith(_OPEN_SIDE) else Side.CONSOLE
