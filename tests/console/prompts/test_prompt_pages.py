"""Prompts: permitted users write, record, review and publish them, and callers hear them."""

from __future__ import annotations

import io
import math
import wave
from array import array

import pytest

import wiring
from models.prompts import prompt_versions
from models.prompts.prompt_versions import Version
from tests.coordinator import Coordinator
from tests.hotline import Hotline

MENU_LINE = "main_menu.detained"
ENGLISH_LINE = "If someone has been detained, press {key}."
NEW_LINE = "If someone was taken to jail, press {key}."


def spoken_wav(seconds: float = 2.0, rate: int = 44_100, channels: int = 2) -> bytes:
    """A WAV of a hum, as a microphone records it."""
    samples = [int(9000 * math.sin(place / 30)) for place in range(int(seconds * rate))]
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(array("h", [each for each in samples for _ in range(channels)]).tobytes())
    return file.getvalue()


@pytest.fixture
def cora(hotline: Hotline) -> Coordinator:
    """A coordinator who speaks Spanish."""
    hotline.knows("Cora Diaz", speaks="es en", tier=3)
    return hotline.has_user("Cora", person="Cora Diaz").signs_in()


def prompt_page(code: str, name: str = MENU_LINE) -> str:
    """The address of a prompt's page."""
    return f"/prompts/{name}/{code}"


def test_the_tree_is_drawn_with_every_place_and_its_keys(cora: Coordinator) -> None:
    cora.opens("/prompts?language=en")
    for name in ("Language menu", "Main menu", "Nobody could answer", "Duty line: PIN"):
        assert name in cora.section("A caller begins here") + cora.reads
    assert "If someone has been detained, press two." in cora.reads
    cora.follows("If someone has been detained, press two.")
    assert cora.heading == "A prompt in English"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/hear", "/prompts"),
        ("/hear?language=es", "/prompts?language=es"),
        ("/hear/languages", "/prompts/languages"),
        ("/hear/announcements", "/prompts/announcements"),
        ("/hear/prompts/main_menu.detained", "/prompts/main_menu.detained"),
        ("/hear/prompts/main_menu.detained/es", "/prompts/main_menu.detained/es"),
    ],
)
def test_bookmarks_of_the_old_addresses_still_lead_here(
    cora: Coordinator, old: str, new: str
) -> None:
    answer = cora.client.get(old, base_url="https://hotline.example.org")
    assert answer.status_code == 301
    assert answer.headers["Location"] == new


def test_every_place_of_the_tree_has_a_name_in_the_readers_language(cora: Coordinator) -> None:
    cora.opens("/prompts").presses("Español")
    assert cora.heading == "Lo que se oye"
    assert "Menú principal" in cora.reads
    assert cora.page.css("li.place") != []


def test_shipped_prompts_are_drafts_until_somebody_who_speaks_the_language_reads_them(
    hotline: Hotline, cora: Coordinator
) -> None:
    cora.opens(prompt_page("es"))
    assert "draft" in cora.section("Callers hear this now")
    cora.presses("I read it aloud and it is right")
    assert "reviewed by Cora" in cora.section("Callers hear this now")
    assert ("Cora", "prompt reviewed") in hotline.audit_log
    cora.opens(prompt_page("ru"))
    assert "I read it aloud" not in cora.reads
    token = cora.page.css_first("meta[name=csrf]").attributes["content"] or ""
    cora.posts(f"{prompt_page('ru')}/0/review", csrf=token)
    assert "Only somebody who speaks this language" in cora.opens(prompt_page("ru")).reads
    assert "reviewed by" not in cora.section("Callers hear this now")


def test_an_edited_prompt_is_heard_by_the_next_caller_only_once_it_is_live(
    hotline: Hotline, cora: Coordinator
) -> None:
    cora.opens(prompt_page("en")).fills("What is said", NEW_LINE)
    cora.presses("Save, without going live")
    assert "If someone was taken to jail, press two." in cora.section("Ready to play")
    hotline.is_called().press("1").hears("someone has been detained").hangs_up()
    cora.presses("Make it live")
    hotline.waits(3)
    hotline.is_called().press("1").hears("someone was taken to jail, press two").hangs_up()
    cora.presses("Back to the previous one")
    hotline.waits(3)
    hotline.is_called().press("1").hears("someone has been detained").hangs_up()
    assert [deed for _, deed in hotline.audit_log][-3:] == [
        "prompt written",
        "prompt went live",
        "prompt went live",
    ]


