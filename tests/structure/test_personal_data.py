"""The table of personal data matches the tables of the database."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

import models
from docs.tools.code_map import TOP
from ivr.privacy import subject_access
from models.core import personal_data
from models.core.base import Base
from models.core.database import Database
from models.core.personal_data import PERSONAL_DATA, Form
from models.core.vault import Vault
from tests.conftest import KEY
from tests.hotline import TUESDAY_NIGHT

NOT_PERSONAL = {
    f"{table}.{column}"
    for line in Path(__file__).with_name("not_personal.txt").read_text().splitlines()
    if not line.startswith("#")
    for table, columns in [line.split(": ")]
    for column in columns.split()
}
"""Columns that say nothing about anybody, or nothing that a row of the table does not say."""
NAMED = {f"{row.table}.{column}": row for row in PERSONAL_DATA for column in row.columns}


def columns() -> dict[str, sa.Column[object]]:
    """Every column of every table, by table and name."""
    for module in pkgutil.walk_packages(models.__path__, "models."):
        importlib.import_module(module.name)
    return {
        f"{table.name}.{column.name}": column
        for table in Base.metadata.tables.values()
        for column in table.columns
    }


def test_whoever_deletes_or_seals_rows_of_every_table_knows_every_table() -> None:
    loads = (
        "import models.operations; from models.core.base import Base; print(*Base.metadata.tables)"
    )
    command = [sys.executable, "-c", loads]
    told = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=True).stdout
    assert {name.partition(".")[0] for name in columns()} == set(told.split())


def test_every_sealed_column_is_in_the_table() -> None:
    sealed = {name for name in columns() if name.endswith(("_sealed", ".sealed"))}
    told = {name for name, row in NAMED.items() if row.form is Form.SEALED}
    assert sealed - told == set(), "add its row to models/core/personal_data.py"
    assert told - sealed == set(), "no such column"


def test_every_keyed_hash_of_somebody_is_in_the_table() -> None:
    marks = {name for name in columns() if name.endswith(("_mark", ".mark", "_hash"))}
    told = {name for name, row in NAMED.items() if row.form is Form.MARK}
    assert marks - NOT_PERSONAL <= told


def test_every_column_is_in_the_table_or_known_to_say_nothing() -> None:
    known = NOT_PERSONAL | set(NAMED)
    assert set(columns()) - known == set(), (
        "does it say something about a caller, a person or a user? Then add its row to "
        "models/core/personal_data.py, with how long it is kept; else to not_personal.txt"
    )
    assert NOT_PERSONAL - set(columns()) == set(), "no such column"
    assert NOT_PERSONAL & set(NAMED) == set()


def test_every_row_names_columns_that_exist_and_each_once() -> None:
    assert set(NAMED) - set(columns()) == set()
    assert len(NAMED) == sum(len(row.columns) for row in PERSONAL_DATA)


def test_each_sealed_column_has_a_purpose_of_its_own() -> None:
    for row in PERSONAL_DATA:
        assert (row.purpose is not None) == (row.form is Form.SEALED), row
        assert row.form is not Form.SEALED or len(row.columns) == 1, row
    purposes = [row.purpose for row in PERSONAL_DATA if row.purpose]
    assert len(purposes) == len(set(purposes))


def test_a_sealed_column_without_a_row_says_what_to_do() -> None:
    with pytest.raises(LookupError, match=r"people\.shoes has no sealed row .*: add one"):
        personal_data.purpose_of("people", "shoes")


def test_every_kind_that_the_table_names_is_told_of_a_number(database_url: str) -> None:
    database = Database(database_url, Vault.from_setting(KEY))
    with database.reading() as session:
        told = subject_access.every_kind(session, "+12125550123", TUESDAY_NIGHT)
    database.close()
    assert {holding.kind for holding in told} == {
        row.holding for row in PERSONAL_DATA if row.holding is not None
    }
