"""Looks after the keys: seals values of before again, and makes the next pepper in time."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import timedelta

from ivr.core.context import AppContext
from ivr.privacy import key_care
from ivr.worker.every import Every

log = logging.getLogger("hotline.keys")

SEALED_AGAIN_EVERY = timedelta(seconds=10)
PEPPERS_LOOKED_AT = timedelta(minutes=1)
NO_HURRY = timedelta(minutes=1)
"""A restarted worker has callers to ring for."""


@dataclass
class KeyKeeper:
    """Repeating any of it changes nothing, so several workers may do it at a time."""

    app: AppContext
    _seal: Every = field(default_factory=lambda: Every(SEALED_AGAIN_EVERY), init=False)
    _pepper: Every = field(default_factory=lambda: Every(PEPPERS_LOOKED_AT), init=False)

    def __post_init__(self) -> None:
        self._began_at = self.app.clock()
        self._resealing = key_care.Resealing(self.app.database)
        self._peppers = key_care.Peppers(self.app.database)

    def work(self) -> bool:
        """Do what is due; never so much that a caller waits for it."""
        now = self.app.clock()
        if now - self._began_at < NO_HURRY:
            return False
        if self._pepper.is_due(now):
            self._peppers.work(now)
        if self._seal.is_due(now) and (changed := self._resealing.work(now)):
            log.info("sealed again", extra={"values": changed})
        return False
