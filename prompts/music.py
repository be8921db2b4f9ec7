"""The hold sound: a soft chime that tells callers the line is alive."""

from __future__ import annotations

import math
from pathlib import Path

from prompts.sound import TELEPHONE_RATE, wav

HOLD = "hold.wav"
_SECONDS = 6
_NOTES = ((0.3, 392.0), (1.1, 523.25), (3.3, 440.0), (4.1, 523.25))
"""The start of each note in seconds and its pitch in hertz."""
_LOUDNESS = 0.12
_FADES_IN_SECONDS = 0.7


def chime() -> bytes:
    """Six seconds of quiet chime as a telephone WAV."""
    total = _SECONDS * TELEPHONE_RATE
    return wav([_at(index / TELEPHONE_RATE) for index in range(total)])


def build(folder: Path) -> Path:
    """Write the chime next to the recordings."""
    file = folder / HOLD
    file.write_bytes(chime())
    return file


def _at(second: float) -> float:
    return sum(
        _LOUDNESS
        * math.exp(-(second - begins) / _FADES_IN_SECONDS)
        * min(1.0, (second - begins) * 60)
        * math.sin(2 * math.pi * pitch * (second - begins))
        for begins, pitch in _NOTES
        if second >= begins
    )
