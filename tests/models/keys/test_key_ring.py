"""Keys of days: made by one process, known to all, gone for all when they are destroyed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.core.vault import Vault, VaultError
from models.keys.key_files import KeyFolder
from models.keys.key_ring import KeyRing, Term
from models.keys.root_keys import Roots

OLD, NEW = b"o" * 32, b"n" * 32
NOON = datetime(2026, 12, 8, 12, 0, tzinfo=UTC)


class Host:
    """Processes of one line: each has its own memory, and all share the folder."""

    def __init__(self, folder: Path) -> None:
        self.now = NOON
        self.folder = KeyFolder(folder / "keys", (folder / "elsewhere",))
        self.roots = folder / "roots"
        self.roots.write_text(Roots((OLD,)).written())

    def goes_on(self, passed: timedelta) -> None:
        """Let time pass."""
        self.now += passed

    def process(self, behind: timedelta = timedelta()) -> Vault:
        """A process, whose clock may be behind."""
        roots = Roots.read(self.roots.read_text())
        ring = KeyRing(roots, self.folder, lambda: self.now - behind, self.roots)
        return Vault(ring)

    def begins(self) -> Vault:
        """The first process, which makes the folder."""
        vault = self.process()
        vault.ring.begin(at_once=True)
        return vault


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """A host without keys of days."""
    return Host(tmp_path)


def test_a_value_of_a_day_opens_everywhere_until_its_key_is_destroyed(host: Host) -> None:
    web, worker = host.begins(), host.process()
    sealed = web.seal("+12125550150", "call.number", "row", Term.DAYS)
    standing = web.seal("Ana", "person.name", "row")
    worker.ring.look(0)
    assert worker.open(sealed, "call.number", "row") == "+12125550150"
    (key,) = web.ring.day_keys()
    web.ring.destroy(key.name)
    worker.ring.look(0)
    for vault in (web, worker, host.process(), Vault([OLD])):
        with pytest.raises(VaultError, match="destroyed"):
            vault.open(sealed, "call.number", "row")
        assert vault.open(standing, "person.name", "row") == "Ana"
    assert not list(host.folder.first.parent.rglob(f"*{key.name}*"))


def test_a_process_learns_of_a_key_when_it_meets_its_first_value(host: Host) -> None:
    web, worker = host.begins(), host.process()
    worker.ring.look(0)
    sealed = web.seal("x", "note", "row", Term.MONTH)
    worker.ring._looked_at -= 1  # a second later
    assert worker.open(sealed, "note", "row") == "x"


def test_a_value_of_another_row_is_refused(host: Host) -> None:
    vault = host.begins()
    sealed = vault.seal("+12125550150", "call.number", "row of Ana", Term.DAYS)
    with pytest.raises(VaultError, match="moved here"):
        vault.open(sealed, "call.number", "row of Ben")
    before = Vault([OLD]).seal("+12125550150", "call.number", "row of Ana")
    assert vault.open(before, "call.number", "row of Ana") == "+12125550150"


def test_each_day_and_term_has_a_key_and_a_late_clock_uses_one_that_is_there(host: Host) -> None:
    vault = host.begins()
    for term in (Term.DAYS, Term.WEEKS, Term.DAYS):
        vault.seal("x", "note", "row", term)
    host.goes_on(timedelta(days=2))
    vault.seal("x", "note", "row", Term.DAYS)
    host.process(behind=timedelta(days=1)).seal("x", "note", "row", Term.DAYS)
    vault.ring.look(0)
    names = ["days-2026-12-08", "weeks-2026-12-08", "days-2026-12-10"]
    assert [key.name for key in vault.ring.day_keys()] == names
    over = vault.ring.over(host.now)
    assert [key.name for key in over] == ["days-2026-12-08"]


def test_a_new_root_key_is_known_at_once_and_the_old_one_is_not_needed(host: Host) -> None:
    web, worker = host.begins(), host.process()
    of_day = web.seal("day", "note", "row", Term.DAYS)
    mac = web.authenticate(b"entry", "audit chain")
    name = web.standing_mark("ana", "name")
    host.roots.write_text(Roots((NEW, OLD)).written())
    web.ring.roots_changed()
    sealed = web.seal("new", "note", "row")
    worker.ring._looked_at -= 1  # a second later
    assert worker.open(sealed, "note", "row") == "new"
    assert web.ring.wrap_again() == 3
    web.ring.retire(OLD)
    host.roots.write_text(Roots((NEW,)).written())
    alone = host.process()
    assert alone.open(of_day, "note", "row") == "day"
    assert alone.is_authentic(b"entry", mac, "audit chain")
    assert name in alone.standing_marks("ana", "name")


@pytest.mark.parametrize(("purpose", "writes", "lives"), [("number", 1, 3), ("case code", 59, 90)])
def test_a_pepper_is_known_before_it_is_used_and_dies_after_its_days(
    host: Host, purpose: str, writes: int, lives: int
) -> None:
    web = host.begins()
    first = web.fingerprint("+12125550150", purpose)
    host.goes_on(timedelta(days=writes, hours=-1))
    web.ring.keep_peppers(host.now)
    worker = host.process()
    assert worker.fingerprint("+12125550150", purpose) == first
    host.goes_on(timedelta(hours=2))
    assert worker.fingerprint("+12125550150", purpose) != first
    assert first in worker.fingerprints("+12125550150", purpose)
    host.goes_on(timedelta(days=lives - writes))
    for name in web.ring.old_peppers(host.now):
        web.ring.destroy(name)
    assert first not in host.process().fingerprints("+12125550150", purpose)


def test_a_pepper_that_still_makes_marks_is_not_destroyed(host: Host) -> None:
    web = host.begins()
    host.goes_on(timedelta(days=100))
    assert web.ring.old_peppers(host.now) == []


def test_a_folder_that_is_away_stops_nobody(host: Host) -> None:
    vault = host.begins()
    before = vault.seal("+12125550150", "call.number", "row", Term.DAYS)
    mark = vault.fingerprint("+12125550150", "number")
    host.folder.first.rename(host.folder.first.with_name("unmounted"))
    host.goes_on(timedelta(days=1))
    vault.ring.look(0)
    sealed = vault.seal("+12125550150", "call.number", "row", Term.DAYS)
    assert vault.open(before, "call.number", "row") == "+12125550150"
    assert vault.fingerprint("+12125550150", "number") == mark
    assert Vault([OLD]).open(sealed, "call.number", "row") == "+12125550150"


def test_a_copy_brings_lost_keys_back_and_an_absent_copy_stops_destruction(host: Host) -> None:
    vault = host.begins()
    sealed = vault.seal("x", "note", "row", Term.DAYS)
    (key,) = vault.ring.day_keys()
    copy = host.folder.copies[0]
    copy.rename(copy.with_name("unmounted"))
    with pytest.raises(OSError, match="is away"):
        vault.ring.destroy(key.name)
    copy.with_name("unmounted").rename(copy)
    (host.folder.first / f"{key.name}.key").unlink()
    moved = Vault(KeyRing(Roots((OLD,)), KeyFolder(copy)))
    assert moved.open(sealed, "note", "row") == "x"


def test_a_key_that_was_altered_is_refused(host: Host) -> None:
    vault = host.begins()
    sealed = vault.seal("x", "note", "row", Term.DAYS)
    (key,) = vault.ring.day_keys()
    file = host.folder.first / f"{key.name}.key"
    written = bytearray(file.read_bytes())
    written[-1] ^= 1
    file.write_bytes(written)
    with pytest.raises(VaultError, match="not in DATA_KEYS, or destroyed"):
        host.process().open(sealed, "note", "row")
