"""What is compiled once for all tests, although each test starts a hotline of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from typing import Any, ClassVar

from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy.engine import Dialect
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


class Address(Rule):
    """Builds its URLs as any rule of the same form does, in whichever app it stands."""

    _built: ClassVar[dict[tuple[Any, ...], Callable[..., tuple[str, str]]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        defaults = sorted((self.defaults or {}).items())
        form = (self.rule, self.subdomain, self.host, repr(defaults), append_unknown)
        if form not in self._built:
            self._built[form] = super()._compile_builder(append_unknown)
        return self._built[form]
