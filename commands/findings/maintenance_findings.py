"""For `check`: the state of maintenance, from the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import tzdata

from commands.base import instants
from commands.base.finding import Finding
from ivr.core.line_clock import TOLERANCE
from ivr.privacy import after_restore, purge, retention_periods
from ivr.search import pursued_items
from models.calls import open_items, voicemails
from models.core import database_limits
from models.core.database import Database, Session
from models.operations import drill_runs, maintenance_state, worker_state
from models.operations.maintenance_state import Upkeep
from settings import Settings

BACKUP_EVERY = timedelta(hours=25)
RESTORE_EVERY = timedelta(days=200)
"""Twice a year, with some days to be late."""
HALF = 0.5
DISK_FULL_SOON = 0.8
_OWNED_WITHIN_MINUTES = 15
OWNED_WITHIN = timedelta(minutes=_OWNED_WITHIN_MINUTES)
CONNECTIONS_SHORT = 0.8
FEWEST_PROCESSES = 3
CLEAN_WITHIN = timedelta(hours=6)
KEY_OVERDUE = timedelta(days=4)
"""A legal hold, an open promise or a call of days may keep a key a little longer."""
UNHEARD_WARNING = timedelta(days=7)


def of_database(database: Database, session: Session, now: datetime) -> Iterator[Finding]:
    """Holds, restores, backups, messages near deletion, limits."""
    row = maintenance_state.look(session)
    yield from _of_row(row, session, now)
    yield from _of_messages(session, now)
    yield from _of_zones(session, now)
    yield from of_clocks(session, now)
    yield from _of_keys(database, session, now)
    yield from _of_limits(database, session)
    yield from of_connections(database, session, now)


def of_drills(settings: Settings, session: Session, now: datetime) -> Iterator[Finding]:
    """Whether the last drills show that a caller would reach a responder's phone."""
    if not settings.drill_number:
        yield Finding("DRILL_NUMBER is not set, so no drill is ever made", is_note=True)
        return
    last = drill_runs.latest(session)
    if last is None:
        yield Finding("no drill was made yet; a worker makes one an hour", is_note=True)
    elif now - last.started_at > timedelta(hours=2):
        yield Finding("no drill was made in the last two hours: is a worker running?")
    elif last.failed_at:
        yield Finding(f"the last drill failed: {last.reason}")


def _of_row(row: Upkeep, session: Session, now: datetime) -> Iterator[Finding]:
    if row.hold_since:
        since = instants.written(row.hold_since)
        yield Finding(f"a legal hold is on since {since}: nothing is purged", is_note=True)
    elif row.purged_at is None:
        yield Finding("nothing was purged yet; a worker does it each hour", is_note=True)
    elif now - row.purged_at > 2 * retention_periods.PURGE_EVERY:
        yield Finding("nothing was purged in the last two hours: is a worker running?")
    if row.unclean_since:
        yield Finding(
            f"what was purged since {instants.written(row.unclean_since)} may still stand in the "
            "database's files: another program reads the file all the time; end it",
            is_note=now - row.unclean_since < retention_periods.PURGE_EVERY,
        )
    if row.waits_for_release and row.restored_to:
        waiting = len(after_restore.callbacks_waiting(session))
        yield Finding(
            f"restored to {instants.written(row.restored_to)}: {waiting} callbacks wait; look at "
            "them, then run `hotline restore --release`"
        )
    if row.backed_up_at is None:
        yield Finding("no backup was ever made by `hotline backup`", is_note=True)
    elif now - row.backed_up_at > BACKUP_EVERY:
        yield Finding(f"the last backup is of {instants.written(row.backed_up_at)}")
    yield from of_restores(row, now)


def of_restores(row: Upkeep, now: datetime) -> Iterator[Finding]:
    """Whether a restore was tried lately, and came back whole."""
    if row.restore_tried_at is None:
        words = "no restore was ever tried: `hotline restore-drill FOLDER`, twice a year"
        yield Finding(words, is_note=True)
    elif row.restore_fault:
        yield Finding(f"the last restore drill failed: {row.restore_fault}")
    elif now - row.restore_tried_at > RESTORE_EVERY:
        tried = instants.written(row.restore_tried_at)
        yield Finding(f"the last restore drill was {tried}: `hotline restore-drill FOLDER`")


def _of_keys(database: Database, session: Session, now: datetime) -> Iterator[Finding]:
    """Whether erased data is unreadable in backups too, and every key is where it belongs."""
    ring = database.vault.ring
    if not ring.is_on:
        yield Finding(
            "days have no keys of their own, so backups keep what a purge erased: run `hotline "
            "keys start` once every host has this version and the same KEYS_FOLDER",
            is_note=True,
        )
        return
    if ring.held.identity != maintenance_state.look(session).keys:
        yield Finding("KEYS_FOLDER is not that of this database: `hotline keys start` says more")
    for place, name in ring.folder.missing() if ring.folder else ():
        yield Finding(f"{place} has no copy of the key {name}: run `hotline keys rotate`")
    for key in ring.over(now - KEY_OVERDUE):
        yield Finding(
            f"the key {key.name} still stands {(now.date() - key.day).days} days later: what it "
            "sealed is not purged, or a place of KEYS_FOLDER is away"
        )


