"""Recorded sound: 8 kHz, 16-bit, mono, in a WAV file, as a telephone line carries it."""

import io
import math
import struct
import wave
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

RATE = 8_000


@dataclass(frozen=True)
class Speech:
    """Somebody spoke from one instant to another; loudness 0..1.

    `sound` holds 16-bit samples at `RATE`; it is empty if the words are unknown. `is_awaited` means
    that the sound is still to come.
    """

    start: datetime
    end: datetime
    loudness: float
    sound: bytes = field(default=b"", repr=False)
    is_awaited: bool = False

    @classmethod
    def of(cls, sound: bytes, start: datetime) -> "Speech":
        """A speech that starts at an instant and has known sound."""
        samples = array("h", sound)
        loudest = max(map(abs, samples), default=0) / 32_768
        length = timedelta(seconds=len(samples) / RATE)
        return cls(start, start + length, loudest, sound)

    @property
    def seconds(self) -> float:
        """How long it lasted."""
        return (self.end - self.start).total_seconds()

    def within(self, start: datetime, end: datetime) -> bool:
        """Whether any of it can be heard between two instants."""
        return self.loudness > 0 and self.start < end and self.end > start


def bounds(speeches: Iterable[Speech], start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """The first and last sound between two instants; the instants themselves if all was silent."""
    heard = [speech for speech in speeches if speech.within(start, end)]
    if not heard:
        return start, end
    return max(start, min(s.start for s in heard)), min(end, max(s.end for s in heard))


def wav(speeches: Iterable[Speech], start: datetime, end: datetime) -> bytes:
    """A WAV file of two instants: the known sound of each speech, or a tone in its place."""
    length = _samples(end - start)
    sound = array("h", bytes(2 * length))
    for speech in speeches:
        if speech.within(start, end):
            first = _samples(max(speech.start, start) - start)
            last = min(_samples(min(speech.end, end) - start), length)
            missed = _samples(max(start - speech.start, timedelta()))
            said = _said(speech, missed, last - first)
            sound[first : first + len(said)] = said
    return file_of(sound.tobytes())


def _said(speech: Speech, first: int, samples: int) -> "array[int]":
    if speech.sound:
        return array("h", speech.sound)[first : first + samples]
    return _tone(samples, speech.loudness)


def samples_in(file: bytes) -> bytes:
    """The samples of a WAV file from a phone. Raises ValueError for another format."""
    try:
        with wave.open(io.BytesIO(file)) as sound:
            shape = (sound.getnchannels(), sound.getsampwidth(), sound.getframerate())
            frames: bytes = sound.readframes(sound.getnframes())
    except (wave.Error, EOFError) as error:
        raise ValueError(f"not a WAV file ({error})") from error
    if shape != (1, 2, RATE):
        raise ValueError("a phone speaks in WAV files of 8 kHz, 16 bits, mono")
    return frames


def seconds_of(audio: bytes) -> float:
    """The length of a sound file; anything but a WAV counts as 16 kbit/s."""
    try:
        with wave.open(io.BytesIO(audio)) as file:
            return float(file.getnframes() / file.getframerate())
    except (wave.Error, EOFError):
        return _seconds_of_other_wav(audio) or len(audio) / 2_000


def _seconds_of_other_wav(audio: bytes) -> float | None:
    """The length of a mu-law WAV (RIFF, format 7), which Python's wave module does not read."""
    if audio[:4] != b"RIFF" or audio[8:12] != b"WAVE":
        return None
    place, bytes_a_second = 12, 0
    while place + 8 <= len(audio):
        name, size = struct.unpack_from("<4sI", audio, place)
        if name == b"fmt " and size >= 12:
            bytes_a_second = struct.unpack_from("<I", audio, place + 16)[0]
        if name == b"data" and bytes_a_second:
            return float(size / bytes_a_second)
        place += 8 + size + size % 2
    return None


def _samples(length: timedelta) -> int:
    return round(length.total_seconds() * RATE)


def _tone(samples: int, loudness: float) -> "array[int]":
    peak = int(32_767 * min(loudness, 1.0))
    one_second = array("h", (int(peak * math.sin(i * math.tau * 220 / RATE)) for i in range(RATE)))
    return (one_second * (samples // RATE + 1))[:samples]


def at_telephone_rate(frames: bytes, rate: int) -> bytes:
    """Resample 16-bit samples to `RATE`. Each is the mean of its sources, enough for speech."""
    samples = array("h", frames)
    step = rate / RATE
    made = array("h")
    for place in range(int(len(samples) / step)):
        heard = samples[int(place * step) : max(int((place + 1) * step), int(place * step) + 1)]
        made.append(sum(heard) // len(heard))
    return made.tobytes()


def file_of(frames: bytes, rate: int = RATE) -> bytes:
    """A WAV file of 16-bit samples, one channel."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(frames)
    return buffer.getvalue()
