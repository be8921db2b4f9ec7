"""The console in a real browser: it is accessible, stays live, and accepts passkeys."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from commands.showcase.demo_command import HOTLINE_NUMBER
from tests.browser.conftest import NARROW, WIDE, Demo

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
PAGES = (
    "/board",
    "/styles",
    "/open-items",
    "/account",
    "/account/password",
    "/tokens",
    "/api",
    "/shifts",
    "/schedule",
    "/schedule?days=14&by=need",
    "/schedule?days=month",
    "/schedule?open=es+bn",
    "/schedule/rules",
    "/schedule/change?kind=shift",
    "/schedule/change?kind=turns",
    "/schedule/who?language=es&need=detained",
    "/messages",
    "/callbacks",
    "/calls",
    "/people",
    "/people/new",
    "/partners",
    "/partners/new",
    "/facilities",
    "/facilities/new",
    "/approvals",
    "/reports",
    "/staffing",
    "/import",
    "/prompts",
    "/prompts?language=ar",
    "/prompts/languages",
    "/prompts/main_menu.detained",
    "/prompts/main_menu.detained/fr",
    "/prompts/announcements",
    "/surge",
    "/panic",
    "/status",
    "/follow-ups",
    "/texts",
)
LED_TO = {
    "/messages": "/messages/",
    "/callbacks": "/callbacks/",
    "/open-items": "/open-items/",
    "/people": "/people/",
    "/calls": "/calls/",
    "/schedule?open=es": "/schedule/shift",
}
"""Lists, and how the addresses begin that their rows lead to."""
LIVE = re.compile(r"^Live · \w{3}\s\d+\s\w{3},\s\d\d:\d\d$")
"""With the day and time of the last news, as every time is written."""
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that depend on colours; all others give the same result in dark mode."""
AXE_RUN = "async rules => (await axe.run({runOnly: rules, resultTypes: ['violations']})).violations"
"""Only the violations: to name all that is right takes as long as to find what is wrong."""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def sign_in(page: Page, demo: Demo, name: str = "cora", host: str = "127.0.0.1") -> Page:
    """Sign in as a user of the demo."""
    page.goto(demo.url.replace("127.0.0.1", host) + "/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password(demo))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Board", level=1)).to_be_visible()
    return page


def goes_to(page: Page, *names: str) -> None:
    """Follow the navigation: a group, and perhaps a page in it. On a phone it is behind "More"."""
    for name in names:
        page.wait_for_load_state("load")  # without its styles a page shows both ways
        more = page.get_by_role("link", name="More", exact=True)
        if more.is_visible():
            more.click()
        page.get_by_role("navigation", name="Pages").get_by_role(
            "link", name=name, exact=True
        ).click()


def password(demo: Demo) -> str:
    """The password of the demo's users, from the file that the demo wrote."""
    found = re.search(r"^DEMO_PASSWORD=(.*)$", (demo.folder / "demo.env").read_text(), re.M)
    assert found
    return found[1]


def faults(page: Page, rules: Sequence[str] = TAGS) -> list[str]:
    """The accessibility faults that axe finds, of any impact."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text())
    found = page.evaluate(AXE_RUN, rules)
    return [
        f"{fault['id']}: {node['html'][:120]}"
        for fault in found
        for node in fault["nodes"]
        if not _is_under_a_bar(node)
    ]


def _is_under_a_bar(node: dict[str, Any]) -> bool:
    """Whether a target is small only because a bar that stays covers part of it: one can scroll."""
    told = [check["data"] for check in node["any"] if isinstance(check["data"], dict)]
    return any(each.get("messageKey") == "partiallyObscured" for each in told)


def faults_in_every_light(page: Page) -> list[str]:
    """The same in a wide and a narrow window, in light and in dark colours."""
    found: list[str] = []
    for size in (WIDE, NARROW):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        page.emulate_media(color_scheme="light")
        found += faults(page)
        if wider_by(page) > 0:
            found.append(f"wider than {size['width']} pixels")
        page.emulate_media(color_scheme="dark")
        found += faults(page, COLOURS)
    return found


def test_the_way_in_can_be_used_by_everybody(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/sign-in")
    assert faults_in_every_light(page) == []
    session = page.context.new_cdp_session(page)
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"].endswith("/static/manifest.webmanifest"), "it can be installed"
    refused = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {each["errorId"] for each in refused} <= {"in-incognito"}, "as test windows are"


@pytest.mark.parametrize("part", range(4))
def test_every_page_can_be_used_by_everybody(page: Page, demo: Demo, part: int) -> None:
    sign_in(page, demo)
    for address in PAGES[part::4]:
        page.goto(demo.url + address)
        assert faults_in_every_light(page) == [], address
    for address in [*LED_TO][part::4]:
        page.set_viewport_size({"width": WIDE["width"], "height": WIDE["height"]})
        page.goto(demo.url + address)
        row = page.locator(f"main :is(tbody, .tl) a[href^='{LED_TO[address]}']").first
        page.goto(demo.url + (row.get_attribute("href") or ""))
        assert faults_in_every_light(page) == [], f"a row of {address}"


def test_the_keyboard_alone_signs_in(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/sign-in")
    page.keyboard.type("cora")
    page.keyboard.press("Tab")
    page.keyboard.type(password(demo))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Board", level=1)).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_keyboard_alone_finds_a_page_in_its_group(page: Page, demo: Demo) -> None:
    sign_in(page, demo)
    for name, heading in (("Callers", "Open items"), ("Callbacks", "Callbacks")):
        link = page.get_by_role("navigation", name="Pages").get_by_role(
            "link", name=name, exact=True
        )
        for _ in range(30):
            page.keyboard.press("Tab")
            if link.evaluate("link => link === document.activeElement"):
                break
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
    expect(page.locator("nav.places [aria-current=page]")).to_have_text("Callbacks")


def test_h4_the_board_is_live_and_says_since_when_it_is_not(page: Page, demo: Demo) -> None:
    sign_in(page, demo)
    news = page.locator("#news")
    expect(news).to_have_text(LIVE)
    leg = demo.ask("/simulator/calls", {"from": "+19175550188", "to": HOTLINE_NUMBER})
    calls = page.get_by_role("region", name="Calls now")
    expect(calls).to_contain_text("in the menu")
    demo.ask(f"/simulator/legs/{leg['leg']}/hangup", {})
    expect(calls).to_contain_text("Nobody is on the line")
    page.route("**/board/n*", lambda _route: None)  # from here on the server does not answer
    expect(news).to_contain_text("Not updated since")
    expect(news).to_have_attribute("role", "alert")
    page.unroute_all(behavior="ignoreErrors")
    expect(news).to_have_text(LIVE)


def test_a_passkey_signs_in_without_a_password(browser: Browser, demo: Demo) -> None:
    """Uses the name localhost, because a bare address cannot have passkeys."""
    page = browser.new_page(locale="en-US")
    _with_a_device(page)
    sign_in(page, demo, "ada", host="localhost")
    page.goto(demo.url.replace("127.0.0.1", "localhost") + "/account")
    page.get_by_role("button", name="Create a passkey", exact=True).click()
    expect(page.get_by_role("button", name="Remove", exact=True)).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Use a passkey", exact=True).click()
    expect(page.get_by_role("heading", name="Board", level=1)).to_be_visible()
    expect(page.get_by_text("administrator", exact=True)).to_be_visible()
    page.context.close()


def _with_a_device(page: Page) -> None:
    """A simulated device with a fingerprint reader."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def wider_by(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    wider: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wider
