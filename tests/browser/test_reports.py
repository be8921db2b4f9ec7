"""The charts and the import in a real browser: they are visible and accessible."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo
from tests.browser.test_console import faults, sign_in

PLOTS = ("days", "waits", "asked", "rates", "languages", "needs", "partners", "boroughs")
SHEET = "person,weekday,date,start,end\nMei Lin,sat sun,,09:00,18:00\n"


def test_every_plot_has_marks_that_can_be_seen(page: Page, demo: Demo) -> None:
    sign_in(page, demo)
    page.goto(f"{demo.url}/reports?days=90")
    for name in PLOTS:
        plot = page.locator(f"svg:has(#{name}-title)")
        marks = plot.locator("rect, polyline, circle")
        assert marks.count() > 3, name
        assert marks.first.bounding_box(), name
        painted = "mark => [getComputedStyle(mark).fill, getComputedStyle(mark).stroke]"
        assert marks.first.evaluate(painted) != ["rgb(0, 0, 0)", "none"], f"{name} has no colours"
    page.get_by_text("Table of these figures").first.click()
    expect(page.get_by_role("region", name="Over time").get_by_role("table")).to_be_visible()
    assert faults(page) == []


def test_the_plan_of_the_demo_shows_who_is_missing(page: Page, demo: Demo) -> None:
    sign_in(page, demo)
    page.goto(f"{demo.url}/staffing")
    expect(page.locator("rect.cell.short").first).to_be_visible()
    expect(page.get_by_role("region", name="Who is missing")).to_contain_text("on duty")


def test_a_file_is_chosen_and_looked_at(page: Page, demo: Demo, tmp_path: Path) -> None:
    sign_in(page, demo)
    (tmp_path / "shifts.csv").write_text(SHEET)
    page.goto(f"{demo.url}/import")
    page.get_by_label("File", exact=True).set_input_files(tmp_path / "shifts.csv")
    page.get_by_role("button", name="Preview the import").click()
    expect(page.get_by_role("heading", name="What would change")).to_be_visible()
    expect(page.get_by_role("region", name="Changes")).to_contain_text("Mei Lin: Sat, Sun 09:00")
    assert faults(page) == []
    page.get_by_role("link", name="Leave everything as it is").click()
    expect(page.get_by_role("heading", name="Import", exact=True)).to_be_visible()
