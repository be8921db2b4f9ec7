"""What is compiled once for all tests, although each test starts a hotline of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, MutableMapping
from typing import Any, ClassVar

from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapper
from werkzeug.routing import Rule


class Templates(BytecodeCache):
    """Keeps in memory what Jinja has compiled; Jinja compares the source before it takes it."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take it from memory, if it is there."""
        if kept := self._kept.get(bucket.key):
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it for the apps to come."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


class Statements(MutableMapping[tuple[Any, ...], Any]):
    """Keeps what SQLAlchemy has compiled for databases of the same kind and version."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Any, ...], Any] = {}

    def __getitem__(self, key: tuple[Any, ...]) -> Any:
        return self._kept[self._of_any(*key)]

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        self._kept[self._of_any(*key)] = compiled

    def __delitem__(self, key: tuple[Any, ...]) -> None:
        del self._kept[self._of_any(*key)]

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def _of_any(self, dialect: Dialect, *key: Any) -> tuple[Any, ...]:
        """The key without which engine it was: each has a dialect object of its own."""
        return (type(dialect), getattr(dialect, "server_version_info", None), *key)


def keep_in(statements: Statements, mappers: Iterable[Mapper[Any]]) -> None:
    """Keep the inserts and updates of rows there too: SQLAlchemy keeps them with the class of the
    row, for one engine."""
    for mapper in mappers:
        mapper._compiled_cache = statements


class Address(Rule):
    """Is read once for all apps that have a rule of the same form."""

    _built: ClassVar[dict[tuple[Any, ...], Callable[..., tuple[str, str]]]] = {}
    _read: ClassVar[dict[tuple[Any, ...], tuple[Any, ...]]] = {}

    def compile(self) -> None:
        """Take the parts of the address from memory, if they are there."""
        form = self._form(tuple(self.map.converters.items()), self.merge_slashes)
        if form not in self._read:
            super().compile()
            self._read[form] = self._parts, self._trace, self._converters, self.arguments
            return
        self._parts, self._trace, self._converters, self.arguments = self._read[form]
        self._build = self._compile_builder(False).__get__(self, None)
        self._build_unknown = self._compile_builder(True).__get__(self, None)

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        form = self._form(append_unknown)
        if form not in self._built:
            self._built[form] = super()._compile_builder(append_unknown)
        return self._built[form]

    def _form(self, *more: Any) -> tuple[Any, ...]:
        defaults = sorted((self.defaults or {}).items())
        return (self.rule, self.subdomain, self.host, repr(defaults), *more)
