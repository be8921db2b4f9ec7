"""Messages: kept whole, kept sealed, told of once, and deleted at the carrier."""

from __future__ import annotations

from tests.caller import Caller
from tests.hotline import Hotline


def leave_message(hotline: Hotline, seconds: float = 8, loudness: float = 0.5) -> Caller:
    """A caller for whom nobody is there leaves a message in Spanish."""
    call = hotline.is_called().press("2").press("2")
    call.hears("dejar un mensaje").press("2")
    call.hears("Después del tono")
    hotline.waits(16)
    call.speaks(seconds, loudness)
    return call


def test_a_message_is_stored_and_deleted_at_the_carrier(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    call = leave_message(hotline)
    call.press("#").hears("mensaje quedó guardado")
    hotline.waits(30)
    (message,) = hotline.messages
    assert message.state == "stored"
    assert message.language == "es"
    sound = hotline.sound_of(message)
    assert sound is not None
    assert sound[:4] == b"RIFF"
    assert message.deleted_at_carrier is not None
    assert sum("new message" in text for text in dee.texts) == 1
    assert call.row.outcome == "message"


def test_the_same_news_three_times_makes_one_message(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    hotline.carrier.faults.duplicate()
    leave_message(hotline).hangs_up()
    hotline.waits(30)
    assert [message.state for message in hotline.messages] == ["stored"]
    assert len(dee.texts) == 1


def test_a_recording_that_is_never_announced_is_found(hotline: Hotline) -> None:
    hotline.carrier.faults.lose(purpose="recording")
    call = leave_message(hotline)
    call.hangs_up()
    hotline.waits(400)
    assert hotline.messages[0].state == "stored"


def test_silence_is_no_message_and_the_caller_is_asked_again(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    call = hotline.is_called().press("1").press("2")
    call.hears("leave a message").press("2")
    call.hears("After the tone")
    hotline.waits(60)
    assert call.is_on_the_line
    call.hangs_up()
    hotline.waits(30)
    assert dee.texts == []
    assert call.row.outcome == "left"


def test_a_recording_that_is_not_there_yet_is_fetched_later(hotline: Hotline) -> None:
    hotline.carrier.faults.recordings.missing_first = 2
    leave_message(hotline).hangs_up()
    hotline.waits(60)
    assert hotline.messages[0].state == "stored"


def test_a_message_that_fills_its_time_goes_on_in_a_second_part(hotline: Hotline) -> None:
    call = leave_message(hotline, seconds=305)
    call.hears("Se acabó el tiempo").press("1")
    hotline.waits(2)
    call.speaks(5).hangs_up()
    hotline.waits(40)
    assert [message.state for message in hotline.messages] == ["stored", "stored"]


def test_a_recording_that_comes_short_is_fetched_again_before_it_is_deleted(
    hotline: Hotline,
) -> None:
    hotline.carrier.faults.recordings.short = True
    leave_message(hotline).hangs_up()
    hotline.waits(20)
    assert [message.state for message in hotline.messages] == ["arriving"]
    assert len(list(hotline.carrier.recordings)) == 1
    hotline.carrier.faults.recordings.short = False
    hotline.waits(60)
    (message,) = hotline.messages
    assert message.state == "stored"
    assert message.seconds is not None
    assert message.seconds >= 8
    assert list(hotline.carrier.recordings) == []
