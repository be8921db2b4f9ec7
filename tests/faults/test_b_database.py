"""B: the database is locked, down, full or read-only while callers are on the line.

The caller always hears a sentence in their language, and then a person, or a tone after which
their message is kept. When the database is back, the hotline stores everything.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ivr.twilio.links import RETRY
from models.calls import rings
from models.core.database import WEB, Patience
from tests.caller import Caller
from tests.faults.databases import Trouble, down, locked, read_only
from tests.hotline import RESCUE, Hotline
from tests.responder import Responder
from tests.webhook import post

IMPATIENT = Patience(lock=timedelta(seconds=0.02), answer=timedelta(seconds=1))
"""In real seconds and short, because the virtual clock does not move during a lock wait."""
ONE_MOMENT, SORRY = "Un momento, por favor", "Tuvimos un problema"


@pytest.fixture
def hotline(database_url: str, tmp_path: Path) -> Iterator[Hotline]:
    """A hotline that does not wait long for its database."""
    world = Hotline(database_url, folder=tmp_path / "standby", patience=IMPATIENT)
    yield world
    assert list(world.closes()) == []


def at_the_main_menu(call: Caller) -> Caller:
    return call.press("2")


def about_to_hear_rights(call: Caller) -> Caller:
    return call.press("2").press("4").hears("No es asesoría legal")


def asked_for_the_number(call: Caller) -> Caller:
    call.press("2").press("2").hears("que le llamemos").press("1")
    return call.hears("desde el que llama")


def asked_whether_to_leave_word(call: Caller) -> Caller:
    return asked_for_the_number(call).press("1").hears("es seguro dejar")


NEXT_KEY: list[tuple[Callable[[Caller], Caller], str]] = [
    (lambda call: call, "2"),
    (at_the_main_menu, "1"),
    (about_to_hear_rights, "*"),
    (asked_for_the_number, "1"),
    (asked_whether_to_leave_word, "2"),
]


def test_b1_that_a_phone_still_rings_is_heard_while_another_writes(
    hotline: Hotline, caplog: pytest.LogCaptureFixture
) -> None:
    luz = hotline.has_on_duty("Luz", speaks="es")
    hotline.is_called().press("2").press("3")
    assert hotline.comes_true(lambda: luz.is_rung)
    [ring] = hotline.rings
    other = hotline.another_database()
    with other.transaction() as session:
        assert rings.with_token(session, ring.token)
        news = {"CallSid": ring.sid or "", "CallStatus": "ringing"}
        assert post(hotline, f"/leg/{ring.token}/status", news).status_code == 200
    other.close()
    assert "the database is away" not in caplog.text


@pytest.mark.parametrize(("come_so_far", "key"), NEXT_KEY)
def test_b1_a_short_lock_costs_the_caller_one_moment(
    hotline: Hotline, come_so_far: Callable[[Caller], Caller], key: str
) -> None:
    hotline.has_on_duty("Luz", speaks="es")
    call = come_so_far(hotline.is_called())
    place = call.row.place
    with locked(hotline.context.database):
        call.press(key)
        assert "moment" in call.said.lower()
    hotline.waits(6)
    assert call.is_on_the_line
    assert call.row.place != place or key == "*", "the key was not taken in"
    assert SORRY not in call.said


@pytest.mark.parametrize("trouble", [locked, down, read_only])
def test_b2_with_the_database_away_the_duty_file_finds_somebody(
    hotline: Hotline, trouble: Trouble
) -> None:
    far = hotline.has_on_duty("Ana", speaks="en")
    luz = hotline.has_on_duty("Luz", speaks="es")
    call = hotline.is_called().press("2")
    with trouble(hotline.context.database):
        call.press("1").hears(ONE_MOMENT).hears(SORRY)
        luz.answers(within=30).hears("Línea").hears("español").presses("1")
        assert call.is_joined_with(luz.number)
        call.speaks(30).hangs_up()
    assert far.times_rung == 0
    is_taken_in(hotline)
    assert "not remembered in time" in hotline.story_of(call.row)
    assert call.row.outcome == "person"


def test_b2_a_call_that_begins_and_ends_without_a_database_is_in_the_books(
    hotline: Hotline,
) -> None:
    dee = hotline.has_on_duty("Dee", speaks="en", tier=3)
    hotline.works()
    with down(hotline.context.database):
        call = hotline.is_called()
        call.hears("One moment").hears("Something went wrong")
        dee.answers(within=40)
        call.hangs_up()
        assert not dee.leg.is_live
    is_taken_in(hotline)
    assert call.row.number_mark is not None
    assert call.row.outcome == "left"


def test_b2_whoever_does_not_press_the_key_does_not_get_the_caller(hotline: Hotline) -> None:
    machine, rescuer = hotline.has_on_duty("Gil"), rescue_phone(hotline)
    machine.phone.voicemail_after(2)
    call = hotline.is_called().press("1")
    with down(hotline.context.database):
        call.press("1").hears("Something went wrong")
        rescuer.answers(within=60)
        assert call.is_joined_with(RESCUE)
        assert call.leg.meter.longest_silence < 4  # it rings while others hear the offer
        call.hangs_up()


def test_b2_when_nobody_answers_a_message_stays_at_the_carrier_and_is_taken_in(
    hotline: Hotline,
) -> None:
    dee = hotline.knows("Dee", tier=3)
    call = hotline.is_called().press("2")
    with down(hotline.context.database):
        call.press("1").hears(SORRY).hears("Después del tono")
        hotline.waits(9)
        call.speaks(8).press("#").hears("Adiós")
    is_taken_in(hotline)
    (message,) = hotline.messages
    assert (message.state, message.language) == ("stored", "es")
    assert call.row.outcome == "message"
    assert sum("new message" in text for text in dee.texts) == 1


def test_b2_coordinators_are_told_once_without_a_database(hotline: Hotline) -> None:
    dee = hotline.has_on_duty("Dee", tier=3)
    hotline.works()
    with down(hotline.context.database):
        hotline.waits(300)
        assert [text for text in dee.texts if "database" in text] == dee.texts
    assert len(dee.texts) == 1


def test_b3_a_conversation_goes_on_without_a_database(hotline: Hotline) -> None:
    luz = hotline.has_on_duty("Luz", speaks="es")
    call = hotline.is_called().press("2").press("1")
    luz.accepts()
    assert call.is_joined_with(luz.number)
    with down(hotline.context.database):
        hotline.waits(120)
        assert call.talks_to == luz.number
        luz.hangs_up()
        call.hears(ONE_MOMENT)
        call.hangs_up()
    is_taken_in(hotline)
    assert call.row.outcome == "person"
    dialled = [ring.state for ring in hotline.rings_of(call.row) if ring.sid]
    assert dialled == ["finished"], "nobody was rung for a caller who had left"


def test_b3_a_waiting_caller_keeps_waiting_and_is_then_connected_by_the_file(
    hotline: Hotline,
) -> None:
    luz = hotline.has_on_duty("Luz", speaks="es")
    call = hotline.is_called().press("2").press("2")
    luz.answers().hears("Detuvieron a alguien")
    with down(hotline.context.database):
        luz.presses("1").hears("One moment")
        call.hears(ONE_MOMENT).hears(SORRY)
        hotline.waits(20)
        luz.accepts(within=60)
        assert call.is_joined_with(luz.number)
        call.hangs_up()


def test_b3_a_key_pressed_by_a_responder_is_taken_in_when_the_lock_is_gone(
    hotline: Hotline,
) -> None:
    luz = hotline.has_on_duty("Luz", speaks="es")
    call = hotline.is_called().press("2").press("2")
    luz.answers()
    with locked(hotline.context.database):
        luz.presses("1")
    assert call.is_joined_with(luz.number)


def test_b3_a_callback_in_trouble_tells_whoever_picks_up_nothing(hotline: Hotline) -> None:
    call = asked_whether_to_leave_word(hotline.is_called()).press("2")
    call.hears("Queda anotado")
    hotline.waits(15)
    luz = hotline.has_on_duty("Luz", speaks="es")
    phone = hotline.carrier.phone(call.number)
    luz.accepts(within=90)
    for _ in range(40):
        hotline.waits(0.5)
        if phone.ringing:
            break
    with down(hotline.context.database):
        phone.ringing.answers()
        hotline.waits(20)
        assert [spoken.text for spoken in phone.legs[-1].heard] == []
        assert not phone.legs[-1].is_live
    is_taken_in(hotline)
    assert hotline.promised_callbacks == [call.number]


def test_b4_on_a_full_disk_nothing_is_promised_and_the_message_stays_at_the_carrier(
    sqlite_template: Path, tmp_path: Path
) -> None:
    """Runs on a real disk of two megabytes, mounted in a namespace that ends with the process."""
    alone = ["unshare", "--map-root-user", "--mount"]
    made = subprocess.run(
        [*alone, sys.executable, "-m", "tests.faults.small_disk", tmp_path, sqlite_template],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr[-2000:]


def test_a7_a_slow_database_is_waited_for_less_long_than_the_carrier_waits_for_us(
    hotline: Hotline,
) -> None:
    """Our links give the carrier a time-out of 5 s (rt=5000); two of our waits must fit into it."""
    call = hotline.is_called().press("2")
    with locked(hotline.context.database):
        call.press("1").hears(ONE_MOMENT)
    assert WEB.answer is not None
    assert WEB.lock + WEB.answer < timedelta(seconds=5)
    assert "rt=5000" in RETRY


def test_b6_a_database_file_that_is_no_database_costs_no_caller(
    sqlite_template: Path, tmp_path: Path
) -> None:
    file = tmp_path / "hotline.db"
    shutil.copy(sqlite_template, file)
    hotline = Hotline(f"sqlite:///{file}", folder=tmp_path / "standby", patience=IMPATIENT)
    luz = hotline.has_on_duty("Luz", speaks="es")
    call = hotline.is_called().press("2")
    hotline.context.database.close()
    file.write_bytes(b"not a database" * 4096)
    call.press("1").hears(ONE_MOMENT).hears(SORRY)
    luz.accepts(within=30)
    assert call.is_joined_with(luz.number)


def test_b7_a_restart_of_the_database_costs_the_caller_one_moment_at_most(
    hotline: Hotline,
) -> None:
    luz = hotline.has_on_duty("Luz", speaks="es")
    call = hotline.is_called().press("2")
    with down(hotline.context.database):
        pass  # every connection was cut, and new ones succeed
    call.press("2")
    luz.accepts(within=30)
    assert call.is_joined_with(luz.number)
    assert SORRY not in call.said


def test_b5_when_the_disk_fails_the_process_ends_rather_than_trust_its_memory(
    hotline: Hotline,
) -> None:
    call = hotline.is_called().press("2")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limit[1]))  # every write after byte 0 fails
    try:
        call.press("1")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    if hotline.context.database.engine.dialect.name == "sqlite":
        assert hotline.times_broken > 0
    hotline.waits(10)
    assert call.is_on_the_line


def is_taken_in(hotline: Hotline) -> None:
    """The database is back: let the worker replay the journal and look for what is missing."""
    hotline.waits(100)


def rescue_phone(hotline: Hotline) -> Responder:
    """The phone of the rescue number."""
    return Responder(hotline, "the rescue number", hotline.carrier.phone(RESCUE))
