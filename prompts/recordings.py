"""Which recordings the recorded languages need, and which are missing or outdated."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from prompts.language import MORE_LANGUAGES, Language
from prompts.speech import Play, digit_recording
from prompts.wording import Prompts

Spoken = tuple[str, Mapping[str, str]]
"""A text's name and its keys; values known only during a call can be left out."""

MANIFEST = "manifest.json"
"""The file with the words of each recording, used to detect changed texts."""

_UNKNOWN_BEFORE_THE_CALL = {"number": "", "name": "", "address": ""}


@dataclass(frozen=True)
class Take:
    """One recording to make: the words, and its file under `recordings/`."""

    language: str
    file: str
    words: str


def needed(prompts: Prompts, spoken: Iterable[Spoken]) -> list[Take]:
    """Every recording that the texts in `spoken` need, each file once.

    Always includes each language's digits and its own lines in the language menu.
    """
    texts = list(spoken)
    takes: dict[str, Take] = {}
    for language in prompts.languages.values():
        if not language.recorded:
            continue
        for play in _plays(prompts, language, [*in_language_menu(language), *texts]):
            takes[play.file] = Take(language.code, play.file, play.transcript)
    return list(takes.values())


def missing(prompts: Prompts, spoken: Iterable[Spoken], folder: Path | None = None) -> list[Take]:
    """Needed recordings that are missing in the folder or were made from other words.

    Recordings made since the files were shipped are stored elsewhere and count as present.
    """
    folder = folder or prompts.recordings
    recorded, own = words_recorded(folder), set(prompts.own_takes.values())
    return [
        take
        for take in needed(prompts, spoken)
        if take.file not in own
        and (recorded.get(take.file) != take.words or not (folder / take.file).is_file())
    ]


def words_recorded(folder: Path) -> dict[str, str]:
    """The words of each file according to the manifest; empty if there is none."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return {}
    words: dict[str, str] = json.loads(manifest.read_text(encoding="utf-8"))
    return words


def note_words(folder: Path, takes: Iterable[Take]) -> None:
    """Record in the manifest that these takes have their current words."""
    words = words_recorded(folder) | {take.file: take.words for take in takes}
    text = json.dumps(words, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def in_language_menu(language: Language) -> Iterable[Spoken]:
    """The lines of a language in the language menu."""
    yield "language_menu.choose", {"key": language.key}
    if language.page > 1:
        yield "language_menu.more", {"key": MORE_LANGUAGES}


def _plays(prompts: Prompts, language: Language, texts: Iterable[Spoken]) -> Iterable[Play]:
    yield from (digit_recording(language, digit) for digit in "0123456789")
    for name, values in texts:
        for piece in prompts.pieces(language.code, name, _UNKNOWN_BEFORE_THE_CALL | dict(values)):
            if isinstance(piece, Play) and not piece.is_pause:
                yield piece
