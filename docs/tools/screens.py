"""Draws docs/screens from a running demo: wide and narrow, light and dark, in each language.

`make demo` in one terminal, then `make screens` in another, with the same PORT. Callers call while
the board is drawn, so that it shows what it is for. Pictures are overwritten.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from shutil import which

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from commands.showcase.demo_house import HOTLINE_NUMBER
from docs.tools.code_map import TOP

FOLDER = TOP / "docs" / "screens"
SIZES = {1280: 860, 390: 844}
THEMES = ("light", "dark")
LANGUAGES = {"en": "en-US", "es": "es-US"}
CALLERS = (("+16465550171", "11"), ("+19295550172", "221"), ("+13325550173", "522"))
"""Whose calls wait, and the keys they press: English, Spanish and Bengali."""
_PATIENCE_SECONDS = 90
_PASSWORD = re.compile(r"^DEMO_PASSWORD=(.*)$", re.M)


class Studio:
    """A running demo and a browser, to draw one kind of pictures after the other."""

    def __init__(self, browser: Browser, port: int, password: str) -> None:
        self.browser, self.password = browser, password
        self.url, self.carrier = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}"

    def draw(self) -> None:
        """Every picture. Callers call once: each of them is an open item afterwards."""
        windows = [self._window(*each) for each in product(SIZES, THEMES, LANGUAGES)]
        for page, what in windows:
            page.goto(f"{self.url}/phone?language={what[-2:]}")
            page.locator("#scenarios li").first.wait_for()
            _take(page, f"phone-{what}")
            self._signs_in(page)
        with self._callers_wait():
            for page, what in windows:
                page.goto(f"{self.url}/board")
                page.locator(".wait .rings").nth(len(CALLERS) - 1).wait_for()
                _take(page, f"board-{what}")
        for page, what in windows:
            page.goto(f"{self.url}/board")
            page.locator(".item:has(form[action*=callbacks]) .name a").first.click()
            page.locator("#item").wait_for()
            _take(page, f"item-{what}")
        for page, what in windows:
            page.goto(f"{self.url}/schedule?open=es")
            _points_at_a_stand_in(page)
            _take(page, f"timeline-{what}")
            for name in ("reports", "people"):
                page.goto(f"{self.url}/{name}")
                _take(page, f"{name}-{what}")

    def _window(self, width: int, theme: str, language: str) -> tuple[Page, str]:
        """A window, and the end of the names of its pictures."""
        context = self.browser.new_context(
            viewport={"width": width, "height": SIZES[width]}, locale=LANGUAGES[language],
            color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce",
        )  # fmt: skip
        context.set_default_timeout(_PATIENCE_SECONDS * 1000)
        return context.new_page(), f"{width}-{theme}-{language}"

    def _signs_in(self, page: Page) -> None:
        page.goto(f"{self.url}/sign-in")
        page.locator("#name").fill("cora")
        page.locator("#password").fill(self.password)
        page.locator("#password").press("Enter")
        page.wait_for_url("**/board")

    @contextmanager
    def _callers_wait(self) -> Iterator[None]:
        """Three callers who wait for a person meanwhile, and hang up afterwards."""
        with httpx.Client(base_url=self.carrier, timeout=30, trust_env=False) as http:
            legs = [self._calls(http, number, keys) for number, keys in CALLERS]
            try:
                yield
            finally:
                for leg in legs:
                    http.post(f"/simulator/legs/{leg}/hangup", json={})

    def _calls(self, http: httpx.Client, number: str, keys: str) -> str:
        order = {"from": number, "to": HOTLINE_NUMBER}
        leg = str(http.post("/simulator/calls", json=order).json()["leg"])
        heard = 0
        for key in keys:
            heard = _hears_more(http, leg, heard)
            http.post(f"/simulator/legs/{leg}/press", json={"digits": key})
        return leg


def _hears_more(http: httpx.Client, leg: str, before: int) -> int:
    """Wait until the caller heard more words than before; how many."""
    for _ in range(_PATIENCE_SECONDS * 5):
        events = http.get(f"/simulator/legs/{leg}").json()["events"]
        heard = sum(1 for each in events if each.get("spoken"))
        if heard > before:
            return heard
        time.sleep(0.2)
    raise SystemExit("the demo does not answer")


def _take(page: Page, name: str) -> None:
    page.wait_for_timeout(800)  # fonts, and the first news of a live page
    page.screenshot(path=FOLDER / f"{name}.png")


def _points_at_a_stand_in(page: Page) -> None:
    """Show the card of a shift. A phone has no pointer, so its picture shows the day."""
    size = page.viewport_size
    if size and size["width"] > 760:
        page.locator(".tl .bar.stand[href]").first.hover()
        page.locator(".tl .hover").wait_for()


def main(port: int) -> None:
    """Draw everything."""
    file = Path("instance/demo/demo.env")
    found = _PASSWORD.search(file.read_text()) if file.exists() else None
    if found is None:
        raise SystemExit("start the demo first: make demo")
    with sync_playwright() as playwright:
        path = which("chromium") or which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        Studio(browser, port, found[1]).draw()
        browser.close()


if __name__ == "__main__":
    main(int(sys.argv[1]))
