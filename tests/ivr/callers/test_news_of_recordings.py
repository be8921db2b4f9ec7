"""What the carrier says of a recording, early, late, twice or never, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ivr.callers import voicemail
from ivr.core.carrier import Seen
from ivr.core.context import UnitOfWork
from models.calls import spoken_names, tombstones, voicemails
from models.calls.calls import Call, Limited
from models.calls.outbox import CarrierTask
from models.calls.spoken_names import NameState
from models.calls.voicemails import MessageState
from tests.faults.keeping import leaves_message
from tests.hotline import Hotline
from tests.rows import EGRET, Rows

SECOND = timedelta(seconds=1)


def looked_for(rows: Rows) -> list[str]:
    """Which late recordings the worker would ask the carrier for."""
    voicemail.look_for_late_ones(rows.session, rows.now)
    rows.session.flush()
    return sorted(task.subject for task in rows.session.query(CarrierTask))


def test_a_caller_who_may_still_be_speaking_is_left_alone_for_six_minutes(rows: Rows) -> None:
    now, late = rows.now, rows.now - voicemail.ANNOUNCED_WITHIN - SECOND
    assert not voicemail.is_one_late(rows.session, now)
    speaks = rows.call(heard_at=now - timedelta(minutes=6) + SECOND)
    rows.message(speaks, expected_at=late - SECOND)
    rows.message(rows.call(EGRET), expected_at=now - voicemail.ANNOUNCED_WITHIN)
    assert voicemail.is_one_late(rows.session, now)
    assert looked_for(rows) == []
    silent = rows.message(rows.call(heard_at=now - timedelta(minutes=6)), expected_at=late)
    left = rows.message(rows.call(heard_at=now, ended_at=now), expected_at=late)
    assert looked_for(rows) == sorted([silent.id, left.id])


def test_the_first_news_of_a_recording_counts(rows: Rows) -> None:
    session, now, call = rows.session, rows.now, rows.call(outcome="left")
    message, second = rows.message(call), rows.message(call, part=2)
    voicemail.announced(session, message, "RE1", 5, now)
    voicemail.announced(session, message, "RE2", 7, now + SECOND)
    voicemail.announced(session, second, "RE1", 5, now + SECOND)
    assert (message.recording_sid, message.seconds, message.arrived_at) == ("RE1", 5, now)
    assert (second.recording_sid, second.state) == (None, MessageState.EXPECTED)
    assert call.outcome == "message"
    voicemail.announced(session, second, "RE3", 0, now)
    assert (second.recording_sid, second.state) == (None, MessageState.NOTHING)
    voicemail.nothing(message, now)
    assert message.state == MessageState.ARRIVING


def test_news_without_a_length_is_of_a_recording(hotline: Hotline) -> None:
    call = hotline.is_called().press("1").press("2").hears("leave a message").press("2")
    call.hears_the_tone()
    (message,) = hotline.messages
    voicemail.hear_status(hotline.context, message.id, "", "completed", 9)
    assert hotline.messages[0].state == "expected"
    voicemail.hear_status(hotline.context, message.id, "RE1", "completed", 0)
    voicemail.hear_status(hotline.context, message.id, "RE1", "absent", 0)
    assert [(each.state, each.seconds) for each in hotline.messages] == [("arriving", 1)]
    voicemail.hear_status(hotline.context, "neither a message nor a name", "RE2", "completed", 1)


def test_silent_parts_before_it_do_not_count_as_parts_of_a_message(rows: Rows) -> None:
    call = rows.call()
    silent, stored = MessageState.SILENT, MessageState.STORED
    for states, number in (
        ([silent, MessageState.EXPECTED], 1),
        ([stored, MessageState.EXPECTED], 2),
        ([stored, silent, stored, MessageState.EXPECTED], 3),
        ([stored, stored], 2),
    ):
        parts = [rows.message(call, state=state) for state in states]
        assert voicemail.part_of(call, parts) == number
    call.said_nothing = True
    assert voicemail.part_of(call, [rows.message(call, state=stored) for _ in range(2)]) == 1
    message, part = voicemail.expect(rows.session, rows.call(EGRET, need="detained"), rows.now)
    assert (message.part, part, message.need) == (1, 1, "detained")


@pytest.mark.parametrize(
    ("heard", "outcome", "stays"),
    [(True, "message", "informed"), (False, "message", "left"), (True, "callback", "callback")],
)
def test_a_message_of_silence_is_no_outcome_of_a_call(
    rows: Rows, *, heard: bool, outcome: str, stays: str
) -> None:
    call = rows.call(outcome=outcome, informed=heard)
    message = rows.message(call, state=MessageState.ARRIVING)
    sound = voicemail.Sound(b"", "digest", MessageState.SILENT, 4)
    assert voicemail.keep(rows.session, message, sound, rows.now)
    assert (message.state, call.outcome) == (MessageState.SILENT, stays)
    assert voicemail.keep(rows.session, message, sound, rows.now), "it is not fetched again"


def test_what_was_not_announced_is_set_aside_ten_minutes_after_it_arrived(rows: Rows) -> None:
    arrived = rows.now + timedelta(minutes=1)
    message = rows.message(rows.call(), state=MessageState.ARRIVING, arrived_at=arrived)
    other = voicemail.Sound(b"noise", "digest", MessageState.QUARANTINED)
    almost = arrived + voicemail.QUARANTINED_AFTER - SECOND
    assert not voicemail.keep(rows.session, message, other, almost)
    assert message.state == MessageState.ARRIVING
    assert not voicemail.keep(rows.session, message, other, almost + SECOND)
    assert (message.state, message.digest) == (MessageState.QUARANTINED, "digest")
    again = voicemail.Sound(b"other noise", "another", MessageState.QUARANTINED)
    assert not voicemail.keep(rows.session, message, again, almost + 2 * SECOND)
    assert message.digest == "digest", "the first one is kept for people to hear"


def test_coordinators_read_how_long_nobody_has_heard_a_message(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    leaves_message(hotline)
    (message,) = hotline.messages
    assert hotline.waits_for(lambda: any("nobody has heard" in t for t in dee.texts), 9000)
    minutes = int((hotline.clock.now() - message.waits_since).total_seconds() // 60)
    assert any(f"for {minutes} minute" in text for text in dee.texts)
    told = len([text for text in dee.texts if "nobody has heard" in text])
    voicemail.escalate(hotline.context, message.id)
    voicemail.escalate(hotline.context, "a message that was purged")
    hotline.waits(5)
    assert len([text for text in dee.texts if "nobody has heard" in text]) == told


def test_a_limited_phones_unheard_message_pages_nobody(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    call = leaves_message(hotline)
    with hotline.context.database.transaction() as session:
        session.get_one(Call, call.row.id).limited = Limited.FLOOD
    hotline.clock.move_to(hotline.clock.now() + timedelta(days=1))
    voicemail.escalate(hotline.context, hotline.messages[0].id)
    hotline.works()
    assert not any("nobody has heard" in text for text in dee.texts)


@pytest.mark.parametrize(("buried", "deletes"), [("RE1", True), ("CA0", True), ("RE2", False)])
def test_what_was_purged_here_is_deleted_at_the_carrier_and_not_taken_in(
    hotline: Hotline, rows: Rows, *, buried: str, deletes: bool
) -> None:
    call, unit = rows.call(), UnitOfWork(rows.session, hotline.context, rows.now)
    tombstones.bury(rows.session, [buried], rows.now)
    voicemail.adopt(unit, Seen("RE1", rows.now, 5, call.sid))
    rows.session.flush()
    kinds = [task.kind for task in rows.session.query(CarrierTask)]
    assert kinds == (["delete_recording"] if deletes else ["fetch_recording"])
    assert len(voicemails.of_call(rows.session, call.id)) == (not deletes)


def test_a_recording_that_only_the_carrier_knows_is_the_name_or_the_message_that_we_expect(
    hotline: Hotline, rows: Rows
) -> None:
    session, unit = rows.session, UnitOfWork(rows.session, hotline.context, rows.now)
    call = rows.call()
    name = spoken_names.expect(session, call, rows.now)
    message = rows.message(call)

    def appears(sid: str, call_sid: str, seconds: int = 5) -> None:
        voicemail.adopt(unit, Seen(sid, rows.now, seconds, call_sid))
        session.flush()

    appears("RE0", call.sid, seconds=0)
    assert (name.state, message.state) == (NameState.EXPECTED, MessageState.EXPECTED)
    appears("RE1", call.sid)
    assert (name.recording_sid, message.recording_sid) == ("RE1", None)
    appears("RE2", call.sid, seconds=1)
    assert (name.recording_sid, message.recording_sid) == ("RE1", "RE2")
    for known in ("RE1", "RE2"):
        assert voicemail.is_known(session, known)
        appears(known, call.sid)
    assert voicemails.of_call(session, call.id) == [message]
    appears("RE3", call.sid)
    assert [each.recording_sid for each in voicemails.of_call(session, call.id)] == ["RE2", "RE3"]
    appears("RE4", "CA9")
    found = voicemails.with_recording(session, "RE4")
    assert found is not None
    recovered = session.get_one(Call, found.call_id)
    assert (recovered.sid, recovered.outcome) == ("CA9", "message")


@pytest.mark.parametrize(
    ("sid", "status", "seconds", "state"),
    [
        ("RE1", "completed", 2, NameState.ARRIVING),
        ("RE1", "completed", 0, NameState.ARRIVING),
        ("RE1", "absent", 2, NameState.NOTHING),
        ("", "completed", 2, NameState.NOTHING),
    ],
)
def test_news_of_a_spoken_name(
    hotline: Hotline, sid: str, status: str, seconds: int, state: NameState
) -> None:
    row = hotline.is_called().row
    with hotline.context.database.transaction() as session:
        call = session.get_one(Call, row.id)
        name = spoken_names.expect(session, call, hotline.clock.now()).id
    voicemail.hear_status(hotline.context, name, sid, status, seconds)
    with hotline.context.database.reading() as session:
        found = session.get_one(spoken_names.SpokenName, name)
        assert found.state == state
        assert found.seconds == (max(seconds, 1) if state == NameState.ARRIVING else None)
