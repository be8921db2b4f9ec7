"""Messages from <Record>, and the recordings that the account keeps."""

import io
import wave
from array import array
from datetime import timedelta

import httpx
import pytest

BASE = "https://hotline.example"
RECORD = (
    '<Record action="/kept" maxLength="60" timeout="5" recordingStatusCallback="/events" '
    'recordingStatusCallbackEvent="completed absent" {more}/>'
)


def record(world, more=""):
    world.hotline.on("/voice", RECORD.format(more=more))
    world.hotline.on("/kept", "<Say>Thank you</Say>")
    return world.called()


def sound_of(world, url: str) -> tuple[int, array]:
    answer = world.rest.get(url + ".wav")
    assert answer.status_code == 200, answer.text
    with wave.open(io.BytesIO(answer.content)) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (8000, 2, 1)
        return file.getnframes(), array("h", file.readframes(file.getnframes()))


def test_silence_after_speech_ends_a_recording_and_is_trimmed(world):
    leg = record(world)
    leg.speaks(12)
    world.carrier.advance(16.9)
    assert world.hotline.asked("/kept") == []
    world.carrier.advance(0.2)
    kept = world.hotline.asked("/kept")[0]
    assert (kept["RecordingDuration"], kept["Digits"]) == ("12", "")
    world.carrier.advance(2)
    frames, sound = sound_of(world, kept["RecordingUrl"])
    assert frames == 12 * 8000
    assert max(sound) > 10_000
    assert leg.heard[-1].text == "Thank you"


def test_the_status_callback_comes_a_moment_later_with_the_full_set(world):
    leg = record(world)
    leg.speaks(3)
    world.carrier.advance(8)
    assert world.hotline.asked("/events") == []
    world.carrier.advance(1)
    (told,) = world.hotline.asked("/events")
    assert told["CallSid"] == leg.sid
    assert (told["RecordingStatus"], told["RecordingDuration"]) == ("completed", "3")
    assert (told["RecordingSource"], told["RecordingChannels"]) == ("RecordVerb", "1")
    assert told["RecordingUrl"].endswith("/Recordings/" + told["RecordingSid"])


def test_a_silent_recording_is_kept_whole(world):
    record(world)
    world.carrier.advance(7)
    kept = world.hotline.asked("/kept")[0]
    assert kept["RecordingDuration"] == "5"
    frames, sound = sound_of(world, kept["RecordingUrl"])
    assert (frames, max(sound)) == (5 * 8000, 0)


def test_a_silent_recording_may_be_dropped_and_then_the_next_verb_follows(world):
    world.carrier.faults.recordings.drop_silent = True
    world.hotline.on("/voice", RECORD.format(more="") + "<Say>I heard nothing</Say>")
    leg = world.called()
    world.carrier.advance(7)
    assert leg.heard[-1].text == "I heard nothing"
    assert world.hotline.asked("/kept") == []
    (told,) = world.hotline.asked("/events")
    assert told["RecordingStatus"] == "absent"
    assert list(world.carrier.recordings) == []
    assert world.carrier.problems == []


def test_with_silence_dropped_a_spoken_recording_is_kept(world):
    world.carrier.faults.recordings.drop_silent = True
    leg = record(world)
    leg.speaks(3)
    world.carrier.advance(9)
    assert world.hotline.asked("/kept")[0]["RecordingDuration"] == "3"


def test_who_hangs_up_in_silence_that_is_dropped_has_left_nothing(world):
    world.carrier.faults.recordings.drop_silent = True
    leg = record(world)
    world.carrier.advance(2)
    leg.hangs_up()
    world.carrier.advance(2)
    assert world.hotline.asked("/kept") == []
    assert world.hotline.asked("/events")[0]["RecordingStatus"] == "absent"


def test_an_untrimmed_recording_keeps_the_silence_at_its_end(world):
    leg = record(world, 'trim="do-not-trim"')
    leg.speaks(4)
    world.carrier.advance(9)
    assert world.hotline.asked("/kept")[0]["RecordingDuration"] == "9"


def test_a_busy_machine_makes_no_silence_longer_than_it_was(world):
    record(world, 'trim="do-not-trim"')
    world.carrier.clock.move_to(world.carrier.clock.now() + timedelta(seconds=9))
    world.carrier.run_due()
    assert world.hotline.asked("/kept")[0]["RecordingDuration"] == "5"


def test_a_key_ends_a_recording_and_is_told(world):
    leg = record(world, 'finishOnKey="#"')
    leg.speaks(30)
    world.carrier.advance(7)
    leg.presses("5")
    assert world.hotline.asked("/kept") == []
    leg.presses("#")
    kept = world.hotline.asked("/kept")[0]
    assert (kept["Digits"], kept["RecordingDuration"]) == ("#", "7")


