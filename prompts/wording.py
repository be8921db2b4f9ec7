"""The texts of every language, by name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from prompts import language_codes, plurals, speech
from prompts.language import ENGLISH, Language, PromptError, Status, WaitsFor
from prompts.speech import Piece, Play

_LANGUAGES = speech.CODES["language"]


@dataclass(frozen=True)
class Proposal:
    """Words that nobody hears until a lawyer or a speaker of the language has agreed to them."""

    template: str
    waits_for: WaitsFor


@dataclass(frozen=True)
class Source:
    """Where a text that states law comes from, and the last day on which it is said as it is."""

    origin: str
    review_by: date
    is_approved: bool = False
    """Whether the coalition has approved these words."""


@dataclass(frozen=True)
class Text:
    """A text with placeholders, and whether a speaker of the language has reviewed it."""

    template: str
    status: Status
    forms: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Other forms of the text by plural category (CLDR: one, few ...), for the number in it."""
    proposal: Proposal | None = None
    source: Source | None = None
    """Of a text that states law; None for all others."""

    def templates(self) -> Iterator[str]:
        """The text in each of its forms, and the proposed words."""
        yield from (self.template, *self.forms.values())
        if self.proposal is not None:
            yield self.proposal.template


@dataclass(frozen=True, eq=False)
class Prompts:
    """All texts in all languages; names are `table.key`, for callers and staff.

    Build it with `prompts.load()`, which checks that it is complete.
    """

    languages: Mapping[str, Language]
    """Languages by code, in the order of the language menu."""

    wordings: Mapping[str, Mapping[str, Text]]
    """Texts by language code, then by name."""

    recordings: Path
    """The folder that `Play.file` is relative to."""

    own_takes: Mapping[str, str] = field(default_factory=dict)
    """Recordings made since the files were shipped: name of the take, file to play."""

    def text(self, language: str, name: str) -> str:
        """The template of a text in this language, or in English if staff texts lack it."""
        return self._found(language, name)[1].template

    def status(self, language: str, name: str) -> Status:
        """Whether the text that `text` returns is a draft or reviewed."""
        return self._found(language, name)[1].status

    def pieces(
        self, language: str, name: str, values: Mapping[str, str] | None = None
    ) -> tuple[Piece, ...]:
        """The text as pieces to say and play, in order.

        `values` by placeholder: a key as pressed, a phone number with its digits, `language` and
        `need` as codes, counts as figures. Raises PromptError if one is missing or unspeakable.
        """
        heard, text = self._found(language, name)
        given = self._in_words(heard, name, text, values or {})
        cut = tuple(speech.stretches(_form(text, heard, given), heard, given))
        english = self.languages[ENGLISH]
        if not heard.recorded and not self.own_takes:
            return tuple(speech.said(cut, heard, english))
        key = (values or {}).get("key") if "key" in given else None
        takes = tuple(speech.played(cut, heard, english, name=name, key=key))
        if heard.recorded or (takes and all(self._has_own(take) for take in takes)):
            return tuple(self._newest(take) for take in takes)
        return tuple(speech.said(cut, heard, english))

    def takes(self, language: str, name: str, values: Mapping[str, str]) -> tuple[Play, ...]:
        """The takes of a text, each under its own name."""
        heard, text = self._found(language, name)
        given = self._in_words(heard, name, text, values)
        cut = speech.stretches(text.template, heard, given)
        key = values.get("key") if "key" in given else None
        pieces = speech.played(cut, heard, self.languages[ENGLISH], name=name, key=key)
        return tuple(each for each in pieces if isinstance(each, Play) and not each.is_pause)

    def _has_own(self, piece: Piece) -> bool:
        return isinstance(piece, Play) and (piece.is_pause or piece.file in self.own_takes)

    def _newest(self, piece: Piece) -> Piece:
        if isinstance(piece, Play) and piece.file in self.own_takes:
            return replace(piece, file=self.own_takes[piece.file])
        return piece

    def sentence(self, language: str, name: str, values: Mapping[str, str] | None = None) -> str:
        """The text with its values, for text messages and captions; numbers stay in figures."""
        heard, text = self._found(language, name)
        given = self._in_words(heard, name, text, values or {})
        return _form(text, heard, given).format_map(given)

    def source(self, language: str, name: str) -> Source | None:
        """Where the text is from and when its review is due; None unless it states law."""
        return self._found(language, name)[1].source

    def law(self) -> list[str]:
        """The names of the texts that state law."""
        return [name for name, text in self.wordings[ENGLISH].items() if text.source]

    def expired(self, language: str, day: date) -> frozenset[str]:
        """The names of the texts in this language whose review is overdue on this day."""
        dated = ((name, self.source(language, name)) for name in self.law())
        return frozenset(name for name, source in dated if source and source.review_by < day)

    def waiting_for(self, reader: WaitsFor) -> list[tuple[str, str]]:
        """The language and name of each text whose proposed words wait for this reader."""
        return [
            (code, name)
            for code, texts in self.wordings.items()
            for name, text in texts.items()
            if text.proposal is not None and text.proposal.waits_for == reader
        ]

    def proposal(self, language: str, name: str) -> Proposal | None:
        """The words that wait for a reader before anybody hears them."""
        return self._found(language, name)[1].proposal

    def _found(self, code: str, name: str) -> tuple[Language, Text]:
        for heard in (code, ENGLISH):
            if heard not in self.languages:
                raise PromptError(f"no language {heard!r}: add prompts/{heard}.toml")
            if name in self.wordings[heard]:
                return self.languages[heard], self.wordings[heard][name]
        if (named := _language_of_the_world(code, name)) is not None:
            return self.languages[code], Text(named, "draft")
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


def _language_of_the_world(reader: str, name: str) -> str | None:
    """The name of a language that no prompt file names, from its code."""
    table, _, code = name.partition(".")
    return language_codes.name(code, reader) if table == _LANGUAGES else None


def _form(text: Text, language: Language, given: Mapping[str, str]) -> str:
    """The form for the number in the text; a text with forms has one number."""
    if not text.forms:
        return text.template
    number = next(given[each] for each in given if each in speech.COUNTS)
    return text.forms.get(plurals.form_of(language.code, int(number)), text.template)
