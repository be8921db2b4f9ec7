"""Recording a prompt by phone: the hotline calls, the user presses a key and reads the text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ivr.responders import prompt_dictation
from models.core.database import Patience
from models.prompts import phone_recordings, prompt_versions
from models.prompts.phone_recordings import RecordingState
from tests.caller import LONGEST_PROMPT, is_recorded
from tests.console.prompts.test_prompt_pages import MENU_LINE, NEW_LINE, prompt_page, spoken_wav
from tests.coordinator import Coordinator
from tests.faults.databases import down
from tests.hotline import Hotline
from tests.responder import Responder

CALL_ME = "Call me to record this"
UPLOAD = "Recording (WAV; MP3 if scripts are enabled)"
RECORD = "Record it"
READY = "Ready to play"
ORDER = "*/Calls.json"
FETCH = "*/Recordings/*"
SPANISH_LINE = "Si han detenido a alguien, oprima el dos."


@pytest.fixture
def tomas(hotline: Hotline) -> Coordinator:
    """A translator of Spanish with a known phone, on a prompt's page."""
    return has_translator(hotline, "Tomas", "es en").opens(prompt_page("es"))


@pytest.fixture
def phone(hotline: Hotline, tomas: Coordinator) -> Responder:
    """Tomas's phone."""
    return hotline.phone_of(f"{tomas.name} Vega")


def has_translator(hotline: Hotline, name: str, speaks: str) -> Coordinator:
    """A user who may change the prompts of their languages and is on the roster."""
    hotline.knows(f"{name} Vega", speaks=speaks)
    hotline.works()  # a live worker writes a heartbeat
    return hotline.has_user(name, "translator", person=f"{name} Vega").signs_in()


def hears_the_tone(hotline: Hotline, phone: Responder) -> Responder:
    """Wait until the carrier records what they say."""
    begins = hotline.waits_for(lambda: is_recorded(phone.leg), LONGEST_PROMPT)
    assert begins, f"never recorded but: {phone.said}"
    return phone


def speaks(hotline: Hotline, phone: Responder, seconds: float = 3, loudness: float = 0.5) -> None:
    """Read the text aloud after the tone."""
    hears_the_tone(hotline, phone).leg.speaks(seconds=seconds, loudness=loudness)
    hotline.waits(seconds)


def reads_aloud(
    hotline: Hotline, phone: Responder, loudness: float = 0.5, on_screen: str = "on your screen"
) -> None:
    """Answer, press 1, read, press the pound key, and hang up."""
    phone.accepts()
    speaks(hotline, phone, loudness=loudness)
    phone.presses("#").hears(on_screen).hangs_up()


def recordings(hotline: Hotline) -> list[phone_recordings.Recording]:
    """Every recording made by phone, in order."""
    with hotline.context.database.reading() as session:
        found = session.query(phone_recordings.Recording)
        return sorted(found, key=lambda each: (each.expected_at, each.part))


def states(hotline: Hotline) -> list[str]:
    """The state of each recording."""
    return [each.state for each in recordings(hotline)]


def versions(hotline: Hotline, code: str = "es", name: str = MENU_LINE) -> list[tuple[int, bool]]:
    """The versions of a prompt, newest first: the number, and whether it is recorded."""
    with hotline.context.database.reading() as session:
        return [(each.number, bool(each.takes)) for each in prompt_versions.of(session, code, name)]


def at_the_carrier(hotline: Hotline) -> int:
    """How many recordings are still stored."""
    return len(list(hotline.carrier.recordings))


# --- the whole story


