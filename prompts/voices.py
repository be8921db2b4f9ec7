"""Builds missing or outdated recordings with a synthetic voice."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from prompts import recordings, sound
from prompts.espeak import Espeak
from prompts.recordings import Spoken
from prompts.wording import Prompts


class Synthesiser(Protocol):
    """Speaks words in a language as samples from -1 to 1, `rate` per second."""

    rate: int

    def speak(self, language: str, words: str) -> Sequence[float]:
        """The samples of one take."""


def build(
    prompts: Prompts,
    spoken: Iterable[Spoken],
    folder: Path,
    synthesiser: Synthesiser | None = None,
) -> list[Path]:
    """Write missing or outdated recordings to `folder` and return their files.

    Recordings with current words stay, so a human voice is never replaced.
    """
    takes = recordings.missing(prompts, spoken, folder)
    if not takes:
        return []
    synthesiser = synthesiser or Espeak()
    written = []
    for take in takes:
        path = folder / take.file
        path.parent.mkdir(parents=True, exist_ok=True)
        samples = synthesiser.speak(take.language, take.words)
        path.write_bytes(sound.for_telephone(samples, synthesiser.rate))
        written.append(path)
    recordings.note_words(folder, takes)
    return written
