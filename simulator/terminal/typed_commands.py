"""The commands of the phone in the terminal."""

import re
from dataclasses import dataclass

SPEAK_SECONDS = 8.0


@dataclass(frozen=True)
class Press:
    """Press keys on the caller's phone (0) or another."""

    keys: str
    phone: int = 0


@dataclass(frozen=True)
class HangUp:
    """Hang up a phone."""

    phone: int = 0


@dataclass(frozen=True)
class Speak:
    """Talk for some seconds."""

    seconds: float = SPEAK_SECONDS


@dataclass(frozen=True)
class Answer:
    """Pick up a ringing phone."""

    phone: int


@dataclass(frozen=True)
class Decline:
    """Refuse a call."""

    phone: int


@dataclass(frozen=True)
class Wait:
    """Let some seconds pass before the next command."""

    seconds: float


@dataclass(frozen=True)
class Help:
    """Show what can be typed."""


@dataclass(frozen=True)
class Unknown:
    """Not a command."""

    text: str


Command = Press | HangUp | Speak | Answer | Decline | Wait | Help | Unknown


def read(line: str) -> Command:
    """The command in a typed line."""
    text = line.strip().lower()
    if re.fullmatch(r"[0-9*#]+", text):
        return Press(text)
    if pressed := re.fullmatch(r"p(\d+)\s+([0-9*#]+)", text):
        return Press(pressed[2], int(pressed[1]))
    if timed := re.fullmatch(r"(wait|s)\s+(\d+(?:\.\d+)?)", text):
        seconds = float(timed[2])
        return Wait(seconds) if timed[1] == "wait" else Speak(seconds)
    if act := re.fullmatch(r"([adh])([1-9]\d*)", text):
        acts: dict[str, type[Answer | Decline | HangUp]] = {"a": Answer, "d": Decline, "h": HangUp}
        return acts[act[1]](int(act[2]))
    match text:
        case "h":
            return HangUp()
        case "s":
            return Speak()
        case "?" | "help":
            return Help()
    return Unknown(text)