def test_one_cannot_review_what_one_wrote(hotline: Hotline, cora: Coordinator) -> None:
    cora.opens(prompt_page("en")).fills("What is said", NEW_LINE)
    cora.presses("Save, without going live")
    assert "I read it aloud" not in cora.section("Ready to play")
    token = cora.page.css_first("meta[name=csrf]").attributes["content"] or ""
    cora.posts(f"{prompt_page('en')}/1/review", csrf=token)
    assert "You wrote this yourself" in cora.opens(prompt_page("en")).reads
    hotline.knows("Tim Reader", speaks="en")
    tim = hotline.has_user("Tim", "translator", person="Tim Reader").signs_in()
    tim.opens(prompt_page("en"))
    token = tim.page.css_first("meta[name=csrf]").attributes["content"] or ""
    tim.posts(f"{prompt_page('en')}/1/review", csrf=token)
    tim.opens(prompt_page("en"))
    assert "reviewed by Tim" in tim.section("Ready to play")
    assert "draft" in tim.section("Callers hear this now")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Write what callers will hear."),
        ("If someone was taken, press.", "Keep the placeholders"),
        ("If someone was taken, press {kay}.", "Keep the placeholders"),
        ("If someone was taken, press {key.", "A brace is unmatched"),
        ("If someone was taken, press 2, that is {key}.", "not a digit"),
        ("{key} \x07 bell", "no voice can say"),
        ("Long " * 200 + "{key}", "more than 12 seconds to say"),
    ],
)
def test_a_text_that_could_not_be_spoken_is_refused_at_its_field(
    cora: Coordinator, typed: str, said: str
) -> None:
    cora.opens(prompt_page("en")).fills("What is said", typed).presses("Save, without going live")
    assert cora.answer.status_code == 422
    assert said in cora.error_at("What is said")
    assert typed.strip() in cora.answer.get_data(as_text=True)


def test_the_second_of_two_who_write_at_once_sees_the_first(
    hotline: Hotline, cora: Coordinator
) -> None:
    dora = hotline.has_user("Dora").signs_in().opens(prompt_page("en"))
    cora.opens(prompt_page("en")).fills("What is said", NEW_LINE).presses(
        "Save, without going live"
    )
    dora.fills("What is said", "Jail? Press {key}.").presses("Save, without going live")
    assert dora.answer.status_code == 409
    assert "Somebody else saved a newer version" in dora.error_at("What is said")
    assert "Jail? Press {key}." in dora.answer.get_data(as_text=True)
    assert "taken to jail" in dora.section("Ready to play")


def test_a_recording_is_played_instead_of_the_voice(hotline: Hotline, cora: Coordinator) -> None:
    cora.opens(prompt_page("en")).attaches(
        "Recording (WAV; MP3 if scripts are enabled)", spoken_wav()
    )
    cora.presses("Keep this recording").presses("Make it live")
    hotline.waits(3)
    call = hotline.is_called().press("1").hears("someone has been detained")
    assert [heard.part_of for heard in call.leg.hears_now if "detained" in heard.text] == ["Play"]
    played = next(heard.audio_url for heard in call.leg.hears_now if "detained" in heard.text)
    sound = hotline.app.test_client().get(played, base_url=hotline.settings.base_url)
    assert sound.mimetype == "audio/wav"
    assert sound.data[20:22] == b"\x07\x00", "mu-law, as the telephone carries it"
    assert 1.5 < (len(sound.data) - 58) / 8000 < 3


def test_a_changed_text_leaves_its_old_recording_behind(
    hotline: Hotline, cora: Coordinator
) -> None:
    cora.opens(prompt_page("en")).attaches(
        "Recording (WAV; MP3 if scripts are enabled)", spoken_wav()
    )
    cora.presses("Keep this recording").presses("Make it live")
    cora.fills("What is said", NEW_LINE).presses("Save, without going live").presses("Make it live")
    hotline.waits(3)
    call = hotline.is_called().press("1").hears("taken to jail")
    assert {heard.part_of for heard in call.leg.hears_now if "jail" in heard.text} == {"Say"}


def test_a_language_without_a_voice_is_recorded_before_it_goes_live(
    hotline: Hotline, cora: Coordinator
) -> None:
    words = "Si yo mete yon moun nan prizon, peze {key}."
    cora.opens(prompt_page("ht")).fills("What is said", words).presses("Save, without going live")
    assert "record it before it can go live" in cora.section("Ready to play")
    cora.presses("Make it live")
    assert "record every part first" in cora.reads
    cora.attaches("Recording (WAV; MP3 if scripts are enabled)", spoken_wav())
    cora.presses("Keep this recording").presses("Make it live")
    hotline.waits(3)
    hotline.is_called().press("6").hears("nan prizon")


def test_a_language_with_gaps_is_not_offered_and_the_gaps_are_named(
    hotline: Hotline, cora: Coordinator
) -> None:
    cora.opens("/prompts/languages").presses("Leave it out", within="Haitian Creole")
    words = "Si yo mete yon moun nan prizon, peze {key}."
    cora.opens(prompt_page("ht")).fills("What is said", words).presses("Save, without going live")
    cora.presses("Make it live")
    cora.opens("/prompts/languages")
    assert "1 part is not recorded" in cora.reads
    assert "nan prizon, peze de" in cora.reads
    token = cora.page.css_first("meta[name=csrf]").attributes["content"] or ""
    cora.posts("/prompts/languages/ht", offered="yes", csrf=token)
    assert "This language is incomplete" in cora.opens("/prompts/languages").reads
    hotline.waits(3)
    hotline.is_called().hears("Para español")
    assert "Kreyòl" not in hotline.is_called().hears("العربية").said


