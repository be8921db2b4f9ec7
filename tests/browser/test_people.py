"""A phone is proven in a real browser, with the code that really reached it."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo
from tests.browser.test_console import sign_in

NUMBER = "+12125550177"
_LOOKS, _PAUSE_MILLISECONDS = 240, 250


def test_a_new_number_is_proven_with_the_code_that_was_texted(page: Page, demo: Demo) -> None:
    sign_in(page, demo)
    page.get_by_role("link", name="People").click()
    page.get_by_role("link", name="Sunita Gurung").click()
    page.get_by_role("textbox", name="Number").fill(NUMBER)
    page.get_by_role("button", name="Send a code").click()
    phone = page.get_by_role("region", name="Phone number")
    expect(phone).to_contain_text("the number of before goes on being rung")
    page.get_by_role("textbox", name="Code").fill(_code(page, demo))
    page.get_by_role("button", name="This is the code").click()
    expect(page.get_by_role("status")).to_contain_text("rung from now on")
    expect(phone).not_to_contain_text("not proven")


def test_a_call_of_yesterday_reads_as_a_story(page: Page, demo: Demo) -> None:
    sign_in(page, demo)
    page.get_by_role("link", name="Calls", exact=True).click()
    page.get_by_label("Answered by").select_option(label="Samira Haddad")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("table").get_by_role("link").first.click()
    story = page.get_by_role("region", name="What happened")
    expect(story).to_contain_text("Pressed 8 - Arabic")
    expect(story).to_contain_text("Rang Samira Haddad")
    expect(story).to_contain_text("reached a person")


def _code(page: Page, demo: Demo) -> str:
    """The code in the text that arrives at the new phone."""
    for _ in range(_LOOKS):
        phones = demo.ask("/simulator/phones")["phones"]
        texts = [text["body"] for phone in phones if phone["number"] == NUMBER
                 for text in phone["texts"]]  # fmt: skip
        found = re.search(r"\d{6}", texts[-1]) if texts else None
        if found:
            return found[0]
        page.wait_for_timeout(_PAUSE_MILLISECONDS)
    raise AssertionError("no code arrived")
