"""A restore is tried before it is needed, and its key may be on no host."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from commands import command_line
from commands.findings import maintenance_findings
from commands.hosting import backup_commands, backup_files
from models.operations import maintenance_state
from tests.faults.keeping import NOBODY_ANSWERS, leaves_message, run
from tests.hotline import Hotline


@pytest.fixture
def folder(tmp_path: Path, postgres_tools: None) -> Path:
    """Where the backups are."""
    folder = tmp_path / "kept"
    folder.mkdir()
    return folder


def offline_key(tmp_path: Path) -> tuple[Path, str]:
    """An identity file, as made on another computer, and its recipient."""
    identity = tmp_path / "identity"
    made = CliRunner().invoke(command_line.hotline, ["keys", "offline", str(identity)])
    assert identity.stat().st_mode & 0o777 == 0o600
    return identity, made.stdout.split("BACKUP_RECIPIENTS=")[1].strip()


def backs_up(hotline: Hotline, folder: Path, *recipients: str) -> Path:
    """Make a backup at this instant."""
    file = folder / f"hotline-{hotline.clock.now():%Y%m%dT%H%M%SZ}.backup"
    backup_files.write(hotline.context.database, file, hotline.clock.now(), recipients)
    return file


def checked(hotline: Hotline) -> str:
    """What `hotline check` says of restores."""
    with hotline.context.database.reading() as session:
        row = maintenance_state.look(session)
    return "; ".join(
        each.words for each in maintenance_findings.of_restores(row, hotline.clock.now())
    )


def tries(hotline: Hotline, *words: str | Path) -> Result:
    return run(hotline, "restore-drill", *map(str, words))


def test_the_newest_backup_comes_back_whole_while_calls_go_on(
    hotline: Hotline, folder: Path
) -> None:
    hotline.has_user("Cora").signs_in()
    assert "no restore was ever tried" in checked(hotline)
    older = backs_up(hotline, folder)
    leaves_message(hotline)
    newest = backs_up(hotline, folder)
    os.utime(older, (1, 1))
    call = hotline.is_called().press("1")
    tried = tries(hotline, folder)
    assert tried.exit_code == 0, tried.output
    assert str(newest) in tried.stdout
    assert "as many as when it was made" in tried.stdout
    assert "2 entries of the audit log, none changed or missing" in tried.stdout
    assert call.press("1").is_on_the_line
    assert list(folder.parent.rglob(".copy-*")) == []
    assert checked(hotline) == ""
    hotline.later(timedelta(days=201))
    assert "the last restore drill was" in checked(hotline)


def test_a_backup_that_does_not_come_back_is_told_and_remembered(
    hotline: Hotline, folder: Path
) -> None:
    file = backs_up(hotline, folder)
    whole = file.read_bytes()
    file.write_bytes(whole[:-40])
    tried = tries(hotline, file)
    assert tried.exit_code == 1
    assert "cannot be relied on: the backup was altered or cut off" in tried.stderr
    assert "the last restore drill failed: the backup was altered" in checked(hotline)


def test_a_backup_with_fewer_rows_than_were_there_is_told(hotline: Hotline, folder: Path) -> None:
    file = backs_up(hotline, folder)
    counted = hotline.context.database.vault.seal('{"calls": 3}', backup_files.ROWS)
    assert tries(hotline, file).exit_code == 0
    about = {"made_at": hotline.clock.now().isoformat(), "rows": counted.hex()}
    rewrites(hotline, file, **about)
    tried = tries(hotline, file)
    assert tried.exit_code == 1
    assert "calls" in tried.stderr
    assert "other rows than when the backup was made" in tried.stderr


def test_an_altered_audit_log_is_found_in_the_restored_copy(hotline: Hotline, folder: Path) -> None:
    hotline.has_user("Cora").signs_in()
    with hotline.context.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit SET actor = 'somebody else'")
    backs_up(hotline, folder)
    tried = tries(hotline, folder)
    assert tried.exit_code == 1
    assert "the audit log: entry 1 was changed" in tried.stderr


def test_who_has_every_key_of_the_host_cannot_open_a_backup_with_an_offline_key(
    hotline: Hotline, folder: Path, tmp_path: Path
) -> None:
    identity, recipient = offline_key(tmp_path)
    leaves_message(hotline)
    file = backs_up(hotline, folder, recipient)
    assert file.read_bytes().startswith(b"age-encryption.org/v1\n")
    without = tries(hotline, file)
    assert without.exit_code == 1
    assert "bring its identity file to this host" in without.stderr
    another = offline_key(folder)[0]
    assert "does not open this backup" in tries(hotline, file, "--identity", another).stderr
    assert tries(hotline, file, "--identity", identity).exit_code == 0


def test_a_restore_from_an_offline_key_brings_all_back_and_stands_in_the_audit_log(
    hotline: Hotline, folder: Path, tmp_path: Path
) -> None:
    identity, recipient = offline_key(tmp_path)
    leaves_message(hotline)
    file = backs_up(hotline, folder, recipient)
    hotline.has_user("Cora").signs_in()
    hotline.carrier.advance(61)
    now = hotline.clock.now()
    backup_commands.bring_back(hotline.settings, file, (), NOBODY_ANSWERS, now, identity)
    assert len(hotline.messages) == 1
    assert hotline.audit_log == [("line", "settings noted"), ("command line", "database restored")]
    shown = run(hotline, "audit", "verify")
    assert "2 entries, none changed or missing" in shown.stdout


def rewrites(hotline: Hotline, file: Path, **changed: str) -> None:
    """The same copy in a backup with another header, sealed by our own key."""
    plain = file.with_name("plain")
    facts = backup_files.unsealed(file, plain, hotline.settings)
    about = {name: facts[name] for name in ("made_at", "kind", "revision")} | changed
    with plain.open("rb") as source, file.open("wb") as target:
        backup_files.sealed_file.seal(source, target, hotline.context.database.vault, about)
    plain.unlink()