def test_a_language_left_out_is_not_in_the_menu_and_who_speaks_it_reaches_a_person(
    hotline: Hotline, cora: Coordinator
) -> None:
    ana = hotline.has_on_duty("Ana")
    speaking = hotline.is_called().press("2").hears("han detenido a alguien")
    cora.opens("/prompts/languages").presses("Leave it out", within="Spanish")
    hotline.waits(3)
    speaking.press("2").hears("Por favor, no cuelgue").hangs_up()
    call = hotline.is_called().hears("press one")
    assert "español" not in call.says_nothing(20).said
    call.press("2").hears("not one of the choices").press("2").hears("look for a person for you")
    ana.accepts()
    cora.opens("/prompts/languages").presses("Offer it", within="Spanish")
    hotline.waits(3)
    hotline.is_called().hears("Para español")


def test_the_language_of_those_who_say_nothing_stays(hotline: Hotline, cora: Coordinator) -> None:
    token = cora.opens("/prompts/languages").page.css_first("meta[name=csrf]").attributes["content"]
    cora.posts("/prompts/languages/en", offered="no", csrf=token or "")
    assert "it stays" in cora.opens("/prompts/languages").reads
    hotline.waits(3)
    hotline.is_called().hears("For English, press one")


def test_a_translator_changes_their_own_languages_and_lets_nothing_go_live(
    hotline: Hotline,
) -> None:
    hotline.knows("Tomas Vega", speaks="es en")
    tomas = hotline.has_user("Tomas", "translator", person="Tomas Vega").signs_in()
    tomas.opens(prompt_page("es")).fills(
        "What is said", "Si detuvieron a alguien, oprima el {key}."
    )
    tomas.presses("Save, without going live")
    assert "Make it live" not in tomas.section("Ready to play")
    assert "What is said" not in tomas.opens(prompt_page("ru")).reads
    token = tomas.page.css_first("meta[name=csrf]").attributes["content"] or ""
    assert tomas.posts(prompt_page("ru"), text="{key}", based_on="0", csrf=token).status_code == 403
    assert tomas.posts(f"{prompt_page('es')}/1/live", csrf=token).status_code == 403


def test_what_was_last_said_is_said_while_the_database_is_away(
    hotline: Hotline, cora: Coordinator
) -> None:
    """A process that starts during the outage says it too."""
    line = "One moment, we are here."
    page = prompt_page("en", "trouble.please_hold")
    cora.opens(page).fills("What is said", line).presses("Save, without going live")
    cora.attaches("Recording (WAV; MP3 if scripts are enabled)", spoken_wav())
    cora.presses("Keep this recording").presses("Make it live")
    hotline.waits(3)
    hotline.is_called().hangs_up()
    hotline.restarts()
    edition = hotline.context.live_prompts.now
    assert edition.prompts.text("en", "trouble.please_hold") == line
    (piece,) = edition.prompts.pieces("en", "trouble.please_hold")
    sound_id = str(piece.file).removeprefix("live/").removesuffix(".wav")  # type: ignore[union-attr]
    assert hotline.context.live_prompts.sound_at_hand(sound_id)


def test_an_edition_that_a_release_cannot_speak_leaves_callers_with_the_shipped_words(
    hotline: Hotline,
) -> None:
    """The version is live in a recorded language but has no recording."""
    with hotline.context.database.transaction() as session:
        now = hotline.clock.now()
        unspeakable = Version(
            language="ht", name=MENU_LINE, number=1, text="Peze {key}.", takes={}, written_by="",
            written_at=now, live=True,
        )  # fmt: skip
        session.add(unspeakable)
        prompt_versions.hold(session).number += 1
    hotline.waits(3)
    hotline.is_called().press("6").hears("nan detansyon")


def test_the_carriers_own_fallback_needs_no_recording_of_ours(
    hotline: Hotline, cora: Coordinator
) -> None:
    cora.opens(prompt_page("en", "trouble.apology"))
    cora.attaches("Recording (WAV; MP3 if scripts are enabled)", spoken_wav())
    cora.presses("Keep this recording").presses("Make it live")
    hotline.waits(3)
    hotline.is_called()
    assert "<Play>" not in wiring.fallback_document(hotline.settings, hotline.context)


def test_another_host_takes_a_change_on_without_a_restart(
    hotline: Hotline, cora: Coordinator
) -> None:
    other = Hotline(hotline.settings.database_url)
    other.is_called().press("1").hears("someone has been detained").hangs_up()
    cora.opens(prompt_page("en")).fills("What is said", NEW_LINE)
    cora.presses("Save, without going live").presses("Make it live")
    other.waits(3)
    other.is_called().press("1").hears("taken to jail").hangs_up()
    other.context.database.close()
