"""Who left is forgotten, the carrier keeps no texts, and a purge cleans the files in the end."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from commands.findings import maintenance_findings
from ivr.core.erasure_ledger import Entry, Ledger
from models.calls import calls, outbox
from models.calls.outbox import TaskKind
from models.core import sealed_columns
from models.operations import maintenance_state
from models.people import people
from models.staff import login_attempts
from tests.hotline import NUMBER, TUESDAY_NIGHT, Hotline
from tests.ivr.privacy.test_privacy import database_bytes


def held_of(hotline: Hotline, name: str) -> list[str | None]:
    """Name, phone and PIN that are stored of the only person on the roster."""
    with hotline.context.reading() as unit:
        (person,) = people.everybody(unit.session)
        found = [
            sealed_columns.read(unit.session, person, column)
            for column in ("name_sealed", "phone_sealed", "pin_sealed")
        ]
        return [*found, person.pin_hash, people.name_of(unit.session, person)]


def test_a_week_after_somebody_left_name_and_phone_are_gone(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana Example", pin="482915")
    hotline.is_called().press("1").press("1")
    ana.accepts()
    hotline.removes("Ana Example")
    hotline.later(timedelta(days=6))
    assert held_of(hotline, "Ana")[:2] == ["Ana Example", ana.number]
    hotline.later(timedelta(days=2))
    assert held_of(hotline, "Ana") == ["", "", None, None, people.FORGOTTEN]
    assert hotline.holdings_of(ana.number) == []
    cora = hotline.has_user("Cora").signs_in()
    assert "Ana" not in cora.opens("/people").reads
    (call,) = hotline.calls
    assert call.answered_by, "the call still counts as answered by somebody"
    assert cora.opens(f"/calls/{call.id}").heading
    again = hotline.knows("Ana Example")
    assert hotline.person(again).active


def test_somebody_who_comes_back_within_the_week_is_kept(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana Example")
    cora = hotline.has_user("Cora").signs_in()
    cora.opens("/people").follows("Ana Example").presses("Remove from the roster")
    hotline.later(timedelta(days=6))
    cora.elsewhere().signs_in().opens("/people").follows("Ana Example").presses(
        "Back on the roster"
    )
    hotline.later(timedelta(days=9))
    assert held_of(hotline, "Ana")[:2] == ["Ana Example", ana.number]


def test_a_week_after_a_user_is_locked_out_their_name_is_gone(hotline: Hotline) -> None:
    hotline.has_user("Quetzal Canary")
    ada = hotline.has_user("Ada", "admin").signs_in()
    ada.opens("/users").follows("Quetzal Canary").presses("Lock")
    hotline.later(timedelta(days=6))
    assert "Quetzal" in ada.elsewhere().signs_in().opens("/users").reads
    hotline.later(timedelta(days=2))
    assert "Quetzal" not in ada.elsewhere().signs_in().opens("/users").reads
    hotline.has_user("Quetzal Canary")  # the name is free again


def test_tries_to_sign_in_are_forgotten_after_a_day(hotline: Hotline) -> None:
    with hotline.context.database.transaction() as session:
        login_attempts.remember(session, "account", "network", hotline.clock.now())
    hotline.later(timedelta(hours=23))
    assert hotline.rows_of("sign_in_tries") == 1
    hotline.later(timedelta(hours=2))
    assert hotline.rows_of("sign_in_tries") == 0


def test_a_day_later_the_carrier_keeps_no_text(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    hotline.owes_a_text_to(dee)
    hotline.carrier.phone("+19175550187").texts_to(NUMBER, "They took my brother")
    hotline.waits(60)
    assert len(list(hotline.carrier.messages)) == 3  # ours, theirs, and our answer
    hotline.later(timedelta(hours=22))
    assert len(list(hotline.carrier.messages)) == 3
    hotline.later(timedelta(hours=4))
    hotline.waits(60)
    assert [each.body for each in hotline.carrier.messages] == []


def test_a_legal_hold_keeps_the_texts_at_the_carrier(hotline: Hotline) -> None:
    hotline.carrier.phone("+19175550187").texts_to(NUMBER, "They took my brother")
    hotline.waits(60)
    now = hotline.clock.now()
    with hotline.context.database.transaction() as session:
        for text in hotline.carrier.messages:  # the purge had asked, and the carrier was away
            outbox.carrier_task(session, TaskKind.FORGET_TEXT, text.sid, now)
        maintenance_state.hold(session).hold_since = now
    hotline.later(timedelta(hours=30))
    hotline.waits(60)
    assert "They took my brother" in [each.body for each in hotline.carrier.messages]


def test_a_purge_that_could_not_clean_the_file_tries_again_until_it_can(
    sqlite_template: Path, tmp_path: Path
) -> None:
    file = tmp_path / "hotline.db"
    shutil.copy(sqlite_template, file)
    hotline = Hotline(f"sqlite:///{file}", folder=tmp_path / "standby")
    hotline.is_called().press("1").hangs_up()
    (call,) = hotline.calls
    with hotline.context.database.reading() as session:
        number = calls.with_sid(session, call.sid).number_sealed
        hotline.later(timedelta(hours=26))  # while this reader stays
        assert number in database_bytes(hotline)
        assert any("may still stand" in each for each in findings(hotline))
    hotline.waits(6 * 60)
    assert number not in database_bytes(hotline)
    assert not any("may still stand" in each for each in findings(hotline))
    hotline.context.database.close()


def kinds_in(hotline: Hotline) -> set[str]:
    """What the lines of the erasure ledger are about."""
    return {entry.what for entry in hotline.context.ledger.read()}


def test_the_ledger_keeps_every_stop_and_a_month_of_erasures(hotline: Hotline) -> None:
    hotline.is_called().press("1").hangs_up()
    hotline.carrier.phone("+19175550187").texts_to(NUMBER, "STOP")
    hotline.later(timedelta(days=3))
    assert kinds_in(hotline) == {"stop", "numbers"}
    hotline.later(timedelta(days=28))
    assert kinds_in(hotline) == {"stop", "numbers", "call"}
    hotline.later(timedelta(days=31))
    assert kinds_in(hotline) == {"stop"}


def test_a_ledger_that_is_shortened_loses_no_line_that_is_written_meanwhile(
    tmp_path: Path,
) -> None:
    ledger, at, is_over = Ledger(tmp_path / "ledger"), TUESDAY_NIGHT, Event()
    days = [at - timedelta(days=day) for day in range(20)]
    ledger.write(Entry("numbers", "old", day.isoformat()) for day in days)

    def writes() -> int:
        written = 0
        while not is_over.is_set():
            ledger.write([Entry("stop", str(written), at.isoformat())])
            written += 1
        return written

    with ThreadPoolExecutor(2) as threads:
        writers = [threads.submit(writes) for _ in range(2)]
        for day in reversed(days):
            ledger.shorten(day)
        is_over.set()
    stops = [entry for entry in ledger.read() if entry.what == "stop"]
    assert len(stops) == sum(writer.result() for writer in writers) > 0
    assert ledger.file.stat().st_mode & 0o777 == 0o600


def findings(hotline: Hotline) -> list[str]:
    """What `hotline check` says about the database."""
    with hotline.context.database.reading() as session:
        found = maintenance_findings.of_database(
            hotline.context.database, session, hotline.clock.now()
        )
        return [each.words for each in found]


@pytest.mark.parametrize("hours", [1, 30])
def test_the_age_of_what_could_not_be_cleaned_makes_it_a_fault(
    hotline: Hotline, hours: int
) -> None:
    now = hotline.clock.now()
    with hotline.context.database.transaction() as session:
        maintenance_state.hold(session).unclean_since = now - timedelta(hours=hours, minutes=-5)
    with hotline.context.database.reading() as session:
        found = maintenance_findings.of_database(hotline.context.database, session, now)
        (told,) = [each for each in found if "may still stand" in each.words]
    assert told.is_note is (hours < 2)
