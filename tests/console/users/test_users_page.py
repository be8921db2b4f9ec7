"""Users: approved by two people, invited with a code, linked, locked and signed out."""

from __future__ import annotations

from datetime import timedelta

import pyotp

from models.core import slow_hash
from models.staff import invitations
from tests.coordinator import Coordinator
from tests.hotline import Hotline

NEW_PASSWORD = "five unrelated words for me"


def asks_for(ada: Coordinator, name: str, role: str, person: str = "nobody") -> Coordinator:
    """An administrator requests a new user."""
    ada.opens("/users").fills("Name", name).chooses("Role", role)
    return ada.chooses("Person on the roster", person).presses("Request this user")


def two_admins(hotline: Hotline) -> tuple[Coordinator, Coordinator]:
    """Ada and Abe, signed in."""
    return tuple(hotline.has_user(name, "admin").signs_in() for name in ("Ada", "Abe"))  # type: ignore[return-value]


def code_for(ada: Coordinator, name: str) -> str:
    """A one-time code; the page shows it once."""
    ada.opens("/users").follows(name).presses("Create a one-time code")
    return ada.page.css_first(".secret").text()


def joins(hotline: Hotline, name: str, code: str, password: str = NEW_PASSWORD) -> Coordinator:
    """A new user chooses a password with a code."""
    new = Coordinator(hotline, name, password).opens("/join")
    new.fills("Name", name).fills("One-time code", code)
    return (
        new.fills("New password", password)
        .fills("Repeat the password", password)
        .presses("Continue")
    )


def test_a_new_user_is_asked_for_agreed_to_and_joins_with_a_code(hotline: Hotline) -> None:
    hotline.knows("Nora Diaz")
    ada, abe = two_admins(hotline)
    asks_for(ada, "Nora", "responder", "Nora Diaz")
    assert ada.heading == "Approvals"
    assert "Nora" not in ada.opens("/users").section("Users who can sign in")
    abe.opens("/approvals")
    assert "A new user: Nora" in abe.reads
    assert "Nora Diaz" in abe.reads
    abe.presses("Approve")
    code = code_for(ada, "Nora")
    assert code not in ada.opens("/users").follows("Nora").reads
    nora = joins(hotline, "Nora", code)
    assert nora.heading == "Set up your second step"
    nora.secret = nora.page.css_first(".key code").text()
    nora.fills("Code", pyotp.TOTP(nora.secret).at(hotline.clock.now())).presses("Continue")
    assert nora.opens("/people").heading == "Nora Diaz"
    deeds = [deed for deed in hotline.audit_log if deed[1] != "signed in"]
    assert deeds == [
        ("Ada", "approval asked"),
        ("Abe", "approval agreed"),
        ("Abe", "user added"),
        ("Ada", "user invited"),
        ("Nora", "user joined"),
        ("Nora", "second factor added"),
    ]


def test_a_code_works_once_and_for_two_days(hotline: Hotline) -> None:
    ada, abe = two_admins(hotline)
    asks_for(ada, "Nora", "coordinator")
    abe.opens("/approvals").presses("Approve")
    void = code_for(ada, "Nora")
    code = code_for(ada, "Nora")
    assert "not right" in joins(hotline, "Nora", void).error_at("One-time code")
    assert "15" in joins(hotline, "Nora", code, "too short").error_at("New password")
    with slow_hash.turn(), slow_hash.turn():  # a wrong code costs no turn
        assert "not right" in joins(hotline, "Nora", "x").error_at("One-time code")
        assert joins(hotline, "Nora", code).answer.status_code == 503
    joins(hotline, "Nora", code)
    assert "not right" in joins(hotline, "Nora", code).error_at("One-time code")
    asks_for(ada, "Otto", "coordinator")
    abe.opens("/approvals").presses("Approve")
    late = code_for(ada, "Otto")
    hotline.waits_quietly(invitations.LIFE.total_seconds())
    assert "not right" in joins(hotline, "Otto", late).error_at("One-time code")


def test_guessing_codes_rests_like_guessing_passwords(hotline: Hotline) -> None:
    ada, abe = two_admins(hotline)
    asks_for(ada, "Nora", "coordinator")
    abe.opens("/approvals").presses("Approve")
    code = code_for(ada, "Nora")
    for _ in range(5):
        joins(hotline, "Nora", "a guess of many")
    assert "not right" in joins(hotline, "Nora", code).error_at("One-time code")


