"""A caller whose language the menu lacks says its name, and reaches a person who hears it."""

from __future__ import annotations

from datetime import timedelta

from models.calls import spoken_names
from models.calls.spoken_names import NameState, SpokenName
from tests.caller import Caller
from tests.coordinator import Coordinator
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


def board_of(hotline: Hotline, name: str) -> Coordinator:
    """A responder, on the roster or not, who can sign in."""
    return hotline.has_user(f"{name} at the desk", "responder", person=name).signs_in()


def plays(reader: Coordinator, page: str) -> bool:
    """Whether the page that is open has a player for the name."""
    return any(
        each.attributes["src"] == f"{page}/language/sound" for each in reader.page.css("audio")
    )


def sound_at(hotline: Hotline, reader: Coordinator, page: str) -> int:
    """The status of the answer to who asks for the sound."""
    base = hotline.settings.base_url
    return reader.client.get(f"{page}/language/sound", base_url=base).status_code


def test_the_item_beside_the_board_plays_the_name_until_the_call_is_forgotten(
    hotline: Hotline,
) -> None:
    caller = says_the_name(hotline).hears("speak in your language").hears_the_tone()
    caller.speaks(6).hangs_up()
    hotline.waits(30)
    page = f"/calls/{caller.row.id}"
    (item,) = hotline.open_items
    cora = hotline.has_user("Cora").signs_in().opens(f"/board?item={item.id}")
    assert plays(cora, page)
    assert sound_at(hotline, cora, page) == 200
    hotline.later(timedelta(days=40))
    assert hotline.rows_of("spoken_names") == 0


def test_the_page_of_the_call_plays_the_name_and_takes_the_language(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana", "en")
    caller = says_the_name(hotline)
    assert hotline.waits_for(lambda: name_of(hotline, caller).state == NameState.STORED, 20)
    page = f"/calls/{caller.row.id}"
    cora, eve = hotline.has_user("Cora").signs_in(), board_of(hotline, "Eve")
    luz = board_of(hotline, "Ana")
    assert plays(cora.opens("/board"), page)
    assert not plays(luz.opens("/board"), page), "the offer plays it"
    ana.accepts()
    assert caller.is_joined_with(ana.number)
    assert plays(luz.opens("/board"), page)
    assert not plays(eve.opens("/board"), page)
    assert sound_at(hotline, eve, page) == 404
    caller.hangs_up()
    cora.opens(page)
    assert "Another language" in cora.section("Summary")
    assert sound_at(hotline, cora, page) == sound_at(hotline, luz, page) == 200
    cora.opens(page).fills("Speaks", "Klingonish").presses("Save the languages")
    assert "Klingonish" in cora.error_at("Speaks")
    cora.fills("Speaks", "Wolof").fills("Second language", "fr").presses("Save the languages")
    summary = cora.section("Summary")
    assert "Wolof" in summary
    assert "French" in summary
    assert (caller.row.spoken, caller.row.second) == ("wo", "fr")
