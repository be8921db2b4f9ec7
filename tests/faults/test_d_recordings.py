"""D: recordings that are early, late, missing, doubled, cut off, silent or broken."""

from __future__ import annotations

import array
import io
import math
import struct
from contextlib import suppress
from datetime import timedelta

import pytest
import soundfile

from ivr.callers import voicemail
from models.calls import voicemails
from models.calls.voicemails import MessageState
from tests.caller import Caller
from tests.crash.points import Killed, Point
from tests.hotline import CANNOT_CONNECT, Hotline


def leaves_a_message(hotline: Hotline, seconds: float = 8, loudness: float = 0.5) -> Caller:
    """A caller finds nobody on duty and speaks after the tone, in Spanish."""
    call = hotline.is_called().press("2").press("2")
    call.hears("dejar un mensaje").press("2").hears("Después del tono").hears_the_tone()
    hotline.waits(4)
    return call.speaks(seconds, loudness)


def kept(hotline: Hotline) -> list[str]:
    """The states of all messages, after the worker has had time to act."""
    hotline.waits(60)
    return [message.state for message in hotline.messages]


def test_d1_a_recording_announced_while_the_caller_is_still_there_is_theirs(
    hotline: Hotline,
) -> None:
    dee = hotline.knows("Dee", tier=3)
    call = leaves_a_message(hotline).press("#").hears("mensaje quedó guardado")
    assert kept(hotline) == ["stored"]
    (message,) = hotline.messages
    assert (message.call_id, message.language) == (call.row.id, "es")
    sound = hotline.sound_of(message)
    assert sound is not None
    assert sound[:4] == b"RIFF"
    assert message.deleted_at_carrier is not None
    assert sum("new message" in text for text in dee.texts) == 1
    assert call.row.outcome == "message"


def test_d1_one_second_of_speech_is_a_message(hotline: Hotline) -> None:
    call = hotline.is_called().press("1").press("2")
    call.hears("leave a message").press("2").hears("After the tone").hears_the_tone()
    call.speaks(1).hangs_up()
    assert kept(hotline) == ["stored"]
    assert hotline.messages[0].seconds == 1


def test_d2_a_recording_that_is_never_announced_is_found(hotline: Hotline) -> None:
    """At its call, before the account's list is read again, five minutes after the first time."""
    hotline.carrier.faults.lose(purpose="recording")
    hotline.foreseen |= {CANNOT_CONNECT}
    call = leaves_a_message(hotline)
    for path in ("*/at/message/*", "*/voice/fallback*"):
        hotline.carrier.faults.next_webhook("connection", after_acting=False, path=path)
    call.hangs_up()
    (message,) = hotline.messages
    assert (message.state, message.need, message.part) == ("expected", "detained", 1)
    late_at = message.expected_at + voicemail.ANNOUNCED_WITHIN
    hotline.waits((late_at - hotline.clock.now()).total_seconds() - 1)
    assert [message.state for message in hotline.messages] == ["expected"]
    hotline.waits(20)
    assert [message.state for message in hotline.messages] == ["stored"]
    assert call.row.outcome == "message"


def test_d3_a_recording_that_is_not_there_yet_is_fetched_later(hotline: Hotline) -> None:
    hotline.carrier.faults.recordings.missing_first = 2
    leaves_a_message(hotline).hangs_up()
    assert kept(hotline) == ["stored"]


@pytest.mark.parametrize("how", ["short", "cut"])
def test_d4_a_recording_that_arrives_in_part_stays_at_the_carrier_until_it_is_whole(
    hotline: Hotline, how: str
) -> None:
    setattr(hotline.carrier.faults.recordings, how, True)
    leaves_a_message(hotline).hangs_up()
    assert kept(hotline) == ["arriving"]
    assert hotline.messages[0].deleted_at_carrier is None
    setattr(hotline.carrier.faults.recordings, how, False)
    hotline.waits(120)
    assert kept(hotline) == ["stored"]