def of_encryption(settings: Settings, database: Database) -> Iterator[Finding]:
    """Whether the SQLite file is encrypted as it should be."""
    is_bare = settings.sqlite_file() and database.vault.ring.database_key() is None
    if settings.encrypt_database and is_bare:
        yield Finding(
            "ENCRYPT_DATABASE is set, and the file is not encrypted: make a backup, stop web "
            "and worker, move the file away, then `hotline migrate` and `hotline restore`"
        )


def _of_messages(session: Session, now: datetime) -> Iterator[Finding]:
    old = [m for m in voicemails.unheard(session) if now - m.expected_at > UNHEARD_WARNING]
    if old:
        first = instants.written(min(map(purge.needs_sound_until, old)))
        yield Finding(f"{len(old)} messages are unheard for a week; the first is deleted {first}")


def of_workers(session: Session, now: datetime) -> Iterator[Finding]:
    """Whether a worker is alive and reaches the carrier."""
    if not worker_state.is_alive(session, now):
        yield Finding("no worker is running, so nobody is rung: start `hotline worker`")
    if worker_state.carrier_is_away(session, now):
        yield Finding(
            "the carrier does not answer the worker, so callers are rung through one by one: "
            "see its status page, TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"
        )


def of_pursuit(settings: Settings, session: Session, now: datetime) -> Iterator[Finding]:
    """Emergencies that nobody owns, and whether rings about them can still start today."""
    waiting = pursued_items.speak_for(session)
    old = [item for item in waiting if now - item.opened_at > OWNED_WITHIN]
    if old:
        numbers = ", ".join(str(item.number) for item in old if item.number is not None)
        yield Finding(
            f"{len(old)} callers who may be in danger have nobody for {_OWNED_WITHIN_MINUTES} "
            f"minutes: take them on the page Open items (numbers {numbers})"
        )
    made = open_items.starts_since(session, now - timedelta(days=1))
    if made >= settings.pursuit_starts_per_day:
        yield Finding(
            f"{made} calls about open items were made within a day, which is the limit, so only "
            "texts go on: raise PURSUIT_STARTS_PER_DAY"
        )


def _of_zones(session: Session, now: datetime) -> Iterator[Finding]:
    ours = tzdata.IANA_VERSION
    yield Finding(f"time zones are those of tzdata {ours}", is_note=True)
    for beat in worker_state.alive(session, now):
        if beat.tzdata and beat.tzdata != ours:
            yield Finding(
                f"{beat.name} goes by tzdata {beat.tzdata} and this host by {ours}: they may "
                "disagree about who is on duty; bring both to the newer one"
            )


def of_clocks(session: Session, now: datetime) -> Iterator[Finding]:
    """The workers whose host has another time than the database."""
    for beat in worker_state.alive(session, now):
        off = timedelta(milliseconds=beat.milliseconds_off)
        if abs(off) > TOLERANCE:
            side = "ahead of" if off > timedelta() else "behind"
            yield Finding(
                f"the clock of the host of {beat.name} is {abs(off).total_seconds():.0f} seconds "
                f"{side} the database's: repair its time service"
            )


def _of_limits(database: Database, session: Session) -> Iterator[Finding]:
    for table, share in database_limits.share_of_ids_used(session).items():
        if share >= HALF:
            yield Finding(f"{share:.0%} of the ids of {table} are used up")
    disk = database_limits.share_of_disk_used(database)
    if disk is not None and disk >= DISK_FULL_SOON:
        yield Finding(f"the disk under the database is {disk:.0%} full")
    megabytes = database_limits.size_in_bytes(session) / 1e6
    yield Finding(f"the database takes {megabytes:.1f} MB", is_note=True)


def of_connections(database: Database, session: Session, now: datetime) -> Iterator[Finding]:
    """The connections in use, and those that the hotline's processes may open, against the limit.

    A host runs one worker and at least two web processes.
    """
    server = database_limits.connections(session)
    if server is None:
        return
    each = database.connections.most
    yield Finding(
        f"{server.used} of the {server.most} connections of the database server are in use; "
        f"each process of the hotline opens {each} at most (DATABASE_POOL_SIZE)",
        is_note=server.used < CONNECTIONS_SHORT * server.most,
    )
    hosts = len(worker_state.alive(session, now))
    if hosts * FEWEST_PROCESSES * each > server.most:
        yield Finding(
            f"{hosts} hosts with {FEWEST_PROCESSES} processes may open "
            f"{hosts * FEWEST_PROCESSES * each} connections, and the database server takes "
            f"{server.most}: lower DATABASE_POOL_SIZE or raise the server's limit"
        )
