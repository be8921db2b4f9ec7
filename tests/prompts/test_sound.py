"""Telephone sound: mu-law, trimming, loudness and resampling."""

import math
import struct

import pytest

from prompts import sound


def heard(byte: int) -> int:
    """The 16-bit sample for a mu-law byte (ITU-T G.711)."""
    turned = ~byte & 0xFF
    size = ((((turned & 0x0F) << 3) + 0x84) << ((turned >> 4) & 7)) - 0x84
    return -size if turned & 0x80 else size


def tone(hertz: float, rate: int, seconds: float = 0.2, size: float = 0.5) -> list[float]:
    return [
        size * math.sin(2 * math.pi * hertz * index / rate) for index in range(int(rate * seconds))
    ]


def loudness(samples: list[float]) -> float:
    return math.sqrt(sum(sample * sample for sample in samples) / len(samples))


@pytest.mark.parametrize(
    ("sample", "byte"),
    [(0, 0xFF), (-1, 0x7F), (32767, 0x80), (-32768, 0x00), (1000, 0xCE), (-1000, 0x4E)],
)
def test_known_samples_become_the_bytes_of_the_standard(sample: int, byte: int) -> None:
    assert sound.mulaw(sample) == byte


@pytest.mark.parametrize("sign", [1, -1])
def test_every_sample_is_heard_within_half_a_step(sign: int) -> None:
    for size in range(0, 32124, 7):
        step = 8 << max(0, (size + 0x84).bit_length() - 8)
        assert abs(heard(sound.mulaw(sign * size)) - sign * size) <= step / 2


@pytest.mark.parametrize("length", [4, 5])
def test_a_wav_file_says_what_it_holds(length: int) -> None:
    content = sound.wav([0.0] * length)
    riff, size, wave, fmt, fmt_size, kind, channels, rate = struct.unpack_from(
        "<4sI4s4sIHHI", content
    )
    assert (riff, wave, fmt, fmt_size) == (b"RIFF", b"WAVE", b"fmt ", 18)
    assert (kind, channels, rate) == (7, 1, 8000)
    assert size == len(content) - 8
    assert content[50:58] == b"data" + struct.pack("<I", length)
    assert content[58 : 58 + length] == b"\xff" * length


def test_silence_around_speech_is_trimmed_to_a_breath() -> None:
    speech = [0.5] * 800
    trimmed = sound.trimmed([0.0] * 8000 + speech + [0.001] * 8000)
    assert len(trimmed) == 400 + 800 + 2000
    assert trimmed[400:1200] == speech


@pytest.mark.parametrize("size", [0.02, 0.9])
def test_quiet_and_loud_speech_come_out_alike(size: float) -> None:
    assert loudness(sound.evened(tone(440, 8000, size=size))) == pytest.approx(0.112, abs=0.015)


def test_peaks_are_never_cut_off() -> None:
    cracks = [0.01] * 4000 + [0.9, -0.9] + [0.01] * 4000
    assert max(map(abs, sound.evened(cracks))) < 0.85


def test_silence_stays_silence() -> None:
    assert sound.trimmed([0.0] * 100) == []
    assert sound.evened([0.0] * 100) == [0.0] * 100


@pytest.mark.parametrize("rate", [8000, 16000, 22050])
def test_a_tone_keeps_its_pitch_and_strength_at_telephone_rate(rate: int) -> None:
    made = sound.resampled(tone(1000, rate), rate)
    expected = tone(1000, 8000)
    assert len(made) == len(expected)
    middle = slice(200, -200)
    assert made[middle] == pytest.approx(expected[middle], abs=0.01)


def test_sound_too_high_for_a_telephone_does_not_fold_back() -> None:
    assert loudness(sound.resampled(tone(6000, 22050), 22050)[200:-200]) < 0.005
