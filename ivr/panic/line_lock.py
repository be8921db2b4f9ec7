"""The panic lock: every process drops its keys, and callers are answered without them.

A file in the state folder locks this host. Each process looks for it before it works, and every
second besides. Other hosts are told by the database. What a locked line says to callers is the same
as in a database outage (`ivr.http.rescue`); see docs/decisions/0070-panic-lock-and-purge.md.
"""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ivr.core import duty_file
from ivr.core.context import AppContext
from ivr.panic import receipts
from models.core.database import Away, Shut
from models.keys import key_files, key_ring, lock_record, sealed_box
from models.keys.lock_record import LockRecord
from models.keys.root_keys import Locked, Roots, VaultError, key_id
from models.operations import maintenance_state
from models.staff import audit, staff_sessions
from models.staff.audit import Deed

log = logging.getLogger("hotline.panic")

OTHER_HOST = "another host"
_TOLD_WITHIN_SECONDS = 2.0
"""A database that hangs must not keep the keys in memory."""
_ONE_AT_A_TIME = threading.Lock()


class WrongKey(Exception):
    """This is not the root key of the locked line."""


def lock(app: AppContext, by: str) -> None:
    """Lock this host now, and the others within seconds; `by` names a user by id, or a way."""
    lock_record.ask(app.panic, by)
    look(app)


def look(app: AppContext) -> bool:
    """Do as the lock file says; returns whether the line is locked."""
    ring = app.database.vault.ring
    is_ready = ring.shut_for != key_ring.UNREADABLE
    if lock_record.is_asked(app.panic) == ring.is_shut and is_ready:
        return ring.is_shut
    with _ONE_AT_A_TIME:
        is_asked = lock_record.is_asked(app.panic)
        if is_asked and not ring.shut_for:
            _close(app)
        elif ring.is_shut and not is_asked:
            _open_again(app)
    return ring.is_shut


def begin(app: AppContext) -> None:
    """In a new process: read the keys, unless the line is locked."""
    if not look(app):
        app.database.vault.ring.read()


def tell_again(app: AppContext) -> None:
    """In a lock: tell the other hosts, if the database did not answer before."""
    record = lock_record.read(app.panic) if _untold(app).exists() else None
    if record is not None:
        _tell(app, record.by)


def unlock(app: AppContext, root: bytes, by: str) -> None:
    """Bring the root key back and open the line on this host.

    Raises WrongKey, VaultError, or Away if the database could not be told.
    """
    ring = app.database.vault.ring
    with _ONE_AT_A_TIME:
        record = lock_record.read(app.panic)
        if record is None or key_id(root).hex() not in record.roots:
            raise WrongKey
        is_gone = ring.root_file is not None and not ring.root_file.exists()
        ring.open_again(Roots.of([root]) if is_gone else None)
        try:
            if not _lost_its_database(app):
                _tell_of_the_end(app, record, by)
        except Away:
            ring.shut(record.public)
            raise
        if is_gone and ring.root_file is not None:
            key_files.write(ring.root_file, Roots.of([root]).written().encode())
        duty_file.take_back(app.folder, app.runtime)
        _untold(app).unlink(missing_ok=True)
        lock_record.lift(app.panic)
        ring.roots_changed()
    log.error("the line is unlocked", extra={"by": by})


def _close(app: AppContext) -> None:
    ring = app.database.vault.ring
    record = lock_record.read(app.panic)
    if record is None:
        try:
            record = _begin(app)
        except Locked:
            log.error("the line cannot be locked as long as its root key cannot be read")
            return
        with suppress(OSError):  # a full disk
            _untold(app).touch()
        telling = threading.Thread(target=_tell, args=(app, record.by), daemon=True)
        telling.start()
        telling.join(_TOLD_WITHIN_SECONDS)
    ring.shut(record.public)
    app.database.close()
    if record.takes_root and ring.root_file is not None:
        _take_away(ring.root_file)
    log.error("the line is locked", extra={"by": record.by})


def _begin(app: AppContext) -> LockRecord:
    """Let the team be rung without the root key, and say which key opens the line again."""
    vault = app.database.vault
    roots = vault.ring.held.roots
    known = tuple(key_id(root).hex() for root in roots.every)
    folder, root_file = vault.ring.folder, vault.ring.root_file
    has_shares = len(known) == 1 and folder is not None and folder.shared == known[0]
    record = LockRecord(
        at=app.clock(),
        by=lock_record.asked_by(app.panic),
        roots=known,
        public=sealed_box.public_key(roots.live[0]),
        takes_root=has_shares and root_file is not None,
    )
    try:
        duty_file.release(app.folder, vault, app.runtime)
    except (OSError, VaultError):
        log.exception("the duty file cannot be opened in the lock: the rescue number is dialled")
    try:
        lock_record.write(app.panic, record)
    except OSError as error:  # it is locked all the same, and the root key must not go
        log.error("the lock cannot be written down", extra={"why": str(error)})
        return replace(record, takes_root=False)
    return record


def _tell(app: AppContext, by: str) -> None:
    """Lock the other hosts, end the sessions, and write it into the audit log if there is a key."""
    now = app.clock()
    try:
        with app.database.transaction(even_locked=True) as session:
            row = maintenance_state.hold(session)
            if row.locked_at is None:
                row.locked_at = now
                staff_sessions.end_all(session, now)
                if not app.database.vault.ring.is_shut:
                    audit.write(session, by, Deed("line locked", "panic"), now)
    except Shut:
        pass  # an encrypted file, which no other host has
    except (Away, VaultError) as error:
        log.warning("the other hosts could not be told", extra={"why": str(error)})
        return
    _untold(app).unlink(missing_ok=True)


def _untold(app: AppContext) -> Path:
    """Is there as long as the database does not know of the lock."""
    return app.panic / "panic-untold"


def _tell_of_the_end(app: AppContext, record: LockRecord, by: str) -> None:
    now = app.clock()
    with app.database.transaction() as session:
        row = maintenance_state.hold(session)
        row.locked_at = row.purge_due_at = row.purge_asked_by = None
        staff_sessions.end_all(session, now)
        facts = {"locked": record.at.isoformat(), "by": record.by}
        audit.write(session, by, Deed("line unlocked", "panic", before=facts), now)


def _lost_its_database(app: AppContext) -> bool:
    """A panic purge removed the encrypted file, and no backup was restored yet."""
    receipt, file = receipts.read(app.panic), app.database.file
    is_there = file is not None and file.exists() and file.stat().st_size > 0
    return receipt is not None and receipt.removed_file and not is_there


def _open_again(app: AppContext) -> None:
    try:
        app.database.vault.ring.open_again()
    except VaultError:
        log.error("the root key is not back yet")


def _take_away(root_file: Path) -> None:
    try:
        key_files.shred(root_file)
    except OSError as error:
        log.error("the root key stays on this host", extra={"why": str(error)})
