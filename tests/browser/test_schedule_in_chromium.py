"""The schedule in a real browser: gaps are filled, shifts are moved, cards are read."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, Demo, OpenWindow
from tests.browser.test_console import faults, faults_in_every_light, sign_in

NEPALI = '.lane[data-lane="ne"]'


def test_a_gap_is_clicked_and_filled_and_is_covered(page: Page, demo: Demo) -> None:
    sign_in(page, demo)
    page.goto(f"{demo.url}/schedule?days=14")
    gap = page.locator(f"{NEPALI} a.interp").last
    address = gap.get_attribute("href")
    same_gap = page.locator(f'{NEPALI} a[href="{address}"]')
    expect(same_gap).to_have_count(1)
    gap.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Add a shift", exact=True)).to_be_visible()
    person = page.get_by_label("Who", exact=True)
    person.select_option(label="Sunita Gurung (Nepali, English)")
    page.get_by_role("button", name="Preview the change").click()
    preview = page.get_by_role("region", name="Effect of this change")
    expect(preview).to_contain_text("Sunita Gurung is on duty")
    expect(preview).to_contain_text("Nepali is covered")
    expect(page.locator(f"{NEPALI} .bar.ghost").first).to_be_visible()
    assert faults(page) == []
    preview.get_by_role("button", name="Save").click()
    expect(page.get_by_text("applies from the next call")).to_be_visible()
    page.goto(f"{demo.url}/schedule?days=14")
    expect(same_gap).to_have_count(0)
    page.get_by_role("button", name="Undo", exact=True).first.click()
    expect(page.get_by_text("The change is undone.")).to_be_visible()
    page.goto(f"{demo.url}/schedule?days=14")
    expect(same_gap).to_have_count(1)


def test_a_row_opens_in_its_place_and_a_shift_has_a_card_and_is_dragged(
    page: Page, demo: Demo
) -> None:
    sign_in(page, demo)
    page.goto(f"{demo.url}/schedule?days=14")
    page.locator("#fold-es").click()
    expect(page.locator("#fold-es")).to_have_attribute("aria-expanded", "true")
    assert "open=es" in page.url
    bar = page.locator('.lane[data-lane="es"] .bar[data-was]').last
    bar.hover()
    card = page.locator("aside.hover")
    expect(card.get_by_role("link", name="Change the times")).to_be_visible()
    assert faults_in_every_light(page) == []
    page.set_viewport_size({"width": 1366, "height": 768})
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] - 60, middle[1], steps=6)
    expect(page.locator(".track > .ghost")).to_be_visible()
    page.mouse.up()
    expect(page.get_by_role("heading", name="Change the times of a shift")).to_be_visible()
    assert "was_begins=" in page.url
    page.get_by_role("button", name="Preview the change").click()
    expect(page.get_by_text("instead of")).to_be_visible()


def test_without_a_script_each_row_and_each_shift_is_a_link(page: Page, demo: Demo) -> None:
    sign_in(page, demo)
    quiet = page.context.browser
    assert quiet
    context = quiet.new_context(
        java_script_enabled=False, storage_state=page.context.storage_state()
    )
    plain = context.new_page()
    plain.goto(f"{demo.url}/schedule?days=14")
    plain.locator("#fold-es").click()
    plain.locator('.lane[data-lane="es"] .bar[data-was]').last.click()
    expect(plain.get_by_role("link", name="Change the times")).to_be_visible()
    context.close()


def test_a_phone_shows_one_day_of_the_same_page(open_window: OpenWindow, demo: Demo) -> None:
    page = sign_in(open_window(NARROW), demo)
    page.goto(f"{demo.url}/schedule")
    days = page.get_by_role("list", name="Day")
    days.get_by_role("link").last.click()
    expect(days.locator("[aria-current=date]")).to_have_count(1)
    expect(page.locator(".tl .days li:visible")).to_have_count(1)
