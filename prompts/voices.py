"""Builds missing or outdated recordings with a synthetic voice."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from prompts import recordings, sound
from prompts.espeak import Espeak
from prompts.recordings import Spoken
from prompts.wording import Prompts


class Synthesiser(Protocol):
    """Speaks words in a language as samples from -1 to 1, `rate` per second."""

    rate: int

    def voice(self, language: str) -> str:
        """The voice and its speed, as the manifest notes them."""

    def speak(self, language: str, words: str) -> Sequence[float]:
        """The samples of one take."""


@dataclass(frozen=True)
class Made:
    """A recording that was just made: its file, its length, and how far the build is."""

    file: str
    seconds: float
    number: int
    of: int


def build(
    prompts: Prompts,
    spoken: Iterable[Spoken],
    folder: Path,
    synthesiser: Synthesiser | None = None,
    tell: Callable[[Made], None] | None = None,
) -> list[Path]:
    """Write missing or outdated recordings to `folder` and return their files.

    Recordings with current words and the present voice stay, and so does what a person recorded. A
    build that was interrupted goes on where it ended.
    """
    synthesiser = synthesiser or Espeak()
    takes = recordings.missing(prompts, spoken := list(spoken), folder)
    needed = recordings.needed(prompts, spoken)
    takes += recordings.outdated(
        [take for take in needed if take not in takes], folder, synthesiser.voice
    )
    written = []
    for number, take in enumerate(takes, start=1):
        path = folder / take.file
        path.parent.mkdir(parents=True, exist_ok=True)
        samples = synthesiser.speak(take.language, take.words)
        path.write_bytes(sound.for_telephone(samples, synthesiser.rate))
        recordings.note(folder, take, synthesiser.voice(take.language))
        written.append(path)
        if tell:
            tell(Made(take.file, len(samples) / synthesiser.rate, number, len(takes)))
    return written
