"""The audit log: no entry can be changed, removed or inserted unnoticed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from models.core.database import Database
from models.core.vault import Vault
from models.staff import audit
from models.staff.audit import AuditEntry, AuditHead, Deed
from tests.conftest import KEY

NOW = datetime(2026, 12, 8, 7, 4, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Three entries, each in the transaction of its change."""
    opened = Database(database_url, Vault.from_setting(KEY))
    for name in ("Ana", "Ben", "Cy"):
        with opened.transaction() as session:
            audit.write(session, "cora", Deed("renamed", "person 1", after={"name": name}), NOW)
    yield opened
    opened.close()


def test_an_untouched_log_holds(database: Database) -> None:
    with database.reading() as session:
        assert audit.verify(session) == audit.Verdict(3, None)
        latest = audit.between(session, None, None)[0]
        assert audit.payload_of(session, latest) == {"before": None, "after": {"name": "Cy"}}
        assert b"Cy" not in (latest.payload_sealed or b"")


@pytest.mark.parametrize(
    "fact", [{"actor": "eve"}, {"action": "x"}, {"object": "person 2"}, {"payload_hash": "0" * 64}]
)
def test_a_changed_entry_is_found(database: Database, fact: dict[str, str]) -> None:
    _run(database, sa.update(AuditEntry).where(AuditEntry.seq == 2).values(**fact))
    assert _fault(database) == "entry 2 was changed, or one before it was"


def test_a_changed_payload_is_found(database: Database) -> None:
    with database.transaction() as session:
        sealed = session.get_one(AuditEntry, 1).payload_sealed
        session.get_one(AuditEntry, 2).payload_sealed = sealed
    assert _fault(database) == "the payload of entry 2 was changed"


def test_a_removed_entry_is_found(database: Database) -> None:
    _run(database, sa.delete(AuditEntry).where(AuditEntry.seq == 2))
    assert _fault(database) == "entry 2 is missing"


def test_entries_cut_off_at_the_end_are_missed(database: Database) -> None:
    _run(database, sa.delete(AuditEntry).where(AuditEntry.seq == 3))
    assert _fault(database) == "entries after 2 are missing"
    _run(database, sa.update(AuditHead).values(seq=2))
    assert _fault(database) == "entries after 2 are missing"


def test_an_entry_of_another_past_does_not_fit_in(database: Database) -> None:
    """As after a restored backup: the entry was valid, but later entries do not build on it."""
    with database.reading() as session:
        head = session.get_one(AuditHead, 1)
    true_once = _write(database, "once")
    _run(database, sa.delete(AuditEntry).where(AuditEntry.seq == 4))
    _run(database, sa.update(AuditHead).values(seq=head.seq, mac=head.mac))
    _write(database, "instead")
    _write(database, "later")
    assert _fault(database) is None
    _run(database, sa.update(AuditEntry).where(AuditEntry.seq == 4).values(**true_once))
    assert _fault(database) == "entry 5 was changed, or one before it was"


def test_a_purged_payload_leaves_the_chain_whole(database: Database) -> None:
    _run(database, sa.update(AuditEntry).values(payload_sealed=None))
    assert _fault(database) is None


def test_another_key_can_read_nothing_and_forge_nothing(database: Database) -> None:
    stranger = Database(database.url, Vault([b"x" * 32]))
    with stranger.reading() as session:
        assert audit.verify(session).fault is not None
    stranger.close()


def test_a_new_key_goes_on_with_the_old_chain(database: Database) -> None:
    rotated = Database(database.url, Vault([b"n" * 32, b"k" * 32]))
    with rotated.transaction() as session:
        audit.write(session, "cora", Deed("rotated", "keys"), NOW)
    assert _fault(rotated) is None
    rotated.close()


def test_a_change_that_fails_leaves_no_entry_and_no_gap(database: Database) -> None:
    with pytest.raises(RuntimeError):
        _write_and_fail(database)
    with database.transaction() as session:
        assert audit.write(session, "cora", Deed("done", "person 1"), NOW).seq == 4
    assert _fault(database) is None


def test_those_who_write_at_once_get_numbers_without_gaps(database: Database) -> None:
    ready = threading.Barrier(4)

    def write() -> None:
        ready.wait()
        for _ in range(10):
            with database.transaction() as session:
                audit.write(session, "cora", Deed("wrote", "person 1"), NOW)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with database.reading() as session:
        assert audit.verify(session) == audit.Verdict(43, None)


def _write(database: Database, action: str) -> dict[str, object]:
    """Add one more entry; returns its stored row."""
    with database.transaction() as session:
        entry = audit.write(session, "cora", Deed(action, "person 1"), NOW)
        return {column.name: getattr(entry, column.name) for column in AuditEntry.__table__.columns}


def _write_and_fail(database: Database) -> None:
    with database.transaction() as session:
        audit.write(session, "cora", Deed("failed", "person 1"), NOW)
        raise RuntimeError


def _run(database: Database, statement: sa.Executable) -> None:
    with database.transaction() as session:
        session.execute(statement)


def _fault(database: Database) -> str | None:
    with database.reading() as session:
        return audit.verify(session).fault
