"""Checks of the prompt files against each other, with English as the reference."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from prompts import plurals, speech
from prompts.keywords import clash
from prompts.language import ENGLISH, Language, Status
from prompts.rules import lengths
from prompts.wording import Source, Text

_STAFF_TABLES_OF_RECORDED_LANGUAGES = frozenset({"languages", "needs"})
_NAMES_OF_LANGUAGES = "languages"


@dataclass(frozen=True, eq=False)
class PromptFile:
    """The content of one prompt file; texts are named `table.key`."""

    language: Language
    status: Status
    texts: Mapping[str, Text]
    staff: Mapping[str, Text]
    sources: Mapping[str, Source]
    """By table of the texts for callers that state law; only in English."""

    @property
    def code(self) -> str:
        """The language code, which is also the file's name."""
        return self.language.code

    def by_name(self) -> Mapping[str, Text]:
        """All texts of the file, for callers and staff."""
        return {**self.texts, **self.staff}


def complaints(files: Sequence[PromptFile]) -> Iterator[str]:
    """One sentence for each fault: the file, the table, the key, and what to do."""
    english = next((file for file in files if file.code == ENGLISH), None)
    if english is None:
        yield "en.toml is missing: it is the reference for every other language"
        return
    yield from _about_english(english)
    yield from _about_menu_places(files)
    yield from _about_keywords(files)
    for file in files:
        yield from _about_sources(file, english)
        yield from _about_placeholders(file, english)
        yield from _about_names(file, english)
        yield from _about_forms(file)
        yield from lengths.complaints(file.code, file.texts, file.staff)


def _about_english(english: PromptFile) -> Iterator[str]:
    for shared in sorted(_tables(english.texts) & _tables(english.staff)):
        yield f"en.toml: [texts.{shared}] and [staff.{shared}] have one name: rename one of them"


def _about_sources(file: PromptFile, english: PromptFile) -> Iterator[str]:
    """English names them for every language; a file that was copied from it may have them still."""
    if file.sources and file.sources != english.sources:
        yield f"{file.code}.toml: [sources] differs from en.toml, which is for all: remove it"
    for table in sorted(file.sources.keys() - _tables(file.texts)):
        yield f'{file.code}.toml: [sources] "{table}" is no table of [texts]: mend its name'


def _about_menu_places(files: Sequence[PromptFile]) -> Iterator[str]:
    taken: dict[tuple[int, str], str] = {}
    for file in files:
        place = (file.language.page, file.language.key)
        if place in taken:
            yield (
                f'{file.code}.toml: "menu" page {place[0]}, key {place[1]} is taken by '
                f"{taken[place]}.toml: choose a free key"
            )
        taken.setdefault(place, file.code)


def _about_keywords(files: Sequence[PromptFile]) -> Iterator[str]:
    """A word must not mean one thing in one language and another thing in another."""
    for file, other in product(files, files):
        for meant, words in file.language.keywords.items():
            for means, others in other.language.keywords.items():
                if meant < means and clash(meant, means):
                    for word in sorted(words & others):
                        yield (
                            f'{file.code}.toml: "{meant}" has "{word}", which means {means} in '
                            f"{other.code}.toml: remove one of them"
                        )


def _about_names(file: PromptFile, english: PromptFile) -> Iterator[str]:
    yield from _differences(file.code, "texts", file.texts, english.texts)
    staff, expected = _but_for_names_of_languages(file), _but_for_names_of_languages(english)
    if file.language.recorded:
        kept = _STAFF_TABLES_OF_RECORDED_LANGUAGES
        expected = {name: text for name, text in expected.items() if _table(name) in kept}
        if unheard := sorted(_tables(staff) - kept):
            yield (
                f'{file.code}.toml has no "voice", so it is a recorded language, and its '
                "responders hear and read English: give it a voice, or remove "
                + ", ".join(f"[staff.{table}]" for table in unheard)
            )
            staff = {name: text for name, text in staff.items() if _table(name) in kept}
    yield from _differences(file.code, "staff", staff, expected)


def _but_for_names_of_languages(file: PromptFile) -> Mapping[str, Text]:
    """A file need not name other languages: each has its English name in its own file."""
    return {name: text for name, text in file.staff.items() if _table(name) != _NAMES_OF_LANGUAGES}


def _differences(
    code: str, section: str, texts: Mapping[str, Text], expected: Mapping[str, Text]
) -> Iterator[str]:
    for name in expected:
        if name not in texts:
            yield f"{where(code, section, name)} is missing: translate it from en.toml"
    for name in texts:
        if name not in expected:
            yield f"{where(code, section, name)} is not expected here: remove it, or mend its name"


def _about_placeholders(file: PromptFile, english: PromptFile) -> Iterator[str]:
    yield from _misfits(file.code, "texts", file.texts, english.texts, speech.FOR_CALLERS)
    yield from _misfits(file.code, "staff", file.staff, english.staff, speech.FOR_STAFF)


def _misfits(
    code: str,
    section: str,
    texts: Mapping[str, Text],
    reference: Mapping[str, Text],
    allowed: frozenset[str],
) -> Iterator[str]:
    for name, text in texts.items():
        for template in text.templates():
            expected = reference[name].template if name in reference else template
            if fault := _misfit(template, expected, allowed):
                yield f"{where(code, section, name)} {fault}"
                break


def _misfit(template: str, reference: str, allowed: frozenset[str]) -> str | None:
    try:
        used, wanted = speech.placeholders(template), speech.placeholders(reference)
    except ValueError:
        return "has a brace that is no placeholder: write {key} or remove the brace"
    if strange := used - allowed:
        return f"has {_braced(strange)}, which cannot be filled in: remove it"
    if used != wanted:
        return f"has {_braced(used)} where English has {_braced(wanted)}: use the same"
    return None


def _about_forms(file: PromptFile) -> Iterator[str]:
    """A number picks one of the forms, so all but the form of the text itself must be there."""
    known = plurals.forms_of(file.code)
    for name, text in file.by_name().items():
        if not text.forms:
            continue
        at = where(file.code, "texts" if name in file.texts else "staff", name)
        counts = speech.placeholders(text.template) & speech.COUNTS
        if len(counts) != 1:
            yield f"{at} has forms and {len(counts)} numbers: forms need one number in the text"
        if not set(text.forms) < known or len(text.forms) != len(known) - 1:
            yield (
                f"{at} has the forms {_listed(text.forms)}: numbers in this language ask for "
                f"{_listed(known)}; give all but one, which is the text itself"
            )


def _listed(forms: Iterable[str]) -> str:
    return ", ".join(sorted(forms))


def where(code: str, section: str, name: str) -> str:
    """The place of a text, for complaints: the file, the table and the key."""
    table, _, key = name.partition(".")
    return f'{code}.toml: [{section}.{table}] "{key}"'


def _braced(placeholders: frozenset[str]) -> str:
    return " ".join(f"{{{name}}}" for name in sorted(placeholders)) or "no placeholder"


def _tables(texts: Mapping[str, Text]) -> frozenset[str]:
    return frozenset(_table(name) for name in texts)


def _table(name: str) -> str:
    return name.partition(".")[0]
