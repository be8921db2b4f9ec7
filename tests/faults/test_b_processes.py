"""B: processes that are killed, stand still, or meet a row that they cannot process."""

from __future__ import annotations

import base64
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from ivr.core import outage_journal
from ivr.core.restore_fence import Fence
from ivr.worker.dialler import Attempt, Dialler
from models.core.vault import Vault
from tests.faults.real_house import RealHouse
from tests.hotline import CANNOT_CONNECT, SECOND_TOKEN, Hotline

CODE = Path(__file__).resolve().parents[2]


def test_b8_an_answer_that_was_lost_on_its_way_is_given_again_word_for_word(
    hotline: Hotline,
) -> None:
    luz = hotline.has_on_duty("Luz", speaks="es")
    call = hotline.is_called().press("2")
    hotline.carrier.faults.next_webhook("connection", after_acting=True)
    hotline.foreseen |= {CANNOT_CONNECT}
    call.press("2")
    luz.accepts()
    assert call.is_joined_with(luz.number)
    assert call.row.searches == 1


def test_b9_another_process_answers_the_next_step_of_a_call(hotline: Hotline) -> None:
    luz = hotline.has_on_duty("Luz", speaks="es")
    call = hotline.is_called()
    for key in ("2", "2"):
        hotline.restarts()
        call.press(key)
    hotline.restarts()
    luz.answers()
    hotline.restarts()
    luz.presses("1")
    assert call.is_joined_with(luz.number)
    assert len(hotline.calls) == 1


def test_b10_a_message_recorded_while_everything_was_dead_is_found(hotline: Hotline) -> None:
    call = hotline.is_called().press("2").press("2")
    call.hears("dejar un mensaje").press("2").hears("Después del tono")
    hotline.waits(16)
    with hotline.is_unreachable():
        call.speaks(8).hangs_up()
    hotline.restarts()
    hotline.waits(420)
    assert [message.state for message in hotline.messages] == ["stored"]
    assert call.row.outcome == "message"


