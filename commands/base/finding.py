"""A finding of `hotline check`."""

from __future__ import annotations

from dataclasses import dataclass


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
