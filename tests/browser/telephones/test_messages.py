"""A message in a real browser: a user claims it, listens, adds a note and marks it done."""

from __future__ import annotations

import time

from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo
from tests.browser.test_console import sign_in
from tests.waiting import PATIENCE_SECONDS

SCENARIO = "message-in-creole"
OVER = ("as told", "went otherwise")
SPEED = 5
"""A play waits 90 s of its clock for each event: a busy machine needs some of them."""


def test_a_message_is_heard_claimed_noted_and_done(page: Page, demo: Demo) -> None:
    assert _plays(demo, SCENARIO) == ("as told", "")
    sign_in(page, demo)
    page.goto(f"{demo.url}/messages")
    page.get_by_role("main").locator("a[href^='/messages/']").first.click()
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function(
        "audio => audio.duration > 3 && audio.currentTime > 0",
        arg=page.locator("audio").element_handle(),
    )
    source = page.locator("audio").evaluate("audio => audio.currentSrc")
    heard = page.request.get(source)
    assert heard.headers["cache-control"] == "no-store"
    assert "attachment" not in heard.headers.get("content-disposition", "")
    page.get_by_role("button", name="Claim", exact=True).click()
    expect(page.get_by_text("You claimed the message.")).to_be_visible()
    page.get_by_label("New note").fill("Call her sister first.")
    page.get_by_role("button", name="Save the note", exact=True).click()
    expect(page.get_by_role("region", name="Notes")).to_contain_text("Call her sister first.")
    page.get_by_role("button", name="Done", exact=True).click()
    expect(page.get_by_text("All messages are done.")).to_be_visible()


def _plays(demo: Demo, scenario: str) -> tuple[str, str]:
    """How the scenario ended, and why if it went otherwise."""
    demo.ask(f"/simulator/stage/scenarios/{scenario}", {"speed": SPEED})
    for _ in range(int(PATIENCE_SECONDS * 5)):
        performance = demo.ask("/simulator/live/news")["scene"]["performance"]
        if performance and performance["state"] in OVER:
            return performance["state"], performance["why"]
        time.sleep(0.2)
    raise AssertionError(f"{scenario} does not end")