def test_d5_silence_is_no_message_and_the_caller_is_asked_again(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    call = hotline.is_called().press("1").press("2")
    call.hears("leave a message").press("2").hears("After the tone")
    hotline.waits(70)
    assert call.is_on_the_line
    call.hangs_up()
    hotline.waits(30)
    assert not any("message" in text for text in dee.texts)
    assert call.row.outcome == "left"


def begins_a_message(hotline: Hotline) -> Caller:
    """A caller finds nobody on duty and hears the tone."""
    return (
        hotline.is_called()
        .press("1")
        .press("2")
        .hears("leave a message")
        .press("2")
        .hears_the_tone()
    )


@pytest.mark.parametrize("dropped", [False, True], ids=["kept", "dropped"])
def test_d5_silence_after_the_tone_leads_on_whatever_the_carrier_makes_of_it(
    hotline: Hotline, dropped: bool
) -> None:
    """Twilio asks the action with a silent recording, or keeps none and goes on."""
    hotline.carrier.faults.recordings.drop_silent = dropped
    call = begins_a_message(hotline).hears("did not hear a message")
    hotline.waits(5)
    assert len(hotline.messages) == 1
    call.hears("leave a message").press("2").hears_the_tone()
    call.speaks(8).press("#").hears("message is saved")
    assert kept(hotline) == ["nothing" if dropped else "silent", "stored"]
    assert call.row.outcome == "message"


def test_d5_a_silent_recording_of_which_nothing_is_ever_heard_leads_on(hotline: Hotline) -> None:
    hotline.carrier.faults.recordings.drop_silent = True
    hotline.carrier.faults.lose(purpose="recording")
    call = begins_a_message(hotline).hears("did not hear a message")
    ana = hotline.has_on_duty("Ana")
    call.hears("keep trying").press("0")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    call.hangs_up()
    hotline.waits(240)
    assert kept(hotline) == ["nothing"]


def test_d5_a_silence_whose_answer_is_asked_for_twice_is_one_silence(hotline: Hotline) -> None:
    hotline.carrier.faults.recordings.drop_silent = True
    hotline.carrier.faults.voice_twice()
    call = begins_a_message(hotline).hears("did not hear a message")
    call.hears("leave a message").press("2").hears_the_tone()
    assert [message.part for message in hotline.messages] == [1, 2]


def test_d5_silence_that_the_carrier_counts_a_second_too_long_is_no_message_either(
    hotline: Hotline,
) -> None:
    call = begins_a_message(hotline).speaks(1, loudness=0.0).hears("did not hear a message")
    call.hears("leave a message").press("2").hears_the_tone().speaks(1, loudness=0.0)
    call.says_nothing(25)
    assert "message is saved" not in call.said
    assert call.is_on_the_line
    call.hangs_up()
    assert kept(hotline) == ["silent", "silent"]
    assert call.row.outcome == "left"


def test_d5_five_messages_of_silence_do_not_fill_the_disk(hotline: Hotline) -> None:
    leaves_a_message(hotline).hangs_up()
    assert kept(hotline) == ["stored"]
    call = hotline.is_called().press("1").press("2")
    hotline.waits(900)
    call.hangs_up()
    somebody_elses, *silences = hotline.messages
    assert hotline.sound_of(somebody_elses)
    assert [message.state for message in silences] == ["silent"] * 5
    assert [hotline.sound_of(message) for message in silences] == [None] * 5
    assert all(message.deleted_at_carrier for message in silences)
    assert list(hotline.carrier.recordings) == []


def test_d5_whoever_kept_silent_first_may_still_leave_a_message_of_two_parts(
    hotline: Hotline,
) -> None:
    call = begins_a_message(hotline).hears("did not hear a message")
    call.hears("leave a message").press("2").hears_the_tone()
    call.speaks(305).hears("Time is up").press("1")
    call.hears_the_tone().hears("message is saved")
    assert kept(hotline) == ["silent", "stored", "silent"]
    assert call.row.outcome == "message"


def test_d5_one_word_is_kept_though_the_caller_is_asked_again(hotline: Hotline) -> None:
    call = begins_a_message(hotline).speaks(1).hears("did not hear a message").hangs_up()
    assert kept(hotline) == ["stored"]
    assert call.row.outcome == "message"


def test_d6_hanging_up_before_the_tone_leaves_a_missed_call(hotline: Hotline) -> None:
    call = hotline.is_called().press("2").press("2")
    call.hears("dejar un mensaje").press("2").hears("Su mensaje se grabará").hangs_up()
    hotline.waits(240)
    assert "stored" not in kept(hotline)
    assert call.row.outcome == "left"


def test_d7_a_message_that_fills_its_time_goes_on_in_a_second_part(hotline: Hotline) -> None:
    call = leaves_a_message(hotline, seconds=305)
    call.hears("Se acabó el tiempo").press("1")
    hotline.waits(2)
    call.speaks(5).hangs_up()
    assert kept(hotline) == ["stored", "stored"]


@pytest.mark.parametrize("how", ["garbled", "empty"])
def test_d8_what_was_not_announced_is_shown_to_people_and_stays_at_the_carrier(
    hotline: Hotline, how: str
) -> None:
    dee = hotline.knows("Dee", tier=3)
    setattr(hotline.carrier.faults.recordings, how, True)
    call = leaves_a_message(hotline).hangs_up()
    assert kept(hotline) == ["arriving"]
    assert call.row.outcome == "message"
    hotline.waits(1200)
    assert kept(hotline) == ["quarantined"]
    assert sum("could not be read" in text for text in dee.texts) == 1
    assert len(list(hotline.carrier.recordings)) == 1


def test_d8_the_announced_recording_replaces_what_came_in_its_place(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    hotline.carrier.faults.recordings.empty = True
    leaves_a_message(hotline).hangs_up()
    hotline.waits(1200)
    hotline.carrier.faults.recordings.empty = False
    hotline.later(timedelta(hours=1, minutes=2))
    assert kept(hotline) == ["stored"]
    (message,) = hotline.messages
    assert message.seconds == 12
    assert message.deleted_at_carrier is not None
    assert any("new message" in text for text in dee.texts)


@pytest.mark.parametrize("kind", ["PCM_U8", "PCM_16", "PCM_24", "FLOAT", "ULAW", "ALAW"])
@pytest.mark.parametrize("form", ["WAV", "WAVEX"])
@pytest.mark.parametrize("channels", [1, 2])
def test_d12_every_form_of_wav_is_heard(kind: str, form: str, channels: int) -> None:
    sound = _sound(kind, form, channels)
    heard = voicemail.listen(sound, announced_seconds=3)
    assert (heard.state, heard.seconds) == ("stored", 3)
    assert heard.peaks is not None
    assert max(heard.peaks) > 100
    assert voicemail.listen(sound, announced_seconds=12).state == "quarantined"
    assert voicemail.listen(_sound(kind, form, channels, 0.0), 3).state == "silent"


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
def test_d12_a_header_written_before_the_length_was_known(size: int) -> None:
    sound = bytearray(_sound("PCM_16", "WAV", 1))
    at = sound.index(b"data") + 4
    sound[at : at + 4] = struct.pack("<I", size)
    assert voicemail.listen(bytes(sound), 3).seconds == 3
    assert voicemail.listen(bytes(sound[: at + 4]), 3).state == "quarantined"


def _sound(kind: str, form: str, channels: int, loudness: float = 0.5) -> bytes:
    """Three seconds of a tone."""
    tone = [loudness * math.sin(at / 3) for at in range(3 * 8000)]
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", 8000, channels, kind, format=form) as written:
        frames = array.array("f", (part for part in tone for _ in range(channels)))
        written.buffer_write(frames.tobytes(), "float32")
    return file.getvalue()


@pytest.mark.parametrize(
    ("host", "state"),
    [
        ("https://carrier.example.org", "stored"),
        ("https://media.twiliocdn.com", "stored"),
        ("https://elsewhere.example.org", "arriving"),
        ("http://media.twiliocdn.com", "arriving"),
    ],
)
def test_d13_a_redirect_is_followed_to_the_carrier_alone_and_without_the_secret(
    hotline: Hotline, host: str, state: str
) -> None:
    hotline.carrier.faults.recordings.redirect_to = host
    hotline.carrier.faults.recordings.gzipped = True
    leaves_a_message(hotline).hangs_up()
    assert kept(hotline) == [state]
    assert (hotline.messages[0].deleted_at_carrier is None) is (state == "arriving")


def test_d14_a_message_that_a_person_ends_is_deleted_at_the_carrier(hotline: Hotline) -> None:
    hotline.carrier.faults.recordings.garbled = True
    leaves_a_message(hotline).hangs_up()
    hotline.waits(1200)
    with hotline.context.transaction() as unit:
        (message,) = voicemails.between(unit.session, None, None)
        message.state = MessageState.DONE
        voicemails.let_go_at_carrier(unit.session, message, unit.now)
    hotline.waits(30)
    assert list(hotline.carrier.recordings) == []


def test_d9_the_same_news_three_times_makes_one_message(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    hotline.carrier.faults.duplicate()
    leaves_a_message(hotline).hangs_up()
    assert kept(hotline) == ["stored"]
    assert sum("a new message is waiting" in text for text in dee.texts) == 1


def test_d10_a_recording_is_deleted_at_the_carrier_until_it_is_gone(hotline: Hotline) -> None:
    hotline.carrier.faults.recordings.deletes_fail = 3
    leaves_a_message(hotline).hangs_up()
    assert kept(hotline) == ["stored"]
    assert hotline.messages[0].deleted_at_carrier is not None
    assert "delete_recording" not in hotline.open_carrier_tasks()


def is_kept_and_to_be_fetched(hotline: Hotline) -> bool:
    """Whether the worker died between keeping a message and noting that it is fetched."""
    kept = [message.state for message in hotline.messages].count("stored")
    waits = "fetch_recording" in hotline.open_carrier_tasks()
    return waits and 0 < kept == len(hotline.messages)


def test_d10_a_worker_that_dies_when_a_message_is_kept_has_nobody_fetch_it_again(
    hotline: Hotline,
) -> None:
    """The carrier's copy is gone by then; a day of retries would end in a false alarm."""
    dies_at = 0
    while not is_kept_and_to_be_fetched(hotline):
        hotline.waits(60)
        leaves_a_message(hotline).hangs_up()
        dies_at += 1  # one commit later each time
        with Point(dies_at, is_after=True).strikes(), suppress(Killed):
            hotline.waits(31)
        hotline.worker = hotline.new_worker()
    hotline.waits(60)
    assert all(message.deleted_at_carrier is not None for message in hotline.messages)
    assert hotline.open_carrier_tasks() == []


def test_d11_nobody_else_ever_writes_down_what_a_caller_says(hotline: Hotline) -> None:
    """No machine transcribes: a third party would hear the message, and nothing uses the words."""
    leaves_a_message(hotline).hangs_up()
    asked = [getattr(entry, "text", "") for entry in hotline.carrier.journal]
    assert any("<Record" in document for document in asked)
    assert not any("transcribe" in document.lower() for document in asked)


@pytest.mark.parametrize(
    "path",
    ["1", "..%2F..%2Fhotline.db", "%2e%2e/%2e%2e/etc/passwd", "a" * 300, "InN0b2xlbiI.aaaa.bbbb"],
)
def test_d12_a_message_cannot_be_had_by_guessing(hotline: Hotline, path: str) -> None:
    leaves_a_message(hotline).hangs_up()
    hotline.waits(20)
    for folder in ("message", "prompt"):
        answer = hotline.app.test_client().get(
            f"/audio/{folder}/{path}", base_url=hotline.settings.base_url
        )
        assert answer.status_code == 404
    own = hotline.app.test_client().get(f"/audio/message/{hotline.messages[0].id}")
    assert own.status_code == 404
