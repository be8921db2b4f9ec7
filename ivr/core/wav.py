"""Whether bytes are a WAV we can play, its length, and its loudness."""

from __future__ import annotations

import array
import io
import math
import sys
import wave
from itertools import pairwise


class NotSound(Exception):
    """These bytes are not a recording we can read."""


class CutOff(NotSound):
    """A recording with less data than its header announces."""


def _opened(audio: bytes) -> tuple[array.array[int], int]:
    """16-bit samples and frames per second; the carrier records 16-bit PCM."""
    try:
        with wave.open(io.BytesIO(audio)) as sound:
            if sound.getsampwidth() != 2 or sound.getframerate() <= 0:
                raise NotSound("not 16-bit sound")
            rate = sound.getframerate() * sound.getnchannels()
            frames = sound.readframes(sound.getnframes())
            if len(frames) < sound.getnframes() * 2 * sound.getnchannels():
                raise CutOff("cut off")
    except EOFError as error:
        raise CutOff("cut off") from error
    except wave.Error as error:
        raise NotSound(str(error)) from error
    samples = array.array("h", frames[: len(frames) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    return samples, rate


def is_cut_off(audio: bytes) -> bool:
    """Whether the end is missing; a second fetch may then bring all of it."""
    try:
        _opened(audio)
    except CutOff:
        return True
    except NotSound:
        return False
    return False


def seconds_of(audio: bytes) -> float:
    """The length of a WAV in seconds."""
    samples, rate = _opened(audio)
    return len(samples) / rate


def peaks(audio: bytes, how_many: int) -> bytes:
    """The loudest sample of each of `how_many` equal stretches, 0 to 255, for a drawing."""
    samples, _ = _opened(audio)
    edges = [len(samples) * at // how_many for at in range(how_many + 1)]
    parts = (samples[start:end] for start, end in pairwise(edges))
    return bytes(min(255, max(max(part), -min(part)) // 128) if part else 0 for part in parts)


def loudness(audio: bytes) -> float:
    """The loudest tenth of a second as a share of full scale (root mean square, 0 to 1)."""
    samples, rate = _opened(audio)
    stretch = max(1, rate // 10)
    return max(
        (
            math.hypot(*part) / math.sqrt(len(part)) / 32768
            for part in (samples[at : at + stretch] for at in range(0, len(samples), stretch))
        ),
        default=0.0,
    )
