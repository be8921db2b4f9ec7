"""The call log: its filters, the story of a call, and an export that a second user approves."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta

from ivr.dialogue import phone_numbers
from models.calls import call_log, calls
from tests.bench import tables
from tests.caller import Caller
from tests.coordinator import Coordinator
from tests.hotline import Hotline

WEEK = 7 * 24 * 60 * 60


def is_helped_by(hotline: Hotline, ana: object, key: str = "2") -> Caller:
    """A person calls about a relative, and Ana takes the call."""
    call = hotline.is_called().press("2").press(key)
    ana.accepts()  # type: ignore[attr-defined]
    assert call.is_joined_with(ana.number)  # type: ignore[attr-defined]
    hotline.waits(30)
    call.hangs_up()
    return call


def test_a_call_reads_as_a_story_with_keys_by_name(hotline: Hotline) -> None:
    ana, luz = hotline.has_on_duty("Ana", speaks="es"), hotline.has_on_duty("Luz", speaks="es")
    call = hotline.is_called().press("2").press("2")
    luz.declines()
    ana.accepts()
    assert call.is_joined_with(ana.number)
    call.hangs_up()
    cora = hotline.has_user("Cora").signs_in().opens("/calls").follows(call.row.pseudonym)
    story = cora.section("What happened")
    told = [
        "The call came in",
        "Language menu",
        "Pressed 2 - Spanish",
        "Main menu",
        "Pressed 2 - someone has been detained",
        "Search for a person: detention",
        "Ana took the call after",
        "The call ended reached a person",
    ]
    places = [story.index(words) for words in told]
    assert places == sorted(places)
    assert re.search(r"Rang Luz .*?declined", story)
    assert re.search(r"Rang Ana .*?accepted", story)
    assert " Dec, " in story
    assert "reached a person" in cora.section("Summary")


def test_no_digit_of_a_number_that_was_keyed_in_is_told(hotline: Hotline) -> None:
    call = hotline.is_called().press("1").press("2").hears("call you back").press("1")
    call.press("2").press("2125550177#").press("1").press("1").hears("saved")
    call.hangs_up()
    cora = hotline.has_user("Cora").signs_in().opens("/calls").follows(call.row.pseudonym)
    story = cora.section("What happened")
    assert "Pressed 2 - at another number" in story
    assert "Entered digits" in story
    assert "A callback was promised" in story
    page = cora.answer.get_data(as_text=True)
    assert call.number[2:] not in page
    assert "5550177" not in page
    cora.follows("Open the callback")
    assert cora.address == f"/callbacks/{hotline.callbacks[0].id}"


def test_calls_are_found_by_what_they_were(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana", speaks="es")
    helped = is_helped_by(hotline, ana).row.pseudonym
    hotline.waits(90)
    missed = hotline.is_called().press("1")
    missed.hangs_up()
    left = missed.row.pseudonym
    cora = hotline.has_user("Cora").signs_in().opens("/calls")
    found = cora.section("Calls found")
    assert found.index(left) < found.index(helped), "newest first"
    cora.chooses("Outcome", "missed: left without a message or a callback").presses("Apply")
    assert left in cora.section("Calls found")
    assert helped not in cora.section("Calls found")
    cora.opens("/calls").chooses("Language", "Spanish").presses("Apply")
    assert helped in cora.section("Calls found")
    assert left not in cora.section("Calls found")
    cora.opens("/calls").chooses("Answered by", "Ana").chooses("Need", "detained").presses("Apply")
    assert helped in cora.section("Calls found")
    cora.chooses("Need", "emergency").presses("Apply")
    assert "No calls match" in cora.section("Calls found")
    cora.opens("/calls").fills("From", "2026-12-09").presses("Apply")
    assert "No calls match" in cora.section("Calls found")
    cora.opens("/calls").fills("From", "2026-12-08").fills("To", "2026-12-08").presses("Apply")
    assert helped in cora.section("Calls found")


def test_a_day_that_is_none_is_said_at_its_field_and_kept(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in().opens("/calls?since=yesterday&until=2026-13-01")
    assert "2026-12-08" in cora.error_at("From")
    assert cora.value_of("From") == "yesterday"
    cora.opens("/calls?since=2026-12-09&until=2026-12-08")
    assert "before the first day" in cora.error_at("To")


def test_pages_of_fifty_follow_each_other_while_calls_come_in(hotline: Hotline) -> None:
    for _ in range(call_log.PAGE + 3):
        hotline.is_called("+19175550150").hangs_up()
    cora = hotline.has_user("Cora").signs_in().opens("/calls")
    first = _calls_on(cora)
    hotline.is_called("+19175550151").hangs_up()
    cora.follows("Earlier calls")
    second = _calls_on(cora)
    assert len(first) == call_log.PAGE
    assert len(second) == 3
    assert not set(first) & set(second)
    assert "Earlier calls" not in cora.reads


def test_of_very_many_calls_some_are_looked_at_for_each_page(hotline: Hotline) -> None:
    hotline.is_called().press("1").hangs_up()
    oldest = hotline.is_called().press("2").row
    hotline.loses_its_worker()
    tables.fill(hotline.context.database, hotline.calls[0].id, call_log.LOOKED_AT)
    with hotline.context.database.transaction() as session:
        call = calls.with_id(session, oldest.id)
        call.started_at -= timedelta(days=60)
    cora = hotline.has_user("Cora").signs_in().opens("/calls")
    assert f"More than {call_log.COUNTED} calls found" in cora.reads
    cora.opens("/calls?language=es")
    assert "were not looked at yet" in cora.section("Calls found")
    cora.follows("Look at earlier calls")
    assert _calls_on(cora) == [f"/calls/{oldest.id}"]
    assert "Look at earlier calls" not in cora.reads


def _calls_on(cora: Coordinator) -> list[str]:
    return [link.attributes["href"] or "" for link in cora.page.css("tbody th a")]


def test_a_responder_finds_their_own_calls_alone(hotline: Hotline) -> None:
    ana, ben = hotline.has_on_duty("Ana", speaks="es"), hotline.has_on_duty("Ben")
    own = is_helped_by(hotline, ana).row
    hotline.waits(90)
    other = hotline.is_called().press("1").press("2")
    ben.accepts()
    other.hangs_up()
    user = hotline.has_user("Ana", "responder", person="Ana").signs_in().opens("/calls")
    assert own.pseudonym in user.section("Calls found")
    assert other.row.pseudonym not in user.section("Calls found")
    assert user.opens(f"/calls/{other.row.id}").answer.status_code == 404
    assert user.opens(f"/calls/{own.id}").heading == own.pseudonym
    assert "Export" not in user.opens("/calls").reads
    stranger = hotline.has_user("Zoe", "responder").signs_in().opens("/calls")
    assert "not linked to anybody" in stranger.reads


def test_an_export_is_agreed_to_by_another_and_downloaded_once(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("=Ana", speaks="es")
    call = is_helped_by(hotline, ana)
    hotline.is_called().hangs_up()
    cora, ada = hotline.has_user("Cora").signs_in(), hotline.has_user("Ada", "admin").signs_in()
    cora.opens("/calls?language=es").presses("Request the export")
    assert "Give a reason" in cora.error_at("Why do you need it?")
    cora.fills("Why do you need it?", "the funder's report").presses("Request the export")
    assert cora.heading == "Approvals"
    assert "waits for approval" in cora.reads
    assert "Download" not in cora.reads
    ada.opens("/approvals")
    assert "the funder's report" in ada.reads
    assert "Spanish" in ada.reads
    assert "Calls 1" in ada.reads
    ada.presses("Approve")
    assert "Approved" in ada.reads
    cora.opens("/approvals").presses("Download for a spreadsheet")
    table = cora.answer.get_data(as_text=True)
    assert table.startswith("\ufeffid,pseudonym")
    (row,) = csv.DictReader(io.StringIO(table.removeprefix("\ufeff")))
    assert row["pseudonym"] == call.row.pseudonym
    assert row["answered_by"] == "'=Ana"
    assert call.number not in table
    assert "No requests are waiting" in cora.opens("/approvals").reads
    said = [deed for _, deed in hotline.audit_log]
    assert said.count("calls exported") == 1
    assert ("Cora", "approval asked") in hotline.audit_log
    assert ("Ada", "approval agreed") in hotline.audit_log


def test_json_has_the_fields_that_the_command_line_prints(hotline: Hotline) -> None:
    is_helped_by(hotline, hotline.has_on_duty("Ana", speaks="es"))
    cora, ada = hotline.has_user("Cora").signs_in(), hotline.has_user("Ada", "admin").signs_in()
    cora.opens("/calls").fills("Why do you need it?", "audit").presses("Request the export")
    ada.opens("/approvals").presses("Approve")
    cora.opens("/approvals").presses("Download as JSON")
    (row,) = json.loads(cora.answer.get_data(as_text=True))
    assert set(row) == {
        *("id", "pseudonym", "language", "need", "started_at", "ended_at", "outcome"),
        *("answered_by", "rings", "steps", "need_detail"),
    }
    assert row["answered_by"] == "Ana"
    assert row["rings"] == 1


def test_an_intake_is_handed_to_another_office_by_two_and_given_once(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana", speaks="es")
    call = is_helped_by(hotline, ana)
    cora, dan = hotline.has_user("Cora").signs_in(), hotline.has_user("Dan").signs_in()
    cora.opens(f"/calls/{call.row.id}").fills("New note", "Hearing on Friday").presses("Save")
    _asks_for_intake(cora, call.row.id, "Table for LegalServer")
    assert "Download" not in cora.reads
    dan.opens("/approvals")
    for told in (call.row.pseudonym, "the clinic in Queens", "Table for LegalServer"):
        assert told in dan.reads
    dan.presses("Approve")
    cora.opens("/approvals").presses("Download the file")
    assert 'filename="intake-legalserver.csv"' in cora.answer.headers["Content-Disposition"]
    (row,) = csv.DictReader(io.StringIO(cora.answer.get_data(as_text=True).removeprefix("\ufeff")))
    assert (row["last"], row["language"]) == (call.row.pseudonym, "Spanish")
    assert (row["mobile_phone"], row["notes"]) == ("", "Hearing on Friday")
    assert cora.opens("/approvals").heading == "Approvals"
    assert "Download" not in cora.reads
    assert hotline.audit_log[-1] == ("Cora", "intake handed off")


def test_a_coordinators_intake_has_the_number_if_it_was_asked_for_and_an_admins_never(
    hotline: Hotline,
) -> None:
    ana = hotline.has_on_duty("Ana", speaks="es")
    call = is_helped_by(hotline, ana)
    cora, ada = hotline.has_user("Cora").signs_in(), hotline.has_user("Ada", "admin").signs_in()
    cora.opens(f"/calls/{call.row.id}").ticks("With the caller's number, if it is still known")
    _asks_for_intake(cora, call.row.id, "Table for Clio", opens=False)
    ada.opens("/approvals").presses("Approve")
    told = cora.opens("/approvals").presses("Download the file").answer.get_data(as_text=True)
    assert phone_numbers.dialled_here(call.number) in told
    _asks_for_intake(ada, call.row.id, "JSON")
    assert "With the caller's number no" in ada.reads
    cora.opens("/approvals").presses("Approve")
    told = ada.opens("/approvals").presses("Download the file").answer.get_json()
    assert (told["phone"], told["pseudonym"]) == (None, call.row.pseudonym)


def _asks_for_intake(page: Coordinator, call: str, form: str, *, opens: bool = True) -> None:
    if opens:
        page.opens(f"/calls/{call}")
    page.fills("Which office gets it", "the clinic in Queens")
    page.fills("Why, and that the caller agrees", "she asked for a lawyer there")
    page.chooses("Form of the file", form).presses("Request the file")
