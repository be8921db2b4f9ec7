"""What somebody reads who has the keys: sealed values that open, in rows and in old copies."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from models.core.base import Base
from models.core.database import Database
from models.core.personal_data import PERSONAL_DATA, Form
from models.core.vault import Vault, VaultError
from tests.seize.planted import Kind, Planted
from tests.seize.raw_search import Search

_FIRST_BYTES = 48
"""The version, the key's id and the nonce are in them, so no other sealed value begins so."""


@dataclass(frozen=True)
class Copy:
    """A sealed value with something planted in it, as it stood in a row once."""

    kinds: frozenset[Kind]
    column: str
    purpose: str
    row: str
    sealed: bytes

    @property
    def forms(self) -> set[bytes]:
        """How it stands in a file, and in a dump as text."""
        beginning = self.sealed[:_FIRST_BYTES]
        return {beginning, beginning.hex().encode()}


def copies_in(database: Database, planted: Planted) -> set[Copy]:
    """Every sealed value of the database that opens and holds something planted."""
    search = planted.search()
    return {
        Copy(frozenset(kinds), column, purpose, row, sealed)
        for column, purpose, row, sealed in _sealed_values(database)
        if (plain := opened(database.vault, purpose, row, sealed)) is not None
        and (kinds := search.found_in(plain))
    }


def opened(vault: Vault, purpose: str, row: str, sealed: bytes) -> bytes | None:
    """What is in a sealed value; None if the keys that are left do not open it."""
    bound = {"row": row} if "row" in inspect.signature(vault.open_bytes).parameters else {}
    try:
        return vault.open_bytes(sealed, purpose, **bound)
    except VaultError:
        return None


def search_for(copies: set[Copy]) -> Search[Copy]:
    """A search for sealed values in raw bytes."""
    return Search({copy: copy.forms for copy in copies})


def kinds_that_open(vault: Vault, copies: set[Copy]) -> set[Kind]:
    """What can be read of these sealed values with the keys that are left."""
    return {
        kind
        for copy in copies
        if opened(vault, copy.purpose, copy.row, copy.sealed) is not None
        for kind in copy.kinds
    }


def _sealed_values(database: Database) -> Iterator[tuple[str, str, str, bytes]]:
    with database.reading() as session:
        for row in PERSONAL_DATA:
            table = Base.metadata.tables.get(row.table)
            if row.form is not Form.SEALED or table is None or row.purpose is None:
                continue
            key, column = table.primary_key.columns, table.columns[row.columns[0]]
            where = f"{row.table}.{column.name}"
            for *its_key, sealed in session.execute(sa.select(*key, column)):
                if sealed:
                    bound = "/".join(map(str, its_key))  # as models/core/sealed_columns.py does
                    yield where, row.purpose, bound, bytes(sealed)
