"""Which keys there are: root keys, a key for each day, and peppers for look-ups.

A root key comes from the settings. It seals what people keep by hand (the roster, the users, the
audit log), and wraps the other keys. Each day has a key for what is kept for days, for two weeks
and for a month; a purge destroys it once nothing needs it any more, and with it every copy of what
it sealed, in backups and logs too. A pepper of a day makes the marks of callers' numbers, so that
an old copy of them tells nothing; a pepper of 90 days makes marks that nobody can make again, such
as those of blocked phones and of SIDs.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.keys.key_files import KeyFolder
from models.keys.root_keys import (
    KEY_BYTES,
    KEY_ID_BYTES,
    Locked,
    Roots,
    VaultError,
    derived,
    key_id,
)

NONCE_BYTES = 12
_WRAPPED = b"\x01"
PEPPER_AHEAD = timedelta(days=1)
"""So long before its first mark a pepper is made, for all processes to know it."""
OVERLAP = timedelta(minutes=2)
"""The same for the first pepper of a line that already runs."""
LOOKED_AT_SECONDS = 5.0
_LOOK_AGAIN_SECONDS = 0.2
UNREADABLE = b""
"""What a process is shut for whose root key cannot be read: nothing seals until it can."""
_DATABASE = "database"
log = logging.getLogger("hotline.keys")


class Term(StrEnum):
    """How long a value lives, which says whose key seals it."""

    STANDING = "standing"
    """Until a person removes it: a root key."""
    DAYS = "days"
    WEEKS = "weeks"
    MONTH = "month"

    @property
    def lasts(self) -> timedelta:
        """After the end of its day, a key is destroyed as soon as nothing needs it any more."""
        return {Term.DAYS: timedelta(days=1), Term.WEEKS: timedelta(days=14)}.get(
            self, timedelta(days=30)
        )


@dataclass(frozen=True)
class Peppers:
    """A sort of peppers, by the beginning of their files' names."""

    name: str
    writes: timedelta
    """How long new marks are made with one."""
    lives: timedelta
    """From its first mark until it is destroyed."""


OF_DAYS = Peppers("marks-", timedelta(days=1), timedelta(days=3))
"""For numbers, which a worker marks again each day as long as they are kept."""
LASTING = Peppers("pepper-", timedelta(days=59), timedelta(days=90))
"""For marks that live 30 days at most and cannot be made again."""


@dataclass(frozen=True)
class DayKey:
    """One key of a day, by the name of its file."""

    name: str
    term: Term
    day: date
    id: bytes


@dataclass(frozen=True)
class _Held:
    """The keys that this process knows; replaced as a whole."""

    stamp: tuple[int, int]
    roots: Roots
    days: Mapping[str, tuple[DayKey, AESGCM]]
    peppers: Mapping[Peppers, Sequence[tuple[datetime, bytes]]]
    """Newest first, with the instant from which each makes marks."""
    retired: Mapping[bytes, bytes]
    """What former root keys leave behind, by their id: for checking and looking up alone."""
    identity: str | None
    chosen: dict[tuple[Term, date], tuple[bytes, AESGCM]] = field(default_factory=dict)
    """What seals on a day, as it was found first."""

    @cached_property
    def sealers(self) -> dict[bytes, AESGCM]:
        """What opens a value, by key id."""
        roots = {key_id(key): AESGCM(derived(key, b"seal")) for key in self.roots.every}
        return roots | {key.id: sealer for key, sealer in self.days.values()}

    @cached_property
    def witnesses(self) -> dict[bytes, bytes]:
        """What checks a MAC, by key id."""
        known = {key_id(key): derived(key, b"authenticate") for key in self.roots.every}
        return known | {each: left[:KEY_BYTES] for each, left in self.retired.items()}

    @cached_property
    def standing_peppers(self) -> list[bytes]:
        """The peppers of marks that stand until a person removes them, newest root key first."""
        known = [derived(key, b"fingerprint") for key in self.roots.every]
        return [*known, *(left[KEY_BYTES:] for left in self.retired.values())]


