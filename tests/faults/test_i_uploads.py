"""I19: an uploaded recording is decoded and encoded again, or refused."""

from __future__ import annotations

import io
import struct
import wave
from pathlib import Path

import pytest

from prompts import sound_uploads
from tests.console.prompts.test_prompt_pages import prompt_page, spoken_wav
from tests.coordinator import Coordinator
from tests.hotline import Hotline

LABEL = "Recording (WAV; MP3 if scripts are enabled)"
GOOD = spoken_wav(1, rate=8_000, channels=1)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def empty_wav(seconds: float, *, width: int = 2, rate: int = 8_000, channels: int = 1) -> bytes:
    """A silent WAV of any format."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(width)
        sound.setframerate(rate)
        sound.writeframes(bytes(int(seconds * rate) * width * channels))
    return file.getvalue()


def claiming(size: int) -> bytes:
    """A WAV whose header announces more sound than the file contains."""
    return GOOD[:40] + struct.pack("<I", size) + GOOD[44:]


REFUSED = {
    "nothing": (b"", "Choose a recording first."),
    "an SVG": (SVG, "This is not a WAV file."),
    "an MP3": (b"ID3\x04\x00" + bytes(500), "This is not a WAV file."),
    "a page": (b"<!doctype html><script>alert(1)</script>", "This is not a WAV file."),
    "a RIFF of another kind": (b"RIFF\x24\0\0\0AVI LIST" + bytes(40), "This is not a WAV file."),
    "a header alone": (GOOD[:30], "This kind of WAV cannot be read."),
    "a sound cut off": (GOOD[:-4000], "The end of this file is missing."),
    "a huge claim": (claiming(0x7FFFFFFF), "This is longer than 30 seconds."),
    "eight bits": (empty_wav(1, width=1), "This kind of WAV cannot be read."),
    "six channels": (empty_wav(1, channels=6), "This kind of WAV cannot be read."),
    "a rate of nonsense": (empty_wav(1, rate=192_000), "This kind of WAV cannot be read."),
    "too long": (empty_wav(31), "This is longer than 30 seconds."),
    "silence": (empty_wav(2), "The recording is silent."),
}


@pytest.fixture
def cora(hotline: Hotline) -> Coordinator:
    """A coordinator on a prompt's page."""
    return hotline.has_user("Cora").signs_in().opens(prompt_page("en"))


@pytest.mark.parametrize("what", sorted(REFUSED))
def test_i19_what_is_no_plain_sound_is_refused_in_words(cora: Coordinator, what: str) -> None:
    sent, said = REFUSED[what]
    cora.attaches(LABEL, sent).presses("Keep this recording")
    assert cora.answer.status_code == 422
    assert said in cora.error_at(LABEL)
    assert "Ready to play" not in cora.reads


def test_i19_a_file_that_is_two_things_at_once_is_stored_as_sound_alone(
    hotline: Hotline, cora: Coordinator
) -> None:
    """A page and a ZIP after the sound, and a file name that would leave its folder."""
    polyglot = GOOD + b"<script>alert(1)</script>PK\x03\x04" + SVG
    cora.attaches(LABEL, polyglot, name="../../../../owned.svg").presses("Keep this recording")
    source = cora.page.css_first("section.waits audio").attributes["src"] or ""
    assert source.startswith("/audio/prompt/live/")
    heard = hotline.app.test_client().get(source, base_url=hotline.settings.base_url)
    assert heard.mimetype == "audio/wav"
    assert heard.headers["X-Content-Type-Options"] == "nosniff"
    assert heard.data.startswith(b"RIFF")
    assert b"script" not in heard.data
    assert b"PK\x03\x04" not in heard.data
    assert not list(Path(hotline.settings.standby_folder).rglob("*.svg"))


def test_i19_what_is_too_large_is_not_even_read(cora: Coordinator) -> None:
    answer = cora.client.post(
        f"{prompt_page('en')}/recording",
        base_url="https://hotline.example.org",
        headers={"Origin": "https://hotline.example.org"},
        environ_base={"REMOTE_ADDR": "203.0.113.20"},
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(sound_uploads.LARGEST_UPLOAD + 200_000)},
        input_stream=io.BytesIO(b"--x"),
    )
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "name", ["../../settings.py", "live/../../manifest.json", "live/%2e%2e/x.wav", "live/1.wav"]
)
def test_i19_no_address_of_a_sound_leads_out_of_its_folder(hotline: Hotline, name: str) -> None:
    answer = hotline.app.test_client().get(
        f"/audio/prompt/{name}", base_url=hotline.settings.base_url
    )
    assert answer.status_code == 404


def test_i19_a_take_that_the_prompt_does_not_have_is_refused(cora: Coordinator) -> None:
    token = cora.page.css_first("meta[name=csrf]").attributes["content"] or ""
    address = f"{prompt_page('en')}/recording"
    assert cora.posts(address, take="en/../../x.wav", csrf=token).status_code == 400
