"""The two-person rule: one user alone is never enough; a request expires and is used once."""

from __future__ import annotations

from datetime import timedelta

from tests.coordinator import Coordinator
from tests.hotline import Hotline


def asks(hotline: Hotline, name: str = "Cora") -> Coordinator:
    """A coordinator requests an export of the call log."""
    cora = hotline.has_user(name).signs_in().opens("/calls")
    return cora.fills("Why do you need it?", "a report").presses("Request the export")


def ask_id(cora: Coordinator) -> str:
    """The request on the page."""
    (form,) = cora.page.css('form[action$="/end"]')
    return (form.attributes["action"] or "").split("/")[2]


def csrf(cora: Coordinator) -> str:
    """The fields of a form on their page."""
    return cora.page.css_first("meta[name=csrf]").attributes["content"] or ""


def test_nobody_agrees_with_themselves(hotline: Hotline) -> None:
    cora = asks(hotline)
    hotline.has_user("Dan")
    assert "Approve" not in [button.text() for button in cora.page.css("button")]
    cora.posts(f"/approvals/{ask_id(cora)}/agree", csrf=csrf(cora))
    assert "Download" not in cora.opens("/approvals").reads
    assert ("Cora", "approval agreed") not in hotline.audit_log


def test_without_a_second_person_the_page_says_so(hotline: Hotline) -> None:
    cora = asks(hotline)
    assert "Nobody else can approve" in cora.reads
    hotline.has_user("Rosa", "responder")
    assert "Nobody else can approve" in cora.opens("/approvals").reads
    hotline.has_user("Dan")
    assert "Nobody else" not in cora.opens("/approvals").reads


def test_after_a_day_nothing_can_be_agreed_to(hotline: Hotline) -> None:
    cora, ada = asks(hotline), hotline.has_user("Ada", "admin")
    approval = ask_id(cora)
    hotline.later(timedelta(hours=24, minutes=1))
    ada.signs_in()
    assert "No requests are waiting" in ada.opens("/approvals").reads
    ada.posts(f"/approvals/{approval}/agree", csrf=csrf(ada))
    assert ("Ada", "approval agreed") not in hotline.audit_log


def test_what_was_agreed_to_waits_a_day_for_its_download(hotline: Hotline) -> None:
    cora, ada = asks(hotline), hotline.has_user("Ada", "admin").signs_in()
    ada.opens("/approvals").presses("Approve")
    approval = ask_id(cora)
    hotline.later(timedelta(hours=24, minutes=1))
    cora.signs_in()
    assert "No requests are waiting" in cora.opens("/approvals").reads
    answer = cora.posts(f"/calls/export/{approval}", csrf=csrf(cora), form="csv")
    assert answer.status_code == 303


def test_a_download_sent_twice_gives_one_table(hotline: Hotline) -> None:
    cora, ada = asks(hotline), hotline.has_user("Ada", "admin").signs_in()
    ada.opens("/approvals").presses("Approve")
    approval = ask_id(cora)
    first, second = (
        cora.posts(f"/calls/export/{approval}", csrf=csrf(cora), form="csv") for _ in range(2)
    )
    assert (first.status_code, second.status_code) == (200, 303)
    assert "already downloaded" in cora.opens("/approvals").reads


def test_another_than_who_asked_downloads_nothing(hotline: Hotline) -> None:
    cora, ada = asks(hotline), hotline.has_user("Ada", "admin").signs_in()
    ada.opens("/approvals").presses("Approve")
    assert "Download" not in ada.opens("/approvals").reads
    answer = ada.posts(f"/calls/export/{ask_id(cora)}", csrf=csrf(ada), form="csv")
    assert answer.status_code == 303


def test_a_request_is_refused_or_taken_back(hotline: Hotline) -> None:
    cora, ada = asks(hotline), hotline.has_user("Ada", "admin").signs_in()
    ada.opens("/approvals").presses("Reject")
    assert "No requests are waiting" in cora.opens("/approvals").reads
    cora.opens("/calls").fills("Why do you need it?", "again").presses("Request the export")
    cora.presses("Withdraw the request")
    assert "No requests are waiting" in ada.opens("/approvals").reads
    assert ("Ada", "approval refused") in hotline.audit_log
    assert ("Cora", "approval withdrawn") in hotline.audit_log


def test_agreeing_is_sensitive_and_asks_for_the_password_again(hotline: Hotline) -> None:
    asks(hotline)
    ada = hotline.has_user("Ada", "admin").signs_in()
    hotline.waits_quietly(6 * 60)
    assert ada.opens("/approvals").heading == "Confirm that it is you"
    ada.fills("Password", ada.password).presses("Continue")
    assert ada.heading == "Approvals"
    assert "Approve" in ada.reads


def test_a_coordinator_is_not_asked_about_roles(hotline: Hotline) -> None:
    ada = hotline.has_user("Ada", "admin").signs_in()
    hotline.has_user("Abe", "admin")
    ada.opens("/users").fills("Name", "Nora").presses("Request this user")
    cora = hotline.has_user("Cora").signs_in().opens("/approvals")
    assert "Nora" not in cora.reads
    cora.posts(f"/approvals/{ask_id(ada)}/agree", csrf=csrf(cora))
    assert "Nora" not in ada.opens("/users").section("Users who can sign in")
