"""The telephones in the browser: people call, are rung, answer and talk, as they do by phone."""

from __future__ import annotations

import io
import re
import wave
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from models.calls import voicemails
from models.core.database import Database
from models.core.vault import Vault
from tests.browser.conftest import Demo
from tests.waiting import PATIENCE_SECONDS

EVENING = "tue 19:00"
"""On duty: Ana, Rosa (Spanish), Grace (English), Farhana (Bengali), Jean-Marc (Haitian Creole)."""


@pytest.fixture(autouse=True)
def _evening(demo: Demo) -> None:
    """Starts each test with people who have not been rung yet."""
    new_evening(demo)


def new_evening(demo: Demo) -> None:
    """Restart the hotline on a quiet Tuesday evening: no calls yet, no faults."""
    demo.ask("/simulator/stage/afresh", {})
    demo.ask("/simulator/stage/clock", {"at": EVENING, "speed": 1})
    demo.waits_until_ready()


def open_phone(page: Page, demo: Demo, speed: int = 5) -> None:
    page.goto(f"{demo.url}/phone")
    expect(card(page, "Ana Torres").locator(".badge")).to_have_text("on duty")
    if speed != 1:
        page.get_by_text(f"×{speed}", exact=True).click()


def card(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=name, exact=True)


def press(phone: Locator, key: str) -> None:
    keypad = phone.get_by_role("group", name="Keypad")
    keypad.get_by_role("button", name={"#": "pound", "*": "star"}.get(key, key), exact=True).click()


def hears(phone: Locator, words: str) -> None:
    expect(phone.locator(".captions")).to_contain_text(words)


def calls(page: Page, name: str = "Caller 1") -> Locator:
    phone = card(page, name)
    phone.get_by_role("button", name="Call the hotline", exact=True).click()
    return phone


def asks_in_spanish(page: Page, need: str, heard: str) -> Locator:
    phone = calls(page)
    hears(phone, "Para español")
    press(phone, "2")
    hears(phone, "oprima el")
    press(phone, need)
    if need == "2":
        hears(phone, "Si fue hoy")
        press(phone, "1")
    hears(phone, heard)
    return phone


def test_a_whole_call_until_both_sides_are_connected(page: Page, demo: Demo) -> None:
    open_phone(page, demo)
    caller = asks_in_spanish(page, "1", "No tiene que abrir la puerta")
    expect(caller).to_contain_text("On hold")
    ana = card(page, "Ana Torres")
    expect(ana).to_contain_text("Ringing. Shows 212 555 0100.")
    ana.get_by_role("button", name="Answer", exact=True).click()
    hears(ana, "Press one")
    press(ana, "1")
    for phone in (caller, ana):
        expect(phone).to_contain_text(
            "Connected. This phone sees 212 555 0100, the hotline's number"
        )
    caller.get_by_role("button", name="Hang up", exact=True).click()
    expect(ana).to_contain_text("The call has ended")
    expect(caller.get_by_role("button", name="Call the hotline", exact=True)).to_be_visible()


def test_what_the_carrier_speaks_and_what_was_recorded_can_be_heard(page: Page, demo: Demo) -> None:
    open_phone(page, demo, speed=1)
    caller = calls(page)
    spoken = sound_of(caller, "/simulator/live/sounds/")
    assert 1 < spoken < 6
    hears(caller, "Para español")
    press(caller, "6")
    hears(caller, "peze")
    recorded = sound_of(caller, f"{demo.url}/audio/prompt/ht/")
    assert 1 < recorded < 15
    assert caller.locator(".captions li[lang=ht]").first.get_attribute("dir") == "ltr"
    assert caller.locator("audio").evaluate("audio => audio.error") is None


def sound_of(phone: Locator, source: str) -> float:
    """How many seconds of sound this phone plays from that source; waits until it plays."""
    page = phone.page
    audio = phone.locator("audio").element_handle()
    page.wait_for_function(
        "([audio, source]) => audio.src.includes(source) && audio.duration > 0 && !audio.paused",
        arg=[audio, source],
    )
    return float(audio.evaluate("audio => audio.duration"))


def opens_the_developers_part(page: Page) -> None:
    page.get_by_text("For developers").click()


def turn(page: Page, name: str, *, on: bool) -> None:
    """Flip a switch, and wait until the page shows it."""
    switch = page.get_by_role("switch", name=name)
    switch.set_checked(on)
    expect(switch).to_have_attribute("aria-busy", "false")
    expect(switch).to_be_checked(checked=on)


def test_a_whole_call_by_keyboard_alone(page: Page, demo: Demo) -> None:
    open_phone(page, demo)
    tab_to(page, "Call the hotline")
    page.keyboard.press("Enter")
    caller = card(page, "Caller 1")
    expect(caller).to_have_class(re.compile(r"\bis-live\b"))  # not the previous call
    hears(caller, "Para español")
    page.keyboard.press("2")
    hears(caller, "agentes")
    page.keyboard.press("1")
    expect(card(page, "Ana Torres")).to_contain_text("Ringing")
    tab_to(page, "Answer")
    page.keyboard.press("Enter")
    live = page.get_by_role("region", name="Responders").locator(".phone.is-live")
    answered = live.filter(has_text="Press one").first
    hears(answered, "Press one")
    page.keyboard.press("1")
    expect(answered.locator(".connection")).to_contain_text("Connected")
    expect(caller.locator(".connection")).to_contain_text("Connected")


