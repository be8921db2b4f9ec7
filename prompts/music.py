"""The hold sounds, soft chimes that tell a listener the line is alive, and a pause."""

from __future__ import annotations

import math
from pathlib import Path

from prompts.sound import TELEPHONE_RATE, wav
from prompts.speech import PAUSE

HOLD = "hold.wav"
MOMENT = "moment.wav"
"""Two seconds, for those who are about to be connected."""
TONE = "tone.wav"
_Notes = tuple[tuple[float, float], ...]
"""The start of each note in seconds and its pitch in hertz."""
SOUNDS: dict[str, tuple[float, _Notes]] = {
    HOLD: (6, ((0.3, 392.0), (1.1, 523.25), (3.3, 440.0), (4.1, 523.25))),
    MOMENT: (2, ((0.2, 440.0), (0.9, 523.25))),
    TONE: (0.5, ((0.0, 523.25),)),
    PAUSE: (0.4, ()),
}
"""Each file, its seconds and its notes."""
_LOUDNESS = 0.12
_FADES_IN_SECONDS = 0.7


def build(folder: Path) -> list[Path]:
    """Write the missing sounds next to the recordings."""
    missing = [name for name in SOUNDS if not (folder / name).is_file()]
    for name in missing:
        seconds, notes = SOUNDS[name]
        total = int(seconds * TELEPHONE_RATE)
        chime = [_at(notes, index / TELEPHONE_RATE) for index in range(total)]
        (folder / name).write_bytes(wav(chime))
    return [folder / name for name in missing]


def _at(notes: _Notes, second: float) -> float:
    return sum(
        _LOUDNESS
        * math.exp(-(second - begins) / _FADES_IN_SECONDS)
        * min(1.0, (second - begins) * 60)
        * math.sin(2 * math.pi * pitch * (second - begins))
        for begins, pitch in notes
        if second >= begins
    )
