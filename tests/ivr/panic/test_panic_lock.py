"""The panic lock under traffic: nobody on the line is lost, and nothing can be read meanwhile."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from ivr.core import duty_file
from ivr.panic import line_lock
from models.core.database import Shut
from models.core.vault import VaultError
from models.keys import lock_record
from models.keys.root_keys import Roots
from tests.conftest import KEY
from tests.hotline import RESCUE, Hotline
from tests.ivr.panic.conftest import Run

CALLER = "+19175550187"
SORRY = "Something went wrong"


def is_locked(line: Hotline) -> None:
    """A coordinator locks the line; the worker has written the duty file before."""
    line.has_user("Cora").signs_in().opens("/panic").fills("Type LOCK", "lock").presses(
        "Lock the line now"
    )
    with pytest.raises(Shut), line.context.database.reading():
        pass


def is_unlocked(line: Hotline, shares: list[str]) -> None:
    """Two people type their shares into the only page; then the worker catches up."""
    page = line.has_nobody_signed_in().opens("/board")
    page.fills("Words of one share", shares[0]).fills("Words of another share", shares[2])
    assert "Sign in" in page.presses("Unlock the line").reads
    line.waits(60)


def test_nobody_on_the_line_is_lost_in_a_lock(line: Hotline, shares: list[str]) -> None:
    ana, luz = line.has_on_duty("Ana"), line.has_on_duty("Luz", speaks="es")
    line.works()
    talking = line.is_called().press("1").press("1")
    ana.accepts()
    waiting = line.is_called().press("2").press("1")
    luz.answers()
    choosing = line.is_called(CALLER).press("1")
    is_locked(line)
    luz.presses("1").hears("has ended")
    luz.accepts(within=60)
    assert waiting.is_joined_with(luz.number)
    assert talking.talks_to == ana.number
    choosing.press("1").hears(SORRY)
    line.carrier.phone(RESCUE).declines_after(1)
    choosing.hears("after the tone")
    line.waits(9)
    choosing.speaks(8).press("#").hears("Goodbye")
    ana.hangs_up()
    talking.hangs_up()
    waiting.hangs_up()
    late = line.is_called().hears(SORRY).hangs_up()
    is_unlocked(line, shares)
    (message,) = line.messages
    assert message.state == "stored"
    assert line.sound_of(message)
    assert line.number_kept_of(choosing.row) == CALLER
    assert [each.row.outcome for each in (talking, waiting, choosing, late)] == [
        "person", "person", "message", "left",
    ]  # fmt: skip
    assert line.is_called().press("1").press("1").is_on_the_line
    ana.accepts()


@pytest.mark.usefixtures("shares")
def test_a_responder_whom_the_lock_left_alone_in_a_room_is_let_go(line: Hotline) -> None:
    ana = line.has_on_duty("Ana")
    line.works()
    call = line.is_called().press("1").press("1")
    leg = ana.answers().leg
    leg.presses("1")
    line.carrier.run_due()  # she is in the room, and the worker did not send her the caller yet
    is_locked(line)
    call.hangs_up()
    line.waits(30)
    assert not leg.is_live


def test_nothing_on_the_host_opens_what_callers_said(
    line: Hotline, shares: list[str], root_file: Path, tmp_path: Path
) -> None:
    ana = line.has_on_duty("Ana")
    line.works()
    row = line.is_called(CALLER).press("1").hangs_up().row
    is_locked(line)
    line.is_called(CALLER).hears(SORRY).hangs_up()
    vault = line.context.database.vault
    assert not root_file.exists()
    secret = Roots.read(KEY).live[0]
    for file in tmp_path.rglob("*"):
        if file.is_file():
            held = file.read_bytes()
            assert secret not in held, file
            assert KEY.encode() not in held, file
            assert CALLER.encode() not in held, file
            assert ana.number.encode() not in held, file
    with pytest.raises(VaultError, match="locked"):
        vault.open(row.number_sealed, "call.number", row.id)
    with pytest.raises(VaultError, match="locked"):
        vault.fingerprint(CALLER, "number")
    shifts = duty_file.kept(line.context.folder, vault, line.context.runtime)
    assert {each.number for each in shifts} == {ana.number}
    assert max(each.end for each in shifts) <= line.clock.now() + timedelta(hours=24)
    is_unlocked(line, shares)
    assert duty_file.kept(line.context.folder, vault, line.context.runtime)
    assert not (line.context.runtime / "duty.key").exists()
    assert Roots.read(root_file.read_text()).live == (secret,)


def test_sessions_end_and_one_page_is_left(line: Hotline, shares: list[str]) -> None:
    cora, dee = (line.has_user(name).signs_in() for name in ("Cora", "Dee"))
    cora.opens("/panic").fills("Type LOCK", "yes").presses("Lock the line now")
    assert "Nothing was changed" in cora.reads
    cora.fills("Type LOCK", "LOCK").presses("Lock the line now")
    for reader in (cora, dee.opens("/calls"), line.has_nobody_signed_in().opens("/sign-in")):
        assert reader.answer.status_code == 503
        assert "Callers are still answered" in reader.reads
    assert dee.opens("/status").reads.startswith("Sanctuary Line Is the line open?")
    wrong = dee.opens("/").fills("Words of one share", shares[0])
    assert "do not open" in wrong.fills("Words of another share", "wrong").presses(
        "Unlock the line"
    ).error_at("Words of another share")
    is_unlocked(line, shares)
    assert "Sign in" in dee.opens("/calls").reads
    noted = [(who, what) for who, what in line.audit_log if what.startswith("line ")]
    assert noted == [("Cora", "line locked"), ("locked page", "line unlocked")]


def test_a_file_made_by_hand_locks_the_line(line: Hotline, shares: list[str], run: Run) -> None:
    (line.context.panic / lock_record.FILE).touch()
    line.works()
    line.is_called().hears(SORRY).hangs_up()
    assert "locked since" in run("panic", "status").stdout
    assert "by signal file" in run("panic", "status").stdout
    refused = run("purge")
    assert refused.exit_code == 1
    assert "The line is locked" in refused.stderr
    typed = run("panic", "unlock", answers=f"{shares[1]}\n{shares[1]}\n")
    assert "do not open this line" in typed.stderr
    typed = run("panic", "unlock", answers=f"{shares[1]}\n{shares[0]}\n")
    assert typed.exit_code == 0, typed.output
    assert line.is_called().press("1").press("1").is_on_the_line


def test_a_folder_of_that_name_locks_too_and_callers_are_answered(
    line: Hotline, root_file: Path
) -> None:
    (line.context.panic / lock_record.FILE).mkdir()  # so nothing can be written into it
    line.is_called().hears(SORRY).hangs_up()
    line.works()
    assert line.context.database.vault.ring.is_shut
    assert root_file.exists()
    (line.context.panic / lock_record.FILE).rmdir()
    assert line.is_called().press("1").press("1").is_on_the_line


def test_other_hosts_follow_within_seconds(line: Hotline, run: Run, tmp_path: Path) -> None:
    there = line.on_another_host(tmp_path / "there")
    worker = line.worker_of(there, "worker there")
    worker.tick()
    locked = run("panic", "lock")
    assert locked.exit_code == 0, locked.output
    line.works()  # on a slow machine it tells the others what the command had no time for
    line.carrier.advance(3)
    worker.tick()
    assert there.database.vault.ring.is_shut
    assert lock_record.read(there.panic).by == line_lock.OTHER_HOST


def test_a_locked_line_starts_again_without_its_keys(line: Hotline, shares: list[str]) -> None:
    ana = line.has_on_duty("Ana")
    line.works()
    is_locked(line)
    line.restarts()
    ready = line.app.test_client().get("/readyz")
    assert (ready.status_code, ready.json) == (200, {"ok": True, "locked": True})
    call = line.is_called().hears(SORRY)
    ana.accepts(within=60)
    assert call.is_joined_with(ana.number)
    is_unlocked(line, shares)
    call.hangs_up()
    line.waits(10)
    assert call.row.outcome == "person"


def test_without_shares_the_root_key_stays(line: Hotline, run: Run, root_file: Path) -> None:
    run("panic", "lock")
    line.works()
    assert line.context.database.vault.ring.is_shut
    assert root_file.exists()
    assert "THE ROOT KEY STAYS" in run("panic", "status").stdout
    typed = run("panic", "unlock", answers=f"{KEY}\nnothing\n")
    assert typed.exit_code == 0, typed.output
    assert json.loads(run("who", "--json").stdout)["on_duty"] == []
