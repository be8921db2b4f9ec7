"""Signing in: two factors, few attempts, short sessions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from argon2 import extract_parameters

from console.auth import passwords, rate_limits
from models.core import slow_hash
from models.staff import users
from models.staff.staff_sessions import StaffSession
from tests.coordinator import Coordinator
from tests.hotline import Hotline

ELSEWHERE = "198.51.100.7"
QUARTER, HALF_DAY = 15 * 60, 12 * 60 * 60


@contextmanager
def every_turn_taken() -> Iterator[None]:
    """Others have their passwords compared, and take long."""
    with ExitStack() as others:
        for _ in range(slow_hash.AT_ONCE):
            others.enter_context(slow_hash.turn())
        yield


def test_a_password_and_a_code_open_the_console(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").opens("/")
    assert cora.heading == "Sign in"
    cora.fills("Name", " CORA ").fills("Password", cora.password).presses("Sign in")
    assert cora.heading == "Second step"
    cora.opens("/board")
    assert cora.heading == "Second step"
    cora.opens("/sign-in/code").fills("Code", cora.code()).presses("Continue")
    assert cora.heading == "Board"
    assert hotline.audit_log == [("Cora", "signed in")]


def test_whoever_wanted_a_page_comes_to_it_after_the_sign_in(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").opens("/account")
    cora.fills("Name", "Cora").fills("Password", cora.password).presses("Sign in")
    cora.fills("Code", cora.code()).presses("Continue")
    assert cora.heading == "Your account"


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_i17_a_sign_in_leads_to_no_other_host(hotline: Hotline, wanted: str) -> None:
    cora = hotline.has_user("Cora").opens(f"/sign-in?then={wanted}")
    cora.fills("Name", "Cora").fills("Password", cora.password).presses("Sign in")
    cora.fills("Code", cora.code()).presses("Continue")
    assert cora.heading == "Board"


def test_i16_a_wrong_name_and_a_wrong_password_read_alike(hotline: Hotline) -> None:
    known, unknown = hotline.has_user("Cora"), Coordinator(hotline, "Nobody", "x" * 20)
    for one in (known, unknown):
        one.opens("/sign-in").fills("Name", one.name).fills("Password", "wrong " * 4)
        one.presses("Sign in")
        assert one.value_of("Name") == one.name
        assert one.value_of("Password") == ""
    assert known.error_at("Name") == unknown.error_at("Name")
    assert known.answer.status_code == unknown.answer.status_code == 422


def test_i16_it_costs_as_much_to_be_nobody_as_to_be_somebody() -> None:
    hashed = passwords.hash_of("correct horse battery")
    assert extract_parameters(slow_hash.NOBODYS) == extract_parameters(hashed)
    assert not passwords.matches(slow_hash.NOBODYS, "correct horse battery")


@pytest.mark.parametrize(("steps", "enters"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_h8_a_clock_that_is_a_step_off_still_signs_in(
    hotline: Hotline, steps: int, enters: bool
) -> None:
    cora = hotline.has_user("Cora").opens("/sign-in")
    cora.fills("Name", "Cora").fills("Password", cora.password).presses("Sign in")
    cora.fills("Code", cora.code(steps)).presses("Continue")
    assert (cora.heading == "Board") is enters


def test_h8_a_code_opens_once(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in()
    thief = cora.elsewhere().signs_in()
    assert "used before" in thief.error_at("Code")
    hotline.waits(30)
    assert cora.elsewhere().signs_in().heading == "Board"


def test_a_first_sign_in_sets_up_the_second_step(hotline: Hotline) -> None:
    new = hotline.has_user("New", enrolled=False)
    new.opens("/").fills("Name", "New").fills("Password", new.password).presses("Sign in")
    assert new.heading == "Set up your second step"
    assert new.page.css_first(".qr svg") is not None
    new.secret = new.page.css_first(".key code").text()
    new.fills("Code", "000000").presses("Continue")
    assert "is wrong" in new.error_at("Code")
    assert new.page.css_first(".key code").text() == new.secret
    new.fills("Code", new.code()).presses("Continue")
    assert new.heading == "Board"
    assert ("New", "second factor added") in hotline.audit_log
    hotline.waits(30)
    assert new.elsewhere().signs_in().heading == "Board"


def test_half_a_sign_in_cannot_replace_the_second_step(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").opens("/sign-in")
    cora.fills("Name", "Cora").fills("Password", cora.password).presses("Sign in")
    cora.opens("/sign-in/enrol")
    assert cora.heading == "Second step"


def test_i15_after_five_wrong_passwords_this_network_rests_and_no_other(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora")
    thief = Coordinator(hotline, "Cora", "a guess of many", network=ELSEWHERE)
    for _ in range(rate_limits.PER_ACCOUNT_AND_NETWORK):
        thief.opens("/sign-in").fills("Name", "Cora").fills("Password", thief.password)
        thief.presses("Sign in")
    right = cora.elsewhere(ELSEWHERE).opens("/sign-in").fills("Name", "Cora")
    right.fills("Password", cora.password).presses("Sign in")
    assert right.heading == "Sign in"
    assert cora.signs_in().heading == "Board"
    assert ("Cora", "sign-in rests") in hotline.audit_log
    hotline.waits_quietly(QUARTER)
    assert cora.elsewhere(ELSEWHERE).signs_in().heading == "Board"


def test_i15_one_network_cannot_try_one_name_after_the_other(hotline: Hotline) -> None:
    thief = Coordinator(hotline, "", "a guess of many", network=ELSEWHERE)
    for number in range(rate_limits.PER_NETWORK):
        thief.opens("/sign-in").fills("Name", f"name {number}").fills("Password", thief.password)
        thief.presses("Sign in")
    cora = hotline.has_user("Cora")
    right = cora.elsewhere(ELSEWHERE).opens("/sign-in").fills("Name", "Cora")
    right.fills("Password", cora.password).presses("Sign in")
    assert right.heading == "Sign in"
    assert cora.signs_in().heading == "Board"


def has_been_tried(hotline: Hotline, times: int) -> None:
    """Strangers typed wrong passwords for Cora in so many tries, over days."""
    with hotline.context.database.transaction() as session:
        user = users.named(session, "Cora")
        assert user
        user.wrong_tries = times


def strangers_try(hotline: Hotline, networks: int) -> None:
    """As many wrong passwords for Cora as each of these networks may try."""
    for number in range(networks):
        thief = Coordinator(hotline, "Cora", "a guess of many", network=f"198.51.100.{number}")
        thief.opens("/sign-in")
        for _ in range(rate_limits.PER_ACCOUNT_AND_NETWORK):
            thief.fills("Name", "Cora").fills("Password", thief.password).presses("Sign in")


def types_password(cora: Coordinator, code: str = "") -> Coordinator:
    """Name and password, and the code at once if there is one."""
    cora.fills("Name", "Cora").fills("Password", cora.password)
    return (cora.fills("Code", code) if code else cora).presses("Sign in")


def test_i15_strangers_who_try_one_name_from_everywhere_shut_nobody_out(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora")
    has_been_tried(hotline, rate_limits.PER_ACCOUNT - 1)
    strangers_try(hotline, 1 + rate_limits.WITH_PASSWORD // rate_limits.PER_ACCOUNT_AND_NETWORK)
    assert types_password(cora.opens("/sign-in")).heading == "Sign in"
    assert "code is needed here too" in cora.error_at("Name")
    assert types_password(cora, cora.code()).heading == "Board"
    assert ("Cora", "sign-in rests") in hotline.audit_log
    hotline.waits(30)
    assert cora.elsewhere().signs_in().heading == "Board"


def test_i15_a_right_password_without_its_code_reads_like_a_wrong_one(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora")
    has_been_tried(hotline, rate_limits.PER_ACCOUNT)
    wrong = Coordinator(hotline, "Cora", "a guess of many", network=ELSEWHERE).opens("/sign-in")
    right = types_password(cora.opens("/sign-in"))
    assert types_password(wrong).error_at("Name") == right.error_at("Name")
    code = cora.code()
    wrong.fills("Code", code)
    assert types_password(wrong, code).heading == "Sign in"
    assert types_password(right, code).heading == "Board"


def test_i15_who_has_the_password_cannot_try_codes_for_ever(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora")
    has_been_tried(hotline, rate_limits.PER_ACCOUNT + rate_limits.WITH_PASSWORD - 1)
    types_password(types_password(cora.opens("/sign-in")), "123456")
    assert types_password(cora, cora.code()).heading == "Sign in"
    has_been_tried(hotline, 0)
    assert types_password(cora).heading == "Second step"


def test_i15_strangers_do_not_keep_a_signed_in_user_from_confirming(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in()
    hotline.waits_quietly(6 * 60)
    has_been_tried(hotline, rate_limits.PER_ACCOUNT)
    cora.opens("/account").follows("Change the password")
    cora.fills("Password", cora.password).presses("Continue")
    assert cora.heading == "New password"


def test_i15_wrong_passwords_of_a_network_that_rests_count_against_nobody(
    hotline: Hotline,
) -> None:
    cora = hotline.has_user("Cora")
    thief = Coordinator(hotline, "Cora", "a guess of many", network=ELSEWHERE).opens("/sign-in")
    for _ in range(rate_limits.PER_ACCOUNT + 1):
        thief.fills("Name", "Cora").fills("Password", thief.password).presses("Sign in")
    with hotline.context.database.reading() as session:
        user = users.named(session, "Cora")
        assert user
        assert user.wrong_tries == rate_limits.PER_ACCOUNT_AND_NETWORK
    assert cora.signs_in().heading == "Board"


def test_i15_codes_typed_in_a_network_that_rests_count_against_nobody(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").opens("/sign-in")
    cora.fills("Name", "Cora").fills("Password", cora.password).presses("Sign in")
    for _ in range(2 * rate_limits.PER_ACCOUNT_AND_NETWORK):
        cora.fills("Code", "123456").presses("Continue")
    with hotline.context.database.reading() as session:
        user = users.named(session, "Cora")
        assert user
        assert user.wrong_tries == rate_limits.PER_ACCOUNT_AND_NETWORK


def test_a_sign_in_that_gets_no_turn_is_told_to_try_again_and_counts_as_no_try(
    hotline: Hotline,
) -> None:
    cora = hotline.has_user("Cora").opens("/sign-in")
    cora.fills("Name", "Cora").fills("Password", cora.password)
    with every_turn_taken():
        cora.presses("Sign in")
    assert cora.answer.status_code == 503
    assert "Nothing was changed" in cora.reads
    with hotline.context.database.reading() as session:
        user = users.named(session, "Cora")
        assert user
        assert user.wrong_tries == 0
    assert cora.signs_in().heading == "Board"


def test_a_network_that_rests_costs_no_turn(hotline: Hotline) -> None:
    thief = Coordinator(hotline, "Cora", "a guess of many", network=ELSEWHERE).opens("/sign-in")
    for _ in range(rate_limits.PER_ACCOUNT_AND_NETWORK):
        thief.fills("Name", "Cora").fills("Password", thief.password).presses("Sign in")
    with every_turn_taken():
        thief.fills("Name", "Cora").fills("Password", thief.password).presses("Sign in")
    assert thief.answer.status_code == 422


def test_a_password_that_gets_no_turn_to_be_hashed_is_not_changed(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in().opens("/account/password")
    new = "four unrelated words today"
    cora.fills("New password", new).fills("Repeat the password", new)
    with every_turn_taken():
        cora.presses("Change the password")
    assert cora.answer.status_code == 503
    assert cora.opens("/account").heading == "Your account"


def test_the_longest_password_opens_and_a_longer_one_is_refused(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in().opens("/account/password")
    assert f"{passwords.SHORTEST} to {passwords.LONGEST} characters" in cora.reads
    too_long = "x" * (passwords.LONGEST + 1)
    cora.fills("New password", too_long).fills("Repeat the password", too_long)
    cora.presses("Change the password")
    assert f"at most {passwords.LONGEST}" in cora.error_at("New password")
    longest = "x" * passwords.LONGEST
    cora.fills("New password", longest).fills("Repeat the password", longest)
    assert cora.presses("Change the password").heading == "Your account"
    hotline.waits(30)
    other = Coordinator(hotline, "Cora", too_long).opens("/sign-in")
    other.fills("Name", "Cora").fills("Password", too_long).presses("Sign in")
    assert other.heading == "Sign in"
    other.fills("Password", longest).presses("Sign in")
    assert other.heading == "Second step"


def test_codes_cannot_be_guessed_either(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").opens("/sign-in")
    cora.fills("Name", "Cora").fills("Password", cora.password).presses("Sign in")
    for _ in range(rate_limits.PER_ACCOUNT_AND_NETWORK):
        cora.fills("Code", "123456").presses("Continue")
    cora.fills("Code", cora.code()).presses("Continue")
    assert cora.heading == "Second step"


def test_a_session_ends_when_nobody_is_at_work_in_it(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in()
    hotline.waits_quietly(QUARTER - 60)
    assert cora.opens("/board").heading == "Board"
    hotline.waits_quietly(QUARTER - 60)
    assert cora.opens("/board").heading == "Board"
    hotline.waits_quietly(QUARTER)
    assert cora.opens("/board").heading == "Sign in"


def test_a_session_ends_after_twelve_hours_of_work(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in()
    often = HALF_DAY / 50
    assert often < QUARTER
    for _ in range(49):
        hotline.waits_quietly(often)
        assert cora.opens("/board").heading == "Board"
    hotline.waits_quietly(often)
    assert cora.opens("/board").heading == "Sign in"


def test_a_board_that_nobody_looks_at_keeps_no_session_alive(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in()
    for _ in range(3):
        hotline.waits_quietly(QUARTER / 3)
        cora.client.get("/board/news", base_url=hotline.settings.base_url)
    assert cora.opens("/board").heading == "Sign in"


def test_i14_each_step_gives_a_new_token_and_the_database_holds_none(hotline: Hotline) -> None:
    cora, tokens = hotline.has_user("Cora").opens("/sign-in"), []
    tokens.append(_token(cora))
    cora.fills("Name", "Cora").fills("Password", cora.password).presses("Sign in")
    tokens.append(_token(cora))
    cora.fills("Code", cora.code()).presses("Continue")
    tokens.append(_token(cora))
    assert len(set(tokens)) == 3
    with hotline.context.database.reading() as session:
        held = {row.token_hash for row in session.query(StaffSession)}
    assert not held & set(tokens)


def test_i13_the_cookie_is_for_this_host_https_and_no_script(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").opens("/sign-in")
    (cookie,) = cora.answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-hotline=")
    for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


def test_signing_out_everywhere_ends_the_other_browser_at_once(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in()
    hotline.waits(30)
    other = cora.elsewhere().signs_in()
    cora.opens("/account").presses("Sign out everywhere")
    assert cora.opens("/board").heading == "Sign in"
    assert other.opens("/board").heading == "Sign in"


def test_one_session_of_many_is_ended_from_the_list(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in()
    hotline.waits(30)
    other = cora.elsewhere().signs_in()
    cora.opens("/account").presses("End")
    assert cora.heading == "Your account"
    assert other.opens("/board").heading == "Sign in"


def test_what_is_sensitive_asks_for_the_password_again(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in()
    hotline.waits_quietly(6 * 60)
    other = cora.elsewhere().signs_in()
    cora.opens("/account").follows("Change the password")
    assert cora.heading == "Confirm that it is you"
    cora.fills("Password", "no longer me").presses("Continue")
    assert "is wrong" in cora.error_at("Password")
    cora.fills("Password", cora.password).presses("Continue")
    assert cora.heading == "New password"
    cora.fills("New password", "too short").fills("Repeat the password", "too short")
    assert "15" in cora.presses("Change the password").error_at("New password")
    new = "four unrelated words today"
    cora.fills("New password", new).fills("Repeat the password", new).presses("Change the password")
    assert cora.heading == "Your account"
    assert other.opens("/board").heading == "Sign in"
    assert ("Cora", "password changed") in hotline.audit_log


def _token(cora: Coordinator) -> str:
    cookie = cora.client.get_cookie("__Host-hotline", domain="hotline.example.org")
    assert cookie
    return cookie.value
