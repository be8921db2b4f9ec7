"""Whether bytes are a WAV that we can play, its length, and its loudness."""

from __future__ import annotations

import array
import io
import math
import struct
from dataclasses import dataclass
from itertools import pairwise

_STREAMED = (0, 0xFFFFFFFF)
"""Data sizes of a header that was written before the length was known."""
_CHUNK = struct.Struct("<4sI")
_RIFF = 12
"""Bytes before the first chunk."""


class NotSound(Exception):
    """These bytes are not a recording we can read."""


class CutOff(NotSound):
    """A recording with less data than its header announces."""


@dataclass(frozen=True)
class Decoded:
    """The samples of a recording, -1 to 1; those of several channels alternate."""

    samples: array.array[float]
    per_second: int
    """Samples of all channels together in one second."""

    @property
    def seconds(self) -> float:
        """The length."""
        return len(self.samples) / self.per_second

    @property
    def loudness(self) -> float:
        """The loudest tenth of a second as a share of full scale (root mean square, 0 to 1)."""
        samples, stretch = self.samples, max(1, self.per_second // 10)
        return max(
            (
                math.hypot(*part) / math.sqrt(len(part))
                for part in (samples[at : at + stretch] for at in range(0, len(samples), stretch))
            ),
            default=0.0,
        )

    def peaks(self, how_many: int) -> bytes:
        """The loudest sample of each of `how_many` equal stretches, 0 to 255, for a drawing."""
        edges = [len(self.samples) * at // how_many for at in range(how_many + 1)]
        parts = (self.samples[start:end] for start, end in pairwise(edges))
        return bytes(
            min(255, int(256 * max(max(part), -min(part)))) if part else 0 for part in parts
        )


def decode(audio: bytes) -> Decoded:
    """Decode any form of WAV that libsndfile knows: linear, float, mu-law, A-law, extensible.

    Raises CutOff where the end is missing, NotSound for anything else that cannot be decoded.
    """
    import soundfile  # numpy comes with it, which a process that answers callers does without

    whole = io.BytesIO(_with_its_length(audio))
    try:
        with soundfile.SoundFile(whole) as sound:
            samples = array.array("f")
            samples.frombytes(bytes(sound.buffer_read(sound.frames, dtype="float32")))
            per_second = sound.samplerate * sound.channels
    except (soundfile.SoundFileError, ValueError) as error:
        raise NotSound(str(error)) from error
    return Decoded(samples, per_second)


def is_cut_off(audio: bytes) -> bool:
    """Whether the end is missing; another fetch may bring all of it."""
    try:
        _with_its_length(audio)
    except CutOff:
        return True
    return False


def _with_its_length(audio: bytes) -> bytes:
    """A WAV whose header tells the size of its data; raises CutOff where data is missing.

    libsndfile reads a file without its end as a shorter one, and one that was streamed as empty.
    """
    if len(audio) >= _RIFF and (audio[:4] != b"RIFF" or audio[8:_RIFF] != b"WAVE"):
        return audio
    at = _RIFF
    while at + _CHUNK.size <= len(audio):
        name, size = _CHUNK.unpack_from(audio, at)
        at += _CHUNK.size
        if name == b"data":
            return _with_data_size(audio, at, size)
        at += size + size % 2
    raise CutOff("cut off")


def _with_data_size(audio: bytes, at: int, size: int) -> bytes:
    there = len(audio) - at
    if size in _STREAMED and not _is_chunk(audio, at):
        return audio[: at - 4] + struct.pack("<I", there) + audio[at:]
    if size > there:
        raise CutOff("cut off")
    return audio


def _is_chunk(audio: bytes, at: int) -> bool:
    """Whether one more chunk fills the rest exactly, so that the data before it is empty."""
    if at + _CHUNK.size > len(audio):
        return False
    _, size = _CHUNK.unpack_from(audio, at)
    return at + _CHUNK.size + int(size) + int(size) % 2 == len(audio)
