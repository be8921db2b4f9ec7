"""Recorded sound: 8 kHz, 16-bit, mono, in a WAV file, as a telephone line carries it."""

import io
import math
import wave
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

RATE = 8_000


@dataclass(frozen=True)
class Speech:
    """Somebody spoke from one instant to another; loudness 0..1."""

    start: datetime
    end: datetime
    loudness: float

    def within(self, start: datetime, end: datetime) -> bool:
        """Whether any of it falls between two instants."""
        return self.loudness > 0 and self.start < end and self.end > start


def bounds(speeches: Iterable[Speech], start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """From the first to the last sound between two instants; all of it when it was all silent."""
    heard = [speech for speech in speeches if speech.within(start, end)]
    if not heard:
        return start, end
    return max(start, min(s.start for s in heard)), min(end, max(s.end for s in heard))


def wav(speeches: Iterable[Speech], start: datetime, end: datetime) -> bytes:
    """What was heard between two instants: a tone where somebody spoke, silence elsewhere."""
    length = _samples(end - start)
    sound = array("h", bytes(2 * length))
    for speech in speeches:
        if speech.within(start, end):
            first = _samples(max(speech.start, start) - start)
            last = min(_samples(min(speech.end, end) - start), length)
            sound[first:last] = _tone(last - first, speech.loudness)
    return _file(sound.tobytes())


def seconds_of(audio: bytes) -> float:
    """How long a sound file plays; for what is not a WAV, 16 kbit/s is assumed."""
    try:
        with wave.open(io.BytesIO(audio)) as file:
            return float(file.getnframes() / file.getframerate())
    except (wave.Error, EOFError):
        return len(audio) / 2_000


def _samples(length: timedelta) -> int:
    return round(length.total_seconds() * RATE)


def _tone(samples: int, loudness: float) -> "array[int]":
    peak = int(32_767 * min(loudness, 1.0))
    one_second = array("h", (int(peak * math.sin(i * math.tau * 220 / RATE)) for i in range(RATE)))
    return (one_second * (samples // RATE + 1))[:samples]


def _file(frames: bytes) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(frames)
    return buffer.getvalue()
