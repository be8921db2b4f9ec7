"""Reads the prompt files and refuses those that would leave a caller in silence."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from prompts.espeak import VOICES
from prompts.keywords import EXAMPLES, MAY_BE_EMPTY, MOST_WORDS, Keyword, plain_words
from prompts.language import ENGLISH, MENU_KEYS, Direction, Language, PromptError, Status
from prompts.plurals import PLURAL_FORMS
from prompts.rules import checks
from prompts.rules.checks import PromptFile
from prompts.speech import digit_recording
from prompts.wording import Prompts, Proposal, Source, Text

FOLDER = Path(__file__).parent
"""Where the prompt files are."""

_HEAD = {
    *("language", "name", "english_name", "direction", "status", "menu", "voice", "say"),
    *("digits", "keys", "texts", "staff", "sources"),
    *Keyword,
}


def load(folder: Path | None = None) -> Prompts:
    """All languages, ready to be spoken; raises PromptError.

    Whether each text of a recorded language has its recording depends on the keys of the call tree;
    `prompts.recordings.missing` checks that.
    """
    return _load(folder) if folder else _ours()


@cache
def _ours() -> Prompts:
    """The shipped prompts; cached because they are immutable."""
    return _load(None)


def _load(folder: Path | None) -> Prompts:
    prompts = read(folder)
    for language in prompts.languages.values():
        if language.recorded and not _can_count(language, prompts.recordings):
            raise PromptError(
                f'{language.code}.toml has no "voice", so callers hear recordings, and '
                f"recordings/{language.code}/ lacks the digits: give it a voice of the carrier, or "
                "run `hotline voices build`"
            )
    return prompts


def read(folder: Path | None = None) -> Prompts:
    """All languages with complete texts, possibly without recordings.

    Raises PromptError, which names each faulty file, table and key on its own line.
    """
    return _read(folder) if folder else _ours_as_read()


@cache
def _ours_as_read() -> Prompts:
    """The shipped prompts; cached because they are immutable."""
    return _read(FOLDER)


def _read(folder: Path) -> Prompts:
    files = read_files(folder)
    if complaints := list(checks.complaints(files)):
        raise PromptError("\n".join(complaints))
    for file in files:
        if _cannot_be_built(file.language, folder / "recordings"):
            raise PromptError(
                f'{file.code}.toml has no "voice", and eSpeak NG has none for {file.code!r} that '
                'recordings could be built with: give it a "voice" and "say" of the carrier, or '
                "record it by hand as docs/prompts.md tells, the digits first"
            )
    files.sort(key=lambda file: (file.language.page, file.language.key))
    return Prompts(
        languages=MappingProxyType({file.code: file.language for file in files}),
        wordings=MappingProxyType({file.code: _wording(file, files) for file in files}),
        recordings=folder / "recordings",
    )


def read_files(folder: Path) -> list[PromptFile]:
    """The prompt files of a folder, each on its own; raises PromptError."""
    return [_read_file(path) for path in sorted(folder.glob("*.toml"))]


def _wording(file: PromptFile, files: Iterable[PromptFile]) -> Mapping[str, Text]:
    """Every text by name; a language that this file does not name gets its English name."""
    status = file.status if file.code == ENGLISH else "draft"
    names = {f"languages.{each.code}": Text(each.language.english_name, status) for each in files}
    sources = next(each.sources for each in files if each.code == ENGLISH)
    texts = {
        name: replace(text, source=sources.get(name.partition(".")[0]))
        for name, text in file.by_name().items()
    }
    return MappingProxyType({**names, **texts})


def _cannot_be_built(language: Language, recordings: Path) -> bool:
    by_hand = _can_count(language, recordings)
    return language.recorded and language.code not in VOICES and not by_hand


def _can_count(language: Language, recordings: Path) -> bool:
    digits = (digit_recording(language, digit) for digit in "0123456789")
    return all((recordings / digit.file).is_file() for digit in digits)


def _read_file(path: Path) -> PromptFile:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        if strange := sorted(content.keys() - _HEAD):
            raise PromptError(f'"{strange[0]}" has no meaning here: remove it')
        status = _status(content.get("status"))
        return PromptFile(
            language=_language(content, path.stem),
            status=status,
            texts=MappingProxyType(dict(_texts(content, "texts", status))),
            staff=MappingProxyType(dict(_texts(content, "staff", status))),
            sources=MappingProxyType(dict(_sources(content.get("sources", {})))),
        )
    except (PromptError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PromptError(f"{path.name}: {error}") from error


def _language(content: Mapping[str, Any], code: str) -> Language:
    if _word(content, "language") != code:
        raise PromptError(f'"language" must be "{code}", as the file is named')
    page, key = _menu_place(content.get("menu"))
    voice, say = _voice(content)
    return Language(
        code=code,
        name=_word(content, "name"),
        english_name=_word(content, "english_name"),
        page=page,
        key=key,
        voice=voice,
        say=say,
        direction=_direction(content.get("direction")),
        digits=_digits(content.get("digits")),
        keywords=MappingProxyType({word: _keywords(content, word) for word in Keyword}),
        keys=MappingProxyType(_key_names(content.get("keys"))),
    )


def _word(content: Mapping[str, Any], field: str) -> str:
    value = content.get(field)
    if not isinstance(value, str) or not value.strip():
        raise PromptError(f'"{field}" is missing: give it a text')
    return value


def _voice(content: Mapping[str, Any]) -> tuple[str | None, str | None]:
    if "voice" not in content and "say" not in content:
        return None, None
    return _word(content, "voice"), _word(content, "say")


def _menu_place(menu: object) -> tuple[int, str]:
    match menu:
        case {"page": 1 | 2 as page, "key": str(key)} if len(key) == 1 and key in MENU_KEYS:
            return page, key
    raise PromptError(
        f'"menu" must be {{page = 1, key = "2"}} with page 1 or 2 and a key of {MENU_KEYS}'
    )


def _direction(direction: object) -> Direction:
    match direction:
        case "ltr" | "rtl":
            return direction
    raise PromptError('"direction" must be "ltr" or "rtl"')


def _status(status: object) -> Status:
    match status:
        case "draft" | "reviewed":
            return status
    raise PromptError(f'"status" must be "draft" or "reviewed", not {status!r}')


def _digits(digits: object) -> tuple[str, ...]:
    match digits:
        case list() if len(digits) == 10 and all(isinstance(word, str) and word for word in digits):
            return tuple(digits)
    raise PromptError('"digits" must be the ten words for 0 to 9, in order')


def _keywords(content: Mapping[str, Any], field: Keyword) -> frozenset[str]:
    match content.get(field):
        case [] if field in MAY_BE_EMPTY:
            return frozenset()
        case [str(), *_] as phrases if all(_is_short(phrase) for phrase in phrases):
            return frozenset(" ".join(plain_words(phrase)) for phrase in phrases)
    raise PromptError(
        f'"{field}" must list the words that a phone texts us for it, '
        f"each of one or two words: {field} = [{EXAMPLES[field]}]"
    )


def _is_short(phrase: object) -> bool:
    return isinstance(phrase, str) and 1 <= len(plain_words(phrase)) <= MOST_WORDS


def _key_names(keys: object) -> dict[str, str]:
    match keys:
        case {"*": str(star), "#": str(pound), **rest} if star and pound and not rest:
            return {"*": star, "#": pound}
    raise PromptError('"keys" must name the star and the pound key: {"*" = "...", "#" = "..."}')


def _texts(content: Mapping[str, Any], section: str, status: Status) -> Iterator[tuple[str, Text]]:
    for table, entries in content.get(section, {}).items():
        if not isinstance(entries, dict):
            raise PromptError(f'[{section}] "{table}" must stand in a table of its own')
        for key, entry in entries.items():
            try:
                yield f"{table}.{key}", _text(entry, status)
            except PromptError as error:
                raise PromptError(f'[{section}.{table}] "{key}" {error}') from error


def _text(entry: object, status: Status) -> Text:
    match entry:
        case str(template) if template.strip():
            return Text(template, status)
        case {"text": str(template), "status": own_status, **rest} if template.strip():
            forms = {
                form: str(rest.pop(form)) for form in PLURAL_FORMS if _is_written(rest.get(form))
            }
            proposal = _proposal(rest.pop("proposed", None), rest.pop("waits_for", None))
            if not rest:
                return Text(template, _status(own_status), MappingProxyType(forms), proposal)
    raise PromptError('must be "a text" or {text = "a text", status = "draft"}')


def _sources(tables: object) -> Iterator[tuple[str, Source]]:
    if not isinstance(tables, dict):
        raise PromptError('"sources" must be a table: [sources]')
    for table, entry in tables.items():
        match entry:
            case {"origin": str(origin), "review_by": date() as day, **rest} if (
                origin.strip() and not rest and not isinstance(day, datetime)
            ):
                yield table, Source(origin, day)
            case _:
                raise PromptError(
                    f'[sources] "{table}" must be {{origin = "whose public material", '
                    "review_by = 2027-06-30}"
                )


def _proposal(words: object, waits_for: object) -> Proposal | None:
    match words, waits_for:
        case None, None:
            return None
        case str(template), "lawyer" | "speaker" as reader if template.strip():
            return Proposal(template, reader)
    raise PromptError(
        'must give "proposed" and "waits_for" together: the words, and "lawyer" or "speaker"'
    )


def _is_written(words: object) -> bool:
    return isinstance(words, str) and bool(words.strip())
