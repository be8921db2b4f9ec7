"""Prompts as PO files (GNU gettext), which Poedit and Weblate read.

`msgctxt` is the name of the text, `msgid` the English, `#, fuzzy` a draft. The form of a text for a
number has a name of its own: `duty_line.item#one`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from types import MappingProxyType

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po

from prompts import speech
from prompts.exchange.situations import LENGTH, PLACEHOLDERS, SEGMENTS, SITUATIONS
from prompts.language import ENGLISH, PromptError
from prompts.rules import checks, lengths
from prompts.rules.checks import PromptFile
from prompts.wording import Text

_HEADER = """\
# {name}: what callers and responders hear and read. docs/translating.md says how to work on it.
msgid ""
msgstr ""
"Project-Id-Version: sanctuary-line prompts\\n"
"Language: {code}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
_FORM = "#"
_LINE = re.compile(
    r'\s*(?:(?:msgctxt|msgid(?:_plural)?|msgstr(?:\[\d\])?)\s+)?"(?:[^"\\]|\\.)*"\s*'
)
"""babel reads past a quote that is missing; we do not."""
_CONTEXT = re.compile(r'\s*msgctxt "(.*)"\s*')


@dataclass(frozen=True)
class Translation:
    """One entry of a PO file, with the line that it begins on."""

    name: str
    form: str
    english: str
    words: str
    is_draft: bool
    line: int


def written(files: Sequence[PromptFile], code: str) -> bytes:
    """The PO file of a language; raises PromptError if there is no such language."""
    file = _file(files, code)
    catalog = Catalog(locale=code)
    for name, text in file.by_name().items():
        for form, words in {"": text.template, **text.forms}.items():
            context = f"{name}{_FORM}{form}" if form else name
            catalog.add(
                _english(files, name, form),
                words,
                flags=["fuzzy"] if text.status == "draft" else [],
                auto_comments=list(_comments(code, name, form, text)),
                context=context,
            )
    entries = BytesIO()
    write_po(entries, catalog, omit_header=True)
    header = _HEADER.format(name=file.language.english_name, code=code)
    return header.encode() + entries.getvalue()


def changes(files: Sequence[PromptFile], content: bytes) -> tuple[str, dict[str, Text]]:
    """The language of a PO file, and its texts that differ from the prompt file, by name.

    Words that changed are a draft, whoever wrote them; words that stayed take the mark of the file.
    Raises PromptError with a line for each fault.
    """
    code, translations = _read(content)
    if code == ENGLISH:
        raise PromptError("line 1: English is the source: change prompts/en.toml")
    file = _file(files, code)
    faults = [fault for each in translations if (fault := _fault(files, file, each))]
    if faults:
        raise PromptError("\n".join(faults))
    found: dict[str, Text] = {}
    for each in translations:
        if each.words:
            found[each.name] = _with(found.get(each.name) or file.by_name()[each.name], each)
    drafts = {each.name for each in translations if each.is_draft}
    marked = {
        name: _marked(file.by_name()[name], text, is_draft=name in drafts)
        for name, text in found.items()
    }
    differing = {name: text for name, text in marked.items() if text != file.by_name()[name]}
    _refuse_unspeakable(files, file, differing, {each.name: each.line for each in translations})
    return code, differing


def _comments(code: str, name: str, form: str, text: Text) -> Iterator[str]:
    table, _, _ = name.partition(".")
    yield SITUATIONS.get(table, "")
    if form:
        yield f"The form for numbers of the kind: {form}."
    for placeholder in sorted(speech.placeholders(text.template)):
        yield PLACEHOLDERS[placeholder]
    if table in lengths.READ:
        yield SEGMENTS
    elif table not in lengths.NAMES:
        yield LENGTH.format(seconds=round(lengths.seconds_aloud(code, text.template)))
    if text.proposal is not None and not form:
        yield f"Better words wait for a {text.proposal.waits_for}: {text.proposal.template}"


