"""For `check`: what this host keeps beside the database, and how old it is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from commands.base.finding import Finding
from ivr.core import duty_file, outage_journal
from ivr.core.atomic_files import age_of
from ivr.core.erasure_ledger import Ledger
from ivr.privacy import checkpoint_file
from models.core.database import Session
from models.operations import maintenance_state
from settings import Settings

DUTY_FILE_STALE_SECONDS = 5 * 60
JOURNAL_STALE_SECONDS = 2 * 60
_HOUR_SECONDS = 3600
CHECKPOINT_STALE_SECONDS = 3 * _HOUR_SECONDS


def of_places(settings: Settings) -> Iterator[Finding]:
    """Whether callers reach this host, and whether others of it can read what it keeps."""
    if settings.is_rehearsal and not settings.demo:
        yield Finding(
            f"this is a rehearsal: the carrier at {settings.twilio_api_base_url} is on this "
            "machine, so nobody is called",
            is_note=True,
        )
    elif not settings.demo and settings.base_url.startswith("http://"):
        yield Finding("PUBLIC_BASE_URL is this machine, where the carrier reaches nobody")
    if not settings.recipients:
        yield Finding(
            "BACKUP_RECIPIENTS is not set: who has this host's keys and a backup can read it "
            "(`hotline keys offline`, on another computer)",
            is_note=True,
        )
    if settings.state_folder and _is_open(Path(settings.state_folder)):
        yield Finding(
            f"others on this host can look into {settings.state_folder}: run `chmod 0700` on it"
        )


def of_panic(settings: Settings) -> Iterator[Finding]:
    """What a panic lock could not do on this host."""
    file, folder = settings.root_keys_file(), settings.keys()
    if settings.demo:
        return
    if file is None:
        yield Finding(
            "the root key is in DATA_KEYS, so a panic lock leaves it on this host: put it into a "
            "file (docs/raid.md)",
            is_note=True,
        )
    elif not os.access(file.parent, os.W_OK):
        yield Finding(
            f"a panic lock cannot remove {file}: put it where this user may (docs/raid.md)",
            is_note=True,
        )
    if folder is None or folder.shared is None:
        yield Finding(
            "nobody has shares of the root key, so a panic lock leaves it on this host: run "
            "`hotline keys split` (docs/raid.md)",
            is_note=True,
        )


def _is_open(folder: Path) -> bool:
    try:
        return bool(folder.stat().st_mode & 0o077)
    except OSError:
        return False


def of_files(settings: Settings, session: Session) -> Iterator[Finding]:
    """The duty file, the journal, and the ledger."""
    folder = settings.standby()
    yield from _of_duty_file(settings, duty_file.age(folder))
    waiting = outage_journal.ages(folder)
    if waiting and max(waiting) > JOURNAL_STALE_SECONDS:
        yield Finding(
            f"{len(waiting)} entries of the outage journal in {folder} wait, the oldest for "
            f"{_in_words(max(waiting))}: no worker with this STATE_FOLDER runs on this host"
        )
    yield from _of_checkpoints(folder)
    yield from _of_ledger(Ledger(settings.ledger()), session)


def _of_duty_file(settings: Settings, age: float | None) -> Iterator[Finding]:
    if age is None:
        yield Finding(
            f"there is no duty file in {settings.standby()}: while the database is away, callers "
            "of this host reach RESCUE_NUMBER alone, and what they do is sealed into "
            f"{outage_journal.place(settings.standby())}, until a worker runs on it",
            is_note=True,
        )
    elif age > DUTY_FILE_STALE_SECONDS:
        yield Finding(
            f"the duty file in {settings.standby()} is {_in_words(age)} old: no worker with this "
            "STATE_FOLDER runs on this host"
        )


def _of_checkpoints(folder: Path) -> Iterator[Finding]:
    file = checkpoint_file.of(folder)
    age = age_of(file)
    if age is not None and age > CHECKPOINT_STALE_SECONDS:
        yield Finding(
            f"the last checkpoint of the audit log in {file} is {_in_words(age)} old: no worker "
            "with this STATE_FOLDER runs on this host"
        )


def _of_ledger(ledger: Ledger, session: Session) -> Iterator[Finding]:
    if ledger.age is not None:
        yield Finding(f"the last line of the ledger is {_in_words(ledger.age)} old", is_note=True)
    elif maintenance_state.look(session).coarse_before is not None:
        yield Finding(
            f"there is no ledger at {ledger.file}, so a restore would bring back what was erased; "
            "if this host never ran a worker, that is as it should be",
            is_note=True,
        )


def _in_words(seconds: float) -> str:
    if seconds >= _HOUR_SECONDS:
        return f"{seconds / _HOUR_SECONDS:.0f} h"
    return f"{seconds / 60:.0f} min"
