"""Who hears of alarms and events by another way than the carrier, as the settings name them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy.orm import Session

TEAM = "team"
"""The recipient that stands for ALERT_URLS."""
AUDITOR = "auditor"
"""The recipient that stands for AUDIT_URLS."""
_HOOK, _PUSH = "hook:", "push:"


@dataclass(frozen=True)
class Listeners:
    """The addresses, which may hold passwords; a row names only their recipient."""

    alert_urls: tuple[str, ...] = field(default=(), repr=False)
    audit_urls: tuple[str, ...] = field(default=(), repr=False)
    webhook_urls: tuple[str, ...] = field(default=(), repr=False)
    webhook_secret: str = field(default="", repr=False)
    vapid_key: str = field(default="", repr=False)
    """Signs what goes to browsers; without it nothing does."""
    pushes_here: bool = False
    """Whether a browser's address may be on this machine, as in a test."""

    @cached_property
    def webhooks(self) -> dict[str, str]:
        """The address of each outgoing webhook, by its recipient."""
        return {
            f"{_HOOK}{hashlib.sha256(url.encode()).hexdigest()[:16]}": url
            for url in self.webhook_urls
        }


NOBODY = Listeners()


def is_webhook(recipient: str) -> bool:
    """Whether a notice goes to an outgoing webhook."""
    return recipient.startswith(_HOOK)


def push_recipient(key: str) -> str:
    """The recipient that stands for the browser with this key."""
    return f"{_PUSH}{key}"


def browser_of(recipient: str) -> str | None:
    """The key of the browser that a notice goes to; None if it goes to none."""
    return recipient.removeprefix(_PUSH) if recipient.startswith(_PUSH) else None


def listeners_of(session: Session) -> Listeners:
    """The listeners of the database of this session."""
    known: Listeners = session.info["listeners"]
    return known
