"""The charts and the import in a real browser: they are visible and accessible."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo, OpenWindow
from tests.browser.test_console import faults, sign_in

PLOTS = {"days": "rect", "waits": "circle", "languages": "circle, path", "needs": "rect",
         "partners": "rect", "boroughs": "rect",
         "items-languages": "rect", "items-endings": "rect"}  # fmt: skip
SHEET = "person,weekday,date,start,end\nMei Lin,sat sun,,09:00,18:00\n"
CUT = """plot => [...plot.querySelectorAll("text, li > span, td, th")].filter(
  word => word.scrollWidth > word.clientWidth + 1 && getComputedStyle(word).display != "inline")"""


@pytest.mark.parametrize("width", [1280, 390])
def test_every_plot_has_marks_that_can_be_seen_and_words_of_full_size(
    open_window: OpenWindow, demo: Demo, width: int
) -> None:
    page = sign_in(open_window({"width": width, "height": 844}), demo)
    page.goto(f"{demo.url}/reports?days=90")
    for name, marks in PLOTS.items():
        plot = page.locator(f"#{name}-plot")
        assert plot.locator(marks).count() >= 3, name
        assert plot.locator(marks).first.bounding_box(), name
        painted = "mark => getComputedStyle(mark).fill"
        assert plot.locator(marks).first.evaluate(painted) != "rgb(0, 0, 0)", f"{name} is unpainted"
    sizes = "words => words.map(each => parseFloat(getComputedStyle(each).fontSize))"
    assert min(page.locator(".plot text, .plot td, .plot li span").evaluate_all(sizes)) >= 12
    week = page.locator("#rates-plot td:not(.few):not(.none)")
    assert week.count() > 20
    assert page.locator(".plot").evaluate_all(f"plots => plots.flatMap({CUT}).length") == 0
    page.get_by_text("Show table").first.click()
    table = page.get_by_role("region", name="Calls over time").get_by_role("table")
    expect(table.first).to_be_visible()
    assert faults(page) == []


def test_a_plot_is_a_picture_and_its_figures_lead_to_their_calls(page: Page, demo: Demo) -> None:
    sign_in(page, demo)
    page.goto(f"{demo.url}/reports")
    for title, name in (("Calls over time", "days"), ("How open items ended", "items-endings")):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"PNG, {title}").click()
        assert download.value.suggested_filename == f"{name}.png"
        picture = download.value.path().read_bytes()
        wide, high = struct.unpack(">II", picture[16:24])
        assert wide > 800
        assert high > 400
        assert len(picture) > 8_000, "an empty sheet"
        with page.expect_download() as download:
            page.get_by_role("link", name=f"CSV, {title}").click()
        assert len(download.value.path().read_text().splitlines()) > 2
    left = page.locator("a.kpi").last  # few enough to be counted in the log
    number = left.locator(".big").inner_text()
    left.click()
    expect(page.get_by_text(f"{number} calls found")).to_be_visible()


def test_the_plan_of_the_demo_shows_who_is_missing(page: Page, demo: Demo) -> None:
    sign_in(page, demo)
    page.goto(f"{demo.url}/staffing")
    expect(page.locator(".heat td.short").first).to_be_visible()
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
