"""The texts of every language, by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from prompts import speech
from prompts.language import ENGLISH, Language, PromptError, Status
from prompts.speech import Piece


@dataclass(frozen=True)
class Text:
    """What is said, with its placeholders, and whether a speaker of the language has read it."""

    template: str
    status: Status


@dataclass(frozen=True, eq=False)
class Prompts:
    """Every text in every language; names are `table.key`, for callers and staff alike.

    Build it with `prompts.load()`, which checks that nothing is missing.
    """

    languages: Mapping[str, Language]
    """By code, in the order of the language menu."""

    wordings: Mapping[str, Mapping[str, Text]]
    """By language code, then by name."""

    recordings: Path
    """The folder that `Play.file` is relative to."""

    def text(self, language: str, name: str) -> str:
        """The template of a text, in the language or, for staff words it lacks, in English."""
        return self._found(language, name)[1].template

    def status(self, language: str, name: str) -> Status:
        """Whether the text that `text` gives is still a draft."""
        return self._found(language, name)[1].status

    def pieces(
        self, language: str, name: str, values: Mapping[str, str] | None = None
    ) -> tuple[Piece, ...]:
        """The text as what to say and play, in order.

        `values` by placeholder: a key as pressed, a phone number with its digits, `language` and
        `need` as codes, counts as figures. `PromptError` if one is missing or cannot be said.
        """
        heard, text = self._found(language, name)
        given = self._in_words(heard, name, text, values or {})
        cut = speech.stretches(text.template, heard, given)
        english = self.languages[ENGLISH]
        if heard.recorded:
            key = (values or {}).get("key") if "key" in given else None
            return tuple(speech.played(cut, heard, english, name=name, key=key))
        return tuple(speech.said(cut, heard, english))

    def sentence(self, language: str, name: str, values: Mapping[str, str] | None = None) -> str:
        """The text filled in, for text messages and captions; numbers stay in figures."""
        heard, text = self._found(language, name)
        return text.template.format_map(self._in_words(heard, name, text, values or {}))

    def _found(self, code: str, name: str) -> tuple[Language, Text]:
        for heard in (code, ENGLISH):
            if heard not in self.languages:
                raise PromptError(f"no language {heard!r}: add prompts/{heard}.toml")
            if name in self.wordings[heard]:
                return self.languages[heard], self.wordings[heard][name]
        raise PromptError(f"no text named {name!r}: add it to en.toml and every other language")

    def _in_words(
        self, language: Language, name: str, text: Text, values: Mapping[str, str]
    ) -> dict[str, str]:
        wanted = speech.placeholders(text.template)
        if lacking := sorted(wanted - values.keys()):
            raise PromptError(f"{language.code}.toml: {name} needs a value for {lacking[0]!r}")
        return {each: self._word(language, name, each, values[each]) for each in wanted}

    def _word(self, language: Language, name: str, placeholder: str, value: str) -> str:
        if placeholder in speech.CODES:
            return self._found(language.code, f"{speech.CODES[placeholder]}.{value}")[1].template
        try:
            return speech.in_words(placeholder, value, language)
        except PromptError as error:
            raise PromptError(f"{language.code}.toml: {name}: {error}") from None
