"""A caller whose language the menu lacks says its name, and reaches a person who hears it."""

from __future__ import annotations

from models.calls import spoken_names
from models.calls.spoken_names import NameState, SpokenName
from tests.caller import Caller
from tests.hotline import Hotline
from tests.responder import Responder

ANOTHER = "9"


def says_the_name(hotline: Hotline, seconds: float = 1.5) -> Caller:
    """Somebody chooses another language and says its name after the tone."""
    caller = hotline.is_called().press("9").hears("For another language").press(ANOTHER)
    caller.hears("name of your language").hears_the_tone()
    return caller.speaks(seconds) if seconds else caller


def name_of(hotline: Hotline, caller: Caller) -> SpokenName:
    """What the hotline keeps of the name."""
    with hotline.context.database.reading() as session:
        found = spoken_names.of_call(session, caller.row.id)
        assert found is not None
        session.expunge(found)
        return found


def plays_a_sound(responder: Responder) -> bool:
    """Whether the responder hears a recording of a caller."""
    return any("/audio/message/" in spoken.audio_url for spoken in responder.leg.heard)


def test_the_spoken_name_is_part_of_the_offer(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana", "en")
    caller = says_the_name(hotline)
    assert hotline.waits_for(lambda: name_of(hotline, caller).state == NameState.STORED, 20)
    ana.answers().hears("Another language")
    assert hotline.waits_for(lambda: plays_a_sound(ana), 20)
    ana.presses("1")
    assert caller.is_joined_with(ana.number)
    row = caller.row
    assert (row.language, row.spoken, row.need) == ("en", "other", "unknown")
    assert caller.languages_heard - {""} == {"en", "es", "fr"}
    assert hotline.waits_for(lambda: not list(hotline.carrier.recordings), 30)


def test_silence_and_a_failed_recording_go_on(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana", "en")
    caller = says_the_name(hotline, seconds=0)
    ana.answers().hears("Another language").presses("1")
    assert caller.is_joined_with(ana.number)
    assert hotline.waits_for(lambda: name_of(hotline, caller).state == NameState.NOTHING, 20)


def test_without_anybody_they_leave_a_message_in_their_language(hotline: Hotline) -> None:
    caller = says_the_name(hotline).hears("speak in your language").hears_the_tone()
    caller.speaks(6).hangs_up()
    (message,) = hotline.messages
    assert (message.language, message.need) == ("other", "unknown")


def test_a_responder_says_by_key_whose_interpreter_they_want(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana", "en")
    ines = hotline.has_on_duty("Ines", "mam es", role="interpreter")
    caller = says_the_name(hotline)
    ana.accepts()
    assert caller.is_joined_with(ana.number)
    ana.presses("*").hears("For an interpreter").presses("1").hears("For Mam, press one")
    ana.presses("1").hears("calling an interpreter")
    assert (caller.row.spoken, caller.row.language) == ("mam", "en")
    ines.answers().hears("Intérprete. Mam")


def test_the_page_of_the_call_plays_the_name_and_takes_the_language(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana", "en")
    caller = says_the_name(hotline)
    ana.accepts()
    assert caller.is_joined_with(ana.number)
    assert hotline.waits_for(lambda: name_of(hotline, caller).state == NameState.STORED, 20)
    caller.hangs_up()
    page = f"/calls/{caller.row.id}"
    cora = hotline.has_user("Cora").signs_in().opens(page)
    assert "Another language" in cora.section("Summary")
    sound, base = f"{page}/language/sound", hotline.settings.base_url
    assert cora.client.get(sound, base_url=base).status_code == 200
    cora.opens(page).fills("Speaks", "Klingonish").presses("Save the languages")
    assert "Klingonish" in cora.error_at("Speaks")
    cora.fills("Speaks", "Wolof").fills("Second language", "fr").presses("Save the languages")
    summary = cora.section("Summary")
    assert "Wolof" in summary
    assert "French" in summary
    assert (caller.row.spoken, caller.row.second) == ("wo", "fr")
