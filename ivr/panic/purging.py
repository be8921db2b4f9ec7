"""The panic purge: the keys of every day are destroyed, and the rows of callers deleted.

Two people agree on it, or one asks and ten minutes pass in which anybody can stop it. A legal hold
stops it always. It needs no key, so it works while the line is locked, and it locks the line first.
"""

from __future__ import annotations

import fcntl
import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ivr.core import atomic_files, outage_journal
from ivr.core.context import AppContext
from ivr.core.coordinator_alerts import tell_coordinators
from ivr.core.erasure_ledger import Entry
from ivr.panic import line_lock, receipts
from ivr.panic.receipts import Receipt
from models.core.database import Away, Session, Shut
from models.operations import maintenance_state, retention
from models.staff import audit
from models.staff.audit import COMMAND_LINE, Deed

log = logging.getLogger("hotline.panic")

ALONE = timedelta(minutes=10)
"""So long after one person asked, if nobody agrees and nobody stops it."""
_FILE, _TURN = "panic-purge", "panic-turn"


class OnHold(Exception):
    """A legal hold is on: nothing may be destroyed."""


@dataclass(frozen=True)
class Asked:
    """A panic purge that is to come."""

    due_at: datetime
    by: str
    """The id of a user, or `COMMAND_LINE`."""


def ask(app: AppContext, by: str, now: datetime) -> None:
    """Ask for a purge in ten minutes. Raises OnHold, or Away."""
    if is_held(app):
        raise OnHold
    # One host alone uses an encrypted file: in a lock its own file is the whole request.
    with suppress(Shut), app.database.transaction(even_locked=True) as session:
        row = maintenance_state.hold(session)
        row.purge_due_at, row.purge_asked_by = now + ALONE, by
        if not app.database.vault.ring.is_shut:
            about = f"panic_purge:{now.isoformat(timespec='seconds')}"
            tell_coordinators(session, about, "texts.panic_purge", {}, now)
            audit.write(session, by, Deed("panic purge asked", "panic"), now)
    _plan(app.panic, now + ALONE)


def agree(session: Session, user_id: str, now: datetime) -> bool:
    """A second person agrees: it is due now. False if it was not asked for by somebody else."""
    row = maintenance_state.hold(session)
    if row.purge_due_at is None or row.purge_asked_by == user_id:
        return False
    row.purge_due_at = min(now, row.purge_due_at)
    audit.write(session, user_id, Deed("panic purge agreed", "panic"), now)
    return True


def stop(app: AppContext, by: str) -> None:
    """Nothing is destroyed after all. Raises Away."""
    (app.panic / _FILE).unlink(missing_ok=True)
    with suppress(Shut), app.database.transaction(even_locked=True) as session:
        row = maintenance_state.hold(session)
        row.purge_due_at = row.purge_asked_by = None
        if not app.database.vault.ring.is_shut:
            audit.write(session, by, Deed("panic purge stopped", "panic"), app.clock())


def asked(session: Session) -> Asked | None:
    """What was asked for on any host."""
    row = maintenance_state.look(session)
    if row.purge_due_at is None:
        return None
    return Asked(row.purge_due_at, row.purge_asked_by or COMMAND_LINE)


def due_at(folder: Path) -> datetime | None:
    """When this host will destroy its keys; None: it will not."""
    try:
        return datetime.fromisoformat((folder / _FILE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def is_held(app: AppContext) -> bool:
    """Whether a legal hold is on, as the database says, or this host's ledger without it."""
    try:
        with app.database.reading(even_locked=True) as session:
            return maintenance_state.look(session).hold_since is not None
    except Away:
        said = [entry.what for entry in app.ledger.read() if entry.what in ("hold", "no hold")]
        return said[-1:] == ["hold"]


def follow(app: AppContext) -> None:
    """Do on this host what was ordered on another."""
    try:
        with app.database.reading(even_locked=True) as session:
            row = maintenance_state.look(session)
            is_locked, ordered = row.locked_at is not None, row.purge_due_at
    except Away:
        return
    if is_locked and not app.database.vault.ring.is_shut:
        line_lock.lock(app, line_lock.OTHER_HOST)
    planned = due_at(app.panic)
    if ordered is not None and ordered != planned and not _is_done(app, ordered):
        _plan(app.panic, ordered)
    elif ordered is None and planned is not None:
        (app.panic / _FILE).unlink(missing_ok=True)


def run_if_due(app: AppContext, now: datetime) -> None:
    """Destroy what is due to be destroyed, and go on with what could not be done at once."""
    if not _is_due(app.panic, now):
        return
    follow(app)  # somebody may have stopped it on another host
    with (app.panic / _TURN).open("wb") as turn:
        try:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # another process of this host is at it, and its receipt counts
        _run(app, now)


def _run(app: AppContext, now: datetime) -> None:
    due = due_at(app.panic)
    if due is None or not _is_due(app.panic, now):
        return
    if is_held(app):
        log.error("a legal hold is on: the panic purge was refused")
        receipts.write(app.panic, Receipt(now, refused=True))
        stop(app, COMMAND_LINE)
        return
    line_lock.lock(app, "panic purge")
    receipt = _keys_destroyed(app, due)
    receipt = _rows_deleted(app, receipt)
    receipts.write(app.panic, receipt)
    if receipt.is_done_here:
        (app.panic / _FILE).unlink(missing_ok=True)


def _is_due(folder: Path, now: datetime) -> bool:
    due = due_at(folder)
    return due is not None and due <= now


def _keys_destroyed(app: AppContext, due: datetime) -> Receipt:
    """Every key of a day, every pepper, and the key of the whole file. Raises OSError: again."""
    before = receipts.read(app.panic)
    if before is None or before.at < due or before.refused:
        before = Receipt(due, removed_file=app.database.vault.ring.encrypts_database)
        receipts.write(app.panic, before)
    folder = app.database.vault.ring.folder
    names = folder.names() if folder else []
    for name in names:
        folder.destroy(name)  # type: ignore[union-attr]  # there are no names without a folder
    if before.removed_file:
        _remove_encrypted(app)
    return before.but(
        keys=before.keys + len(names),
        seconds=before.seconds or (app.clock() - due).total_seconds(),
        requests=before.requests + outage_journal.forget(app.folder),
    )


def _remove_encrypted(app: AppContext) -> None:
    file = app.database.file
    if file is not None:
        for end in ("", "-wal", "-shm"):
            file.with_name(file.name + end).unlink(missing_ok=True)


def _rows_deleted(app: AppContext, receipt: Receipt) -> Receipt:
    if receipt.is_done_here:
        return receipt
    try:
        with app.database.transaction(even_locked=True) as session:
            named = tuple(retention.recordings_named(session))
            rows = retention.forget_callers(session)
            # the order itself stays, for other hosts, until the unlock
        app.database.scrub()
    except Away as away:
        log.warning("rows are still to be deleted", extra={"why": str(away)})
        return receipt
    _shorten_ledger(app, receipt.at)
    return receipt.but(rows=rows, recordings=receipt.recordings + named)


def _shorten_ledger(app: AppContext, at: datetime) -> None:
    """No mark of a caller stays; a restored backup loses the same rows again."""
    app.ledger.begin_again([Entry("everything", "", at.isoformat())])


def _is_done(app: AppContext, ordered: datetime) -> bool:
    last = receipts.read(app.panic)
    return last is not None and last.at >= ordered and last.is_done_here


def _plan(folder: Path, due: datetime) -> None:
    atomic_files.put(folder / _FILE, due.isoformat().encode())
