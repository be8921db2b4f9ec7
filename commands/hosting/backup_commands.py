"""`backup` and `restore`: a sealed copy of everything, and a safe restore."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import click
import httpx

import wiring
from commands.base import command_database, instants
from commands.base.command_group import command
from commands.base.plain_errors import Trouble
from commands.hosting import backup_files
from ivr.core.erasure_ledger import Entry, Ledger
from ivr.privacy import after_restore
from ivr.privacy.after_restore import Origin, Restored
from models.core.database import Database
from models.operations import backup, maintenance_state, own_database, worker_state
from settings import Settings

LEASE = timedelta(seconds=60)
"""A worker that was alive within this time may still dial."""


@command("backup")
@click.argument("place", type=click.Path(path_type=Path))
@click.option("--keep-days", type=click.IntRange(min=1), help="Delete older ones of this folder.")
def back_up(place: Path, keep_days: int | None) -> None:
    """Write a sealed copy of the database to PLACE, a file or a folder, while the hotline runs."""
    settings, now = Settings(), wiring.now()
    if keep_days and not place.is_dir():
        raise Trouble(f"--keep-days is for a folder, and {place} is none.")
    named = f"{backup_files.NAMED}{now:%Y%m%dT%H%M%SZ}{backup_files.SUFFIX}"
    file = place / named if place.is_dir() else place
    with command_database.ready(settings) as database:
        digest = backup_files.write(database, file, now, settings.recipients)
    if keep_days:
        _forget(place, file, timedelta(days=keep_days))
    click.echo(f"Backed up to {file} ({file.stat().st_size} bytes).")
    click.echo(f"SHA-256 {digest}")
    also = " and an identity of BACKUP_RECIPIENTS" if settings.recipients else ""
    click.echo(f"It opens only with DATA_KEYS{also}, which are not in it: keep them elsewhere.")


@command("restore")
@click.argument(
    "file", type=click.Path(path_type=Path, dir_okay=False, exists=True), required=False
)
@click.option(
    "--ledger",
    "ledgers",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The ledger of another host, besides this one's.",
)
@click.option(
    "--identity", type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The identity file of an offline key, if the backup is encrypted to one.",
)  # fmt: skip
@click.option(
    "--release", "is_release", is_flag=True, help="Let what a restore holds back be done."
)
def restore(
    file: Path | None, ledgers: tuple[Path, ...], identity: Path | None, is_release: bool
) -> None:
    """Replace the database with the backup FILE, or release what a restore holds back."""
    settings = Settings()
    if is_release:
        with command_database.ready(settings) as database:
            waiting = after_restore.release(database, wiring.now())
        click.echo(f"Released: {waiting} callbacks are tried again from now on.")
        return
    if file is None:
        raise Trouble("Which backup? `hotline restore FILE`, or `hotline restore --release`.")
    with httpx.Client(timeout=5) as http:
        origin, done = bring_back(settings, file, ledgers, http, wiring.now(), identity)
    click.echo("\n".join(in_words(origin, done)))


def _forget(folder: Path, newest: Path, after: timedelta) -> None:
    """Delete the backups of a folder that are so much older than its newest one."""
    limit = newest.stat().st_mtime - after.total_seconds()
    for file in folder.glob(f"{backup_files.NAMED}*{backup_files.SUFFIX}"):
        if file.stat().st_mtime < limit:
            file.unlink()


def bring_back(
    settings: Settings,
    file: Path,
    ledgers: Iterable[Path],
    http: httpx.Client,
    now: datetime,
    identity: Path | None = None,
) -> tuple[Origin, Restored]:
    """Restore a backup; verifies it completely first and checks that nobody else runs."""
    standby = settings.standby()
    with backup_files.scratch(settings.ledger().parent) as plain:
        facts = backup_files.unsealed(file, plain, settings, identity)
        backup_files.must_fit(facts, settings)
        with command_database.opened(settings) as target:
            _must_be_alone(settings, target, http, now)
            entries = tuple(_entries([settings.ledger(), *ledgers]))
            made_at = datetime.fromisoformat(facts["made_at"])
            fence, replaced = _state_of(target)
            origin = Origin(made_at, fence + 1, entries, replaced)
            if facts["kind"] == "sqlite":
                done = _made_safe(settings, f"sqlite:///{plain}", origin, now)
                backup.copy_in(plain, target)
            else:
                backup.copy_in(plain, target)
                done = _made_safe(settings, settings.database_url, origin, now)
            own_database.adopt(target, standby)
    return origin, done


def in_words(origin: Origin, done: Restored) -> Iterator[str]:
    """What was restored, what was done to it, and what a person must do now."""
    yield f"Restored to {instants.written(origin.made_at)}."
    yield f"{done.reapplied} purges and STOPs were applied again from the ledger."
    if done.purged is None:
        yield "A legal hold is on, so nothing was purged."
    yield f"{done.ended} searches and rings of that time are over."
    yield f"{done.waiting} callbacks wait for a coordinator, and so do texts of that time."
    yield "Look at them (`hotline export callbacks`), then run `hotline restore --release`."


def _must_be_alone(settings: Settings, target: Database, http: httpx.Client, now: datetime) -> None:
    """Refuse if another hotline runs: two that both dial would ring everyone twice."""
    if command_database.is_migrated(target):
        with target.reading() as session:
            alive = [beat.name for beat in worker_state.alive(session, now, LEASE)]
        if alive:
            raise Trouble(
                f"{', '.join(alive)} worked on this database within the last minute: "
                "stop every worker, wait a minute, then restore."
            )
    if settings.base_url and _answers(settings.base_url, http):
        raise Trouble(
            f"A hotline still answers at {settings.base_url}: stop it (web and worker) on the "
            "host where it runs, then restore."
        )


def _answers(base_url: str, http: httpx.Client) -> bool:
    try:
        return bool(http.get(f"{base_url}/healthz").json().get("ok"))
    except (httpx.HTTPError, ValueError, AttributeError):
        return False


def _state_of(target: Database) -> tuple[int, dict[str, int | str] | None]:
    """The fence of what a restore replaces, and the end of its audit log."""
    if not command_database.is_migrated(target):
        return 0, None
    with target.reading() as session:
        return after_restore.state_of(session)


def _made_safe(settings: Settings, url: str, origin: Origin, now: datetime) -> Restored:
    is_copy = url != settings.database_url
    database = Database(
        url,
        settings.vault(),
        connections=settings.connections(),
        listeners=settings.listeners(),
        is_plain=is_copy,
    )
    try:
        command_database.bring_up_to_date(database, now)
        with database.reading() as session:
            fence = max(origin.fence, maintenance_state.look(session).fence + 1)
        done = after_restore.make_safe(
            database,
            Ledger(settings.ledger()),
            replace(origin, fence=fence),
            now,
            settings.hotline_timezone,
        )
        database.scrub()
        return done
    finally:
        database.close()


def _entries(files: Iterable[Path]) -> list[Entry]:
    """The entries of all ledgers in chronological order."""
    return sorted((e for file in files for e in Ledger(file).read()), key=lambda e: e.at)
