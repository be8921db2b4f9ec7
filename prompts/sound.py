"""Telephone audio: normalises speech and packs it as 8 kHz mono mu-law WAV (ITU-T G.711).

Samples are floats from -1 to 1, one channel.
"""

import math
import struct
from collections.abc import Sequence
from operator import mul

TELEPHONE_RATE = 8000
"""Samples per second on a telephone line."""

_LOUDNESS = 10 ** (-19 / 20)
_LOUDEST_PEAK = 10 ** (-1.5 / 20)
_QUIET = 10 ** (-45 / 20)
_LEAD_IN_SECONDS = 0.05
_LEAD_OUT_SECONDS = 0.25
_ZERO_CROSSINGS = 10
_PASS_BAND = 0.92

_MULAW = 7
_BIAS = 0x84
_CLIP = 32635


def for_telephone(samples: Sequence[float], rate: int) -> bytes:
    """A WAV file of speech: silence trimmed, loudness normalised, at telephone rate."""
    return wav(evened(trimmed(resampled(samples, rate))))


def resampled(samples: Sequence[float], rate: int) -> list[float]:
    """The samples at 8 kHz, low-passed by a windowed sinc to prevent aliasing."""
    divisor = math.gcd(rate, TELEPHONE_RATE)
    step, phases = rate // divisor, TELEPHONE_RATE // divisor
    reach = math.ceil(_ZERO_CROSSINGS * max(1.0, rate / TELEPHONE_RATE))
    filters = [_low_pass(phase / phases, rate, reach) for phase in range(phases)]
    padded = [0.0] * reach + list(samples) + [0.0] * (reach + 1)
    width = 2 * reach + 1
    made = []
    for index in range(len(samples) * phases // step):
        start, phase = divmod(index * step, phases)
        made.append(sum(map(mul, filters[phase], padded[start : start + width])))
    return made


def _low_pass(offset: float, rate: int, reach: int) -> list[float]:
    cutoff = _PASS_BAND * min(1.0, TELEPHONE_RATE / rate)
    taps = []
    for tap in range(-reach, reach + 1):
        distance = tap - offset
        angle = math.pi * distance * cutoff
        sinc = math.sin(angle) / angle if angle else 1.0
        window = 0.5 + 0.5 * math.cos(math.pi * distance / (reach + 1))
        taps.append(sinc * window)
    total = sum(taps)
    return [tap / total for tap in taps]


def trimmed(samples: Sequence[float]) -> list[float]:
    """The samples without surrounding silence, with a short pause before and after."""
    loud = [index for index, sample in enumerate(samples) if abs(sample) > _QUIET]
    if not loud:
        return []
    before = [0.0] * int(_LEAD_IN_SECONDS * TELEPHONE_RATE)
    after = [0.0] * int(_LEAD_OUT_SECONDS * TELEPHONE_RATE)
    return [*before, *samples[loud[0] : loud[-1] + 1], *after]


def evened(samples: Sequence[float]) -> list[float]:
    """The samples at the common loudness, or less if the peaks would clip."""
    spoken = [sample for sample in samples if abs(sample) > _QUIET]
    if not spoken:
        return list(samples)
    loudness = math.sqrt(sum(sample * sample for sample in spoken) / len(spoken))
    peak = max(abs(sample) for sample in spoken)
    gain = min(_LOUDNESS / loudness, _LOUDEST_PEAK / peak)
    return [sample * gain for sample in samples]


def wav(samples: Sequence[float]) -> bytes:
    """A mu-law WAV file (RIFF format 7, 8 bits, 8 kHz, mono)."""
    data = bytes(mulaw(round(sample * 32767)) for sample in samples)
    form = struct.pack("<HHIIHHH", _MULAW, 1, TELEPHONE_RATE, TELEPHONE_RATE, 1, 8, 0)
    chunks = b"".join(
        (
            _chunk(b"fmt ", form),
            _chunk(b"fact", struct.pack("<I", len(data))),
            _chunk(b"data", data),
        )
    )
    return _chunk(b"RIFF", b"WAVE" + chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def mulaw(sample: int) -> int:
    """One 16-bit sample as a mu-law byte: sign, segment and step, all bits inverted."""
    sign = 0x80 if sample < 0 else 0
    biased = min(abs(sample), _CLIP) + _BIAS
    segment = biased.bit_length() - 8
    step = (biased >> (segment + 3)) & 0x0F
    return ~(sign | segment << 4 | step) & 0xFF