class KeyRing:
    """The keys of this host. It looks for new and destroyed ones every few seconds."""

    def __init__(
        self,
        roots: Roots | Callable[[], Roots],
        folder: KeyFolder | None = None,
        clock: Callable[[], datetime] | None = None,
        root_file: Path | None = None,
        shut_for: bytes | None = None,
    ) -> None:
        """`root_file` is read again when it changes; without it the roots stay as they are.

        A function of `roots` is called when a key is needed first: a process that forks others has
        none until then. `shut_for`: begin without any key, as `shut` leaves it; `roots` may be
        empty then.
        """
        self.folder, self.root_file = folder, root_file
        self.shut_for = shut_for
        """While the line is locked: what seals for the root key that is not in memory."""
        self.clock = clock or _now
        self._later = roots if callable(roots) else None
        self._roots = Roots(()) if callable(roots) else roots
        self._looking = threading.Lock()
        self._unwrapped: dict[str, bytes] = {}
        """The secrets of the folder that were opened before, by name."""
        self._identity: str | None = None
        self._looked_at = time.monotonic()
        self._held = _nothing() if shut_for or self._later else self._load()

    def read(self) -> None:
        """Read the keys if that was left for later; without them this process is shut."""
        if self._later is None:
            return
        with self._looking:
            if self._later is None or self.is_shut:
                return
            try:
                self._roots = self._later()
            except VaultError:
                log.exception("the root keys cannot be read: callers are answered without them")
                self.shut_for = UNREADABLE
            else:
                self._held, self._later = self._load(), None

    @property
    def held(self) -> _Held:
        """The keys as they are now. Raises Locked."""
        if self.shut_for is not None:
            raise Locked
        self.look()
        return self._held

    # --- the lock

    @property
    def is_shut(self) -> bool:
        """Whether this process has dropped its keys."""
        return self.shut_for is not None

    def shut(self, public: bytes) -> None:
        """Drop every key; `public` seals for the root key from now on.

        Root keys that came by the environment stay in the process, which cannot forget it.
        """
        with self._looking:
            self.shut_for = public
            self._held, self._unwrapped = _nothing(), {}
            if self.root_file is not None:
                self._roots = Roots(())

    def open_again(self, roots: Roots | None = None) -> None:
        """Read the keys again, with these root keys if their file is gone. Raises VaultError."""
        with self._looking:
            self._roots = roots or (self._later() if self._later else self._roots)
            held = self._load()
            if not held.roots.live:
                raise VaultError("the root key is not back yet")
            self._held, self._looked_at, self.shut_for = held, time.monotonic(), None
            self._later = None

    @property
    def is_on(self) -> bool:
        """Whether there is a folder of day keys; without it root keys do everything."""
        return self.held.identity is not None

    def look(self, within_seconds: float = LOOKED_AT_SECONDS) -> None:
        """Read again what changed, unless that was done within these seconds."""
        self.read()
        if time.monotonic() - self._looked_at < within_seconds:
            return
        with self._looking:
            if not self.is_shut and self._stamp() != self._held.stamp:
                self._held = self._load()
            self._looked_at = time.monotonic()

    def look_for(self, wanted: bytes) -> AESGCM | None:
        """The key with this id, perhaps just made by another process."""
        found = self.held.sealers.get(wanted)
        if found is None:
            self.look(_LOOK_AGAIN_SECONDS)
            found = self._held.sealers.get(wanted)
        return found

    # --- sealing

    @property
    def newest_root(self) -> bytes:
        """The root key that seals and wraps."""
        return self.held.roots.live[0]

    def sealer(self, term: Term) -> tuple[bytes, AESGCM]:
        """The id and the key with which a value of this term is sealed now."""
        held = self.held
        if term is not Term.STANDING and held.identity is not None:
            today = self.clock().astimezone(UTC).date()
            day = _of_day(held, term, today) or self._begin_day(term, today)
            if day is not None:
                return day
        newest = key_id(held.roots.live[0])
        return newest, held.sealers[newest]

    def _begin_day(self, term: Term, today: date) -> tuple[bytes, AESGCM] | None:
        """Make the day's key. If the folder does not take it, the root key seals: callers first."""
        try:
            self._add(f"{term}-{today:%Y-%m-%d}", os.urandom(KEY_BYTES))
        except OSError:
            log.exception("the key of the day cannot be made; the root key seals instead")
            return None
        return _of_day(self._held, term, today)

    # --- marks of callers

    def peppers(self, sort: Peppers) -> list[bytes]:
        """First the pepper that makes marks now, then all others that may have made some."""
        held = self.held
        if held.identity is None:
            return held.standing_peppers
        now, known = self.clock(), held.peppers[sort]
        writing = [pepper for since, pepper in known if since <= now][:1]
        others = [pepper for _, pepper in known if pepper not in writing]
        older = held.standing_peppers if sort is LASTING else self.peppers(LASTING)
        return [*writing, *others, *older] if writing else [*older, *others]

    def database_key(self) -> bytes | None:
        """The key of the whole SQLite file; None if it is not encrypted. Raises Locked."""
        if self.is_shut and self.encrypts_database:
            raise Locked
        self.look()
        return self._unwrapped.get(_DATABASE)

    @property
    def encrypts_database(self) -> bool:
        """Whether the SQLite file is encrypted as a whole, told without any key."""
        return self.folder is not None and _DATABASE in self.folder.names()

    def add_database_key(self) -> None:
        """From now on a new SQLite file is encrypted as a whole."""
        self._add(_DATABASE, os.urandom(KEY_BYTES))

    def pepper_of_today(self) -> bytes:
        """The pepper of marks that are compared on one day only; it dies with that day's key."""
        known, _ = self.sealer(Term.DAYS)
        for key, _ in self._held.days.values():
            if key.id == known:
                return derived(self._unwrapped[key.name], b"fingerprint")
        return self.held.standing_peppers[0]

    def keep_peppers(self, now: datetime) -> None:
        """Make the next peppers before they are needed."""
        if not self.is_on:
            return
        for sort, known in self.held.peppers.items():
            newest = known[0][0] if known else None
            if newest is None:
                self.add_pepper(now + OVERLAP, sort)
            elif newest + sort.writes <= now + PEPPER_AHEAD:
                self.add_pepper(max(newest + sort.writes, now + OVERLAP), sort)

    def add_pepper(self, since: datetime, sort: Peppers) -> None:
        """Make a pepper that makes marks from then on."""
        self._add(f"{sort.name}{since.astimezone(UTC):%Y-%m-%dT%H%M%S}", os.urandom(KEY_BYTES))

    # --- the folder

    def begin(self, *, at_once: bool = False) -> None:
        """Make the folder and the first pepper; from now on days have keys of their own."""
        if self.folder is None:
            raise VaultError("STATE_FOLDER or KEYS_FOLDER must name a place for the keys")
        is_new = self.folder.identity is None
        self.folder.make()
        self._reload()
        for sort, known in self._held.peppers.items():
            if is_new or not known:
                self.add_pepper(self.clock() + (timedelta() if at_once else OVERLAP), sort)

    def day_keys(self) -> list[DayKey]:
        """Every key of a day, oldest first."""
        held = self.held
        return sorted((key for key, _ in held.days.values()), key=lambda key: (key.day, key.name))

    def over(self, now: datetime) -> list[DayKey]:
        """The keys of days that are so long ago that nothing should need them any more."""
        return [key for key in self.day_keys() if _end(key.day) + key.term.lasts <= now]

    def old_peppers(self, now: datetime) -> list[str]:
        """The names of the peppers that have lived for their time, never the last that began."""
        names = self.folder.names() if self.folder else []
        return [
            name
            for sort in (OF_DAYS, LASTING)
            for name in sorted(
                each for each in names if each.startswith(sort.name) and _since(each) <= now
            )[:-1]
            if _since(name) + sort.lives <= now
        ]

    def destroy(self, name: str) -> None:
        """Destroy a key everywhere; raises OSError while a place keeps it."""
        if self.folder is not None:
            self.folder.destroy(name)
            self._reload()

    def wrap_again(self) -> int:
        """Seal every secret of the folder under the newest root key; returns how many changed."""
        changed = 0
        newest = key_id(self.newest_root)
        for name in self.folder.names() if self.folder else []:
            sealed = self.folder.read(name) if self.folder else None
            if self.folder and sealed and sealed[1 : 1 + KEY_ID_BYTES] != newest:
                self.folder.replace(name, self._wrapped(name, self._unwrap(name, sealed)))
                changed += 1
        if self.folder:
            for place, name in self.folder.missing():
                log.warning("a copy of the keys was incomplete", extra={"place": str(place)})
                self.folder.replace(name, self.folder.read(name) or b"")
        return changed

    def retire(self, root: bytes) -> None:
        """Keep of a root key only what checks its MACs and finds its marks."""
        left = derived(root, b"authenticate") + derived(root, b"fingerprint")
        self._add(f"retired-{key_id(root).hex()}", left)

    def roots_changed(self) -> None:
        """Read the root keys again at once."""
        self._reload()

    def _add(self, name: str, secret: bytes) -> None:
        if self.folder is None:
            raise VaultError("there is no folder of keys")
        self.folder.add(name, self._wrapped(name, secret))
        self._reload()

    def _wrapped(self, name: str, secret: bytes) -> bytes:
        root, nonce = self._held.roots.live[0], os.urandom(NONCE_BYTES)
        sealed = AESGCM(derived(root, b"wrap")).encrypt(nonce, secret, name.encode())
        return _WRAPPED + key_id(root) + nonce + sealed

    def _unwrap(self, name: str, sealed: bytes) -> bytes:
        return _unwrapped(name, sealed, self._roots)

    def _reload(self) -> None:
        with self._looking:
            if self.is_shut:
                raise Locked
            self._held, self._looked_at = self._load(), time.monotonic()

    def _stamp(self) -> tuple[int, int]:
        root = 0
        if self.root_file is not None:
            try:
                root = self.root_file.stat().st_mtime_ns
            except OSError:
                root = self._held.stamp[1]  # away for a moment: the keys in memory stay
        return (self.folder.stamp if self.folder else 0), root

    def _load(self) -> _Held:
        root_stamp = 0
        if self.root_file is not None:
            try:
                root_stamp = self.root_file.stat().st_mtime_ns
                self._roots = Roots.read(self.root_file.read_text(encoding="ascii"))
            except (OSError, VaultError):
                log.exception("the file of the root keys cannot be read; the known keys stay")
        stamp = (self.folder.stamp if self.folder else 0), root_stamp
        identity = self.folder.identity if self.folder else None
        is_away = identity is None and self._identity is not None
        if is_away:  # nothing was destroyed, so this process goes on with what it knows
            log.error("the folder of the keys is away")
        opened = dict(self._unwrapped) if is_away else self._opened()
        self._identity = identity or self._identity
        days = {name: _day_key(name, secret) for name, secret in opened.items() if _is_day(name)}
        peppers = {
            sort: sorted(
                ((_since(n), each) for n, each in opened.items() if n.startswith(sort.name)),
                reverse=True,
            )
            for sort in (OF_DAYS, LASTING)
        }
        retired = {
            bytes.fromhex(name.partition("-")[2]): secret
            for name, secret in opened.items()
            if name.startswith("retired-")
        }
        return _Held(stamp, self._roots, days, peppers, retired, self._identity)

    def _opened(self) -> dict[str, bytes]:
        """Every secret of the folder; one that was read before is not opened again."""
        found: dict[str, bytes] = {}
        for name in self.folder.names() if self.folder else ():
            if name in self._unwrapped:
                found[name] = self._unwrapped[name]
                continue
            sealed = self.folder.read(name) if self.folder else None
            try:
                found[name] = self._unwrap(name, sealed or b"")
            except VaultError as error:
                log.error("a key cannot be opened", extra={"file": name, "why": str(error)})
        self._unwrapped = found
        return dict(found)


