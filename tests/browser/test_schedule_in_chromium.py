"""The schedule in a real browser: a coordinator clicks a hole, fills it, and sees the change."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo
from tests.browser.test_console import faults, sign_in


def test_a_hole_is_clicked_and_filled_and_is_covered(page: Page, demo: Demo) -> None:
    sign_in(page, demo)
    page.goto(f"{demo.url}/schedule")
    timeline = page.get_by_role("region", name="Timeline")
    hole = timeline.locator('.is-hole a[href*="lane=ne"]').last
    expect(hole).to_have_text(re.compile("Nobody"))
    address = hole.get_attribute("href")
    same_hole = timeline.locator(f'.is-hole a[href="{address}"]')
    expect(same_hole).to_have_count(1)
    hole.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Add a shift", exact=True)).to_be_visible()
    person = page.get_by_label("Who", exact=True)
    person.select_option(label="Sunita Gurung (Nepali, English)")
    page.get_by_role("button", name="Preview the change").click()
    preview = page.get_by_role("region", name="Effect of this change")
    expect(preview).to_contain_text("Sunita Gurung is on duty")
    expect(preview).to_contain_text("Nepali is covered")
    expect(page.locator(".timeline .is-on").first).to_contain_text("+ Sunita Gurung")
    assert faults(page) == []
    preview.get_by_role("button", name="Save").click()
    expect(page.get_by_text("applies from the next call")).to_be_visible()
    page.goto(f"{demo.url}/schedule")
    expect(timeline.locator(".is-shift").first).to_be_visible()
    expect(same_hole).to_have_count(0)
    page.get_by_role("button", name="Undo", exact=True).first.click()
    expect(page.get_by_text("The change is undone.")).to_be_visible()
    expect(same_hole).to_have_count(1)


def test_dragging_over_free_time_opens_the_form_with_it(page: Page, demo: Demo) -> None:
    sign_in(page, demo)
    page.goto(f"{demo.url}/schedule")
    page.locator(".timeline .ec-body .ec-day").last.scroll_into_view_if_needed()
    place = page.locator(".timeline .ec-body .ec-day").last.bounding_box()
    assert place
    middle = place["y"] + place["height"] - 3
    page.mouse.move(place["x"] + 20, middle)
    page.mouse.down()
    page.mouse.move(place["x"] + 90, middle, steps=6)
    page.mouse.up()
    expect(page.get_by_role("heading", name="Add a shift", exact=True)).to_be_visible()
    assert "lane=yue" in page.url


def test_without_a_script_the_list_says_the_same(page: Page, demo: Demo) -> None:
    sign_in(page, demo)
    quiet = page.context.browser
    assert quiet
    context = quiet.new_context(
        java_script_enabled=False, storage_state=page.context.storage_state()
    )
    plain = context.new_page()
    plain.goto(f"{demo.url}/schedule")
    coverage = plain.get_by_role("region", name="Coverage")
    expect(plain.get_by_role("region", name="Timeline")).to_be_hidden()
    expect(coverage.locator('a[href*="lane=ne"]').first).to_have_text("Fill this gap")
    context.close()
