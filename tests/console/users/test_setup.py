"""The first hour of a hotline: an administrator signs in and sees what is left to do."""

from __future__ import annotations

import re

import pytest
from pydantic import SecretStr

from commands.base import finding
from commands.base.finding import Finding
from commands.findings import launch_findings
from models.operations import maintenance_state
from tests.hotline import Hotline
from tests.mail_server import mail_server

STEPS = (
    "The number rings here",
    "Everybody proved their phone",
    "24 hours are covered",
    "Prompts are reviewed",
    "A second administrator",
    "Alarms are tested",
)
EMPTY = {
    "/calls": "Each caller will stand here under a made-up name",
    "/open-items": "Callers who still need a person stand here",
    "/messages": "What callers leave after the tone stands here",
    "/callbacks": "stands here by deadline",
    "/follow-ups": "A follow-up is set after a talk",
    "/texts": "What people of the team text",
    "/shifts": "Whoever cannot come offers theirs",
    "/people": "Add them one by one, or import a roster",
    "/partners": "Add the first partner above, or import the roster",
    "/facilities": "Add the number of a place of detention above",
    "/prompts/announcements": "What you announce below is said to callers",
    "/reports": "Calls are counted here from the day after they came in",
    "/staffing": "Nothing can be calculated yet",
    "/approvals": "stand here until a second person agrees",
}


def done(page: str) -> list[str]:
    """The steps of the list that are ticked."""
    return [step for step in STEPS if f"Done {step}" in page]


def check_says(hotline: Hotline) -> str:
    """What `hotline check` says of the same list."""
    app = hotline.context
    with app.database.reading() as session:
        found = launch_findings.of_launch(
            session, hotline.settings, app.shipped_prompts, hotline.clock.now()
        )
        return " ".join(finding.words for finding in found)


def test_each_step_leads_to_its_page_and_ticks_itself(hotline: Hotline) -> None:
    ada = hotline.has_user("Ada", "admin").signs_in()
    assert ada.heading == "Board"
    todo = ada.section("Setting up")
    assert "0 of 6" in todo
    assert [step for step in STEPS if f"To do {step}" in todo] == list(STEPS)
    assert "No call has come in yet: call the hotline's number." in todo
    assert "no call has come in yet: call the hotline's number" in check_says(hotline)
    for step in STEPS:
        assert ada.opens("/setup").follows(step).answer.status_code == 200

    ana = hotline.has_on_duty("Ana Example", tier=3)
    assert done(ada.opens("/board").reads) == ["24 hours are covered"]
    assert "1 of 1 never pressed a key" in ada.reads
    assert "1 of 1 never pressed a key" in check_says(hotline)
    hotline.is_called().press("1").press("2")
    hotline.waits(4)
    ana.accepts()
    assert done(ada.opens("/board").reads) == list(STEPS[:3])
    hotline.has_user("Abe", "admin")
    assert done(ada.opens("/board").reads) == [*STEPS[:3], "A second administrator"]
    assert "invite a second administrator" not in check_says(hotline)
    assert "Setting up" not in hotline.has_user("Cora").signs_in().opens("/board").reads


def test_a_test_alarm_is_sent_from_the_page_and_ticks_the_last_step(hotline: Hotline) -> None:
    ada = hotline.has_user("Ada", "admin").signs_in()
    assert not ada.opens("/notices").can_press("Send a test alarm"), "there is nowhere to send it"
    with mail_server() as mail:
        hotline.restarts(alert_urls=SecretStr(mail.url))
        hotline.waits(60)  # a code counts once
        ada = ada.elsewhere().signs_in()
        assert "send a test" in ada.opens("/setup").section("Setting up")
        ada.opens("/notices").presses("Send a test alarm")
        hotline.waits(5)
        assert [each.subject for each in mail.mails] == ["Hotline: tried"]
        assert done(ada.opens("/setup").reads) == ["Alarms are tested"]
        assert re.search(r"Last alarm by the second way: Tue 8 Dec, 02:\d\d", ada.reads)


def test_the_list_leaves_the_board_when_all_is_done(hotline: Hotline) -> None:
    hotline.has_on_duty("Ana Example")
    hotline.is_called()
    ada = hotline.has_user("Ada", "admin").signs_in()
    assert "2 of 6" in ada.section("Setting up")
    assert "Setting up" not in hotline.has_user("luz", "responder").signs_in().reads


@pytest.mark.parametrize("role", ["admin", "coordinator"])
def test_an_empty_list_says_what_will_stand_there(hotline: Hotline, role: str) -> None:
    user = hotline.has_user("Ada", role).signs_in()
    told = {
        page: words in user.opens(page).reads
        for page, words in EMPTY.items()
        if user.opens(page).answer.status_code == 200
    }
    assert [page for page, is_told in told.items() if not is_told] == []
    assert len(told) >= 8


def test_what_the_check_found_stands_on_the_page_as_it_was_printed(hotline: Hotline) -> None:
    ada = hotline.has_user("Ada", "admin").signs_in().opens("/setup")
    assert "No check has run" in ada.section("What the server's check found")
    found = [
        Finding("the disk is nearly full"),
        Finding("time zones are those of tzdata 2026f", is_note=True),
        Finding("no call has come in yet", is_note=True, step="number"),
    ]
    told = finding.as_data(found)
    with hotline.context.database.transaction() as session:
        maintenance_state.keep_check(session, told, hotline.clock.now())
    reads = ada.opens("/setup").section("What the server's check found")
    assert "wrong the disk is nearly full note time zones are those of tzdata 2026f" in reads
    assert "no call has come in" not in reads
