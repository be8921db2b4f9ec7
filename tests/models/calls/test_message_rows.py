"""Messages in the database: each question finds its rows, beside rows that differ in one way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.calls import outbox, voicemails
from models.calls.voicemails import Message, MessageState
from tests.rows import EGRET, Rows

SECOND = timedelta(seconds=1)
STORED = {"state": MessageState.STORED}


def test_a_message_waits_since_its_speakers_could_first_hear_it(rows: Rows) -> None:
    now, message = rows.now, rows.message(rows.call())
    assert message.waits_since == now
    message.arrived_at = now + SECOND
    assert message.waits_since == now + SECOND
    message.passed_on_at = now + 2 * SECOND
    assert message.waits_since == now + 2 * SECOND


def test_a_message_is_handled_when_it_is_done_or_heard_and_nobody_claimed_it(rows: Rows) -> None:
    now, message = rows.now, rows.message(rows.call())
    assert message.handled_at is None
    message.heard_at = now
    assert message.handled_at == now
    message.claimed_by = "a user"
    assert message.handled_at is None
    message.done_at = now + SECOND
    assert message.handled_at == now + SECOND


def test_messages_of_two_callers_at_once_are_kept_apart(rows: Rows) -> None:
    session, call, other = rows.session, rows.call(), rows.call(EGRET)
    theirs = rows.message(other, recording_sid="RE9")
    second = rows.message(call, part=2, recording_sid="RE2")
    first = rows.message(call, part=1, recording_sid="RE1")
    assert voicemails.of_call(session, call.id) == [first, second]
    assert voicemails.of_call(session, other.id) == [theirs]
    assert voicemails.with_recording(session, "RE2") is second
    assert voicemails.with_recording(session, "RE3") is None
    assert voicemails.with_id(session, second.id) is second
    assert voicemails.with_id(session, "no message") is None


def test_a_recording_is_expected_until_it_is_announced(rows: Rows) -> None:
    call, before = rows.call(), rows.now - SECOND
    late = rows.message(call, expected_at=before - SECOND)
    rows.message(call, expected_at=before)
    rows.message(call, expected_at=before - SECOND, state=MessageState.ARRIVING)
    assert voicemails.expected_before(rows.session, before) == [late]


def test_nobody_has_heard_what_arrives_and_what_is_stored(rows: Rows) -> None:
    call = rows.call()
    arriving = rows.message(call, state=MessageState.ARRIVING, expected_at=rows.now - SECOND)
    stored = rows.message(call, **STORED, tell_at=rows.now + SECOND)
    rows.message(call, state=MessageState.HEARD)
    assert voicemails.unheard(rows.session) == [arriving, stored]
    assert voicemails.unheard(rows.session, arriving.id) == [stored]
    assert voicemails.to_be_told_of(rows.session, rows.now) == [arriving.id]
    assert set(voicemails.to_be_told_of(rows.session, rows.now + SECOND)) == {
        arriving.id, stored.id
    }  # fmt: skip


def test_one_user_claims_a_message_that_still_needs_work(rows: Rows) -> None:
    call, now = rows.call(), rows.now
    message, other = rows.message(call, **STORED), rows.message(call, **STORED)
    done = rows.message(call, state=MessageState.DONE)
    assert voicemails.claim(rows.session, message.id, "Dee", now)
    assert not voicemails.claim(rows.session, message.id, "Eve", now)
    assert not voicemails.claim(rows.session, done.id, "Eve", now)
    rows.session.refresh(message)
    rows.session.refresh(other)
    assert (message.claimed_by, other.claimed_by) == ("Dee", None)


def test_a_list_shows_each_message_of_a_caller_once_and_no_drill(rows: Rows) -> None:
    rows.message(rows.call(drill=True), **STORED)
    stored = rows.message(rows.call(), **STORED)
    rows.message(rows.call(EGRET), state=MessageState.HEARD)
    assert voicemails.in_states(rows.session, [MessageState.STORED], 9) == [stored]
    assert set(voicemails.of_calls(rows.session, [stored.call_id])) == {stored}


@pytest.mark.parametrize("peaks", [b"\x01\x7f", b"", None])
def test_sound_and_its_drawing_come_back_and_are_dropped_for_one_message(
    rows: Rows, peaks: bytes | None
) -> None:
    session, call = rows.session, rows.call()
    message, other = rows.message(call), rows.message(call)
    voicemails.store_sound(session, message, b"words", peaks)
    voicemails.store_sound(session, other, b"others", b"\x09")
    session.flush()
    assert voicemails.sound_of(session, message.id) == b"words"
    assert voicemails.peaks_of(session, message.id) == (peaks or None)
    voicemails.drop_sound(session, message)
    assert voicemails.sound_of(session, message.id) is None
    assert voicemails.peaks_of(session, message.id) is None
    assert voicemails.sound_of(session, other.id) == b"others"


@pytest.mark.parametrize(
    ("recording", "is_deleted", "tasks"),
    [("RE1", False, ["delete_recording"]), ("RE1", True, []), (None, False, []), (None, True, [])],
)
def test_the_carriers_copy_is_deleted_once_if_there_is_one(
    rows: Rows, recording: str | None, *, is_deleted: bool, tasks: list[str]
) -> None:
    gone = rows.now if is_deleted else None
    message = rows.message(rows.call(), recording_sid=recording, deleted_at_carrier=gone)
    voicemails.let_go_at_carrier(rows.session, message, rows.now)
    rows.session.flush()
    assert [task.kind for task in rows.session.query(outbox.CarrierTask)] == tasks


@pytest.mark.parametrize("state", [MessageState.HEARD, MessageState.QUARANTINED])
def test_a_message_that_is_passed_on_is_unheard_and_unclaimed(
    rows: Rows, state: MessageState
) -> None:
    message = rows.message(
        rows.call(), state=state, told=3, tell_at=rows.now, heard_at=rows.now, claimed_by="Dee"
    )
    voicemails.pass_on(message, "bn", rows.now + SECOND)
    assert (message.language, message.told, message.tell_at) == ("bn", 0, None)
    assert message.state == (MessageState.STORED if state == MessageState.HEARD else state)
    assert (message.heard_at, message.claimed_by) == (None, None)
    assert message.waits_since == rows.now + SECOND


def test_messages_are_exported_by_when_the_tone_was_heard(rows: Rows) -> None:
    call, now = rows.call(), rows.now
    first, second, third = (rows.message(call, expected_at=now + at * SECOND) for at in range(3))

    def between(*limits: object) -> list[Message]:
        return list(voicemails.between(rows.session, *limits))  # type: ignore[arg-type]

    assert between(None, None) == [first, second, third]
    assert between(now + SECOND, None) == [second, third]
    assert between(None, now + SECOND) == [first]
