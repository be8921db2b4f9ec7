"""The care of keys: seals old values again, destroys what is over, makes what comes.

docs/decisions/0060-a-key-for-each-day.md says why.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from ivr.core import atomic_files
from models.core.database import Database, Session
from models.core.pseudonyms import drawn_pseudonym
from models.keys.key_ring import KeyRing
from models.keys.root_keys import Roots
from models.operations import retention, sealed_values
from models.operations.sealed_values import Place

AT_ONCE = 50
"""So many values are sealed, or marked, again in one transaction."""
REST = timedelta(hours=6)
"""After a look at every value. Then only older code can have left some in an old form."""
USED_BY_ALL = timedelta(minutes=1)
"""So long after its first instant every process makes marks with a new pepper."""
log = logging.getLogger("hotline.keys")


@dataclass
class Resealing:
    """Goes through all sealed values, a few at a time; repeating it changes nothing."""

    database: Database
    _place: Place = field(default_factory=Place)
    _under: object = None
    _done_at: datetime | None = None

    def work(self, now: datetime) -> int:
        """Look at the next values; returns how many were sealed again."""
        held = self.database.vault.ring.held
        if held.identity is None:
            return 0
        under = held.identity, held.roots
        if under != self._under:
            self._under, self._place, self._done_at = under, Place(), None
        if self._done_at is not None and now - self._done_at < REST:
            return 0
        with self.database.transaction() as session:
            following, changed = sealed_values.seal_again(session, self._place, AT_ONCE)
            if following is None:
                pins = sealed_values.seal_pins(session, AT_ONCE)
                changed, following = changed + pins, self._place if pins == AT_ONCE else None
        self._place, self._done_at = following or Place(), None if following else now
        return changed

    @property
    def is_done(self) -> bool:
        """Whether every value was looked at."""
        return self._done_at is not None


def seal_everything(database: Database, now: datetime) -> int:
    """Look at every value at once; returns how many were sealed again."""
    job, changed = Resealing(database), 0
    if database.vault.ring.is_on:
        while not job.is_done:
            changed += job.work(now)
    return changed


def bring_in(ring: KeyRing, file: Path, new: bytes) -> int:
    """Let a new root key seal and wrap from now on; returns how many keys were wrapped again."""
    roots = ring.held.roots
    coming = tuple(key for key in roots.coming if key != new)
    atomic_files.put(file, Roots((new, *roots.live), coming).written().encode())
    ring.roots_changed()
    return ring.wrap_again()


def draw_pseudonyms_again(database: Database) -> None:
    """Give every caller a name at random, in the place of one that was made from the number."""
    with database.reading() as session:
        old = retention.pseudonyms(session)
    for name in old:
        with database.transaction() as session:
            retention.rename(session, name, drawn_pseudonym())


@dataclass
class Peppers:
    """Makes the next peppers in time, and lets present callers be known under a new one."""

    database: Database
    _marked_for: object = None

    def work(self, now: datetime) -> None:
        """Look whether a pepper is to be made, or has just begun to make marks."""
        ring = self.database.vault.ring
        if not ring.is_on:
            return
        ring.keep_peppers(now)
        used = now - USED_BY_ALL
        begun = [
            next((since for since, _ in known if since <= used), None)
            for known in ring.held.peppers.values()
        ]
        if begun != self._marked_for:
            place: Place | None = Place()
            while place is not None:
                with self.database.transaction() as session:
                    place = sealed_values.mark_again(session, place, AT_ONCE)
            self._marked_for = begun


def destroy_in(session: Session, ring: KeyRing, now: datetime) -> Iterator[bool]:
    """Destroy the keys that nothing needs any more: for each, whether it is gone.

    The transaction holds off a legal hold. A key whose day is over and that seals something still
    stays, and is tried again.
    """
    needless = [key.name for key in ring.over(now) if not sealed_values.is_needed(session, key)]
    for name in (*needless, *ring.old_peppers(now)):
        try:
            ring.destroy(name)
        except OSError:
            log.exception("a key cannot be destroyed yet", extra={"file": name})
            yield False
        else:
            yield True
