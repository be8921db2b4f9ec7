"""Calls and people in a real browser: the code that reaches a phone verifies the phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo
from tests.browser.test_console import faults_in_every_light, goes_to, sign_in
from tests.waiting import PATIENCE_SECONDS

NUMBER = "+12125550177"
_PAUSE_SECONDS = 0.25


@pytest.fixture(scope="module", autouse=True)
def _nothing_is_owed(demo: Demo) -> None:
    """From here on there is no open work, of which the line could text or ring people."""
    demo.ask("/simulator/stage/afresh", {})
    demo.waits_until_ready()


def test_a_new_number_is_proven_with_the_code_that_was_texted(page: Page, demo: Demo) -> None:
    sign_in(page, demo)
    goes_to(page, "Team", "People")
    page.get_by_role("link", name="Sunita Gurung", exact=True).click()
    page.get_by_role("textbox", name="Number").fill(NUMBER)
    page.get_by_role("button", name="Send a code", exact=True).click()
    phone = page.get_by_role("region", name="Phone number")
    expect(phone).to_contain_text("we keep ringing the old number")
    page.get_by_role("textbox", name="Code").fill(_code(page, demo))
    page.get_by_role("button", name="This is the code").click()
    expect(page.get_by_role("status")).to_contain_text("rung from now on")
    expect(phone).not_to_contain_text("not verified")


def test_a_call_of_yesterday_reads_as_a_story(page: Page, demo: Demo) -> None:
    sign_in(page, demo)
    goes_to(page, "Callers", "Calls")
    page.get_by_label("Answered by").select_option(label="Samira Haddad")
    page.get_by_role("button", name="Apply", exact=True).click()
    page.get_by_role("table").get_by_role("link").first.click()
    story = page.get_by_role("region", name="What happened")
    expect(story).to_contain_text("Language menu")
    expect(story).to_contain_text("Pressed ")
    expect(story).to_contain_text("Rang Samira Haddad")
    expect(story).to_contain_text("reached a person")


def test_each_ones_page_can_be_used_by_everybody(page: Page, demo: Demo) -> None:
    """Covers the pages of a call, a person, a partner and a user, and the list of users.

    The other lists are among the pages of `test_console.py`.
    """
    page.goto(f"{demo.url}/join")
    assert faults_in_every_light(page) == []
    sign_in(page, demo, "ada")
    for listed in ("calls", "people", "partners", "users"):
        page.goto(f"{demo.url}/{listed}")
        if listed == "users":
            assert faults_in_every_light(page) == [], listed
        with page.expect_navigation(wait_until="load"):  # wait for the style sheet too
            page.get_by_role("table").get_by_role("link").first.click()
        expect(page.get_by_role("link", name=f"All {listed}")).to_be_visible()
        assert faults_in_every_light(page) == [], f"one of {listed}"


def _code(page: Page, demo: Demo) -> str:
    """The code in the text that the new phone receives."""
    for _ in range(int(PATIENCE_SECONDS / _PAUSE_SECONDS)):
        phones = demo.ask("/simulator/phones")["phones"]
        texts = [text["body"] for phone in phones if phone["number"] == NUMBER
                 for text in phone["texts"]]  # fmt: skip
        found = re.search(r"\d{6}", texts[-1]) if texts else None
        if found:
            return found[0]
        page.wait_for_timeout(_PAUSE_SECONDS * 1000)
    raise AssertionError("no code arrived")
