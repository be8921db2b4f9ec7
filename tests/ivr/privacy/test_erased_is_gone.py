"""After a purge nobody with every key can open what was erased, or tell whether a number called."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ivr.privacy import key_care, purge
from models.calls import calls
from models.calls.calls import Call
from models.core.vault import Vault, VaultError
from models.keys.key_ring import NONCE_BYTES, Term
from models.keys.root_keys import KEY_ID_BYTES
from tests.hotline import Hotline, begins_its_keys
from tests.ivr.privacy.test_privacy import database_bytes
from tests.seize.key_guesses import Guesses

CALLER, FLOODER = "+19175550187", "+19175550188"
NUMBERS = {each: each for each in (CALLER, FLOODER)}


def has_called_and_been_purged(hotline: Hotline) -> Call:
    """A caller with a callback and a message, and one who floods, all of them long ago."""
    hotline.has_on_duty("Cora", tier=3)
    first = hotline.is_called(CALLER).press("1").press("1").hangs_up()
    for _ in range(12):
        hotline.is_called(FLOODER).press("1").hangs_up()
    hotline.works()
    return first.row


def confirmed_by(hotline: Hotline, content: bytes) -> set[str]:
    """The numbers of which a function with any key that is left stands in this content."""
    root = hotline.settings.data_keys.get_secret_value()
    guesses = Guesses(hotline.context.database.vault, root, NUMBERS)
    return guesses.confirmed_by([content])


def confirmed(hotline: Hotline, folder: Path) -> set[str]:
    """The same for everything that is stored now."""
    return confirmed_by(hotline, stored(hotline, folder))


def stored(hotline: Hotline, folder: Path) -> bytes:
    """Everything: the database, and each file of the host."""
    files = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    return database_bytes(hotline) + files


def test_no_function_of_key_and_number_matches_after_a_purge(
    hotline: Hotline, tmp_path: Path
) -> None:
    row = has_called_and_been_purged(hotline)
    before = confirmed(hotline, tmp_path)
    assert before == {CALLER, FLOODER}, "nothing that is stored would be found here"
    backup = stored(hotline, tmp_path)
    assert hotline.is_called(CALLER).row.pseudonym == row.pseudonym
    assert hotline.holdings_of(CALLER)
    assert hotline.holdings_of(FLOODER)
    hotline.later(timedelta(days=5))
    assert confirmed(hotline, tmp_path) == set()
    hotline.later(timedelta(hours=2))
    assert confirmed_by(hotline, backup) == set(), "its pepper is still there"
    assert hotline.holdings_of(CALLER) == hotline.holdings_of(FLOODER) == []
    (kept,) = [call for call in hotline.calls if call.id == row.id]
    assert kept.pseudonym == row.pseudonym
    assert hotline.is_called(CALLER).row.pseudonym != row.pseudonym


def test_what_a_backup_still_holds_of_a_purged_day_does_not_open(hotline: Hotline) -> None:
    """The bytes of before stand for a backup, an archive of the log, a dead row, a seized disk."""
    kept = hotline.is_called(CALLER).press("1").hangs_up().row
    sealed, vault = kept.number_sealed, hotline.context.database.vault
    assert sealed
    assert vault.open(sealed, "call.number", kept.id) == CALLER
    hotline.later(timedelta(days=5))
    assert not list(vault.ring.folder.first.glob("days-2026-12-08*"))
    vault.ring.look(0)
    again = Vault(type(vault.ring)(vault.ring.held.roots, vault.ring.folder))
    for each in (vault, again):
        with pytest.raises(VaultError, match="destroyed"):
            each.open(sealed, "call.number", kept.id)


def test_a_legal_hold_keeps_the_key_of_a_day(hotline: Hotline) -> None:
    kept = hotline.is_called(CALLER).press("1").hangs_up().row
    database, ledger = hotline.context.database, hotline.context.ledger
    ring = database.vault.ring
    purge.hold_legally(database, ledger, hotline.clock.now(), on=True)
    hotline.later(timedelta(days=5))
    with database.reading() as session:
        assert calls.number_of(session, calls.with_id(session, kept.id)) == CALLER
    purge.hold_legally(database, ledger, hotline.clock.now(), on=False)
    hotline.later(timedelta(hours=2))
    assert [call.number_sealed for call in hotline.calls] == [None]
    assert not any(key.day == kept.started_at.date() for key in ring.day_keys())


def test_two_numbers_cannot_be_exchanged(hotline: Hotline) -> None:
    """Whoever writes rows could otherwise let the line call back another phone."""
    first = hotline.is_called(CALLER).press("1").hangs_up().row
    other = hotline.is_called(FLOODER).press("1").hangs_up().row
    with hotline.context.database.transaction() as session:
        row = calls.with_id(session, first.id)
        row.number_sealed = other.number_sealed
        assert calls.number_of(session, row) is None


def test_values_of_before_are_sealed_again_and_nothing_is_lost(
    database_url: str, tmp_path: Path
) -> None:
    """A line that runs without keys of days begins them; its promises are kept meanwhile."""
    state = str(tmp_path)
    hotline = Hotline(database_url, begins_keys=False, keys_folder="", state_folder=state)
    ana = hotline.has_on_duty("Ana", pin="482915")
    before = hotline.is_called(CALLER).press("1").press("2")
    ana.declines()
    before.hears("call back instead").press("1").press("1").press("1").hangs_up()
    ring = hotline.context.database.vault.ring
    assert not ring.is_on
    begins_its_keys(hotline.settings, hotline.clock.now)
    ring.look(0)
    with hotline.context.database.reading() as session:
        assert calls.number_of(session, calls.with_id(session, before.row.id)) == CALLER
    assert key_care.seal_everything(hotline.context.database, hotline.clock.now()) > 4
    assert key_care.seal_everything(hotline.context.database, hotline.clock.now()) == 0
    held = before.row.number_sealed or b""
    (of_day,) = [key for key in ring.day_keys() if key.term is Term.DAYS]
    assert held[: 1 + KEY_ID_BYTES] == b"\x02" + of_day.id
    assert len(held) > 1 + KEY_ID_BYTES + NONCE_BYTES
    hotline.context.database.close()


def test_a_caller_is_known_across_a_change_of_the_pepper(hotline: Hotline) -> None:
    hotline.later(timedelta(hours=2))  # the next pepper is made a day before it makes marks
    first = hotline.is_called(CALLER).press("2").hangs_up()
    before = first.row.number_mark
    hotline.later(timedelta(hours=22))
    hotline.waits(70)
    again = hotline.is_called(CALLER)
    assert again.row.number_mark not in (None, before)
    assert again.row.pseudonym == first.row.pseudonym
    assert again.row.language == "es"
    marks = {call.number_mark for call in hotline.calls if call.number_mark}
    assert marks == {again.row.number_mark}