def test_what_is_read_after_the_key_becomes_a_version_that_nobody_hears_yet(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    tomas.presses(CALL_ME)
    assert "Calling you. Pick up and press 1." in tomas.section(RECORD)
    phone.answers().hears("To record a prompt for callers, press one")
    assert SPANISH_LINE not in phone.said
    phone.presses("1").hears("You will record one prompt in Spanish").hears(SPANISH_LINE)
    assert "on the phone with the hotline" in tomas.opens(prompt_page("es")).section(RECORD)
    phone.hears("after the tone").hears("press the pound key")
    speaks(hotline, phone)
    phone.presses("#").hears("listen to it on your screen").hears("hang up")
    phone.hangs_up()
    hotline.waits(10)
    assert "The recording has arrived" in tomas.opens(prompt_page("es")).section(RECORD)
    assert versions(hotline) == [(1, True)]
    assert "written" in tomas.section(READY)
    played = tomas.page.css_first("section.waits audio").attributes["src"] or ""
    sound = tomas.client.get(played, base_url=hotline.settings.base_url)
    assert sound.data[20:22] == b"\x07\x00", "mu-law, as the telephone carries it"
    assert 2.5 < (len(sound.data) - 58) / 8000 < 4
    hotline.is_called().press("2").hears(SPANISH_LINE).hangs_up()
    assert [deed for deed in hotline.audit_log if deed[0] == "Tomas"][-2:] == [
        ("Tomas", "call to record a prompt"),
        ("Tomas", "prompt recorded"),
    ]


def test_callers_hear_it_once_somebody_lets_it_go_live(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    tomas.presses(CALL_ME)
    reads_aloud(hotline, phone)
    hotline.waits(10)
    hotline.has_user("Cora").signs_in().opens(prompt_page("es")).presses("Make it live")
    hotline.waits(3)
    call = hotline.is_called().press("2").hears("han detenido a alguien")
    assert [each.part_of for each in call.leg.hears_now if "detenido" in each.text] == ["Play"]


def test_nothing_is_left_at_the_carrier_and_no_callers_message_is_made_of_it(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    tomas.presses(CALL_ME)
    phone.accepts()
    speaks(hotline, phone)
    phone.presses("#")
    assert at_the_carrier(hotline) == 1
    phone.hangs_up()
    hotline.waits(10)
    hotline.later(timedelta(minutes=10))
    assert at_the_carrier(hotline) == 0
    assert recordings(hotline)[0].deleted_at_carrier is not None
    assert hotline.messages == []
    assert hotline.calls == []


def test_one_who_reads_it_again_has_both_and_the_last_is_the_newest(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    tomas.presses(CALL_ME)
    phone.accepts()
    speaks(hotline, phone, 2)
    phone.presses("#").hears("To record it once more, press one").presses("1")
    speaks(hotline, phone, 5)
    phone.presses("#").hears("hang up").presses("2").hears("Goodbye")
    hotline.waits(15)
    assert not phone.leg.is_live
    assert states(hotline) == [RecordingState.KEPT, RecordingState.KEPT]
    assert versions(hotline) == [(2, True), (1, True)]
    assert tomas.opens(prompt_page("es")).section(RECORD).count("The recording has arrived") == 2


def test_a_call_has_so_many_tones_and_no_more(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    tomas.presses(CALL_ME)
    phone.accepts()
    for part in range(1, prompt_dictation.MOST_RECORDINGS + 1):
        speaks(hotline, phone, 1)
        phone.presses("#")
        if part < prompt_dictation.MOST_RECORDINGS:
            phone.hears("once more").presses("1")
    phone.hears("Goodbye")
    hotline.waits(15)
    assert len(states(hotline)) == prompt_dictation.MOST_RECORDINGS
    assert not phone.leg.is_live


def test_a_language_without_a_voice_is_read_from_the_screen(hotline: Hotline) -> None:
    jean = has_translator(hotline, "Jean", "ht fr").opens(prompt_page("ht")).presses(CALL_ME)
    phone = hotline.phone_of("Jean Vega").answers().hears("appuyez sur le un").presses("1")
    phone.hears("Le texte est sur votre écran")
    speaks(hotline, phone)
    phone.presses("#").hangs_up()
    hotline.waits(10)
    assert "The recording has arrived" in jean.opens(prompt_page("ht")).section(RECORD)
    assert versions(hotline, "ht") == [(1, True)]


def test_each_take_of_a_prompt_is_called_for_on_its_own(hotline: Hotline) -> None:
    """Korean reads a number back with words before it and after it."""
    name, page = "callback.read_back", prompt_page("ko", "callback.read_back")
    lea = has_translator(hotline, "Lea", "ko").opens(page)
    takes = [each.attributes["value"] for each in lea.page.css("form.recorder input[name=take]")]
    presses = [each.attributes["value"] for each in lea.page.css("input[name=press]")]
    assert len(takes) == len(presses) == 2
    lea.posts(f"{page}/call", csrf=lea.token, take=takes[1] or "", press=presses[1] or "")
    reads_aloud(hotline, hotline.phone_of("Lea Vega"), on_screen="화면에서")
    hotline.waits(10)
    with hotline.context.database.reading() as session:
        (version,) = prompt_versions.of(session, "ko", name)
        assert list(version.takes) == [takes[1]]
    assert len(lea.opens(page).page.css(".called")) == 1


# --- nobody answers, a voicemail answers, or nothing is said


def test_a_voicemail_never_becomes_a_prompt(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    phone.phone.voicemail_after(2)
    tomas.presses(CALL_ME)
    hotline.waits(60)
    assert "nobody pressed 1" in tomas.opens(prompt_page("es")).section(RECORD)
    assert states(hotline) == []
    assert at_the_carrier(hotline) == 0
    assert phone.times_rung == 1


def test_nobody_answers(hotline: Hotline, tomas: Coordinator, phone: Responder) -> None:
    tomas.presses(CALL_ME)
    hotline.waits(60)
    assert "Nobody answered" in tomas.opens(prompt_page("es")).section(RECORD)
    assert phone.times_rung == 1
    assert hotline.person(phone).last_rung_at is None, "it says nothing of how they take callers"


def test_a_phone_that_cannot_be_called(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    hotline.calls_refused(phone)
    tomas.presses(CALL_ME)
    hotline.waits(5)
    assert "could not be called" in tomas.opens(prompt_page("es")).section(RECORD)


def test_one_who_hangs_up_before_the_tone_has_recorded_nothing(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    tomas.presses(CALL_ME)
    phone.accepts().hangs_up()
    assert "Waiting for the recording" in tomas.opens(prompt_page("es")).section(RECORD)
    hotline.later(timedelta(minutes=3))
    hotline.waits(5)
    assert "no word was said" in tomas.opens(prompt_page("es")).section(RECORD)
    assert versions(hotline) == []


def test_one_who_hangs_up_after_reading_has_recorded_it(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    tomas.presses(CALL_ME)
    phone.accepts()
    speaks(hotline, phone)
    phone.hangs_up()
    hotline.waits(10)
    assert versions(hotline) == [(1, True)]
    assert "The recording has arrived" in tomas.opens(prompt_page("es")).section(RECORD)


def test_silence_is_no_prompt(hotline: Hotline, tomas: Coordinator, phone: Responder) -> None:
    tomas.presses(CALL_ME)
    reads_aloud(hotline, phone, loudness=0.0)
    hotline.waits(15)
    assert "recording is silent" in tomas.opens(prompt_page("es")).section(RECORD)
    assert versions(hotline) == []
    assert at_the_carrier(hotline) == 0


def test_who_reads_nothing_aloud_is_told_so_where_the_carrier_drops_silence(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    hotline.carrier.faults.recordings.drop_silent = True
    tomas.presses(CALL_ME)
    phone.accepts().hears("after the tone")
    hotline.waits(40)
    phone.hears("did not hear anything").hears("record it once more")
    assert states(hotline) == [RecordingState.NOTHING]


def test_thirty_seconds_of_reading_are_kept_whole(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    tomas.presses(CALL_ME)
    phone.accepts()
    speaks(hotline, phone, 40)
    phone.hears("on your screen").hangs_up()
    hotline.waits(10)
    assert states(hotline) == [RecordingState.KEPT]


# --- the carrier and the worker fail


def test_a_call_that_was_never_confirmed_rings_once(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    hotline.carrier.faults.next_rest("timeout", after_acting=True, path=ORDER)
    tomas.presses(CALL_ME)
    hotline.waits(3)
    reads_aloud(hotline, phone)
    hotline.waits(90)
    assert phone.times_rung == 1
    assert versions(hotline) == [(1, True)]


def test_a_recording_that_is_not_there_yet_is_fetched_later(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    hotline.carrier.faults.recordings.missing_first = 3
    tomas.presses(CALL_ME)
    reads_aloud(hotline, phone)
    assert "being fetched" in tomas.opens(prompt_page("es")).section(RECORD)
    hotline.waits(60)
    assert states(hotline) == [RecordingState.KEPT]


@pytest.mark.parametrize("failure", [500, 503])
def test_a_carrier_that_fails_is_asked_again(
    hotline: Hotline, tomas: Coordinator, phone: Responder, failure: int
) -> None:
    tomas.presses(CALL_ME)
    phone.accepts()
    speaks(hotline, phone)
    hotline.carrier.faults.next_rest(failure, path=FETCH, times=2)
    phone.presses("#").hangs_up()
    hotline.waits(120)
    assert states(hotline) == [RecordingState.KEPT]
    assert at_the_carrier(hotline) == 0


@pytest.mark.parametrize("how", ["short", "cut"])
def test_a_recording_that_arrives_in_part_stays_there_until_it_is_whole(
    hotline: Hotline, tomas: Coordinator, phone: Responder, how: str
) -> None:
    setattr(hotline.carrier.faults.recordings, how, True)
    tomas.presses(CALL_ME)
    reads_aloud(hotline, phone)
    hotline.waits(60)
    assert states(hotline) == [RecordingState.ARRIVING]
    assert at_the_carrier(hotline) == 1
    setattr(hotline.carrier.faults.recordings, how, False)
    hotline.waits(120)
    assert states(hotline) == [RecordingState.KEPT]


def test_what_is_no_sound_is_refused_in_words(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    hotline.carrier.faults.recordings.garbled = True
    tomas.presses(CALL_ME)
    reads_aloud(hotline, phone)
    hotline.waits(30)
    assert "cannot be played" in tomas.opens(prompt_page("es")).section(RECORD)
    assert at_the_carrier(hotline) == 1  # it was never heard


def test_what_cannot_be_fetched_for_an_hour_is_let_go_and_nobody_is_paged(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    dee = hotline.knows("Dee", tier=3)
    hotline.carrier.faults.recordings.missing_first = 1000
    tomas.presses(CALL_ME)
    reads_aloud(hotline, phone)
    hotline.later(timedelta(minutes=55))
    assert states(hotline) == [RecordingState.ARRIVING]
    assert at_the_carrier(hotline) == 1
    hotline.later(timedelta(minutes=15))
    hotline.later(timedelta(minutes=15))
    assert states(hotline) == [RecordingState.LOST]
    assert at_the_carrier(hotline) == 1  # it was never heard
    assert not any("set aside" in text for text in dee.texts)


def test_a_recording_that_is_never_announced_is_found_and_is_no_callers_message(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    tomas.presses(CALL_ME)
    phone.accepts()
    speaks(hotline, phone)
    with hotline.is_unreachable():
        phone.hangs_up()
        hotline.waits(5)
    for _ in range(3):
        hotline.later(timedelta(minutes=3))
    assert states(hotline) == [RecordingState.KEPT]
    assert versions(hotline) == [(1, True)]
    assert hotline.messages == []
    assert at_the_carrier(hotline) == 0


def test_a_worker_killed_before_it_dialled_and_one_before_it_fetched_lose_and_double_nothing(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    hotline.loses_its_worker()
    tomas.presses(CALL_ME)
    hotline.waits(10)
    assert phone.times_rung == 0
    hotline.has_the_network_back()
    phone.accepts()
    speaks(hotline, phone)
    hotline.loses_its_worker()
    phone.presses("#").hangs_up()
    hotline.waits(30)
    assert states(hotline) == [RecordingState.ARRIVING]
    hotline.has_the_network_back()
    hotline.waits(10)
    assert phone.times_rung == 1
    assert versions(hotline) == [(1, True)]
    assert at_the_carrier(hotline) == 0


def test_a_worker_killed_after_it_stored_deletes_the_carriers_copy_when_it_is_back(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    hotline.carrier.faults.recordings.deletes_fail = 4
    tomas.presses(CALL_ME)
    reads_aloud(hotline, phone)
    hotline.waits(3)
    assert versions(hotline) == [(1, True)]
    assert at_the_carrier(hotline) == 1
    hotline.restarts()
    hotline.waits(60)
    assert versions(hotline) == [(1, True)]
    assert at_the_carrier(hotline) == 0


def test_a_call_that_could_not_be_made_in_time_is_not_made(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    hotline.loses_its_worker()
    tomas.presses(CALL_ME)
    hotline.waits(200)
    hotline.has_the_network_back()
    hotline.waits(10)
    assert phone.times_rung == 0
    assert "could not be made in time" in tomas.opens(prompt_page("es")).section(RECORD)


# --- several at the same time


def test_pressed_twice_it_rings_once(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    hotline.waits_quietly(31)  # until the authenticator shows another code
    again = tomas.elsewhere().signs_in().opens(prompt_page("es"))
    sent = tomas.would_send(CALL_ME)
    tomas.presses(CALL_ME)
    again.presses(CALL_ME)
    assert "Calling you" in again.section(RECORD)
    reads_aloud(hotline, phone)
    hotline.waits(10)
    assert tomas.posts(f"{prompt_page('es')}/call", **sent).status_code == 303
    hotline.waits(40)
    assert phone.times_rung == 1
    assert versions(hotline) == [(1, True)]


def test_somebody_who_is_on_a_call_is_not_called(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    hotline.is_always_on_duty(phone)
    call = hotline.is_called().press("2").press("1")
    phone.accepts()
    assert call.is_joined_with(phone.number)
    tomas.presses(CALL_ME)
    assert tomas.answer.status_code == 409
    assert "on a call of the hotline" in tomas.section(RECORD)
    hotline.waits(30)
    assert phone.times_rung == 1
    assert states(hotline) == []


def test_somebody_who_records_is_not_rung_for_a_caller_meanwhile(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    hotline.is_always_on_duty(phone)
    tomas.presses(CALL_ME)
    phone.accepts()
    hotline.is_called().press("2").press("1")
    hotline.waits(8)
    assert phone.times_rung == 1
    speaks(hotline, phone)
    phone.presses("#").hangs_up()
    hotline.is_called().press("2").press("1")
    phone.answers().hears("Spanish")  # without the words that follow for a caller's offer


def test_two_who_record_the_same_at_once_overwrite_nothing(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    vera = has_translator(hotline, "Vera", "es").opens(prompt_page("es"))
    hers = hotline.phone_of("Vera Vega")
    tomas.presses(CALL_ME)
    vera.presses(CALL_ME)
    phone.accepts()
    hers.answers().presses("1")
    speaks(hotline, phone, 2)
    phone.presses("#").hangs_up()
    speaks(hotline, hers, 4)
    hers.presses("#").hangs_up()
    hotline.waits(15)
    assert versions(hotline) == [(2, True), (1, True)]
    assert "by Vera" in tomas.opens(prompt_page("es")).section(READY)
    assert "Tomas" in tomas.section("Versions")
    assert "Vera" in tomas.section("Versions")


def test_an_upload_meanwhile_is_a_version_beside_it(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    tomas.presses(CALL_ME)
    phone.accepts()
    hotline.has_user("Cora").signs_in().opens(prompt_page("es")).attaches(
        UPLOAD, spoken_wav()
    ).presses("Keep this recording")
    speaks(hotline, phone)
    phone.presses("#").hangs_up()
    hotline.waits(10)
    assert versions(hotline) == [(2, True), (1, True)]


def test_words_that_were_changed_while_one_spoke_are_not_given_the_old_ones(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    tomas.presses(CALL_ME)
    phone.accepts()
    cora = hotline.has_user("Cora").signs_in().opens(prompt_page("es"))
    cora.fills("What is said", "Si detuvieron a alguien, oprima el {key}.")
    cora.presses("Save, without going live")
    speaks(hotline, phone)
    phone.presses("#").hangs_up()
    hotline.waits(10)
    assert versions(hotline) == [(1, False)]
    assert "text was changed" in tomas.opens(prompt_page("es")).section(RECORD)
    assert at_the_carrier(hotline) == 0


def test_one_that_arrives_after_a_later_one_of_the_same_call_is_let_go(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    hotline.carrier.faults.recordings.missing_first = 5
    tomas.presses(CALL_ME)
    phone.accepts()
    speaks(hotline, phone, 2)
    hotline.carrier.faults.recordings.missing_first = 0
    phone.presses("#").hears("once more").presses("1")
    speaks(hotline, phone, 4)
    phone.presses("#").hangs_up()
    hotline.waits(10)
    assert states(hotline) == [RecordingState.ARRIVING, RecordingState.KEPT]
    hotline.waits(150)
    assert states(hotline) == [RecordingState.RECORDED_AGAIN, RecordingState.KEPT]
    assert versions(hotline) == [(1, True)]
    assert "You recorded it again" in tomas.opens(prompt_page("es")).section(RECORD)
    assert at_the_carrier(hotline) == 0


# --- permissions


def test_somebody_without_a_phone_reads_what_to_do(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in().opens(prompt_page("es"))
    assert "Ask an administrator to link your sign-in" in cora.section(RECORD)
    assert not cora.can_press(CALL_ME)
    token = cora.token
    take = cora.page.css_first("input[name=take]").attributes["value"] or ""
    answer = cora.posts(f"{prompt_page('es')}/call", csrf=token, take=take, press="a" * 32)
    assert answer.status_code == 409
    assert "Ask an administrator" in answer.text


def test_somebody_whose_phone_is_not_proven_is_led_to_their_own_page(hotline: Hotline) -> None:
    admin = hotline.has_user("Ada").signs_in().opens("/people").follows("Add a person")
    admin.fills("Name", "Nora Vega").fills("Number", "(212) 555-0177").ticks("Spanish")
    admin.presses("Add and send the code")
    nora = hotline.has_user("Nora", "translator", person="Nora Vega").signs_in()
    nora.opens(prompt_page("es"))
    assert "verify a phone number" in nora.section(RECORD)
    assert not nora.can_press(CALL_ME)
    assert nora.follows("Your own page").heading == "Nora Vega"


def test_somebody_who_left_the_roster_is_not_called(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    hotline.knows("Dee")
    hotline.loses_its_worker()
    tomas.presses(CALL_ME)
    hotline.removes("Tomas Vega")
    hotline.has_the_network_back()
    hotline.waits(10)
    assert phone.times_rung == 0
    assert "no longer on the roster" in tomas.opens(prompt_page("es")).section(RECORD)


def test_no_call_is_promised_while_none_can_leave(hotline: Hotline, tomas: Coordinator) -> None:
    hotline.loses_its_worker()
    hotline.waits(120)
    tomas.presses(CALL_ME)
    assert tomas.answer.status_code == 409
    assert "No call can leave the hotline" in tomas.section(RECORD)


def test_a_translator_is_called_for_their_own_languages_alone(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    sent = tomas.would_send(CALL_ME)
    assert CALL_ME not in tomas.opens(prompt_page("ru")).reads
    assert tomas.posts(f"{prompt_page('ru')}/call", **sent).status_code == 403
    assert tomas.opens(f"{prompt_page('ru')}/call").answer.status_code == 403
    assert tomas.posts(f"{prompt_page('es')}/call", **(sent | {"csrf": "x"})).status_code == 403
    assert tomas.posts(f"{prompt_page('es')}/call", **(sent | {"take": "x"})).status_code == 400
    assert tomas.posts(f"{prompt_page('es')}/call", **(sent | {"press": "x"})).status_code == 400
    hotline.waits(30)
    assert phone.times_rung == 0


def test_nobody_is_called_without_end(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    phone.phone.busy = True
    for _ in range(prompt_dictation.MOST_IN_AN_HOUR):
        tomas.opens(prompt_page("es")).presses(CALL_ME)
        hotline.waits(5)
    tomas.opens(prompt_page("es")).presses(CALL_ME)
    assert tomas.answer.status_code == 409
    assert "called too often" in tomas.section(RECORD)
    assert phone.times_rung == prompt_dictation.MOST_IN_AN_HOUR
    hotline.later(timedelta(hours=1))
    assert tomas.signs_in().opens(prompt_page("es")).presses(CALL_ME).answer.status_code == 200


# --- the page


def test_the_page_asks_for_news_and_hears_of_changes_alone(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    tomas.presses(CALL_ME)
    asks = tomas.page.css_first(".called").attributes["hx-get"] or ""
    assert tomas.client.get(asks, base_url=hotline.settings.base_url).status_code == 204
    reads_aloud(hotline, phone)
    hotline.waits(10)
    news = tomas.client.get(asks, base_url=hotline.settings.base_url)
    assert "The recording has arrived" in news.text
    assert "<audio" in news.text
    assert "hx-get" not in news.text, "nothing more can come"
    assert "<html" not in news.text


def test_it_is_news_for_an_hour(hotline: Hotline, tomas: Coordinator) -> None:
    tomas.presses(CALL_ME)
    hotline.later(timedelta(minutes=70))
    assert "Nobody answered" not in tomas.signs_in().opens(prompt_page("es")).reads


def test_it_is_read_in_spanish(hotline: Hotline, tomas: Coordinator, phone: Responder) -> None:
    tomas.presses("Español").presses("Llámenme para grabar esto")
    assert "Le estamos llamando" in tomas.reads
    reads_aloud(hotline, phone)
    hotline.waits(10)
    assert "La grabación llegó" in tomas.opens(prompt_page("es")).reads


# --- what is kept


def test_it_is_forgotten_after_two_days_and_the_version_stays(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    tomas.presses(CALL_ME)
    reads_aloud(hotline, phone)
    hotline.waits(10)
    assert "calls for prompts they read" in hotline.holdings_of(phone.number)
    hotline.later(timedelta(hours=25))
    assert hotline.rows_of("dictations") == 1, "the log of its leg is asked to be deleted first"
    hotline.later(timedelta(hours=25))
    for table in ("dictations", "dictated", "rings"):
        assert hotline.rows_of(table) == 0, table
    assert "calls for prompts they read" not in hotline.holdings_of(phone.number)
    assert versions(hotline) == [(1, True)]


def test_what_was_never_fetched_is_deleted_at_the_carrier_after_its_row(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    tomas.presses(CALL_ME)
    phone.accepts()
    speaks(hotline, phone)
    hotline.loses_the_network()
    phone.presses("#").hangs_up()
    hotline.waits(3)
    hotline.later(timedelta(hours=49))
    assert hotline.rows_of("dictations") == 0
    assert at_the_carrier(hotline) == 1
    hotline.has_the_network_back()
    hotline.waits(30)
    assert at_the_carrier(hotline) == 0
    assert hotline.messages == []


# --- when a webhook of the leg fails


@pytest.fixture
def impatient(database_url: str, tmp_path: Path) -> Iterator[Hotline]:
    """A hotline that does not wait long for its database."""
    patience = Patience(lock=timedelta(seconds=0.02), answer=timedelta(seconds=1))
    world = Hotline(database_url, folder=tmp_path / "standby", patience=patience)
    yield world
    assert list(world.closes()) == []


def test_with_the_database_away_the_leg_ends_in_words_and_what_was_read_is_taken_in_later(
    impatient: Hotline,
) -> None:
    tomas = has_translator(impatient, "Tomas", "es en").opens(prompt_page("es")).presses(CALL_ME)
    phone = impatient.phone_of("Tomas Vega").accepts()
    speaks(impatient, phone)
    with down(impatient.context.database):
        phone.presses("#").hears("One moment").hears("The call has ended")
        impatient.waits(5)
        assert not phone.leg.is_live
    impatient.waits(100)
    assert versions(impatient) == [(1, True)]
    assert impatient.calls == []
    assert "The recording has arrived" in tomas.opens(prompt_page("es")).section(RECORD)


def test_a_leg_that_nothing_is_known_of_is_ended_in_words(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    """A purge or a restore removed its rows while it was on the phone."""
    tomas.presses(CALL_ME)
    phone.accepts()
    speaks(hotline, phone)
    with hotline.context.database.transaction() as session:
        phone_recordings.forget(session, hotline.clock.now() + timedelta(days=1))
    phone.presses("#").hears("The call has ended")
    hotline.waits(5)
    assert not phone.leg.is_live


def test_no_word_of_the_sign_in_or_the_phone_is_in_an_address(
    hotline: Hotline, tomas: Coordinator, phone: Responder
) -> None:
    tomas.presses(CALL_ME)
    reads_aloud(hotline, phone)
    hotline.waits(10)
    urls = " ".join(str(getattr(entry, "url", "")) for entry in hotline.carrier.journal)
    assert "/dictated/1" in urls
    for secret in (phone.number[2:], "Tomas", MENU_LINE, NEW_LINE):
        assert secret not in urls
