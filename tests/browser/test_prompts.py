"""What callers hear, changed in a real browser and heard on a simulated phone."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from commands.showcase.demo_command import HOTLINE_NUMBER
from tests.browser.conftest import NARROW, Demo, OpenWindow
from tests.browser.test_console import faults, sign_in
from tests.console.prompts.test_prompt_pages import spoken_wav
from tests.waiting import PATIENCE_SECONDS

PROMPT = "/prompts/main_menu.rights/en"
NEW_WORDS = "To hear what the law lets you do, press {key}."
LAST_OF_THE_MENU = "To speak to a person at any time, press"
RECORD = "Record in the browser"
CALL_ME = "Call me to record this"


def test_a_prompt_is_edited_previewed_made_live_and_heard_on_the_phone(
    page: Page, demo: Demo
) -> None:
    sign_in(page, demo)
    page.goto(demo.url + PROMPT)
    page.get_by_label("What is said").fill(NEW_WORDS)
    page.get_by_role("button", name="Save, without going live").click()
    waiting = page.locator("section.waits")
    expect(waiting).to_contain_text("To hear what the law lets you do, press four.")
    assert _seconds(page, "section.waits audio") > 1, "the demo's voice reads it"
    waiting.get_by_role("button", name="Make it live").click()
    expect(page.get_by_role("status").first).to_contain_text("Callers hear it within seconds")
    page.wait_for_timeout(2500)  # every process looks for a newer edition each two seconds
    calls = (_heard_in_the_menu(demo, page) for _ in range(3))  # a slow process looks later
    assert any("To hear what the law lets you do, press four." in heard for heard in calls)


def test_a_file_and_the_microphone_become_recordings_that_can_be_heard(
    page: Page, demo: Demo, tmp_path: Path
) -> None:
    file = tmp_path / "mine.wav"
    file.write_bytes(spoken_wav(2.0))
    sign_in(page, demo)
    page.goto(f"{demo.url}/prompts/main_menu.offices/en")
    page.get_by_label("Recording (WAV; MP3 if scripts are enabled)").set_input_files(file)
    expect(page.locator("audio.heard")).to_be_visible()
    page.get_by_role("button", name="Keep this recording").click()
    source = page.locator("section.waits audio").get_attribute("src") or ""
    assert source.startswith("/audio/prompt/live/")
    assert 1.5 < _seconds(page, "section.waits audio") < 3
    page.get_by_role("button", name=RECORD).click()
    page.get_by_role("button", name="Stop recording", exact=True).wait_for()
    page.wait_for_timeout(1500)  # the browser's own microphone beeps once a second
    page.get_by_role("button", name="Stop recording", exact=True).click()
    expect(page.locator("audio.heard")).to_be_visible()
    page.get_by_role("button", name="Keep this recording").click()
    expect(page.locator("section.waits audio")).not_to_have_attribute("src", source)
    assert _seconds(page, "section.waits audio") > 0.3


def test_a_translator_is_called_and_what_they_read_comes_onto_the_page_by_itself(
    page: Page, open_window: OpenWindow, demo: Demo
) -> None:
    """Her telephone is the one in the other window."""
    demo.waits_until_ready()
    sign_in(page, demo, "samira")
    page.goto(f"{demo.url}/prompts/main_menu.rights/ar")
    telephones = open_window(NARROW)
    telephones.goto(f"{demo.url}/phone")
    phone = telephones.get_by_role("article", name="Samira Haddad", exact=True)
    page.get_by_role("button", name=CALL_ME).click()
    called = page.locator(".called")
    expect(called).to_contain_text("Calling you")
    phone.get_by_role("button", name="Answer").click()
    expect(phone.locator(".captions")).to_contain_text("To record a prompt for callers, press one")
    keypad = phone.get_by_role("group", name="Keypad")
    keypad.get_by_role("button", name="1", exact=True).click()
    expect(called).to_contain_text("You are on the phone with the hotline")
    assert faults(page) == []
    page.get_by_label("What is said").fill("typed while the page heard news {key}")
    phone.get_by_role("button", name="A sample").click()
    telephones.wait_for_timeout(2500)  # the sample is heard, at the speed of the world
    keypad.get_by_role("button", name="pound", exact=True).click()
    expect(called).to_contain_text("The recording has arrived")
    assert _seconds(page, ".called audio") > 0.3
    expect(page.get_by_label("What is said")).to_have_value("typed while the page heard news {key}")
    assert faults(page) == []
    phone.get_by_role("button", name="Hang up").click()
    called.get_by_role("link", name="Reload the page").click()
    expect(page.locator("section.waits audio")).to_be_visible()


def _seconds(page: Page, which: str) -> float:
    """How long a sound of the page lasts, once the browser has read it."""
    seconds: float = page.locator(which).evaluate(
        "sound => new Promise((told, failed) => {"
        " sound.addEventListener('loadedmetadata', () => told(sound.duration));"
        " sound.addEventListener('error', () => failed(sound.error.message));"
        " sound.preload = 'metadata'; sound.load(); })"
    )
    return seconds


def _heard_in_the_menu(demo: Demo, page: Page) -> str:
    """What a caller hears until the main menu has been said to its end."""
    leg = demo.ask("/simulator/calls", {"from": "+19175550187", "to": HOTLINE_NUMBER})["leg"]
    demo.ask(f"/simulator/legs/{leg}/press", {"digits": "1"})
    for _ in range(int(PATIENCE_SECONDS * 2)):
        heard = str(demo.ask(f"/simulator/legs/{leg}")["events"])
        if LAST_OF_THE_MENU in heard:
            demo.ask(f"/simulator/legs/{leg}/hangup", {})
            return heard
        page.wait_for_timeout(500)
    raise AssertionError(f"the menu never ends: {heard}")