def test_the_longest_length_ends_a_recording_of_somebody_who_never_stops(world):
    leg = record(world)
    leg.speaks(200)
    world.carrier.advance(60)
    assert world.hotline.asked("/kept")[0]["RecordingDuration"] == "60"


def test_who_hangs_up_while_speaking_has_left_a_message(world):
    leg = record(world)
    leg.speaks(20)
    world.carrier.advance(6)
    leg.hangs_up()
    kept = world.hotline.asked("/kept")[0]
    assert (kept["Digits"], kept["CallStatus"]) == ("hangup", "completed")
    assert kept["RecordingDuration"] == "6"
    world.carrier.advance(1)
    assert world.hotline.asked("/events")[0]["RecordingStatus"] == "completed"
    assert [spoken.text for spoken in leg.heard] == []


def test_who_hangs_up_at_once_has_left_nothing(world):
    leg = record(world)
    leg.hangs_up()
    world.carrier.advance(1)
    assert world.hotline.asked("/events")[0]["RecordingStatus"] == "absent"
    assert world.rest.get("/Recordings.json").json()["recordings"] == []


def test_recordings_are_listed_fetched_and_deleted_for_good(world):
    leg = record(world)
    leg.speaks(3)
    world.carrier.advance(10)
    for path in ("/Recordings.json", f"/Calls/{leg.sid}/Recordings.json"):
        (one,) = world.rest.get(path).json()["recordings"]
        assert (one["call_sid"], one["duration"], one["status"]) == (leg.sid, "3", "completed")
    place = f"/Recordings/{one['sid']}"
    assert world.rest.get(place + ".json").json()["sid"] == one["sid"]
    assert world.rest.get(place + ".mp3").headers["Content-Type"] == "audio/mpeg"
    assert world.rest.delete(place + ".json").status_code == 204
    assert world.rest.delete(place + ".json").json()["code"] == 20404
    assert world.rest.get(place + ".wav").status_code == 404


def test_recordings_are_found_by_call_and_by_date(world):
    leg = record(world)
    world.carrier.advance(10)
    other = record(world)
    world.carrier.advance(10)
    (one,) = world.rest.get("/Recordings.json", params={"CallSid": leg.sid}).json()["recordings"]
    assert one["call_sid"] == leg.sid
    since = {"DateCreated>": "2026-12-08T07:04:05+00:00"}
    (late,) = world.rest.get("/Recordings.json", params=since).json()["recordings"]
    assert late["call_sid"] == other.sid


def test_sound_is_missing_for_the_first_tries_when_the_fault_is_on(world):
    world.carrier.faults.recordings.missing_first = 2
    record(world)
    world.carrier.advance(7)
    url = world.hotline.asked("/kept")[0]["RecordingUrl"]
    assert [world.rest.get(url).status_code for _ in range(3)] == [404, 404, 200]


def test_sound_comes_short_or_cut_when_the_fault_is_on(world):
    record(world)
    world.carrier.advance(7)
    url = world.hotline.asked("/kept")[0]["RecordingUrl"]
    whole = len(world.rest.get(url).content)
    world.carrier.faults.recordings.short = True
    assert len(world.rest.get(url).content) == whole // 2
    world.carrier.faults.recordings.cut = True
    cut = world.rest.get(url)
    assert int(cut.headers["Content-Length"]) == whole
    assert len(cut.content) == whole // 2


def test_a_deletion_fails_as_often_as_asked(world):
    world.carrier.faults.recordings.deletes_fail = 1
    record(world)
    world.carrier.advance(7)
    url = world.hotline.asked("/kept")[0]["RecordingUrl"] + ".json"
    assert [world.rest.delete(url).status_code for _ in range(2)] == [500, 204]


def test_recordings_are_open_only_to_the_account(world):
    record(world)
    world.carrier.advance(7)
    url = world.hotline.asked("/kept")[0]["RecordingUrl"]
    stranger = httpx.Client(transport=httpx.WSGITransport(world.carrier.wsgi))
    assert stranger.get(url + ".wav").json()["code"] == 20003


@pytest.mark.parametrize("loudness", [0.1, 1.0])
def test_loudness_is_heard_in_the_recording(world, loudness):
    leg = record(world)
    leg.speaks(2, loudness=loudness)
    world.carrier.advance(8)
    _, sound = sound_of(world, world.hotline.asked("/kept")[0]["RecordingUrl"])
    assert max(sound) == pytest.approx(32_767 * loudness, rel=0.02)