def tab_to(page: Page, name: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == name:
            return
    raise AssertionError(f"no way to {name!r} by keyboard")


def test_a_message_holds_what_was_said_into_the_microphone(page: Page, demo: Demo) -> None:
    open_phone(page, demo)
    caller = asks_in_spanish(page, "2", "Para dejar un mensaje")
    press(caller, "2")
    hears(caller, "Después del tono")
    expect(caller).to_contain_text("Recording: speak now.")
    page.get_by_text("×1", exact=True).click()
    caller.get_by_role("button", name="Speak", exact=True).click()
    with page.expect_request(re.compile("/spoken$")) as sent:
        expect(caller.get_by_role("button", name="Stop speaking")).to_be_visible()
        page.wait_for_timeout(1500)  # leave time to speak
        caller.get_by_role("button", name="Stop speaking").click()
    said = samples_of(sent.value.post_data_buffer or b"")
    assert loudness_of(said) > 500
    press(caller, "#")
    hears(caller, "mensaje")
    demo.ask("/simulator/stage/clock", {"speed": 20})
    kept = samples_of(eventually_stored(demo, page))
    middle = said[len(said) // 4 // 2 * 2 : len(said) // 2 // 2 * 2]
    assert middle in kept


def samples_of(file: bytes) -> bytes:
    with wave.open(io.BytesIO(file)) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (8000, 1, 2)
        return bytes(sound.readframes(sound.getnframes()))


def loudness_of(samples: bytes) -> int:
    return max(abs(sample) for sample in memoryview(samples).cast("h"))


def eventually_stored(demo: Demo, page: Page) -> bytes:
    """The last message that the hotline keeps, as a responder hears it."""
    settings = dict(
        line.split("=", 1) for line in (demo.folder / "demo.env").read_text().splitlines()
    )
    file: Path = demo.folder / "database" / "hotline.db"
    database = Database(f"sqlite:///{file}", Vault.from_setting(settings["DATA_KEYS"]))
    try:
        for _ in range(int(PATIENCE_SECONDS * 10)):
            with database.reading() as session:
                kept = list(voicemails.between(session, None, None))
                sound = voicemails.sound_of(session, kept[-1].id) if kept else None
            if sound:
                return sound
            page.wait_for_timeout(100)
    finally:
        database.close()
    raise AssertionError("the hotline never kept the message")


def test_two_who_press_1_at_once_do_not_both_get_the_caller(page: Page, demo: Demo) -> None:
    open_phone(page, demo)
    caller = asks_in_spanish(page, "1", "No tiene que abrir la puerta")
    two = card(page, "Ana Torres"), card(page, "Rosa Medina")
    for phone in two:
        phone.get_by_role("button", name="Answer", exact=True).click()
        hears(phone, "Hotline.")
    region = page.get_by_role("region", name="Responders")
    region.get_by_role("button", name="Two press 1 at once").click()
    expect(caller.locator(".connection")).to_contain_text("Connected")
    expect(region.locator(".is-connected")).to_have_count(1)
    expect(region).to_contain_text("The call has ended")  # the responder who pressed second


def test_a_voicemail_that_picks_up_never_gets_the_caller(page: Page, demo: Demo) -> None:
    open_phone(page, demo)
    caller = asks_in_spanish(page, "2", "Estamos buscando")
    card(page, "Ana Torres").get_by_role("button", name="Voicemail picks up").click()
    expect(card(page, "Ana Torres")).to_contain_text("A voicemail answered")
    card(page, "Rosa Medina").get_by_role("button", name="Answer", exact=True).click()
    press(card(page, "Rosa Medina"), "1")
    expect(caller.locator(".connection")).to_contain_text("Connected")


def test_without_its_database_the_hotline_still_speaks_and_rings_whoever_is_on_duty(
    page: Page, demo: Demo
) -> None:
    open_phone(page, demo)
    opens_the_developers_part(page)
    turn(page, "Database away", on=True)
    caller = calls(page)
    hears(caller, "sorry")
    expect(page.locator(".phone.is-ringing").first).to_be_visible()
    assert demo.http.get(f"{demo.url}/readyz").status_code == 503
    turn(page, "Database away", on=False)
    caller.get_by_role("button", name="Hang up", exact=True).click()
    asks_in_spanish(page, "1", "No tiene que abrir la puerta")
    expect(card(page, "Ana Torres")).to_contain_text("Ringing")


def test_what_travels_is_shown_and_a_carrier_that_refuses_is_seen(page: Page, demo: Demo) -> None:
    open_phone(page, demo)
    opens_the_developers_part(page)
    turn(page, "Carrier 429", on=True)
    asks_in_spanish(page, "1", "No tiene que abrir la puerta")
    strip = page.get_by_role("list", name="What travels")
    expect(strip.locator(".rest.failed .status").first).to_have_text("429")
    turn(page, "Carrier 429", on=False)
    expect(card(page, "Ana Torres")).to_contain_text("Ringing")
    menu = strip.locator("li.webhook", has_text="/voice/incoming").first
    menu.locator("summary").click()
    expect(menu).to_contain_text("<Gather")
    expect(menu).to_contain_text("CallStatus = ringing")
