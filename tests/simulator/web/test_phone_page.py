"""The page's requests to the carrier: news, sounds, the microphone, and only its own commands."""

from __future__ import annotations

import array
import io
import json
import math
import re
import wave
from collections.abc import Iterator

import httpx
import pytest

from simulator.audio import telephone_sound
from tests.simulator.conftest import HOTLINE, World

CARRIER = "https://api.twilio.com"


@pytest.fixture
def page(world: World) -> Iterator[httpx.Client]:
    """A browser's requests to the carrier, without the browser."""
    transport = httpx.WSGITransport(world.carrier.wsgi)
    with httpx.Client(transport=transport, base_url=CARRIER) as client:
        yield client


def news(page: httpx.Client, since: int | None = None) -> dict:
    return page.get("/simulator/live/news", params={} if since is None else {"since": since}).json()


def test_the_page_and_its_parts_come_with_a_strict_policy(page: httpx.Client) -> None:
    for path in ("/phone", "/phone/main.js", "/phone/style.css"):
        answer = page.get(path)
        assert answer.status_code == 200
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "<script>" not in page.get("/phone").text
    assert "style=" not in page.get("/phone").text


def test_the_page_speaks_the_language_of_its_address_or_of_the_browser(page: httpx.Client) -> None:
    english = page.get("/phone").text
    assert '<html lang="en">' in english
    assert "Try the phone" in english
    spanish = page.get("/phone", headers={"Accept-Language": "es-MX,es"}).text
    assert spanish == page.get("/phone?language=es").text
    assert '<html lang="es">' in spanish
    assert "Pruebe el teléfono" in spanish
    assert "Try the phone" not in spanish
    assert page.get("/phone/words/es").json()["Call the hotline"] == "Llamar a la línea"
    assert page.get("/phone?language=xx").text == english
    assert page.get("/phone/words/xx").status_code == 404
    assert page.get("/phone/..%2Fcontrol.py").status_code == 404


def test_the_page_has_the_look_of_the_console_and_none_of_its_other_files(
    page: httpx.Client,
) -> None:
    linked = re.findall(r'href="(/phone/house/[a-z.]+)"', page.get("/phone").text)
    assert len(linked) == 3
    tokens = page.get("/phone/house/tokens.css").text
    font = re.search(r"fonts/[a-z0-9-]+\.woff2", tokens)
    assert font
    for path in (*linked, "/phone/house/icons.svg", f"/phone/house/{font[0]}"):
        assert page.get(path).status_code == 200, path
    assert page.get("/phone/house/board.js").status_code == 404


def test_news_tell_what_happened_and_how_each_phone_stands(
    world: World, page: httpx.Client
) -> None:
    world.hotline.on("/voice", '<Say language="es-US">Hola</Say><Pause length="30"/>')
    before = news(page)
    leg = world.called()
    told = news(page, before["next"])
    heard = [entry for entry in told["entries"] if entry.get("spoken")]
    assert heard[0]["spoken"]["text"] == "Hola"
    assert heard[0]["heard"] == 0
    assert [(state["leg"], state["status"]) for state in told["legs"]] == [(leg.sid, "in-progress")]
    webhook = next(entry for entry in told["entries"] if entry["kind"] == "webhook")
    assert '\n  <Say language="es-US">Hola</Say>\n' in webhook["text"]
    assert news(page, told["next"])["entries"] == []
    leg.hangs_up()


def test_words_of_the_carrier_can_be_heard(world: World, page: httpx.Client) -> None:
    world.hotline.on("/voice", '<Say language="es-US">Buenos días</Say><Pause length="30"/>')
    leg = world.called()
    answer = page.get(f"/simulator/live/sounds/{leg.sid}/0.wav")
    assert answer.headers["Content-Type"] == "audio/wav"
    assert 0.5 < telephone_sound.seconds_of(answer.content) < 3
    assert page.get(f"/simulator/live/sounds/{leg.sid}/9.wav").status_code == 404
    assert page.get("/simulator/live/sounds/CA0/0.wav").status_code == 404
    leg.hangs_up()


def said(seconds: float) -> bytes:
    """A test voice: 300 Hz, unlike the tone that stands for unknown words."""
    count = int(seconds * telephone_sound.RATE)
    samples = (
        int(9000 * math.sin(n * math.tau * 300 / telephone_sound.RATE)) for n in range(count)
    )
    return array.array("h", samples).tobytes()


def recorded(world: World) -> bytes:
    (recording,) = world.carrier.recordings
    with wave.open(io.BytesIO(recording.wav())) as file:
        return file.readframes(file.getnframes())


