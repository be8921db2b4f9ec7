"""The hotline fixture, as for tests of the caller's side: the carrier must have no complaint."""

from __future__ import annotations

from tests.ivr.conftest import hotline

__all__ = ["hotline"]