def _read(content: bytes) -> tuple[str, list[Translation]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise PromptError(f"line {line}: is not UTF-8: save the file as UTF-8") from None
    for number, each in enumerate(text.splitlines(), 1):
        if each.strip() and not each.startswith("#") and not _LINE.fullmatch(each):
            raise PromptError(f"line {number}: is no line of a PO file: mend its quotes")
    try:
        catalog = read_po(BytesIO(text.encode()), ignore_obsolete=True, abort_invalid=True)
    except PoFileError as error:
        raise PromptError(f"line {error.lineno + 1}: is no PO file here: {error}") from None
    lines = _lines_of_contexts(text)
    if not catalog.locale_identifier:
        raise PromptError('line 1: the header has no "Language: xx": export the file again')
    return catalog.locale_identifier, [_translation(each, lines) for each in catalog if each.id]


def _lines_of_contexts(text: str) -> Mapping[str, int]:
    """The line of each entry; a second entry of one name would be lost, so it is refused."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if context := _CONTEXT.fullmatch(line):
            if first := found.get(context[1]):
                raise PromptError(f"line {number}: {context[1]} is on line {first} already")
            found[context[1]] = number
    return found


def _translation(message: Message, lines: Mapping[str, int]) -> Translation:
    line = lines.get(message.context or "", message.lineno or 1)
    if not isinstance(message.string, str) or not isinstance(message.id, str):
        raise PromptError(f"line {line}: has plural forms of gettext: export the file again")
    if not message.context:
        raise PromptError(f"line {line}: has no msgctxt, the name of the text: export it again")
    name, _, form = message.context.partition(_FORM)
    return Translation(name, form, message.id, message.string.strip(), message.fuzzy, line)


def _fault(files: Sequence[PromptFile], file: PromptFile, each: Translation) -> str | None:
    texts = file.by_name()
    if each.name not in texts or (each.form and each.form not in texts[each.name].forms):
        return f"line {each.line}: there is no text {each.name}: export the file again"
    if each.english != _english(files, each.name, each.form):
        return f"line {each.line}: the English of {each.name} has changed: export the file again"
    return None


def _english(files: Sequence[PromptFile], name: str, form: str) -> str:
    """The source of a text; the name of a language is its English name."""
    table, _, key = name.partition(".")
    source = _file(files, ENGLISH).by_name().get(name)
    if source is not None:
        return source.forms.get(form, source.template)
    named = {each.code: each.language.english_name for each in files}
    return named.get(key, key) if table == "languages" else name


def _with(text: Text, each: Translation) -> Text:
    if each.form:
        return replace(text, forms=MappingProxyType({**text.forms, each.form: each.words}))
    return replace(text, template=each.words)


def _marked(before: Text, after: Text, *, is_draft: bool) -> Text:
    """New words are a draft until another reader has seen them."""
    if list(before.templates()) == list(after.templates()):
        return replace(after, status="draft" if is_draft else "reviewed")
    proposal = after.proposal
    if proposal is not None and proposal.template == after.template:
        proposal = None
    return replace(after, status="draft", proposal=proposal)


def _refuse_unspeakable(
    files: Sequence[PromptFile],
    file: PromptFile,
    differing: Mapping[str, Text],
    lines: Mapping[str, int],
) -> None:
    candidate = replace(
        file,
        texts={**file.texts, **{n: t for n, t in differing.items() if n in file.texts}},
        staff={**file.staff, **{n: t for n, t in differing.items() if n in file.staff}},
    )
    others = [candidate if each.code == file.code else each for each in files]
    places = {
        checks.where(file.code, "texts" if name in file.texts else "staff", name): line
        for name, line in lines.items()
    }
    faults = [
        next(
            (f"line {line}: {fault}" for at, line in places.items() if fault.startswith(at)), fault
        )
        for fault in checks.complaints(others)
    ]
    if faults:
        raise PromptError("\n".join(faults))


def _file(files: Sequence[PromptFile], code: str) -> PromptFile:
    found = next((file for file in files if file.code == code), None)
    if found is None:
        known = ", ".join(file.code for file in files)
        raise PromptError(f"there is no language {code!r}: there are {known}")
    return found
