"""Twilio's ids: what the webhooks and the API client both check."""

from __future__ import annotations

import re

SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}\Z")
"""The format of Twilio's ids; nothing else becomes part of a URL."""


def recording_sid(named: str, url: str) -> str:
    """A recording's SID, or the SID at the end of its URL; empty if neither is valid."""
    sid = named or url.rpartition("/")[2]
    return sid if SID.match(sid) else ""
