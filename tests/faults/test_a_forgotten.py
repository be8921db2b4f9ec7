"""Purged data does not come back, whatever the carrier still sends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.calls.outbox import TaskKind
from tests.faults.keeping import asks_for_callback, leaves_message, news, rows
from tests.hotline import Hotline

OF_A_CALL = (
    "/voice/incoming",
    "/voice/status",
    "/voice/fallback",
    "/voice/en/at/main_menu/2/0",
    "/voice/en/hold/person_now/2/0",
    "/voice/en/held/person_now/2/0",
)


@pytest.mark.parametrize("gone", [timedelta(days=4), timedelta(days=31)])
def test_a6_late_news_of_a_purged_call_recreates_nothing(hotline: Hotline, gone: timedelta) -> None:
    call = asks_for_callback(hotline)
    hotline.later(gone)
    before = rows(hotline)
    for path in OF_A_CALL:
        late = news(hotline, path, CallSid=call.leg.sid, From=call.number, CallStatus="in-progress")
        assert late.status_code == 200
        assert b"<Say" not in late.data
        assert b"<Play" not in late.data
        assert b"<Gather" not in late.data
        assert rows(hotline) == before, path
    assert call.number not in hotline.promised_callbacks


def test_a6_late_news_of_a_purged_leg_asks_for_nothing(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("1")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    call.hangs_up()
    (ring,) = hotline.rings_of(call.row)
    hotline.later(timedelta(days=31))
    before = rows(hotline)
    news(hotline, f"/leg/{ring.token}/status", CallSid=ring.sid or "", CallStatus="ringing")
    assert rows(hotline) == before


def test_a6_a_recording_of_a_purged_call_is_deleted_and_not_taken_in(hotline: Hotline) -> None:
    call = leaves_message(hotline)
    (message,) = hotline.messages
    hotline.later(timedelta(days=15))
    assert hotline.sound_of(message) is None
    message_news = {"RecordingSid": message.recording_sid or "", "RecordingStatus": "completed"}
    news(hotline, f"/voice/recording/{message.id}", CallSid=call.leg.sid, **message_news)
    hotline.waits(5)
    assert hotline.sound_of(message) is None
    assert TaskKind.FETCH not in hotline.open_carrier_tasks()


def test_a6_without_a_tombstone_late_news_is_an_unknown_call_as_ever(hotline: Hotline) -> None:
    call = asks_for_callback(hotline)
    hotline.later(timedelta(days=31))
    hotline.later(timedelta(hours=49))
    late = news(hotline, "/voice/incoming", CallSid=call.leg.sid, From=call.number)
    assert b"<Gather" in late.data
