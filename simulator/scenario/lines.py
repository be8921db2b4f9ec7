"""The lines of a scenario: who does what, and what must happen, in plain sentences.

Marisol calls                              Marisol calls showing anonymous
Marisol hears "buscando" within 40         Marisol presses 2
Marisol speaks 12                          waits 3
Ana is rung                                Ana answers
Ana declines                               Ana hangs up
Ana has voicemail                          Ana is switched off
Ana and Luis press 1                       Marisol talks with Ana or Luis
Ana or Luis hears "taken"                  Ana reads "callback"
Marisol talks with Ana and Luis            the crowd calls
Marisol is let go                          Marisol calls from a facility: 5 after 9
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from simulator.telephony.gates import Gate

PATIENCE_SECONDS = 90.0


@dataclass(frozen=True)
class Calls:
    """Somebody dials the number; `shown` replaces what their phone shows."""

    who: str
    shown: str | None = None
    gate: Gate | None = None
    """The facility's voice, which takes these keys after these seconds."""


@dataclass(frozen=True)
class Presses:
    """Everybody named presses keys at the same instant."""

    who: tuple[str, ...]
    keys: str


@dataclass(frozen=True)
class Speaks:
    """Somebody talks."""

    who: str
    seconds: float


@dataclass(frozen=True)
class HangsUp:
    """Somebody puts the phone down."""

    who: str


@dataclass(frozen=True)
class Answers:
    """A phone rings, and is picked up."""

    who: str


@dataclass(frozen=True)
class Declines:
    """A phone rings, and the call is refused."""

    who: str


@dataclass(frozen=True)
class Behaves:
    """From now on a phone answers by voicemail, or is switched off."""

    who: str
    how: str


@dataclass(frozen=True)
class Waits:
    """Nothing is done for some seconds."""

    seconds: float


@dataclass(frozen=True)
class CrowdCalls:
    """The scenario's crowd calls, spread over its time; over when the last call ends."""


@dataclass(frozen=True)
class IsRung:
    """A phone must ring."""

    who: str
    within: float


@dataclass(frozen=True)
class Hears:
    """One person named must hear words since the phone was answered or a key pressed."""

    who: tuple[str, ...]
    words: str
    within: float


@dataclass(frozen=True)
class TalksWith:
    """A phone must be connected with any of the others, or with all of them."""

    who: str
    others: tuple[str, ...]
    within: float
    all_of_them: bool = False


@dataclass(frozen=True)
class Reads:
    """A text must arrive."""

    who: str
    words: str
    within: float


@dataclass(frozen=True)
class IsLetGo:
    """The hotline must end the call."""

    who: str
    within: float


Act = Calls | Presses | Speaks | HangsUp | Answers | Declines | Behaves | Waits | CrowdCalls
Hope = IsRung | Hears | TalksWith | Reads | IsLetGo
Line = Act | Hope

_NAME = r"([A-Z][\w-]*|caller)"
_WITHIN = r"(?: within (\d+))?"


def _patience(text: str | None) -> float:
    return float(text) if text else PATIENCE_SECONDS


_FORMS: tuple[tuple[str, Callable[..., Line]], ...] = (
    (rf"{_NAME} calls(?: showing (\S+))?", Calls),
    (
        rf"{_NAME} calls from a facility: ([0-9*#]+) after (\d+)",
        lambda who, keys, after: Calls(who, gate=Gate(keys, float(after))),
    ),
    (rf"{_NAME} presses ([0-9*#]+)", lambda who, keys: Presses((who,), keys)),
    (rf"{_NAME} and {_NAME} press ([0-9*#]+)", lambda a, b, keys: Presses((a, b), keys)),
    (rf"{_NAME} speaks (\d+)", lambda who, seconds: Speaks(who, float(seconds))),
    (rf"{_NAME} hangs up", HangsUp),
    (rf"{_NAME} answers", Answers),
    (rf"{_NAME} declines", Declines),
    (rf"{_NAME} (has voicemail|is switched off)", Behaves),
    (r"waits (\d+)", lambda seconds: Waits(float(seconds))),
    (r"the crowd calls", CrowdCalls),
    (rf"{_NAME} is rung{_WITHIN}", lambda who, within: IsRung(who, _patience(within))),
    (
        rf'{_NAME}(?: or {_NAME})? hears "([^"]+)"{_WITHIN}',
        lambda a, b, words, within: Hears((a, b) if b else (a,), words, _patience(within)),
    ),
    (
        rf"{_NAME} talks with {_NAME}(?: or {_NAME})?{_WITHIN}",
        lambda who, a, b, within: TalksWith(who, (a, b) if b else (a,), _patience(within)),
    ),
    (
        rf"{_NAME} talks with {_NAME} and {_NAME}{_WITHIN}",
        lambda who, a, b, within: TalksWith(who, (a, b), _patience(within), all_of_them=True),
    ),
    (
        rf'{_NAME} reads "([^"]+)"{_WITHIN}',
        lambda who, words, within: Reads(who, words, _patience(within)),
    ),
    (rf"{_NAME} is let go{_WITHIN}", lambda who, within: IsLetGo(who, _patience(within))),
)


def read(text: str) -> Line:
    """The meaning of a written line. Raises ValueError if it has none."""
    for form, make in _FORMS:
        if found := re.fullmatch(form, text.strip()):
            return make(*found.groups())
    raise ValueError(f"not understood: {text.strip()!r}")


def names(line: Line) -> tuple[str, ...]:
    """Who takes part in a line."""
    match line:
        case Waits() | CrowdCalls():
            return ()
        case Presses(who=who) | Hears(who=who):
            return who
        case TalksWith(who=who, others=others):
            return (who, *others)
        case _:
            return (line.who,)