def test_another_role_needs_another_administrator(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora", "responder").signs_in()
    ada, abe = two_admins(hotline)
    ada.opens("/users").follows("Cora").chooses("Change the role", "coordinator")
    ada.presses("Request this role")
    assert cora.opens("/calls/export").answer.status_code in (404, 405)
    assert "Administration" not in cora.opens("/board").places
    abe.opens("/approvals").presses("Approve")
    assert "Administration" in cora.opens("/board").places
    assert ("Abe", "role granted") in hotline.audit_log


def test_whoever_lost_the_way_in_begins_anew_once_two_agree(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in()
    ada, abe = two_admins(hotline)
    ada.opens("/users").follows("Cora").presses("Request a reset")
    assert "Reset of the sign-in of Cora" in ada.reads
    assert cora.opens("/board").heading == "Board"  # nothing happens until a second user approves
    assert "coordinator" in abe.opens("/approvals").presses("Approve").opens("/users").reads
    assert cora.opens("/board").heading == "Sign in"
    hotline.waits_quietly(60)
    before = cora.elsewhere().signs_in_by_password()
    assert before.heading == "Sign in"
    code = code_for(ada, "Cora")
    again = joins(hotline, "Cora", code)
    assert again.heading == "Set up your second step"
    again.secret = again.page.css_first(".key code").text()
    assert again.secret != cora.secret
    again.fills("Code", again.code()).presses("Continue")
    assert again.opens("/board").heading == "Board"
    assert ("Abe", "sign-in reset") in hotline.audit_log
    assert ("Ada", "approval asked") in hotline.audit_log


def test_a_new_start_that_is_refused_changes_nothing(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in()
    ada, abe = two_admins(hotline)
    ada.opens("/users").follows("Cora").presses("Request a reset")
    abe.opens("/approvals").presses("Reject")
    assert cora.opens("/board").heading == "Board"
    assert not ada.opens("/users").follows("Cora").can_press("Create a one-time code")


def test_a_new_start_needs_a_second_administrator_who_is_not_the_one_locked_out(
    hotline: Hotline,
) -> None:
    ada, _ = two_admins(hotline)
    ada.opens("/users").follows("Abe")
    assert "hotline user reset NAME" in ada.section("Signing in")
    assert not ada.can_press("Request a reset")
    refused = ada.posts(f"{ada.address}/reset", csrf=ada.token)
    assert refused.status_code == 422
    assert "Grant it on the server" in refused.get_data(as_text=True)
    assert ("Ada", "approval asked") not in hotline.audit_log


def test_nobody_begins_anew_who_can_help_themselves(hotline: Hotline) -> None:
    ada, abe = two_admins(hotline)
    ada.opens("/users").follows("Ada")
    assert "Request a reset" not in ada.reads
    own = ada.posts(f"{ada.address}/reset", csrf=ada.token)
    assert (own.status_code, "under Your account" in own.get_data(as_text=True)) == (422, True)
    asks_for(ada, "Nora", "coordinator")
    abe.opens("/approvals").presses("Approve")
    ada.opens("/users").follows("Nora")
    new = ada.posts(f"{ada.address}/reset", csrf=ada.token)
    assert (new.status_code, "one-time code" in new.get_data(as_text=True)) == (422, True)


def test_a_lone_administrator_is_told_whom_to_ask(hotline: Hotline) -> None:
    ada = hotline.has_user("Ada", "admin").signs_in().opens("/users")
    assert "hotline user add NAME --role ROLE" in ada.reads
    hotline.has_user("Cora")
    assert "hotline user role NAME ROLE" in ada.opens("/users").follows("Cora").reads
    token = ada.page.css_first("meta[name=csrf]").attributes["content"] or ""
    answer = ada.posts("/users", csrf=token, name="Nora", role="auditor")
    assert answer.status_code == 422
    assert "You are the only administrator" in answer.get_data(as_text=True)


def test_bad_input_is_said_at_its_field(hotline: Hotline) -> None:
    hotline.knows("Ana")
    hotline.has_user("Ana", "responder", person="Ana")
    ada, _ = two_admins(hotline)
    assert "Write the name" in asks_for(ada, " ", "auditor").error_at("Name")
    assert "already a user" in asks_for(ada, "ANA", "auditor").error_at("Name")
    assert ada.value_of("Name") == "ANA"


def test_whoever_is_locked_is_out_at_once(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in()
    ada = hotline.has_user("Ada", "admin").signs_in().opens("/users").follows("Cora")
    ada.presses("Lock")
    assert cora.opens("/board").heading == "Sign in"
    hotline.waits(30)
    assert cora.elsewhere().signs_in_by_password().heading == "Sign in"
    ada.opens("/users").follows("Cora").presses("Unlock")
    hotline.waits(30)
    assert cora.elsewhere().signs_in().heading == "Board"
    assert ("Ada", "user locked") in hotline.audit_log
    assert ("Ada", "user unlocked") in hotline.audit_log


def test_sessions_are_ended_from_afar(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in()
    ada = hotline.has_user("Ada", "admin").signs_in().opens("/users").follows("Cora")
    ada.presses("Sign them out everywhere")
    assert cora.opens("/board").heading == "Sign in"


def test_the_last_administrator_stays(hotline: Hotline) -> None:
    ada, _ = two_admins(hotline)
    ada.opens("/users").follows("Abe").presses("Lock")
    ada.opens("/users").follows("Ada")
    assert "cannot lock yourself out" in ada.section("Lock")
    token = ada.page.css_first("meta[name=csrf]").attributes["content"] or ""
    assert ada.posts(f"{ada.address}/lock", csrf=token).status_code == 303
    assert ada.opens("/users").heading == "Users"


def test_a_user_is_linked_to_somebody_of_the_roster(hotline: Hotline) -> None:
    hotline.knows("Ana")
    user = hotline.has_user("Ana T", "responder").signs_in().opens("/people")
    assert "not linked to anybody" in user.reads
    ada = hotline.has_user("Ada", "admin").signs_in().opens("/users").follows("Ana T")
    ada.chooses("Who they are", "Ana").presses("Save")
    assert user.opens("/people").heading == "Ana"
    assert ("Ada", "user linked") in hotline.audit_log


def test_requests_are_forgotten_after_a_month(hotline: Hotline) -> None:
    ada, _ = two_admins(hotline)
    asks_for(ada, "Nora", "auditor")
    hotline.later(timedelta(days=31))
    assert hotline.rows_of("approvals") == 0
