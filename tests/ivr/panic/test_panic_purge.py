"""The panic purge: after it nothing about callers opens, and nothing tells who called."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

import migrations
import wiring
from ivr.panic import line_lock, purging, receipts
from ivr.panic.receipts import Receipt
from ivr.privacy import purge
from models.core.database import Database
from models.core.vault import VaultError
from models.keys.root_keys import Roots
from models.people import people
from tests.conftest import KEY
from tests.hotline import Hotline, Unplugged, settings_for
from tests.ivr.panic.conftest import Run
from tests.ivr.privacy.test_erased_is_gone import stored
from tests.seize.key_guesses import Guesses

CALLER, LEFT_WORD = "+19175550187", "+19175550188"


def has_callers(line: Hotline) -> None:
    """A callback and a message, a text to stop texts, and people who are told of them."""
    line.has_on_duty("Dee", tier=3)
    line.works()
    line.is_called(CALLER).press("1").press("3").press("7").hangs_up()
    call = line.is_called(LEFT_WORD).press("1").press("2").press("2")
    call.hears("leave a message").press("2").hears_the_tone().speaks(8).press("#")
    line.waits(60)
    line.carrier.phone(CALLER).texts_to(line.settings.twilio_phone_number, "STOP")
    line.waits(5)


def is_asked_for(line: Hotline, name: str) -> None:
    """A coordinator asks for it at the console."""
    asking = line.has_user(name).signs_in().opens("/panic")
    asking.fills("Type ERASE", "erase").presses("Ask to erase it")
    assert "Stop: erase nothing" in asking.reads


def receipt_of(line: Hotline) -> Receipt:
    """The receipt of the last purge."""
    found = receipts.read(line.context.panic)
    assert found
    return found


def confirmed(line: Hotline, folder: Path) -> set[str]:
    """The callers of whom a function with any key that is left stands in anything stored."""
    numbers = {each: each for each in (CALLER, LEFT_WORD)}
    return Guesses(line.context.database.vault, KEY, numbers).confirmed_by([stored(line, folder)])


def test_two_people_destroy_what_is_kept_about_callers(
    line: Hotline, shares: list[str], run: Run, tmp_path: Path, root_file: Path
) -> None:
    has_callers(line)
    ana = line.has_on_duty("Ana")
    line.works()
    talking = line.is_called().press("1").press("1")
    ana.accepts()
    assert talking.is_joined_with(ana.number)
    kept_key = root_file.read_bytes()
    sealed = [(call.number_sealed, call.id) for call in line.calls if call.number_sealed]
    assert CALLER in confirmed(line, tmp_path)
    assert sealed
    is_asked_for(line, "Cora")
    second = line.has_user("Eve").signs_in().opens("/panic")
    assert "Cora asked for it" in second.reads
    assert "Callers are still answered" in second.presses("Confirm: erase it now").reads
    done = receipt_of(line)
    assert done.keys >= 3
    assert done.rows
    assert done.seconds < 10
    assert line.context.database.vault.ring.folder.names() == []
    assert talking.talks_to == ana.number
    line.waits(10)
    assert "Left at the phone company" in line.has_nobody_signed_in().opens("/").reads
    assert "The carrier has MORE" in run("panic", "status").stdout
    talking.hangs_up()
    line.waits(60)
    assert receipt_of(line).carrier_done_at
    assert "The carrier had nothing left" in run("panic", "status").stdout
    assert [leg.sid for leg in line.carrier.legs.values() if not leg.forgotten] == []
    assert list(line.carrier.recordings) == []
    assert [text.body for text in line.carrier.messages] == []
    unlocked = run("panic", "unlock", answers=f"{shares[0]}\n{shares[1]}\n")
    assert unlocked.exit_code == 0, unlocked.output
    assert root_file.read_bytes() == kept_key
    line.works()
    vault = line.context.database.vault
    for value, row in sealed:
        with pytest.raises(VaultError, match="destroyed"):
            vault.open(value, "call.number", row)
    assert confirmed(line, tmp_path) == set()
    for number in (CALLER, LEFT_WORD):
        assert line.holdings_of(number) == []
    assert (line.calls, line.callbacks, line.messages, line.open_items) == ([], [], [], [])
    with line.context.database.reading() as session:
        assert {people.name_of(session, each) for each in people.active(session)} == {"Ana", "Dee"}
    assert line.is_called(CALLER).press("1").press("1").is_on_the_line
    ana.accepts()


def test_one_person_alone_waits_ten_minutes_in_which_anybody_stops_it(line: Hotline) -> None:
    dee = line.has_on_duty("Dee", tier=3)
    line.works()
    line.is_called(CALLER).press("1").hangs_up()
    is_asked_for(line, "Cora")
    line.waits(5)
    assert any("erase everything" in text for text in dee.texts)
    line.waits(300)
    stopping = line.has_user("Eve").signs_in().opens("/panic").presses("Stop: erase nothing")
    assert "Nothing is erased" in stopping.reads
    line.waits(600)
    assert line.calls


def test_a_command_asks_for_it_too(line: Hotline, run: Run) -> None:
    line.is_called(CALLER).press("1").hangs_up()
    assert "Nothing was changed" in run("panic", "purge", answers="yes\n").stderr
    typed = run("panic", "purge", answers="ERASE\n")
    assert typed.exit_code == 0, typed.output
    assert "PANIC PURGE IS DUE" in typed.stdout
    line.waits(540)
    assert line.calls
    line.waits(120)
    assert receipt_of(line).rows
    assert line.context.database.vault.ring.is_shut


def test_nobody_confirms_their_own_request(line: Hotline) -> None:
    line.is_called(CALLER).hangs_up()
    cora = line.has_user("Cora").signs_in().opens("/panic")
    cora.fills("Type ERASE", "ERASE").presses("Ask to erase it")
    assert "Confirm" not in cora.reads
    token = cora.would_send("Stop: erase nothing")["csrf"]
    assert cora.posts("/panic/purge/confirm", csrf=token).status_code == 303
    assert "Somebody else must confirm it" in cora.opens("/panic").reads
    assert line.calls


def test_a_legal_hold_stops_it_and_says_so(line: Hotline, run: Run) -> None:
    has_callers(line)
    is_asked_for(line, "Cora")
    database, ledger = line.context.database, line.context.ledger
    purge.hold_legally(database, ledger, line.clock.now(), on=True)
    line.waits(660)
    assert receipt_of(line).refused
    assert line.calls
    assert "a legal hold is on" in run("panic", "status").stdout
    page = line.has_user("Eve").signs_in().opens("/panic")
    assert "A legal hold is on, so nothing may be erased" in page.reads
    assert "Ask to erase it" not in page.reads
    refused = run("panic", "purge", answers="ERASE\n")
    assert refused.exit_code == 1
    assert "A legal hold is on" in refused.stderr
    refused = run("purge")
    assert "A legal hold is on" in refused.stderr
    run("panic", "lock")
    assert "A legal hold is on" in run("panic", "purge", answers="ERASE\n").stderr


def test_a_carrier_that_is_away_deletes_later(line: Hotline) -> None:
    has_callers(line)
    line.worker = line.worker_at(httpx.Client(transport=Unplugged()))
    is_asked_for(line, "Cora")
    line.waits(660)
    assert receipt_of(line).rows
    assert receipt_of(line).carrier_done_at is None
    assert list(line.carrier.messages)
    line.has_the_network_back()
    line.waits(90)
    assert receipt_of(line).carrier_done_at
    assert list(line.carrier.messages) == []


def test_it_works_while_the_line_is_locked(line: Hotline, run: Run, shares: list[str]) -> None:
    has_callers(line)
    run("panic", "lock")
    line.works()
    typed = run("panic", "purge", answers="ERASE\n")
    assert typed.exit_code == 0, typed.output
    page = line.has_nobody_signed_in().opens("/")
    assert "will be erased at" in page.reads
    line.is_called().hears("Something went wrong").hangs_up()
    line.waits(660)
    assert receipt_of(line).requests
    assert receipt_of(line).rows
    assert run("panic", "unlock", answers=f"{shares[0]}\n{shares[1]}\n").exit_code == 0
    line.waits(30)
    assert line.calls == []


def test_unlocking_stops_it(line: Hotline, run: Run, shares: list[str]) -> None:
    line.is_called(CALLER).hangs_up()
    run("panic", "lock")
    run("panic", "purge", answers="ERASE\n")
    line.waits(300)
    assert run("panic", "unlock", answers=f"{shares[0]}\n{shares[1]}\n").exit_code == 0
    line.waits(600)
    assert line.calls
    assert receipts.read(line.context.panic) is None


def test_another_host_destroys_its_keys_too(line: Hotline, tmp_path: Path) -> None:
    there = line.on_another_host(tmp_path / "there")
    worker = line.worker_of(there, "worker there")
    line.is_called(CALLER).hangs_up()
    is_asked_for(line, "Cora")
    worker.tick()
    line.carrier.advance(660)
    worker.tick()
    assert there.database.vault.ring.is_shut
    assert there.database.vault.ring.folder.names() == []
    line.works()
    assert receipt_of(line).is_done_here


def test_an_encrypted_file_goes_with_its_key(tmp_path: Path, root_file: Path) -> None:
    file = tmp_path / "closed.db"
    url = f"sqlite:///{file}"
    begun = settings_for(url).vault()
    begun.ring.begin(at_once=True)
    begun.ring.add_database_key()
    empty = Database(url, begun)
    migrations.upgrade(empty.engine)
    empty.close()
    line = Hotline(
        url, wiring.now(), folder=tmp_path / "standby", begins_keys=False,
        data_keys_file=str(root_file), data_keys=SecretStr(""),
    )  # fmt: skip
    line.is_called(CALLER).hangs_up()
    line_lock.lock(line.context, "x")
    purging.ask(line.context, "x", line.clock.now())
    line.waits(660)
    assert receipt_of(line).removed_file
    assert not file.exists()
    assert line.is_called().hears("Something went wrong").is_on_the_line
    root = Roots.read(root_file.read_text()).live[0]
    line_lock.unlock(line.context, root, "x")
    assert not line.context.database.vault.ring.is_shut
    line.context.database.close()
