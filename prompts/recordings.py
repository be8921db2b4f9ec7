"""Which recordings the recorded languages need, and which are missing or outdated."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from prompts.language import MORE_LANGUAGES, Language
from prompts.speech import Play, digit_recording
from prompts.wording import Prompts

Spoken = tuple[str, Mapping[str, str]]
"""A text's name and its keys; values known only during a call can be left out."""

MANIFEST = "manifest.json"
"""The file with the words, the voice and the SHA-256 of each recording.

Changed words make a recording outdated, and so does a better voice. Other bytes than the noted ones
are a person's recording, which no voice replaces while its words are current.
"""

_UNKNOWN_BEFORE_THE_CALL = {"number": "", "name": "", "address": ""}


@dataclass(frozen=True)
class Take:
    """One recording to make: the words, and its file under `recordings/`."""

    language: str
    file: str
    words: str


@dataclass(frozen=True)
class Noted:
    """What the manifest says of a recording."""

    words: str
    voice: str = ""
    """The synthesiser's voice, rules and rate; empty where none is known."""
    sha256: str = ""


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


def outdated(takes: Iterable[Take], folder: Path, voice_of: Callable[[str], str]) -> list[Take]:
    """The takes that another voice, or other rules, made; a person's recording is none of them."""
    noted = _noted(folder)
    return [
        take
        for take in takes
        if take.file in noted
        and noted[take.file].voice != voice_of(take.language)
        and not _is_by_hand(folder, take.file, noted[take.file])
    ]


def synthetic(folder: Path) -> frozenset[str]:
    """The files that a synthesiser made and nobody has replaced."""
    noted = _noted(folder)
    return frozenset(
        file
        for file, about in noted.items()
        if about.voice and fingerprints(folder).get(file) == about.sha256
    )


def words_recorded(folder: Path) -> dict[str, str]:
    """The words of each file according to the manifest; empty if there is none."""
    return {file: about.words for file, about in _noted(folder).items()}


def note(folder: Path, take: Take, voice: str) -> None:
    """Write into the manifest that this voice has made this take."""
    noted = _noted(folder) | {take.file: Noted(take.words, voice, _sha256(folder / take.file))}
    plain = {file: asdict(about) for file, about in noted.items()}
    text = json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


@cache
def fingerprints(folder: Path) -> Mapping[str, str]:
    """The SHA-256 of every sound in the folder, by file; read once, as a release never changes."""
    return {path.relative_to(folder).as_posix(): _sha256(path) for path in folder.rglob("*.wav")}


def _noted(folder: Path) -> dict[str, Noted]:
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return {}
    content = json.loads(manifest.read_text(encoding="utf-8"))
    return {file: Noted(**about) for file, about in content.items()}


def _is_by_hand(folder: Path, file: str, noted: Noted) -> bool:
    return bool(noted.sha256) and _sha256(folder / file) != noted.sha256


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


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
