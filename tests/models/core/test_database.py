"""A transaction is all or nothing, and SQLite is as durable and as new as we say."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from statistics import median

import pytest
import sqlalchemy as sa

from models.calls import surges
from models.core.database import WEB, Away, Connections, Database, Patience
from models.core.vault import Vault
from models.operations import maintenance_state, worker_state
from tests.conftest import KEY
from tests.hotline import TUESDAY_NIGHT

_WAITS = ("lock", "statement")


def fail_halfway(database: Database) -> None:
    """Write, and then fail before the transaction ends."""
    with database.transaction() as session:
        worker_state.beat(session, "worker", TUESDAY_NIGHT)
        raise RuntimeError


def test_what_fails_halfway_leaves_nothing(database_url: str) -> None:
    database = Database(database_url, Vault.from_setting(KEY))
    with pytest.raises(RuntimeError):
        fail_halfway(database)
    with database.reading() as session:
        assert worker_state.last_beat(session, TUESDAY_NIGHT) is None
    with database.transaction() as session:
        worker_state.beat(session, "worker", TUESDAY_NIGHT)
    with database.reading() as session:
        assert worker_state.last_beat(session, TUESDAY_NIGHT) == TUESDAY_NIGHT
    database.close()


def test_what_was_read_is_kept_until_it_is_held_and_is_then_as_others_left_it(
    postgres_databases: Callable[[], str],
) -> None:
    url = postgres_databases()
    ours, theirs = (Database(url, Vault.from_setting(KEY)) for _ in range(2))
    with ours.transaction() as session:
        maintenance_state.hold(session)
    with ours.transaction() as session:
        assert maintenance_state.look(session).fence == 0
        with theirs.transaction() as another:
            maintenance_state.hold(another).fence = 7
        assert maintenance_state.look(session).fence == 0, "it was fetched once more"
        assert maintenance_state.hold(session).fence == 7
    ours.close()
    theirs.close()


def test_on_postgres_each_transaction_bounds_its_waits_and_leaves_nothing_in_the_session(
    postgres_databases: Callable[[], str],
) -> None:
    """A pooler gives each transaction another session, and takes no options at its start."""
    few = Connections(most=1, prepared=False)
    database = Database(postgres_databases(), Vault.from_setting(KEY), WEB, few)
    for opened in (database.transaction, database.reading):
        with opened() as session:
            shown = [session.scalar(sa.text(f"SHOW {name}_timeout")) for name in _WAITS]
            assert shown == ["1500ms", "1500ms"]
            raw = session.connection().connection.driver_connection
            assert raw is not None
            assert raw.prepare_threshold is None
            with pytest.raises(Away), database.reading() as second:
                second.scalar(sa.text("SELECT 1"))  # the only connection is in use
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        shown = [connection.exec_driver_sql(f"SHOW {name}_timeout").scalar() for name in _WAITS]
        assert shown == ["0", "0"]
    database.close()


def test_a_surge_that_is_asked_for_again_is_what_became_of_it(database_url: str) -> None:
    database = Database(database_url, Vault.from_setting(KEY))
    with database.transaction() as session:
        assert surges.surge(session, TUESDAY_NIGHT) is None
        surges.begin_surge(session, TUESDAY_NIGHT, TUESDAY_NIGHT + timedelta(hours=1))
        assert surges.surge(session, TUESDAY_NIGHT) is not None
        surges.end_surge(session, TUESDAY_NIGHT)
        assert surges.surge(session, TUESDAY_NIGHT) is None
    database.close()


def test_sqlite_syncs_every_promise_and_forgets_what_is_deleted(tmp_path: object) -> None:
    database = Database(f"sqlite:///{tmp_path}/x.db", Vault.from_setting(KEY))
    with database.reading() as session:

        def pragma(name: str) -> object:
            return session.connection().exec_driver_sql(f"PRAGMA {name}").scalar()

        assert pragma("journal_mode") == "wal"
        assert pragma("synchronous") == 2
        assert pragma("secure_delete") == 1
        assert pragma("foreign_keys") == 1
    assert database.engine.dialect.dbapi.sqlite_version_info >= (3, 51, 3)  # type: ignore[union-attr]  # the driver's own attribute
    database.close()


def test_on_sqlite_whoever_waits_to_write_begins_as_soon_as_another_process_has_ended(
    tmp_path: Path,
) -> None:
    """SQLite's own waiting checks only every 100 ms in the end, so it would be about 50 ms late."""
    url = f"sqlite:///{tmp_path}/x.db"
    ours, theirs = (Database(url, Vault.from_setting(KEY)) for _ in range(2))
    with ThreadPoolExecutor(1) as other_process:
        late = [
            _seconds_late(ours, theirs, other_process, held_seconds=0.235 + 0.009 * each)
            for each in range(11)
        ]
    assert median(late) < 0.02
    ours.close()
    theirs.close()


def test_while_another_process_keeps_the_file_one_writer_waits_and_the_others_answer(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    theirs = Database(url, Vault.from_setting(KEY))
    ours = Database(url, Vault.from_setting(KEY), Patience(timedelta(seconds=0.6), answer=None))
    order: list[str] = []

    def write(who: str) -> None:
        with pytest.raises(Away), ours.transaction() as session:
            session.connection()
        order.append(who)

    with theirs.transaction() as session, ThreadPoolExecutor(2) as threads:
        session.connection()
        write("who finds it locked")
        first = threads.submit(write, "who waits for the file")
        time.sleep(0.1)
        threads.submit(write, "who comes later").result()
        first.result()
    assert order == ["who finds it locked", "who comes later", "who waits for the file"]
    with ours.transaction() as session:
        session.connection()
    ours.close()
    theirs.close()


def _seconds_late(
    ours: Database, theirs: Database, other_process: ThreadPoolExecutor, held_seconds: float
) -> float:
    """The seconds between the end of the other transaction and the start of ours."""
    holds, ended = threading.Event(), [0.0]

    def hold() -> None:
        with theirs.transaction() as session:
            session.connection()
            holds.set()
            time.sleep(held_seconds)
        ended[0] = time.monotonic()

    held = other_process.submit(hold)
    holds.wait()
    with ours.transaction() as session:
        session.connection()
        began = time.monotonic()
    held.result()
    return began - ended[0]
