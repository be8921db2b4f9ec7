"""`keys`: root keys and the keys of days; see docs/decisions/0060-a-key-for-each-day.md."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

import wiring
from commands.base import command_database, env_file
from commands.base.command_group import group
from commands.base.plain_errors import Trouble
from ivr.core import atomic_files
from ivr.privacy import key_care
from models.core.database import Database
from models.keys import root_keys, root_shares
from models.keys.key_ring import KeyRing
from models.keys.root_keys import KEY_ID_BYTES, Roots, key_id
from models.keys.root_shares import ENOUGH, UnfitShares
from models.operations import own_database, sealed_values
from models.staff import audit
from models.staff.audit import COMMAND_LINE, Deed
from settings import Settings


@group("keys")
def keys() -> None:
    """Make, change, look after and share keys."""


@keys.command("new")
def new_key() -> None:
    """Print a new root key, and how to bring it in."""
    click.echo(root_keys.in_base64(root_keys.drawn()))
    click.echo(
        "With DATA_KEYS_FILE, `hotline keys rotate` makes and uses one. With DATA_KEYS, put "
        "this one first, with a comma before the present keys, on every host at once. Keep a copy "
        "away from hosts and backups. Older keys must stay until `hotline keys status` says that "
        "nothing needs them.",
        err=True,
    )


@keys.command("start")
@click.option("--lost", "is_lost", is_flag=True, help="The old keys are lost for good.")
def start(is_lost: bool) -> None:
    """Give each day a key of its own, once every host runs this version."""
    settings = Settings()
    with _ready(settings) as (database, ring):
        with database.reading() as session:
            known = own_database.keys_of(session)
        if known is not None and ring.held.identity != known and not is_lost:
            raise Trouble(
                "This database has keys of days already, and they are not here: mount their folder"
                " or bring its copy back. If they are lost for good, with what they sealed: --lost."
            )
        ring.begin()
        own_database.adopt_keys(database)
        if known is None:
            key_care.draw_pseudonyms_again(database)
        _enter(database, "keys of days started")
        place = ring.folder.first if ring.folder else ""
    click.echo(f"From now on each day has keys of its own, in {place}.")
    click.echo(
        "They are in no backup, and must not be: after a purge their absence is the erasure."
    )
    click.echo("KEYS_FOLDER may name a second folder on another disk, which then has a copy.")


@keys.command("status")
def status() -> None:
    """Show which keys there are, and what each still seals."""
    settings = Settings()
    with _ready(settings) as (database, ring), database.reading() as session:
        click.echo("\n".join(in_words(ring, sealed_values.count_by_key(session))))


@keys.command("rotate")
@click.option("--prepare", "is_prepared", is_flag=True, help="Only let every process know a key.")
@click.option("--finish", "is_last", is_flag=True, help="Remove the old root keys.")
def rotate(is_prepared: bool, is_last: bool) -> None:
    """Bring in a new root key while calls go on, or remove the old ones."""
    settings = Settings()
    with _ready(settings) as (database, ring):
        if not ring.is_on:
            raise Trouble("There are no keys of days yet: run `hotline keys start` first.")
        if is_last:
            _finish(settings, database, ring)
        elif is_prepared:
            _prepare(ring)
        else:
            _bring_in(database, ring)


@keys.command("split")
def split() -> None:
    """Print three shares of the root key; any two of them bring it back."""
    with _ready(Settings()) as (database, ring):
        roots = ring.held.roots
        if len(roots.every) > 1:
            raise Trouble("Two root keys are in use: finish the change (`hotline keys rotate`).")
        _enter(database, "root key split")
        if ring.is_on and ring.folder:
            ring.folder.note_shared(key_id(roots.live[0]).hex())
    click.echo("Give each share to another person, on paper. One alone says nothing.", err=True)
    for number, words in enumerate(root_shares.split(roots.live[0]), 1):
        click.echo(f"{number}. {words}")


@keys.command("join")
@click.option(
    "--file", type=click.Path(path_type=Path, dir_okay=False), required=True,
    help="The new DATA_KEYS_FILE; an existing file is never changed.",
)  # fmt: skip
def join(file: Path) -> None:
    """Bring the root key back from two shares, which it asks for."""
    typed = [click.prompt(f"Share {n} of {ENOUGH}", hide_input=True) for n in range(1, ENOUGH + 1)]
    try:
        key = root_shares.joined(typed)
    except UnfitShares as error:
        raise Trouble(f"These shares do not fit together: {error}.") from error
    env_file.write_new(file, Roots.of([key]).written())
    click.echo(f"The root key {_named(key_id(key))} is in {file}: name it in DATA_KEYS_FILE.")


def in_words(ring: KeyRing, sealed: Counter[bytes]) -> Iterator[str]:
    """Every key, one sentence each, and what is to be done."""
    roots = ring.held.roots
    for number, root in enumerate(roots.live):
        use = "seals" if number == 0 else "only opens"
        yield f"root key {_named(key_id(root))}: {use}; {sealed.pop(key_id(root), 0)} values"
    for root in roots.coming:
        yield f"root key {_named(key_id(root))}: known, and not used yet"
    if not ring.is_on:
        yield "Days have no keys of their own: `hotline keys start`, once every host runs this."
        return
    for key in ring.day_keys():
        yield f"{key.name}: {sealed.pop(key.id, 0)} values"
    for sort, known in ring.held.peppers.items():
        for since, _ in known:
            yield f"pepper of {sort.lives.days} days, for marks since {since:%Y-%m-%d %H:%M}"
    for place, name in ring.folder.missing() if ring.folder else ():
        yield f"MISSING: {place} has no copy of {name}; `hotline keys rotate` fills it up"
    for lost, count in sealed.items():
        yield f"LOST: {count} values need the key {_named(lost)}, which is not here"
    if roots.live[1:]:
        yield "Once no value is under the older root keys: `hotline keys rotate --finish`."


def _prepare(ring: KeyRing) -> None:
    roots, file = ring.held.roots, _root_file(ring)
    if roots.coming:
        raise Trouble("A key is prepared already: start every process again, then rotate.")
    coming = Roots(roots.live, (root_keys.drawn(),))
    atomic_files.put(file, coming.written().encode())
    click.echo("A new key is known. Start web and worker of every host again, then")
    click.echo("run `hotline keys rotate`. This is needed for systemd credentials alone.")


def _bring_in(database: Database, ring: KeyRing) -> None:
    roots, file = ring.held.roots, _root_file(ring)
    new = roots.coming[0] if roots.coming else root_keys.drawn()
    wrapped = key_care.bring_in(ring, file, new)
    _enter(database, "root key rotated")
    click.echo(
        f"Root key {_named(key_id(new))} seals from now on; {wrapped} keys were wrapped again."
    )
    click.echo("A worker seals the old values again, a few at a time. KEEP THE NEW KEY IN A")
    click.echo(f"SECOND PLACE, away from hosts and backups; it is the first one in {file}.")
    click.echo("See `hotline keys status`, then `hotline keys rotate --finish`.")


def _finish(settings: Settings, database: Database, ring: KeyRing) -> None:
    """Remove older root keys, and keep of each what checks the audit log and finds old marks."""
    roots, file = ring.held.roots, _root_file(ring)
    if len(roots.live) == 1:
        raise Trouble("There is one root key only: nothing is to be finished.")
    key_care.seal_everything(database, wiring.now())
    ring.wrap_again()
    with database.reading() as session:
        sealed = sealed_values.count_by_key(session)
    for old in roots.live[1:]:
        if count := sealed[key_id(old)]:
            raise Trouble(f"{count} values still need the root key {_named(key_id(old))}.")
    if waiting := [file for file in _standby_files(settings) if _seals(roots.live[1:], file)]:
        raise Trouble(f"{waiting[0]} is still sealed by an older key: does the worker run?")
    for old in roots.live[1:]:
        ring.retire(old)
    atomic_files.put(file, Roots(roots.live[:1], roots.coming).written().encode())
    ring.roots_changed()
    _enter(database, "older root keys removed")
    click.echo("The older root keys are gone. Backups made under them open no more: make one now.")


def _standby_files(settings: Settings) -> list[Path]:
    """The duty file and the outage journal, which are sealed by a root key."""
    return [file for file in settings.standby().rglob("*") if file.is_file()]


def _seals(roots: Sequence[bytes], file: Path) -> bool:
    return file.read_bytes()[1 : 1 + KEY_ID_BYTES] in [key_id(root) for root in roots]


def _root_file(ring: KeyRing) -> Path:
    if ring.root_file is None:
        raise Trouble(
            "The root keys come from DATA_KEYS, which no command can change: `hotline keys new`"
            " prints a key. With DATA_KEYS_FILE this command does it all."
        )
    if not os.access(ring.root_file, os.W_OK):
        raise Trouble(
            f"{ring.root_file} cannot be written here: run this where DATA_KEYS_FILE is the"
            " file itself, not a systemd credential."
        )
    return ring.root_file


@contextmanager
def _ready(settings: Settings) -> Iterator[tuple[Database, KeyRing]]:
    with command_database.ready(settings) as database:
        yield database, database.vault.ring


def _enter(database: Database, action: str) -> None:
    with database.transaction() as session:
        audit.write(session, COMMAND_LINE, Deed(action, "keys"), wiring.now())


def _named(known: bytes) -> str:
    return known.hex()
