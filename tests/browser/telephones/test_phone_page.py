"""The page of the telephones: what it shows and keeps.

Nobody is rung, and one caller at most chooses a language, which the hotline remembers. So these
tests share an evening: a new one takes longer than a test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import NARROW, WIDE, Demo, OpenWindow
from tests.browser.telephones.test_phone import (
    calls,
    card,
    hears,
    new_evening,
    open_phone,
    opens_the_developers_part,
    press,
    tab_to,
)
from tests.browser.test_console import faults_in_every_light

NEWS = ("**/simulator/live/stream*", "**/simulator/live/news*")


@pytest.fixture(scope="module")
def evening(demo: Demo) -> None:
    """A quiet Tuesday evening for all these tests."""
    new_evening(demo)


@pytest.fixture(autouse=True)
def _hangs_up(demo: Demo, evening: None) -> Iterator[None]:
    """Ends each test with everybody off the phone."""
    demo.ask("/simulator/stage/clock", {"speed": 1})
    yield
    for phone in demo.ask("/simulator/phones")["phones"]:
        if phone["live"]:
            demo.ask(f"/simulator/legs/{phone['live']}/hangup", {})


def opens_at_any_time(page: Page, demo: Demo) -> Page:
    """Open the page and wait for its first news; anybody may be on duty."""
    page.goto(f"{demo.url}/phone")
    expect(page.locator("#clock")).not_to_have_text("--:--:--")
    return page


def test_whoever_calls_before_the_first_news_is_put_through_when_they_come(
    page: Page, demo: Demo
) -> None:
    """The page keeps the press, and the Tab key finds the first phone first."""
    held: list[Route] = []
    for news in NEWS:
        page.route(news, lambda request: held.append(request))
    open_phone(page, demo)
    tab_to(page, "Call the hotline")
    page.keyboard.press("Enter")
    caller = card(page, "Caller 1")
    expect(caller).to_contain_text("Calling …")
    for request in list(held):
        request.continue_()
    hears(caller, "Para español")


def test_a_newcomer_reads_what_to_do_and_what_each_story_tells(
    open_window: OpenWindow, demo: Demo
) -> None:
    """The three steps stand on top and go along; the tools of developers are folded."""
    for size in (WIDE, NARROW):
        page = open_window(size)
        open_phone(page, demo)
        title = page.get_by_role("heading", name="Try the phone", level=1).bounding_box()
        assert title
        assert title["y"] < 120
        expect(page.get_by_text("The caller's number is withheld")).to_be_visible()
        expect(page.get_by_role("list", name="What travels")).to_be_hidden()
    assert faults_in_every_light(page) == []
    steps = page.get_by_role("list", name="How to try it")
    expect(steps.locator("[aria-current]")).to_contain_text("You are the caller")
    caller = calls(page)
    expect(steps.locator("[aria-current]")).to_contain_text("answer one and press 1")
    caller.get_by_role("button", name="Hang up", exact=True).click()
    expect(steps.locator("[aria-current]")).to_contain_text("You are the caller")


def test_on_a_narrow_screen_nothing_is_cut_off_and_arabic_runs_right_to_left(
    open_window: OpenWindow, demo: Demo
) -> None:
    page = open_window(NARROW)
    open_phone(page, demo)
    caller = calls(page)
    hears(caller, "العربية")
    press(caller, "8")
    arabic = caller.locator(".captions li[lang^=ar]").last
    expect(arabic).to_have_attribute("dir", "rtl")
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0


def test_the_clock_travels_and_the_hotline_with_it(page: Page, demo: Demo) -> None:
    open_phone(page, demo, speed=1)
    opens_the_developers_part(page)
    page.get_by_label("Go to").select_option(label="Friday, 2 in the morning")
    page.get_by_role("button", name="Go", exact=True).click()
    expect(page.locator("#day")).to_contain_text("Friday")
    expect(page.locator("#clock")).to_contain_text("02:00")
    expect(page.locator("#on-duty")).to_contain_text("Luis Ortega")
    expect(page.locator("#on-duty")).not_to_contain_text("Ana Torres")
    page.get_by_label("Go to").select_option(label="The night the clocks go forward")
    page.get_by_role("button", name="Go", exact=True).click()
    expect(page.locator("#day")).to_contain_text(re.compile("Sunday, March .*EST"))
    page.get_by_text("×5", exact=True).click()
    expect(page.locator("#clock")).to_contain_text("01:5")
    demo.ask("/simulator/stage/clock", {"at": "sun 03:30"})


def test_a_scenario_plays_by_itself_and_a_report_is_saved(page: Page, demo: Demo) -> None:
    opens_at_any_time(page, demo).get_by_text("×5", exact=True).click()
    page.get_by_role("button", name="A blocked number").click()
    told = page.locator("#performance")
    expect(told).to_contain_text("A blocked number. Went as told.")
    expect(page.get_by_role("radio", name="×5")).to_be_checked()
    page.get_by_text("×1", exact=True).click()  # the list holds only the newest
    opens_the_developers_part(page)
    hears(card(page, "Joan"), "Your request is saved")
    strip = page.get_by_role("list", name="What travels")
    expect(strip).to_contain_text("Joan: pressed 2")
    with page.expect_download() as download:
        page.get_by_role("link", name="Save a report").click()
    report = download.value.path().read_text()
    assert "You entered" in report
    assert "went as told" in report
    assert not re.search(r'(src|href)="', report)


def test_a_fresh_start_leaves_nothing_of_the_scenario_before(
    open_window: OpenWindow, page: Page, demo: Demo
) -> None:
    """The previous test must not look like the outcome of the next one."""
    opens_at_any_time(page, demo).get_by_text("×5", exact=True).click()
    page.get_by_role("button", name="A blocked number").click()
    told = page.locator("#performance")
    expect(told).to_contain_text("Playing")
    demo.ask("/simulator/stage/afresh", {})
    expect(told).to_be_hidden()
    again = opens_at_any_time(open_window(), demo)
    expect(card(again, "Joan")).to_have_count(0)
    expect(again.locator("#performance")).to_be_hidden()
    with again.expect_download() as download:
        again.get_by_role("link", name="Save a report").click()
    assert "A blocked number" not in download.value.path().read_text()
