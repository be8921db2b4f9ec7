"""A disk that is seized while the line runs: what stands on it in clear, and what the keys open."""

from __future__ import annotations

from pathlib import Path

from models.people import people
from tests.caller import Caller
from tests.coordinator import Coordinator
from tests.hotline import NUMBER, Hotline
from tests.responder import Responder
from tests.seize import database_files, openings, planted
from tests.seize.planted import Kind, Planted

NEVER_KEPT = {Kind.TEXT, Kind.TEXTER, Kind.TRIED, Kind.NETWORK}
"""A text from a phone that is nobody's, and who tried to sign in: not even sealed."""


def has_at(hotline: Hotline, values: Planted, name: Kind, phone: Kind) -> Responder:
    """A volunteer with a planted name and a planted phone, on duty."""
    responder = hotline.has_on_duty(values.texts[name], speaks="en")
    with hotline.context.database.transaction() as session:
        person = people.with_name(session, responder.name)
        assert person
        people.seal_phone(session, person, values.texts[phone])
    return Responder(hotline, responder.name, hotline.carrier.phone(values.texts[phone]))


def has_a_busy_day(hotline: Hotline, values: Planted) -> None:
    """A talk, a callback, a message, a text, a note, somebody who leaves and a wrong sign-in."""
    said = values.texts
    volunteer = has_at(hotline, values, Kind.VOLUNTEER, Kind.PHONE)
    asks_for_a_callback(hotline.is_called(said[Kind.ASKER]), volunteer, said[Kind.KEYED])
    leaves_a_message(hotline.is_called(said[Kind.SPEAKER]), volunteer, values.sound)
    talker = hotline.is_called(said[Kind.TALKER]).press("1").press("1")
    volunteer.accepts()
    hotline.waits(20)
    talker.hangs_up()
    hotline.carrier.phone(said[Kind.TEXTER]).texts_to(NUMBER, said[Kind.TEXT])
    hotline.carrier.phone(said[Kind.PHONE]).texts_to(NUMBER, said[Kind.WORDS])
    hotline.works()
    works_at_the_desk(hotline.has_user("Cora").signs_in(), hotline, said)
    has_at(hotline, values, Kind.LEFT, Kind.LEFT_PHONE)
    hotline.removes(said[Kind.LEFT])
    stranger = Coordinator(hotline, said[Kind.TRIED], "a" * 20, None, said[Kind.NETWORK])
    stranger.signs_in_by_password()


def asks_for_a_callback(caller: Caller, volunteer: Responder, elsewhere: str) -> None:
    caller.press("1").press("2")
    volunteer.declines()
    caller.hears("call back instead").press("1").hears("calling from").press("2")
    caller.hears("ten-digit").press(f"{elsewhere[2:]}#").hears("If this is right").press("1")
    caller.press("2").hangs_up()


def leaves_a_message(caller: Caller, volunteer: Responder, sound: bytes) -> None:
    caller.press("1").press("2")
    volunteer.declines()
    caller.hears("call back instead").press("2").hears_the_tone().leg.says(sound)
    caller.says_nothing(5).hangs_up()


def works_at_the_desk(cora: Coordinator, hotline: Hotline, said: dict[Kind, str]) -> None:
    (left,) = hotline.messages
    page = f"/messages/{left.id}"
    cora.opens(page).fills("New note", said[Kind.NOTE]).presses("Save the note")
    cora.opens(page).follows("Show the number, with a reason")
    cora.fills("Why you need it", said[Kind.REASON]).presses("Show the number")
    assert said[Kind.SPEAKER][-4:] in cora.reads


def test_no_planted_value_stands_on_the_disk_in_clear(hotline: Hotline, tmp_path: Path) -> None:
    """Not in tables, not in the write-ahead log, not in the state folder, in no encoding."""
    values, database = planted.drawn(), hotline.context.database
    begins = database_files.log_begins(database)
    has_a_busy_day(hotline, values)
    folders = (tmp_path, hotline.settings.standby(), hotline.settings.ledger())
    files = [file for each in database_files.of(database, begins).values() for file in each]
    assert values.search().found_under(*files, *folders) == {}
    opens = {kind for copy in openings.copies_in(database, values) for kind in copy.kinds}
    assert opens == set(Kind) - NEVER_KEPT, "nothing would be found here"
    with database.transaction() as session:
        people.remember_setting(session, "planted", f"call {values.texts[Kind.TALKER]} back")
    files = [file for each in database_files.of(database, begins).values() for file in each]
    assert set(values.search().found_under(*files)) == {Kind.TALKER}
