"""Findings of `hotline check`: one list, as text, as JSON and in the console."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.core import database_time
from models.core.database import Database
from models.operations import maintenance_state


@dataclass(frozen=True)
class Finding:
    """One finding; a note does not fail the check."""

    words: str
    is_note: bool = False
    step: str = ""
    """The step of the launch list that it is about, as in the console."""

    @property
    def kind(self) -> str:
        """As text and JSON name it."""
        return "note" if self.is_note else "wrong"


def as_data(found: Iterable[Finding]) -> list[dict[str, str]]:
    """Findings for other programs and for the console."""
    return [{"kind": each.kind, "words": each.words, "step": each.step} for each in found]


def keep(database: Database, found: Iterable[Finding]) -> None:
    """Let the console show them until the next check."""
    with database.transaction() as session:
        maintenance_state.keep_check(session, as_data(found), database_time.of(session))
