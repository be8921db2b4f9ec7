"""Converts uploaded audio to telephone format, or refuses it.

Nothing of the upload is kept: the samples are read and packed again, which drops anything else in
the file (an image, a script, an appended file). Only plain WAV is read. The browser converts an
MP3 before the upload, so no decoder of ours reads untrusted MP3 data.
"""

from __future__ import annotations

import io
import sys
import wave
from array import array
from dataclasses import dataclass
from enum import Enum

from prompts import sound

LARGEST_UPLOAD = 6_000_000
"""In bytes: thirty seconds of stereo at studio quality."""
LONGEST_SECONDS = 30.0
_SHORTEST_SECONDS = 0.3
_RATES = range(8_000, 48_001)
_CHANNELS = (1, 2)
_BYTES_A_SAMPLE = 2
_SCALE = 32768


class Why(Enum):
    """Why a recording is refused."""

    EMPTY = "empty"
    TOO_LARGE = "too large"
    NOT_WAV = "not wav"
    NOT_PLAIN = "not plain"
    CUT_OFF = "cut off"
    TOO_LONG = "too long"
    SILENT = "silent"


class Unfit(Exception):
    """The upload cannot be played to callers."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True)
class Recorded:
    """A telephone WAV and its length."""

    audio: bytes
    seconds: float


def for_callers(upload: bytes) -> Recorded:
    """The recording at telephone rate, trimmed and normalised; raises Unfit."""
    if not upload:
        raise Unfit(Why.EMPTY)
    if len(upload) > LARGEST_UPLOAD:
        raise Unfit(Why.TOO_LARGE)
    samples, rate = _samples_in(upload)
    made = sound.evened(sound.trimmed(sound.resampled(samples, rate)))
    seconds = len(made) / sound.TELEPHONE_RATE
    if seconds < _SHORTEST_SECONDS:
        raise Unfit(Why.SILENT)
    return Recorded(sound.wav(made), seconds)


def _samples_in(upload: bytes) -> tuple[list[float], int]:
    """The samples of a plain WAV, from -1 to 1, and its sample rate."""
    if upload[:4] != b"RIFF" or upload[8:12] != b"WAVE":
        raise Unfit(Why.NOT_WAV)
    try:
        with wave.open(io.BytesIO(upload)) as file:
            channels, rate, frames = file.getnchannels(), file.getframerate(), file.getnframes()
            shape_is_known = channels in _CHANNELS and rate in _RATES
            if not shape_is_known or file.getsampwidth() != _BYTES_A_SAMPLE:
                raise Unfit(Why.NOT_PLAIN)
            if frames > rate * LONGEST_SECONDS:
                raise Unfit(Why.TOO_LONG)
            held = file.readframes(frames)
    except (wave.Error, EOFError) as error:
        raise Unfit(Why.NOT_PLAIN) from error
    if len(held) < frames * channels * _BYTES_A_SAMPLE:
        raise Unfit(Why.CUT_OFF)
    return _as_one_channel(held, channels), rate


def _as_one_channel(held: bytes, channels: int) -> list[float]:
    samples = array("h", held)
    if sys.byteorder == "big":
        samples.byteswap()
    if channels == 1:
        return [sample / _SCALE for sample in samples]
    return [
        (left + right) / 2 / _SCALE for left, right in zip(samples[::2], samples[1::2], strict=True)
    ]
