"""Announcements: played for a limited time, after the words for an emergency."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.console.prompts.test_prompt_pages import spoken_wav
from tests.coordinator import Coordinator
from tests.hotline import Hotline

FORUM = "There is a free forum on Wednesday at six in the evening."
FORO = "Hay un foro gratis el miércoles a las seis de la tarde."
NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def cora(hotline: Hotline) -> Coordinator:
    """A coordinator who is signed in."""
    return hotline.has_user("Cora").signs_in()


def on_the_clock(hotline: Hotline, hours: float) -> str:
    """A time so many hours from now on the hotline's clock, as a browser's field contains it."""
    local = (hotline.clock.now() + timedelta(hours=hours)).astimezone(NEW_YORK)
    return f"{local:%Y-%m-%dT%H:%M}"


def announces(hotline: Hotline, cora: Coordinator, *, starts: float, ends: float) -> Coordinator:
    """An announcement of a forum, in English and Spanish."""
    cora.opens("/prompts/announcements")
    cora.fills("From", on_the_clock(hotline, starts)).fills("Until", on_the_clock(hotline, ends))
    cora.fills("What is said in English", FORUM).fills("What is said in Spanish", FORO)
    return cora.presses("Announce it")


def test_it_is_said_from_its_start_until_its_end_and_then_ends_by_itself(
    hotline: Hotline, cora: Coordinator
) -> None:
    announces(hotline, cora, starts=1, ends=3)
    assert FORUM in cora.section("Now and next")
    assert "forum" not in hotline.is_called().press("1").hears("hear your rights").hangs_up().said
    hotline.waits_quietly(3600)
    hotline.is_called().press("1").hears(FORUM).hears("has been detained").hangs_up()
    hotline.is_called().press("2").hears(FORO).hangs_up()
    hotline.waits_quietly(2 * 3600)
    assert "forum" not in hotline.is_called().press("1").hears("hear your rights").said
    assert ("Cora", "announcement made") in hotline.audit_log


def test_only_those_in_whose_language_it_is_written_hear_it(
    hotline: Hotline, cora: Coordinator
) -> None:
    announces(hotline, cora, starts=0, ends=3)
    call = hotline.is_called().press("4").hears("{key}".replace("{key}", "один"))
    call.says_nothing(20)
    assert FORUM not in call.said
    assert FORO not in call.said


def test_the_words_for_an_emergency_come_first_and_its_key_does_not_wait(
    hotline: Hotline, cora: Coordinator
) -> None:
    announces(hotline, cora, starts=0, ends=3)
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").hears(FORUM)
    assert call.said.index("press one") < call.said.index(FORUM)
    call.press("1")
    assert "Stay calm" in call.hears("Stay calm").said
    ana.accepts()
    assert call.is_joined_with(ana.number)


def test_zero_cuts_it_short_too(hotline: Hotline, cora: Coordinator) -> None:
    announces(hotline, cora, starts=0, ends=3)
    hotline.has_on_duty("Ana")
    hotline.is_called().press("1").hears(FORUM).press("0").hears("looking for someone")


def test_it_can_be_changed_and_ended_early(hotline: Hotline, cora: Coordinator) -> None:
    announces(hotline, cora, starts=0, ends=3).follows("Change")
    cora.fills("What is said in English", "The forum is cancelled.").presses("Save the change")
    hotline.is_called().press("1").hears("The forum is cancelled").hangs_up()
    cora.presses("End it now")
    assert "cancelled" not in hotline.is_called().press("1").hears("hear your rights").said
    assert [deed for _, deed in hotline.audit_log][-2:] == [
        "announcement changed",
        "announcement ended",
    ]


def test_a_recording_of_it_is_played(hotline: Hotline, cora: Coordinator) -> None:
    """A language without a voice needs a recording."""
    cora.opens("/prompts/announcements").fills("What is said in Haitian Creole", "Gen yon fowòm.")
    cora.presses("Announce it")
    assert "There is no voice for this language" in cora.error_at("What is said in Haitian Creole")
    label = "A recording of it in Haitian Creole (WAV), since no voice speaks it"
    cora.fills("What is said in Haitian Creole", "Gen yon fowòm.")
    cora.attaches(label, spoken_wav()).presses("Announce it")
    call = hotline.is_called().press("6").hears("Gen yon fowòm")
    assert any("/audio/prompt/live/" in heard.audio_url for heard in call.leg.hears_now)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("Until", "2020-01-01T10:00", "It would end before it starts."),
        ("Until", "", "Write the date and time when it ends"),
        ("Until", "2030-01-01T10:00", "An announcement lasts at most 60 days."),
        ("What is said in English", "", "Write it in at least one language."),
        ("What is said in English", "Long " * 60, "longer than 240 characters"),
        ("What is said in English", "12:30 ...", "no voice can say"),
    ],
)
def test_what_cannot_be_announced_is_refused_at_its_field(
    hotline: Hotline, cora: Coordinator, field: str, typed: str, said: str
) -> None:
    cora.opens("/prompts/announcements").fills("What is said in English", FORUM).fills(field, typed)
    cora.presses("Announce it")
    assert cora.answer.status_code == 422
    assert said in cora.error_at(field)


def test_it_is_gone_thirty_days_after_its_end(hotline: Hotline, cora: Coordinator) -> None:
    announces(hotline, cora, starts=0, ends=1)
    hotline.waits_quietly(31 * 24 * 3600)
    hotline.works()
    assert FORUM not in cora.signs_in().opens("/prompts/announcements").reads
