"""A coordinator at the desk, in a real browser whose profile is looked through later."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import FLAGS
from tests.seize.planted import Kind, Planted
from tests.seize.seized_line import SeizedLine
from tests.seize.stories import COORDINATOR, PASSWORD

_PAGES = ("/board", "/open-items", "/callbacks", "/calls", "/texts", "/people", "/account")
_MOST_MILLISECONDS = 60_000


def works(line: SeizedLine, planted: Planted, profile: Path) -> None:
    """Hear the message, write a note, look at a number, open the other pages, close the browser."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        raise RuntimeError("Chromium is missing: install it (sudo apt-get install chromium)")
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=program, args=FLAGS, locale="en-US"
        )
        context.set_default_timeout(_MOST_MILLISECONDS)
        page = context.new_page()
        _signs_in(page, line)
        _hears_the_message(page, line)
        _writes(page, planted.texts[Kind.NOTE])
        _looks_at_the_number(page, planted.texts[Kind.REASON])
        for address in _PAGES:
            page.goto(line.url + address)
        context.close()


def _signs_in(page: Page, line: SeizedLine) -> None:
    page.goto(f"{line.url}/")
    page.get_by_label("Name").fill(COORDINATOR)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="Board", level=1).wait_for()


def _hears_the_message(page: Page, line: SeizedLine) -> None:
    page.goto(f"{line.url}/messages")
    page.get_by_role("main").locator("a[href^='/messages/']").first.click()
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function(
        "audio => audio.currentTime > 0", arg=page.locator("audio").element_handle()
    )


def _writes(page: Page, note: str) -> None:
    page.get_by_label("New note").fill(note)
    page.get_by_role("button", name="Save the note", exact=True).click()
    page.get_by_role("region", name="Notes").get_by_text(note).wait_for()


def _looks_at_the_number(page: Page, reason: str) -> None:
    page.get_by_role("link", name="Show the number, with a reason").click()
    page.get_by_label("Why you need it").fill(reason)
    page.get_by_role("button", name="Show the number", exact=True).click()
    page.locator("p.shown.number").wait_for()
