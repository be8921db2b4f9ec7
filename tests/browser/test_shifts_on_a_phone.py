"""Shifts on a responder's phone, in a real browser: offered, withdrawn, taken and given up."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, Demo, OpenWindow
from tests.browser.test_console import faults, faults_in_every_light, goes_to, sign_in

ADDRESSES = ("/shifts", "/shifts/time-off")


@pytest.fixture
def shifts(open_window: OpenWindow, demo: Demo) -> Page:
    """The page of shifts on Ana's phone."""
    page = sign_in(open_window(NARROW), demo, "ana")
    goes_to(page, "Planning", "Shifts")
    expect(page.get_by_role("heading", name="Shifts", level=1)).to_be_visible()
    return page


def test_a_shift_is_offered_and_taken_back_with_a_thumb(shifts: Page) -> None:
    mine = shifts.get_by_role("region", name="My shifts of the next four weeks")
    mine.get_by_role("link", name="Offer this shift").last.click()  # the first shift may have begun
    expect(shifts.get_by_role("button", name="Offer it", exact=True)).to_be_visible()
    assert faults(shifts) == []
    shifts.get_by_role("button", name="Offer it", exact=True).click()
    expect(mine).to_contain_text("It stays yours until somebody takes it.")
    mine.get_by_role("button", name="Withdraw the offer").click()
    expect(shifts.get_by_role("status")).to_contain_text("The offer is withdrawn.")
    expect(mine).not_to_contain_text("On offer")


def test_a_press_goes_on_duty_and_two_go_off_past_what_callers_miss(shifts: Page) -> None:
    now = shifts.get_by_role("region", name="On duty now")
    expect(now).to_contain_text("You are")
    assert faults(shifts) == []
    on = now.get_by_role("button", name="Go on duty")
    if on.is_visible():
        on.click()
        expect(now).to_contain_text("You are on duty until")
    now.get_by_role("link", name="Go off duty").click()
    expect(shifts.locator(".sheet [role=status]")).to_contain_text("You are off")
    assert faults(shifts) == []
    shifts.get_by_role("button", name="Go off duty").click()
    expect(shifts.get_by_role("region", name="You are off duty")).to_be_visible()
    shifts.get_by_role("button", name="I am back").click()
    expect(shifts.get_by_role("region", name="You are on duty")).to_be_visible()


def test_a_shift_is_taken_with_a_thumb(shifts: Page) -> None:
    to_take = shifts.get_by_role("region", name="Shifts you could take")
    button = to_take.get_by_role("button", name="Take it", exact=True).first
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    button.click()
    expect(shifts.get_by_role("status")).to_contain_text("The shift is yours")


def test_time_off_is_shown_before_it_is_saved(shifts: Page) -> None:
    shifts.get_by_role("link", name="Take time off").click()
    shifts.get_by_label("From").fill("2030-01-01T09:00")
    shifts.get_by_label("Until").fill("2030-01-01T12:00")
    shifts.get_by_role("button", name="Preview the effect").click()
    expect(shifts.get_by_role("status")).to_contain_text("You are off Tue 1 Jan, 09:00-12:00.")
    expect(shifts.get_by_label("From")).to_have_value("2030-01-01T09:00")
    assert faults(shifts) == []


def test_the_address_of_a_calendar_is_shown_once(shifts: Page, demo: Demo) -> None:
    shifts.get_by_role("button", name="Create an address").click()
    address = shifts.get_by_label("My shifts").input_value()
    assert faults(shifts) == []
    assert "BEGIN:VCALENDAR" in demo.http.get(address).text
    shifts.get_by_role("link", name="Back", exact=True).click()
    expect(shifts.locator("body")).not_to_contain_text(address.rpartition("/")[2])


def test_the_page_can_be_used_by_everybody(shifts: Page, demo: Demo) -> None:
    for address in ADDRESSES:
        shifts.goto(demo.url + address)
        assert faults_in_every_light(shifts) == [], address
