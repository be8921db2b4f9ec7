"""Fixtures for every test: a fresh, migrated database of each kind, and no network."""

from __future__ import annotations

import base64
import gc
import os
import shutil
import socket
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

import migrations
from models.core.database import Database
from models.core.vault import Vault
from tests import both_databases, compiled, run_folder, shared_postgres
from tests.hotline import KEYS, Hotline
from tests.postgres_pool import Pool, create, drop
from tests.postgres_tools import tools_folder
from tests.rows import PEOPLE, Rows

settings.register_profile(
    "on any machine",  # on a slow or busy machine too
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("on any machine")
Fresh = Callable[[], AbstractContextManager[tuple[str, Path]]]
"""Gives a migrated database and a folder."""
KEY = base64.urlsafe_b64encode(b"k" * 32).decode()
_MEMORY, _ENOUGH_BYTES = Path("/dev/shm"), 4 * 1024**3  # noqa: S108 - a folder of our own is made in it
_SELDOM = (50_000, 20, 100)
"""The thresholds of the garbage collector: rare runs, because each run visits every live object."""
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@pytest.fixture(scope="session", autouse=True)
def no_outside_world() -> Iterator[None]:
    """A test that connects to another machine fails immediately."""
    real = socket.socket.connect

    def only_here(self: socket.socket, address: object) -> None:
        inside = self.family == socket.AF_UNIX or (
            isinstance(address, tuple) and address[0] in _LOOPBACK
        )
        if not inside:
            raise AssertionError(f"a test tried to reach {address}")
        real(self, address)  # type: ignore[arg-type]  # passed on as it came

    socket.socket.connect = only_here  # type: ignore[method-assign,assignment]  # for the session
    yield
    socket.socket.connect = real  # type: ignore[method-assign]  # and back again


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    file = tmp_path_factory.mktemp("template") / "hotline.db"
    database = Database(f"sqlite:///{file}", Vault.from_setting(KEY))
    migrations.upgrade(database.engine)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return file


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Give the run a folder that is removed when the run ends, whatever ends it."""
    _make_each_hotline_quickly()
    if hasattr(config, "workerinput"):
        return
    run = run_folder.RunFolder(*_keep_files_in_memory(config))
    config.add_cleanup(run.closes)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`-k "not postgres"` leaves out every test that needs the server, whatever the test's name.

    Every test runs on each database; `tests/both_databases.py` says which tests and rows do.
    """
    items[:] = both_databases.chosen(items)
    for item in items:
        if "postgres_server" in getattr(item, "fixturenames", ()):
            item.extra_keyword_matches.add("postgresql")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneProcessForAFolder:
    """How the processes of `make test` share the tests."""
    return OneProcessForAFolder(config, log)


class OneProcessForAFolder(LoadScopeScheduling):
    """Gives the tests of each of these folders to one process, and begins with them.

    Those of a browser share a demo and mostly wait: so two processes wait at the same time, each
    with a demo of its own. Those of the structure share the parsed code. Any other test goes to the
    next free process.
    """

    ONE_PROCESS_EACH = ("tests/browser/telephones/", "tests/browser/", "tests/structure/")

    def _split_scope(self, nodeid: str) -> str:
        return next((one for one in self.ONE_PROCESS_EACH if nodeid.startswith(one)), nodeid)


def _make_each_hotline_quickly() -> None:
    """Thousands of hotlines are created and dropped: see docs/decisions/0026-fast-tests.md."""
    Flask.url_rule_class = compiled.Address
    gc.freeze()
    gc.set_threshold(*_SELDOM)


def _keep_files_in_memory(config: pytest.Config) -> Iterator[Path]:
    """A hotline syncs every promise to disk; if memory suffices, tests keep that disk in memory."""
    chosen = config.option.basetemp is not None
    if chosen or not _MEMORY.is_dir() or shutil.disk_usage(_MEMORY).free < _ENOUGH_BYTES:
        return
    folder = Path(tempfile.mkdtemp(prefix="tests-", dir=_MEMORY))
    config.option.basetemp = folder / "tests"
    yield folder


@pytest.fixture(scope="session")
def postgres_server() -> sa.URL:
    """The real PostgreSQL of this run, with a migrated database to copy; without it tests fail."""
    return shared_postgres.url_of(run_folder.of_this_run(), Vault.from_setting(KEY))


@pytest.fixture(scope="session")
def postgres_pool(postgres_server: sa.URL) -> Iterator[Pool]:
    """The PostgreSQL databases that this process has created so far."""
    pool = Pool(postgres_server)
    yield pool
    pool.closes()


@pytest.fixture
def postgres_databases(postgres_pool: Pool) -> Iterator[Callable[[], str]]:
    """Gives a fresh migrated PostgreSQL database per call; all are returned after the test."""
    borrowed: list[str] = []

    def another() -> str:
        borrowed.append(postgres_pool.borrow())
        KEYS.pop(borrowed[-1], None)
        return borrowed[-1]

    yield another
    for url in borrowed:
        postgres_pool.give_back(url)


@pytest.fixture(scope="session")
def postgres_tools() -> Iterator[None]:
    """Puts the server's own pg_dump and psql on the shell's path."""
    before = os.environ["PATH"]
    os.environ["PATH"] = f"{tools_folder()}{os.pathsep}{before}"
    yield
    os.environ["PATH"] = before


@contextmanager
def migrated(request: pytest.FixtureRequest, kind: str, folder: Path) -> Iterator[str]:
    """The URL of a fresh migrated database, valid inside the `with` block."""
    if kind == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "hotline.db")
        yield f"sqlite:///{folder / 'hotline.db'}"
        return
    pool: Pool = request.getfixturevalue("postgres_pool")
    url = pool.borrow()
    KEYS.pop(url, None)
    yield url
    pool.give_back(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh migrated database, once of each kind."""
    with migrated(request, request.param, tmp_path) as url:
        yield url


@pytest.fixture
def hotline(database_url: str, tmp_path: Path) -> Iterator[Hotline]:
    """A hotline with nobody on duty; the carrier refuses what Twilio would refuse."""
    world = Hotline(database_url, folder=tmp_path / "standby")
    yield world
    assert list(world.closes()) == []


@pytest.fixture
def rows(hotline: Hotline) -> Iterator[Rows]:
    """A hotline whose five people are off duty and whom nobody called, in one transaction."""
    for name in PEOPLE:
        hotline.knows(name)
    with hotline.context.database.transaction() as session:
        yield Rows(hotline, session)


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which database."""
    name: str = request.param
    return name


@pytest.fixture
def fresh(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> Fresh:
    """Gives a migrated database and a folder, for the time of one run."""

    @contextmanager
    def one() -> Iterator[tuple[str, Path]]:
        with TemporaryDirectory(dir=tmp_path) as name, migrated(request, kind, Path(name)) as url:
            yield url, Path(name)

    return one


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: sa.URL = request.getfixturevalue("postgres_server")
    name = f"empty_{uuid.uuid4().hex}"
    create(server, name)
    yield server.set(database=name).render_as_string(hide_password=False)
    drop(server, name)
