"""Parses the text of a roster into nodes and fields; collects errors with their lines."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unicodedata import category

import yaml

from routing.readers import written_names
from routing.readers.told import Told, told

NULL = "tag:yaml.org,2002:null"
Node = yaml.Node
_MOST_PROBLEMS = 20


@dataclass(frozen=True, order=True)
class Problem:
    """One error: its line in the file (from 1; 0 if the file is missing) and the reason."""

    line: int
    words: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.words}" if self.line else self.words


class RosterError(ValueError):
    """An unusable roster; `problems` holds the first 20 errors in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems)[:_MOST_PROBLEMS])
        self.line = self.problems[0].line
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type[RosterError], tuple[Any, ...]]:
        """A child process that reads a file sends its errors back."""
        return type(self), (self.problems,)


def text_of(path: Path) -> str:
    """The text of a file; raises RosterError if it cannot be read."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RosterError(
            [
                Problem(
                    0,
                    told(
                        "%(name)s cannot be read: %(why)s", name=path.name, why=str(error.strerror)
                    ),
                )
            ]
        ) from error
    return decoded(content, path.name)


def decoded(content: bytes, name: str) -> str:
    """The text of a file in UTF-8, or in UTF-16 that says so; raises RosterError."""
    says_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if says_utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        words = told("%(name)s is not UTF-8 text; save it as UTF-8 and try again", name=name)
        raise RosterError([Problem(line, words)]) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise RosterError([Problem(line, told("%(name)s is no text", name=name))])
    return text


def composed(text: str) -> Node:
    """The root node of a YAML or JSON text; raises RosterError if it is neither."""
    _refuse_references(text)
    if text.lstrip().startswith("{"):
        text = text.replace("\t", " ")  # JSON allows tabs for indentation, YAML does not
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RosterError(
            [Problem(line, told("this is not YAML or JSON: %(why)s", why=str(error.problem)))]
        ) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise RosterError([Problem(line, told("a character here cannot be printed"))]) from error
    except RecursionError as error:
        raise RosterError([Problem(1, told("this is nested too deeply for a roster"))]) from error
    if root is None:
        raise RosterError([Problem(1, told("the roster is empty"))])
    return root


def _refuse_references(text: str) -> None:
    """Refuse YAML aliases: a few lines can expand to millions of entries."""
    if "*" not in text:
        return
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.AliasToken):
                words = told(
                    "'*%(name)s' refers to another place; write it out instead", name=token.value
                )
                raise RosterError([Problem(token.start_mark.line + 1, words)])
    except yaml.YAMLError:
        return  # `composed` reports the error


def line_of(node: Node) -> int:
    """The line where a node begins, from 1."""
    return node.start_mark.line + 1


class Fields:
    """One mapping of the file, read field by field; errors are noted and reading continues."""

    def __init__(
        self, node: Node, what: str, known: tuple[str, ...] | None, problems: list[Problem]
    ) -> None:
        self.node, self.what, self.problems = node, what, problems
        self.nodes: dict[str, Node] = {}
        if not isinstance(node, yaml.MappingNode):
            self._note(node, told("should have fields, each with its name and a colon"))
            return
        for key, value in node.value:
            field = key.value if isinstance(key, yaml.ScalarNode) else "a list"
            if known is not None and field not in known:
                self._note(key, _not_one_of(told("has"), field, known))
            elif field in self.nodes:
                self._note(key, told("has %(field)s twice", field=field))
            elif value.tag != NULL:
                self.nodes[field] = value

    def complain(self, field: str | None, words: Told) -> None:
        """Note an error in a field, at its line if it has one."""
        self._note(self.nodes.get(field or "", self.node), words)

    def complain_at(self, node: Node, words: Told) -> None:
        """Note an error in one entry of a list or mapping."""
        self._note(node, words)

    def introduced(self) -> str:
        """The name of this entry; later errors refer to the entry by it."""
        words = self.needed("name")
        name = written_names.written(words)
        if words and not name:
            self.complain("name", told("has a name that cannot be seen"))
        self.what = name or self.what
        return name

    def text(self, field: str, default: str = "") -> str:
        """The text of an optional field."""
        return self._words(field, self.nodes[field]) if field in self.nodes else default

    def needed(self, field: str) -> str:
        """The text of a required field."""
        words = self.text(field)
        if not words and isinstance(self.node, yaml.MappingNode):
            self.complain(field, told("has no %(field)s", field=field))
        return words

    def texts(self, field: str) -> tuple[str, ...]:
        """The texts of an optional list, each once."""
        return tuple(dict.fromkeys(self._words(field, node) for node in self.entries(field)))

    def graded(self, field: str) -> list[tuple[Node, str, str]]:
        """The words of an optional list, or of a mapping with a grade for each; no grade is ""."""
        node = self.nodes.get(field)
        if isinstance(node, yaml.MappingNode):
            return [
                (key, self._words(field, key), self._words(field, value))
                for key, value in node.value
            ]
        return [(each, self._words(field, each), "") for each in self.entries(field)]

    def entries(self, field: str) -> list[Node]:
        """The nodes of an optional list."""
        node = self.nodes.get(field)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.complain(field, told("has %(field)s that are not a list", field=field))
            return []
        return list(node.value)

    def one_of(self, field: str, known: Iterable[str], default: str) -> str:
        """An optional word from a closed set."""
        word = self.text(field, default)
        if word not in known:
            self.complain(field, _not_one_of(told("has %(field)s", field=field), word, known))
        return word

    def some_of(self, field: str, known: Iterable[str], verb: Told) -> tuple[str, ...]:
        """An optional list of words from a closed set; `verb` is used in the error text."""
        for node in self.entries(field):
            word = self._words(field, node)
            if word not in known:
                self._note(node, _not_one_of(verb, word, known))
        return self.texts(field)

    def _words(self, field: str, node: Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            self._note(node, told("has %(field)s that should be plain words", field=field))
            return ""
        if any(category(letter) in ("Cc", "Cs") for letter in node.value):
            self._note(
                node, told("has a character in %(field)s that cannot be printed", field=field)
            )
        return str(node.value).strip()

    def _note(self, node: Node, words: Told) -> None:
        problem = Problem(line_of(node), told("%(who)s %(what)s", who=self.what, what=words))
        if problem not in self.problems:
            self.problems.append(problem)


def _not_one_of(verb: Told, word: str, known: Iterable[str]) -> Told:
    return told(
        "%(verb)s '%(word)s', which is not one of %(known)s",
        verb=verb,
        word=word,
        known=", ".join(known),
    )


class Once:
    """Detects values that occur twice where each must be unique."""

    def __init__(self, words: Told) -> None:
        self.words = words
        self.lines: dict[str, int] = {}

    def check(self, entry: Fields, field: str, value: str) -> None:
        """Note an error if this value came before; empty values may repeat."""
        if value in self.lines:
            entry.complain(
                field,
                told("%(what)s (line %(line)s)", what=self.words, line=str(self.lines[value])),
            )
        elif value:
            self.lines[value] = line_of(entry.nodes[field])