def test_a_recording_holds_what_came_from_the_microphone(world: World, page: httpx.Client) -> None:
    world.hotline.on("/voice", '<Record action="/kept" maxLength="60" finishOnKey="#"/>')
    world.hotline.on("/kept", "<Hangup/>")
    leg = world.called()
    page.post(f"/simulator/legs/{leg.sid}/begin-to-speak", json={})
    world.carrier.advance(2)
    voice = said(2)
    sent = page.post(f"/simulator/legs/{leg.sid}/spoken", content=telephone_sound.file_of(voice))
    assert sent.status_code == 200
    leg.presses("#")
    assert voice in recorded(world)


def test_a_recording_waits_for_a_sound_that_comes_after_it_has_ended(
    world: World, page: httpx.Client
) -> None:
    world.hotline.on(
        "/voice",
        '<Record action="/kept" maxLength="3" recordingStatusCallback="/ready"/>',
    )
    world.hotline.on("/kept", "<Hangup/>")
    world.hotline.on("/ready", "")
    leg = world.called()
    page.post(f"/simulator/legs/{leg.sid}/begin-to-speak", json={})
    world.carrier.advance(6)
    assert world.hotline.asked("/ready") == []
    page.post(f"/simulator/legs/{leg.sid}/spoken", content=telephone_sound.file_of(said(3)))
    world.carrier.advance(2)
    assert len(world.hotline.asked("/ready")) == 1
    assert said(3)[:16_000] in recorded(world)


def test_a_sound_of_another_kind_is_refused(world: World, page: httpx.Client) -> None:
    world.hotline.on("/voice", '<Pause length="30"/>')
    leg = world.called()
    page.post(f"/simulator/legs/{leg.sid}/begin-to-speak", json={})
    for wrong in (b"not a sound", telephone_sound.file_of(said(1), rate=44_100)):
        answer = page.post(f"/simulator/legs/{leg.sid}/spoken", content=wrong)
        assert answer.status_code == 409
    leg.hangs_up()


def test_a_sample_is_spoken_in_the_language_last_heard(world: World, page: httpx.Client) -> None:
    world.hotline.on("/voice", '<Say language="es-US">Hola</Say><Record finishOnKey="#"/>')
    leg = world.called()
    world.carrier.advance(2)
    page.post(f"/simulator/legs/{leg.sid}/speak-a-sample", json={})
    (speech,) = leg.speeches
    assert speech.sound == world.carrier.stage.voices.sample("es")
    assert 2 < speech.seconds < 10
    leg.hangs_up()


def test_another_sites_page_may_not_use_the_phones(world: World, page: httpx.Client) -> None:
    world.hotline.on("/voice", "<Hangup/>")
    order = {"from": "+17185550162", "to": HOTLINE}
    foreign = page.post("/simulator/calls", json=order, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    own = page.post("/simulator/calls", json=order, headers={"Origin": CARRIER})
    assert own.status_code == 201


def test_the_clock_is_set_over_http(world: World, page: httpx.Client) -> None:
    told = page.post("/simulator/stage/clock", json={"at": "fri 02:00"}).json()
    assert told["now"] == "2026-12-11T07:00:00+00:00"
    assert page.post("/simulator/stage/clock", json={"at": "yesterday"}).status_code == 400
    assert page.post("/simulator/stage/clock", json={"speed": 0}).status_code == 400


def test_a_report_has_everything_in_one_file(world: World, page: httpx.Client) -> None:
    world.hotline.on("/voice", '<Say language="ar-XA">&lt;b&gt;مرحبا</Say><Pause length="5"/>')
    world.called()
    world.carrier.advance(10)
    report = page.get("/simulator/stage/report.html", params={"since": 0}).text
    assert 'lang="ar-XA" dir="rtl">“&lt;b&gt;مرحبا”' in report
    assert "POST https://hotline.example/voice" in report
    assert "src=" not in report
    assert "href=" not in report


def test_a_fresh_start_puts_everybody_off_the_phone(world: World, page: httpx.Client) -> None:
    world.hotline.on("/voice", '<Pause length="30"/>')
    leg = world.called()
    page.post("/simulator/stage/switches/lose", json={"on": True})
    scene = page.post("/simulator/stage/afresh", json={}).json()
    assert not leg.is_live
    assert not any(switch["on"] for switch in scene["switches"])
    assert scene["fresh_starts"] == 1
    assert json.dumps(page.get("/simulator/live/application").json()) == "{}"


def test_a_scenario_that_there_is_not_names_those_that_there_are(page: httpx.Client) -> None:
    answer = page.post("/simulator/stage/scenarios/nothing", json={})
    assert answer.status_code == 404
    assert "officers-at-the-door" in answer.json()["message"]
