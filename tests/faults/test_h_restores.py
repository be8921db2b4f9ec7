"""After a restore, purged data stays away and nothing old is dialled automatically."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from commands.base.plain_errors import Trouble
from commands.hosting import backup_commands, backup_files
from ivr.privacy import checkpoint_file
from ivr.privacy.after_restore import Restored
from models.core.sealed_file import BrokenBackup
from models.core.vault import Vault, VaultError
from models.operations import backup
from models.people import people
from tests.faults.keeping import NOBODY_ANSWERS, asks_for_callback, leaves_message, run
from tests.faults.test_j_abuse import ONE_PHONE, is_blocked_after_a_talk
from tests.hotline import Hotline


@pytest.fixture
def file(tmp_path: Path, postgres_tools: None) -> Path:
    """The path of the backup."""
    return tmp_path / "kept" / "hotline.backup"


def is_backed_up(hotline: Hotline, file: Path) -> None:
    """Make a backup at this instant."""
    backup_files.write(hotline.context.database, file, hotline.clock.now())


def is_restored(hotline: Hotline, file: Path, http: httpx.Client = NOBODY_ANSWERS) -> Restored:
    """Stop the worker, wait a minute, restore the backup, and start a new worker."""
    hotline.carrier.advance(61)
    now = hotline.clock.now()
    _, done = backup_commands.bring_back(hotline.settings, file, (), http, now)
    hotline.worker = hotline.new_worker()
    return done


def test_a_backup_brings_back_everything_while_the_line_is_in_use(
    hotline: Hotline, file: Path
) -> None:
    leaves_message(hotline)
    (message,) = hotline.messages
    sound = hotline.sound_of(message)
    is_backed_up(hotline, file)
    assert hotline.is_called().press("1").hears("immigration officers").is_on_the_line
    is_restored(hotline, file)
    assert [call.id for call in hotline.calls] == [message.call_id]
    assert hotline.sound_of(message) == sound


def test_a_backup_holds_no_number_no_key_and_nothing_to_read(hotline: Hotline, file: Path) -> None:
    call = asks_for_callback(hotline)
    is_backed_up(hotline, file)
    written = file.read_bytes()
    for secret in (call.number[2:], "sqlite", "callback", "k" * 32):
        assert secret.encode() not in written[200:]
    assert hotline.settings.data_keys.get_secret_value().encode() not in written


@pytest.mark.parametrize("spoil", ["cut off", "altered", "longer", "another key"])
def test_a_backup_that_is_not_whole_touches_nothing(
    hotline: Hotline, file: Path, spoil: str
) -> None:
    asks_for_callback(hotline)
    is_backed_up(hotline, file)
    before = [call.id for call in hotline.calls]
    whole = file.read_bytes()
    middle = len(whole) // 2
    changed = {
        "cut off": whole[:middle],
        "altered": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        "longer": whole + b"more",
        "another key": whole.replace(key_id(b"k" * 32), key_id(b"x" * 32)),
    }
    file.write_bytes(changed[spoil])
    with pytest.raises((BrokenBackup, VaultError)):
        is_restored(hotline, file)
    assert [call.id for call in hotline.calls] == before
    assert list(file.parent.glob(".copy-*")) == []


def key_id(key: bytes) -> bytes:
    """The id of the key that a backup names."""
    return Vault([key]).newest_key_id.hex().encode()


def test_h9_what_was_purged_since_the_backup_does_not_come_back(
    hotline: Hotline, file: Path
) -> None:
    ana = hotline.knows("Ana", pin="482915")
    leaves_message(hotline)
    call = hotline.is_called().press("1").hangs_up()
    is_backed_up(hotline, file)
    duty = hotline.is_called(ana.number).press("#").hears("PIN").press("482915#")
    duty.hears("press three").press("3")
    hotline.waits(40)
    duty.hangs_up()
    hotline.later(timedelta(hours=26))
    done = is_restored(hotline, file)
    assert done.reapplied >= 2
    assert hotline.sound_of(hotline.messages[0]) is None
    assert hotline.number_kept_of(call.row) is None


def test_h9_a_stop_since_the_backup_still_holds(hotline: Hotline, file: Path) -> None:
    dee = hotline.knows("Dee", tier=3)
    is_backed_up(hotline, file)
    dee.phone.texts_to(hotline.settings.twilio_phone_number, "STOP")
    hotline.works()
    is_restored(hotline, file)
    hotline.waits(10)
    assert not any("backup was restored" in text for text in dee.texts)


def test_h9_a_stop_of_a_phone_on_no_roster_still_holds(hotline: Hotline, file: Path) -> None:
    stranger = hotline.carrier.phone("+19175550170")
    is_backed_up(hotline, file)
    for said in ("STOP", "START", "stop texting me"):
        stranger.texts_to(hotline.settings.twilio_phone_number, said)
        hotline.works()
    is_restored(hotline, file)
    with hotline.context.database.reading() as session:
        assert people.has_opted_out(session, "+19175550170")


def test_h9_a_block_since_the_backup_still_holds_and_can_be_lifted(
    hotline: Hotline, file: Path
) -> None:
    is_backed_up(hotline, file)
    name = is_blocked_after_a_talk(hotline).row.pseudonym
    is_restored(hotline, file)
    hotline.is_called(ONE_PHONE).press("1").press("2").hears("After the tone").hangs_up()
    is_backed_up(hotline, file)
    assert f"{name}: until" in run(hotline, "blocks", "list").stdout
    hotline.lifts_the_block_of(name)
    is_restored(hotline, file)
    assert "Nobody is blocked" in run(hotline, "blocks", "list").stdout


def test_h9_a_legal_hold_set_since_the_backup_still_holds(hotline: Hotline, file: Path) -> None:
    leaves_message(hotline)
    is_backed_up(hotline, file)
    run(hotline, "purge", "--hold", "on")
    hotline.later(timedelta(days=20))
    done = is_restored(hotline, file)
    assert done.purged is None
    assert hotline.sound_of(hotline.messages[0]) is not None


def test_h9_old_callbacks_and_rings_wait_for_a_person(hotline: Hotline, file: Path) -> None:
    dee = hotline.knows("Dee", tier=3)
    ana = hotline.has_on_duty("Ana")
    ana.phone.off = True
    call = asks_for_callback(hotline)
    hotline.waits(45)
    is_backed_up(hotline, file)
    hotline.later(timedelta(minutes=20))
    ana.phone.answers_by_hand()
    is_restored(hotline, file)
    rung = ana.times_rung
    hotline.waits(180)
    assert ana.times_rung == rung
    assert hotline.promised_callbacks == [call.number]
    assert any("backup was restored" in text for text in dee.texts)
    ready = hotline.app.test_client().get("/readyz").get_json()
    assert datetime.fromisoformat(ready["restored_to"]) < hotline.clock.now()
    assert "1 callbacks wait" in run(hotline, "check").stdout
    assert "1 callbacks" in run(hotline, "restore", "--release").stdout
    ana.answers(within=120).hears("callback")


def test_h9_what_is_newer_than_ten_minutes_goes_on_by_itself(hotline: Hotline, file: Path) -> None:
    call = asks_for_callback(hotline)
    is_backed_up(hotline, file)
    is_restored(hotline, file)
    ana = hotline.has_on_duty("Ana")
    ana.answers(within=120).hears("callback")
    assert hotline.promised_callbacks == [call.number]


def test_h9_nobody_is_rung_for_a_caller_who_waited_then(hotline: Hotline, file: Path) -> None:
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("2")
    is_backed_up(hotline, file)
    call.hangs_up()
    hotline.later(timedelta(minutes=30))
    is_restored(hotline, file)
    rung = ana.times_rung
    hotline.waits(60)
    assert ana.times_rung == rung
    assert call.row.outcome == "left"


def test_a_restore_stands_in_the_audit_log_and_explains_what_is_gone(
    hotline: Hotline, file: Path
) -> None:
    cora = hotline.has_user("Cora").signs_in()
    is_backed_up(hotline, file)
    hotline.waits_quietly(60)
    cora.opens("/account").presses("Sign out everywhere")
    hotline.later(timedelta(hours=1))
    is_restored(hotline, file)
    assert ("command line", "database restored") in hotline.audit_log
    assert ("Cora", "sessions ended") not in hotline.audit_log
    with hotline.context.database.reading() as session:
        assert checkpoint_file.verdict(session, hotline.context.folder).fault is None


def test_h9_new_callers_are_served_at_once_after_a_restore(hotline: Hotline, file: Path) -> None:
    ana = hotline.has_on_duty("Ana")
    is_backed_up(hotline, file)
    hotline.later(timedelta(hours=3))
    is_restored(hotline, file)
    call = hotline.is_called().press("1").press("2")
    ana.accepts()
    assert call.is_joined_with(ana.number)


def test_h10_a_restore_beside_a_running_worker_is_refused(hotline: Hotline, file: Path) -> None:
    asks_for_callback(hotline)
    is_backed_up(hotline, file)
    hotline.works()
    with pytest.raises(Trouble, match="stop every worker"):
        backup_commands.bring_back(hotline.settings, file, (), NOBODY_ANSWERS, hotline.clock.now())


def test_h10_a_restore_on_a_second_host_while_the_first_answers_is_refused(
    hotline: Hotline, file: Path, empty_database_url: str
) -> None:
    is_backed_up(hotline, file)
    second = hotline.settings.model_copy(
        update={"database_url": empty_database_url, "ledger_file": f"{file}.ledger"}
    )
    first = httpx.Client(transport=httpx.WSGITransport(hotline.app))
    if backup.kind_of(empty_database_url) != hotline.context.database.engine.dialect.name:
        with pytest.raises(Trouble, match="DATABASE_URL is"):
            backup_commands.bring_back(second, file, (), first, hotline.clock.now())
        return
    with pytest.raises(Trouble, match="still answers"):
        backup_commands.bring_back(second, file, (), first, hotline.clock.now())
    backup_commands.bring_back(second, file, (), NOBODY_ANSWERS, hotline.clock.now())


def test_h10_a_worker_from_before_the_restore_texts_nobody_any_more(
    hotline: Hotline, file: Path
) -> None:
    dee = hotline.knows("Dee", tier=3)
    hotline.works()
    is_backed_up(hotline, file)
    forgotten = hotline.worker
    is_restored(hotline, file)
    assert forgotten
    forgotten.tick()
    assert forgotten.is_fenced_off
    assert dee.texts == []
    hotline.works()
    assert any("backup was restored" in text for text in dee.texts)


def test_h10_a_worker_from_before_the_restore_dials_nothing_any_more(
    hotline: Hotline, file: Path
) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.works()
    is_backed_up(hotline, file)
    forgotten = hotline.worker
    is_restored(hotline, file)
    hotline.works()
    calling = hotline.carrier.phone("+19175550160").dials(hotline.settings.twilio_phone_number)
    for key in "11":
        calling.presses(key)
        hotline.carrier.run_due()
    assert forgotten
    for _ in range(8):
        forgotten.tick()
        hotline.carrier.advance(0.5)
    assert forgotten.is_fenced_off
    assert ana.times_rung == 0
    hotline.works()
    assert ana.is_rung


def test_what_two_agreed_on_before_a_restore_is_not_done_after_it(
    hotline: Hotline, file: Path
) -> None:
    cora, ada = hotline.has_user("Cora").signs_in(), hotline.has_user("Ada", "admin").signs_in()
    cora.opens("/calls").fills("Why do you need it?", "a report").presses("Request the export")
    ada.opens("/approvals").presses("Approve")
    assert "Download" in cora.opens("/approvals").reads
    is_backed_up(hotline, file)
    is_restored(hotline, file)
    assert "No requests are waiting" in cora.opens("/approvals").reads
