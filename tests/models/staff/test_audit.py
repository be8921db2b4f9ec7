"""The audit log: no entry can be changed, removed or inserted unnoticed."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from models.core.base import Base
from models.core.database import Database
from models.core.vault import Vault
from models.keys.root_keys import KEY_ID_BYTES
from models.staff import audit, audit_checkpoints
from models.staff.audit import COMMAND_LINE, AuditEntry, AuditHead, Deed
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


def test_entries_that_change_places_are_found(database: Database) -> None:
    columns = ("at", "actor", "action", "object", "payload_sealed", "payload_hash", "mac")
    with database.transaction() as session:
        one, other = session.get_one(AuditEntry, 2), session.get_one(AuditEntry, 3)
        for name in columns:
            here, there = getattr(one, name), getattr(other, name)
            setattr(one, name, there)
            setattr(other, name, here)
    assert _fault(database) == "entry 2 was changed, or one before it was"


def test_entries_cut_off_at_the_end_are_missed(database: Database) -> None:
    _run(database, sa.delete(AuditEntry).where(AuditEntry.seq == 3))
    assert _fault(database) == "entries after 2 are missing"
    _run(database, sa.update(AuditHead).values(seq=2))
    assert _fault(database) == "entries after 2 are missing"


@pytest.mark.parametrize(
    "seal", [{"seq": 2}, {"sealed_seq": 2}, {"sealed_seq": None, "seal": None}]
)
def test_an_end_that_is_repaired_without_the_key_is_found(
    database: Database, seal: dict[str, object]
) -> None:
    _cut_off(database, 2)
    _run(database, sa.update(AuditHead).values(**seal))
    assert _fault(database) == "the seal of the end is wrong: entries after 2 may be missing"


def test_what_is_written_after_a_cut_does_not_hide_it(database: Database) -> None:
    _cut_off(database, 2)
    _write(database, "later")
    _write(database, "later still")
    assert _fault(database) == "entries before 3 were cut off, as entry 3 says"


def test_code_from_before_the_seal_may_go_on_writing(database: Database) -> None:
    """As in a deploy: the older version moves the end and leaves the seal where it was."""
    with database.reading() as session:
        head = session.get_one(AuditHead, 1)
    _write(database, "by an older version")
    _run(database, sa.update(AuditHead).values(sealed_seq=head.sealed_seq, seal=head.seal))
    assert _fault(database) is None
    _write(database, "by this version")
    assert _fault(database) is None
    _run(database, sa.update(AuditEntry).where(AuditEntry.seq == 3).values(mac=b"x" * 36))
    assert _fault(database) is not None


def test_a_log_from_before_the_seal_is_sealed_once(database: Database) -> None:
    _run(database, sa.update(AuditHead).values(sealed_seq=None, seal=None))
    for _ in range(2):
        with database.transaction() as session:
            audit.seal_older(session, NOW)
    with database.reading() as session:
        assert audit.verify(session) == audit.Verdict(4, None)


@pytest.mark.parametrize("kept", [0, 2])
def test_a_checkpoint_outside_reveals_what_was_cut_off_or_emptied(
    database: Database, kept: int
) -> None:
    with database.reading() as session:
        known = audit_checkpoints.take(session, NOW)
    assert known
    assert _contradiction(database, known) is None
    _write(database, "later")
    assert _contradiction(database, known) is None
    _run(database, sa.delete(AuditEntry).where(AuditEntry.seq > kept))
    _run(database, sa.update(AuditHead).values(seq=0, mac=b"", sealed_seq=None, seal=None))
    assert (_fault(database) is None) is (kept == 0)
    assert "entry 3 of the checkpoint of 2026-12-08 07:04 UTC" in str(
        _contradiction(database, known)
    )


def test_a_checkpoint_reveals_an_older_copy_with_its_own_seal(database: Database) -> None:
    copy = _copied(database)
    _write(database, "what somebody wants undone")
    with database.reading() as session:
        known = audit_checkpoints.take(session, NOW)
    _bring_back(database, copy)
    assert _fault(database) is None
    assert "entry 4" in str(_contradiction(database, known))
    _write(database, "another past")
    assert _fault(database) is None
    assert "entry 4" in str(_contradiction(database, known))


def test_a_restore_explains_the_checkpoints_before_it_and_no_later_one(
    database: Database,
) -> None:
    copy = _copied(database)
    _write(database, "lost in the restore")
    with database.reading() as session:
        known = audit_checkpoints.take(session, NOW)
    _bring_back(database, copy)
    an_hour_later = NOW + timedelta(hours=1)
    with database.transaction() as session:
        audit.write(session, COMMAND_LINE, Deed(audit.RESTORED, "database"), an_hour_later)
    assert _contradiction(database, known) is None
    restored = _copied(database)
    _write(database, "done after the restore")
    with database.reading() as session:
        later = audit_checkpoints.take(session, an_hour_later + timedelta(hours=1))
    _bring_back(database, restored)
    assert "entry 5" in str(_contradiction(database, later))


def test_a_checkpoint_that_somebody_else_wrote_is_named(database: Database) -> None:
    with database.reading() as session:
        known = audit_checkpoints.take(session, NOW)
    assert known
    forged = known.replace(" 3 ", " 9 ")
    assert "does not have our signature" in str(_contradiction(database, f"> {forged}\n"))
    cut_off = forged[:-20]
    assert _contradiction(database, f"{cut_off}\n{known}\n") is None


def test_anybody_can_check_a_checkpoint_by_the_public_key(database: Database) -> None:
    with database.reading() as session:
        line = audit_checkpoints.take(session, NOW)
    assert line
    told, _, signature = line.rpartition(" ")
    key = base64.urlsafe_b64decode(audit_checkpoints.public_key(database.vault))
    signed = base64.urlsafe_b64decode(signature)[KEY_ID_BYTES:]
    Ed25519PublicKey.from_public_bytes(key).verify(signed, told.encode())


def test_a_checkpoint_under_an_older_key_still_counts(database: Database) -> None:
    with database.reading() as session:
        known = audit_checkpoints.take(session, NOW)
    assert known
    rotated = Database(database.url, Vault([b"n" * 32, b"k" * 32]))
    _run(rotated, sa.delete(AuditEntry).where(AuditEntry.seq == 3))
    assert "entry 3" in str(_contradiction(rotated, known))
    rotated.close()


def test_an_entry_of_another_past_does_not_fit_in(database: Database) -> None:
    """As after a restored backup: the entry was valid, but later entries do not build on it."""
    with database.reading() as session:
        head = session.get_one(AuditHead, 1)
    true_once = _write(database, "once")
    _run(database, sa.delete(AuditEntry).where(AuditEntry.seq == 4))
    _run(database, sa.update(AuditHead).values(**_end_of(head)))
    _write(database, "instead")
    _write(database, "later")
    assert _fault(database) is None
    _run(database, sa.update(AuditEntry).where(AuditEntry.seq == 4).values(**true_once))
    assert _fault(database) == "entry 5 was changed, or one before it was"


def test_a_purged_payload_leaves_the_chain_whole(database: Database) -> None:
    _run(database, sa.update(AuditEntry).values(payload_sealed=None))
    assert _fault(database) is None


def test_old_entries_go_and_what_is_left_holds(database: Database) -> None:
    later = NOW + timedelta(days=180)
    with database.reading() as session:
        of_before = audit_checkpoints.take(session, NOW)
    _write(database, "a day later", NOW + timedelta(days=1))
    with database.reading() as session:
        of_last = audit_checkpoints.take(session, NOW + timedelta(days=1))
    for name in ("younger", "still younger"):
        _write(database, name, later)
    with database.transaction() as session:
        audit.remove(session, later, later)
    with database.reading() as session:
        assert [each.seq for each in audit.between(session, None, None)] == [7, 6, 5]
        assert audit.verify(session) == audit.Verdict(7, None)
    for known in (of_before, of_last):
        assert _contradiction(database, known) is None
    _write(database, "the last of all", later)
    assert _fault(database) is None
    _run(database, sa.delete(AuditEntry).where(AuditEntry.seq == 5))
    assert _fault(database) == "entry 5 is missing"
    _run(database, sa.delete(AuditEntry).where(AuditEntry.seq.in_((6, 7))))
    assert _fault(database) == "entry 1 is missing"


def test_nobody_without_the_key_says_that_entries_were_removed(database: Database) -> None:
    with database.reading() as session:
        second = session.get_one(AuditEntry, 2)
    told = {"action": audit.REMOVED, "object": f"2 {second.mac.hex()}"}
    _run(database, sa.update(AuditEntry).where(AuditEntry.seq == 3).values(**told))
    _run(database, sa.delete(AuditEntry).where(AuditEntry.seq < 3))
    assert _fault(database) == "entry 3 was changed, or one before it was"


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


def _write(database: Database, action: str, at: datetime = NOW) -> dict[str, object]:
    """Add one more entry; returns its stored row."""
    with database.transaction() as session:
        entry = audit.write(session, "cora", Deed(action, "person 1"), at)
        return {column.name: getattr(entry, column.name) for column in AuditEntry.__table__.columns}


def _write_and_fail(database: Database) -> None:
    with database.transaction() as session:
        audit.write(session, "cora", Deed("failed", "person 1"), NOW)
        raise RuntimeError


def _cut_off(database: Database, after: int) -> None:
    """What somebody can do who writes rows and has no key."""
    with database.transaction() as session:
        last = session.get_one(AuditEntry, after).mac
        session.execute(sa.delete(AuditEntry).where(AuditEntry.seq > after))
        session.execute(sa.update(AuditHead).values(seq=after, mac=last))


def _end_of(head: AuditHead) -> dict[str, object]:
    return {name: getattr(head, name) for name in ("seq", "mac", "sealed_seq", "seal")}


_Rows = list[tuple[type[Base], dict[str, object]]]


def _copied(database: Database) -> _Rows:
    """The rows of the log, as a thief of the database keeps them."""
    with database.reading() as session:
        found = [*session.scalars(sa.select(AuditEntry)), *session.scalars(sa.select(AuditHead))]
        return [(type(row), {c.name: getattr(row, c.name) for c in row.__table__.columns})
                for row in found]  # fmt: skip


def _bring_back(database: Database, rows: _Rows) -> None:
    with database.transaction() as session:
        for table in (AuditEntry, AuditHead):
            session.execute(sa.delete(table))
        for table, values in rows:
            session.execute(sa.insert(table).values(**values))


def _contradiction(database: Database, text: str | None) -> str | None:
    with database.reading() as session:
        return audit_checkpoints.contradiction(session, text or "")


def _run(database: Database, statement: sa.Executable) -> None:
    with database.transaction() as session:
        session.execute(statement)


def _fault(database: Database) -> str | None:
    with database.reading() as session:
        return audit.verify(session).fault
