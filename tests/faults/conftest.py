"""The hotline fixture, for tests named after the rows of the fault table."""

from __future__ import annotations

from tests.ivr.conftest import hotline

__all__ = ["hotline"]