def _nothing() -> _Held:
    return _Held((0, 0), Roots(()), {}, {}, {}, None)


def _unwrapped(name: str, sealed: bytes, roots: Roots) -> bytes:
    for root in roots.every:
        if sealed[1 : 1 + KEY_ID_BYTES] == key_id(root):
            nonce = sealed[1 + KEY_ID_BYTES :][:NONCE_BYTES]
            body = sealed[1 + KEY_ID_BYTES + NONCE_BYTES :]
            try:
                return AESGCM(derived(root, b"wrap")).decrypt(nonce, body, name.encode())
            except InvalidTag as error:
                raise VaultError(f"the key {name} was altered") from error
    raise VaultError(f"the key {name} is wrapped by a key that is not in DATA_KEYS")


def _is_day(name: str) -> bool:
    return name.partition("-")[0] in {term.value for term in Term}


def _day_key(name: str, secret: bytes) -> tuple[DayKey, AESGCM]:
    term, _, day = name.partition("-")
    known = DayKey(name, Term(term), date.fromisoformat(day), key_id(secret))
    return known, AESGCM(derived(secret, b"seal"))


def _of_day(held: _Held, term: Term, today: date) -> tuple[bytes, AESGCM] | None:
    """The key of today, or of the next day that has one: a late clock makes no second one."""
    known = held.chosen.get((term, today))
    if known is not None:
        return known
    found = held.days.values()
    fitting = [each for each in found if each[0].term is term and each[0].day >= today]
    if not fitting:
        return None
    key, sealer = min(fitting, key=lambda each: each[0].day)
    held.chosen[term, today] = key.id, sealer
    return key.id, sealer


def _end(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)


def _since(name: str) -> datetime:
    written = name.partition("-")[2]
    return datetime.strptime(written, "%Y-%m-%dT%H%M%S").replace(tzinfo=UTC)


def _now() -> datetime:
    return datetime.now(UTC)