def test_b11_a_worker_killed_after_dialling_rings_the_phone_once(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.carrier.faults.next_rest(500, after_acting=True, path="/Calls.json")
    call = hotline.is_called().press("1").press("2")
    hotline.restarts()
    hotline.waits(40)
    assert ana.times_rung == 1
    assert call.is_on_the_line


def test_b12_a_worker_killed_between_storing_and_deleting_does_both_once(
    hotline: Hotline,
) -> None:
    dee = hotline.knows("Dee", tier=3)
    call = hotline.is_called().press("1").press("2")
    call.hears("leave a message").press("2").hears("After the tone")
    hotline.waits(16)
    hotline.carrier.faults.recordings.deletes_fail = 2
    call.speaks(8).hangs_up()
    hotline.restarts()
    hotline.waits(60)
    (message,) = hotline.messages
    assert message.state == "stored"
    assert message.deleted_at_carrier is not None
    assert hotline.sound_of(message) is not None
    assert sum("a new message is waiting" in text for text in dee.texts) == 1


def test_b13_a_host_that_comes_back_loads_what_callers_wait_for_once(tmp_path: Path) -> None:
    house = RealHouse(f"sqlite:///{tmp_path / 'hotline.db'}", tmp_path, PYTHONPROFILEIMPORTTIME="1")
    try:
        assert house.types("migrate").returncode == 0
        house.web()
        house.answers()
    finally:
        house.closes()
    loaded = [line.rpartition("|")[2].strip() for line in house.said.splitlines()]
    assert [loaded.count(name) for name in ("sqlalchemy", "wiring")] == [1, 1]


A_PROCESS_GROWS = """
import logging, types
from commands.hosting import gunicorn_config
worker = types.SimpleNamespace(alive=True, log=logging.getLogger("gunicorn"))
gunicorn_config.post_request(worker, None, None, None)
assert worker.alive, "a process of usual size goes on"
assert b"x" * gunicorn_config.LARGEST_KILOBYTES * 1024, "so much was written at once"
gunicorn_config.post_request(worker, None, None, None)
assert not worker.alive
"""
"""Runs in a process of its own, because the process of the tests may already be large."""


def test_b14_a_web_process_that_grew_too_large_is_renewed() -> None:
    told = subprocess.run(
        [sys.executable, "-c", A_PROCESS_GROWS], cwd=CODE, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr


class Paused(Dialler):
    """A dialler whose host stops between the written attempt and the request."""

    world: Hotline

    def _claim(self) -> Attempt | None:
        attempt = super()._claim()
        if attempt:
            self.world.clock.move_to(self.world.clock.now() + self.app.limits.grace)
        return attempt


def test_b21_a_process_that_stood_still_does_not_dial_what_is_no_longer_sure(
    hotline: Hotline,
) -> None:
    ana = hotline.has_on_duty("Ana")
    worker, hotline.worker = hotline.worker, None
    call = hotline.is_called().press("1").press("2")
    assert worker is not None
    paused = Paused(worker.app, worker.carrier, "paused", Fence())
    paused.world = hotline
    paused.work()
    assert ana.times_rung == 0
    hotline.worker = worker
    ana.accepts(within=60)
    assert call.is_joined_with(ana.number)
    assert ana.times_rung == 1


def test_h7_keys_and_tokens_are_changed_while_calls_go_on(hotline: Hotline) -> None:
    number = is_promised_a_callback(hotline)
    luz = hotline.has_on_duty("Luz", speaks="es", pin="482915")
    call = hotline.is_called().press("2")
    old = hotline.settings.data_keys.get_secret_value()
    new = base64.urlsafe_b64encode(b"n" * 32).decode()
    hotline.restarts(
        data_keys=SecretStr(f"{new},{old}"),
        secret_key=SecretStr("t" * 32),
        twilio_auth_token=SecretStr(SECOND_TOKEN),
        twilio_auth_token_secondary=hotline.settings.twilio_auth_token,
    )
    call.press("2")
    assert number in hotline.promised_callbacks
    luz.accepts(within=120)
    assert call.is_joined_with(luz.number)


def test_b20_a_responder_who_cannot_be_read_does_not_keep_the_others_from_being_rung(
    hotline: Hotline,
) -> None:
    spoiled = hotline.has_on_duty("Ana")
    hotline.loses_the_phone_of("Ana")
    ben = hotline.has_on_duty("Ben")
    call = hotline.is_called().press("1").press("2")
    ben.accepts(within=40)
    assert call.is_joined_with(ben.number)
    assert spoiled.times_rung == 0


def test_b20_a_callback_that_cannot_be_read_is_set_aside_and_somebody_is_told(
    hotline: Hotline,
) -> None:
    dee = hotline.knows("Dee", tier=3)
    lost, kept = (is_promised_a_callback(hotline) for _ in range(2))
    hotline.loses_the_number_to_call_back(lost)
    hotline.has_on_duty("Ben")  # without a free responder no callback is tried
    hotline.has_on_duty("Ana").accepts(within=120)
    hotline.waits(120)
    assert len(hotline.carrier.phone(kept).legs) == 2  # the caller's own call, and the callback
    assert any("set aside" in text for text in dee.texts)


def is_promised_a_callback(hotline: Hotline) -> str:
    """The number of a caller who is owed a callback."""
    call = hotline.is_called().press("1").press("2")
    call.hears("call you back").press("1").hears("calling from").press("1")
    call.hears("safe to leave").press("1").hears("saved")
    hotline.waits(15)
    return call.number


def test_b_what_another_worker_of_the_host_took_in_is_passed_over_and_not_set_aside(
    tmp_path: Path,
) -> None:
    vault = Vault.from_setting(base64.urlsafe_b64encode(b"k" * 32).decode())
    noon = datetime(2026, 12, 8, 12, 0, tzinfo=UTC)
    for sid in ("CA1", "CA2"):
        outage_journal.keep(
            tmp_path, vault, outage_journal.Entry(noon, "status", {}, {"CallSid": sid})
        )
    one = outage_journal.kept(tmp_path, vault)
    next(one)
    for file, _ in outage_journal.kept(tmp_path, vault):
        file.unlink()
    assert list(one) == []
    assert not (tmp_path / "journal" / "unreadable").exists()
