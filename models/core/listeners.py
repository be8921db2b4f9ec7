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
_HOOK = "hook:"


@dataclass(frozen=True)
class Listeners:
    """The addresses, which may hold passwords; a row names only their recipient."""

    alert_urls: tuple[str, ...] = field(default=(), repr=False)
    audit_urls: tuple[str, ...] = field(default=(), repr=False)
    webhook_urls: tuple[str, ...] = field(default=(), repr=False)
    webhook_secret: str = field(default="", repr=False)

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


def listeners_of(session: Session) -> Listeners:
    """The listeners of the database of this session."""
    known: Listeners = session.info["listeners"]
    return known
