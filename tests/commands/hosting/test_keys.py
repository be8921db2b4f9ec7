"""`hotline keys`: a new root key under traffic, its shares, and what each key still seals."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from commands.command_line import hotline
from models.calls import calls
from models.keys.key_ring import LASTING, KeyRing
from models.keys.root_keys import Roots
from models.people import people
from models.staff import audit
from tests import root_key_file
from tests.conftest import KEY
from tests.faults import keeping
from tests.hotline import Hotline

CALLER = "+19175550187"
Run = Callable[..., Result]


@pytest.fixture
def roots(tmp_path: Path) -> Path:
    """The file of the root keys."""
    return root_key_file.written(tmp_path)


@pytest.fixture
def line(database_url: str, tmp_path: Path, roots: Path) -> Iterator[Hotline]:
    """A running hotline that reads its root keys from a file."""
    reading_a_file = root_key_file.read_by(database_url, tmp_path, roots)
    yield reading_a_file
    assert list(reading_a_file.closes()) == []


@pytest.fixture
def run(line: Hotline, tmp_path: Path, roots: Path) -> Run:
    places = {"STATE_FOLDER": str(tmp_path), "DATA_KEYS_FILE": str(roots)}
    return lambda *words, answers="", **more: keeping.run(
        line, *words, typed=answers, **(places | more)
    )


def test_a_new_root_key_comes_in_under_traffic_and_the_old_one_goes(
    line: Hotline, run: Run, roots: Path
) -> None:
    ana = line.has_on_duty("Ana")
    call = line.is_called(CALLER).press("1").press("2")
    rotated = run("keys", "rotate")
    assert rotated.exit_code == 0, rotated.output
    assert re.search(r"seals from now on; [1-9]\d* keys were wrapped again", rotated.stdout)
    line.context.database.vault.ring.look(0)
    ana.accepts()
    assert call.is_joined_with(ana.number)
    assert len(Roots.read(roots.read_text()).live) == 2
    call.hangs_up()
    line.waits(120)
    status = run("keys", "status")
    assert "only opens" in status.stdout
    assert "LOST" not in status.stdout
    finished = run("keys", "rotate", "--finish")
    assert finished.exit_code == 0, finished.output
    assert KEY not in roots.read_text()
    line.context.database.vault.ring.look(0)
    line.restarts()
    with line.context.database.reading() as session:
        assert [people.name_of(session, each) for each in people.active(session)] == ["Ana"]
        assert people.with_phone(session, ana.number)
        (kept,) = [each for each in line.calls if each.id == call.row.id]
        assert calls.number_of(session, kept) == CALLER
        assert audit.verify(session).fault is None
    line.is_called(CALLER).press("1").press("2")
    ana.accepts()


def test_a_key_that_a_late_process_wraps_under_the_old_root_is_not_lost(
    line: Hotline, run: Run
) -> None:
    late = KeyRing(Roots.read(KEY), line.settings.keys(), line.clock.now)
    assert run("keys", "rotate").exit_code == 0
    late.add_pepper(line.clock.now() + timedelta(days=1), LASTING)
    finished = run("keys", "rotate", "--finish")
    assert finished.exit_code == 0, finished.output
    ring = line.settings.vault(line.clock.now).ring
    assert len(ring.held.peppers[LASTING]) == 2


def test_an_old_root_key_stays_while_a_value_needs_it(line: Hotline, run: Run, roots: Path) -> None:
    line.knows("Ana")
    with line.context.database.transaction() as session:
        (ana,) = people.active(session)
        ana.name_sealed = ana.name_sealed[:-1] + bytes([ana.name_sealed[-1] ^ 1])
    assert run("keys", "rotate").exit_code == 0
    refused = run("keys", "rotate", "--finish")
    assert refused.exit_code == 1
    assert "1 values still need the root key" in refused.stderr
    assert len(Roots.read(roots.read_text()).live) == 2


def test_two_of_three_shares_bring_the_root_key_back(run: Run, roots: Path, tmp_path: Path) -> None:
    shares = [each.partition(". ")[2] for each in run("keys", "split").stdout.splitlines()]
    assert len(shares) == 3
    assert all(KEY not in share for share in shares)
    back = tmp_path / "back"
    for first, second in ((0, 2), (2, 1)):
        typed = run("keys", "join", "--file", back, answers=f"{shares[first]}\n{shares[second]}\n")
        assert typed.exit_code == 0, typed.output
        assert Roots.read(back.read_text()) == Roots.read(roots.read_text())
        assert back.stat().st_mode & 0o777 == 0o600
        back.unlink()
    for wrong in (f"{shares[0]}\n{shares[0]}\n", f"{shares[0]}\n{shares[1][:-1]}\n", "no\nno\n"):
        refused = run("keys", "join", "--file", back, answers=wrong)
        assert refused.exit_code == 1
        assert "do not fit together" in refused.stderr
        assert not back.exists()


def test_a_key_is_known_before_it_is_used_where_processes_read_it_at_their_start(
    run: Run, roots: Path
) -> None:
    assert run("keys", "rotate", "--prepare").exit_code == 0
    prepared = Roots.read(roots.read_text())
    assert (len(prepared.live), len(prepared.coming)) == (1, 1)
    assert run("keys", "rotate", "--prepare").exit_code == 1
    assert "not used yet" in run("keys", "status").stdout
    assert run("keys", "rotate").exit_code == 0
    assert Roots.read(roots.read_text()).live[0] == prepared.coming[0]


def test_a_host_without_the_keys_of_days_does_not_start(line: Hotline, run: Run) -> None:
    line.is_called(CALLER).hangs_up()
    folder = line.context.database.vault.ring.folder
    assert folder
    folder.first.rename(folder.first.with_name("unmounted"))
    refused = run("keys", "start")
    assert refused.exit_code == 1
    assert "bring its copy back" in refused.stderr
    lost = run("keys", "start", "--lost")
    assert lost.exit_code == 0, lost.output
    assert "LOST: " in run("keys", "status").stdout


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"DATA_KEYS": KEY, "DATA_KEYS_FILE": "/x"}, "DATA_KEYS and DATA_KEYS_FILE are both set"),
        ({"DATA_KEYS_FILE": "/nowhere/keys"}, "/nowhere/keys cannot be read"),
        ({"CREDENTIALS_DIRECTORY": "/nowhere"}, "/nowhere/data_keys cannot be read"),
        ({"KEYS_FOLDER": "/nowhere,/else"}, "KEYS_FOLDER: /nowhere has no keys"),
        ({"KEYS_FOLDER": "/nowhere,else"}, "KEYS_FOLDER must be an absolute path, not 'else'"),
    ],
)
def test_keys_that_are_not_there_stop_the_start(given: dict[str, str], problem: str) -> None:
    environment = {"STATE_FOLDER": "/var/lib/hotline"} | given
    checked = CliRunner().invoke(hotline, ["check"], env=environment)
    assert problem in checked.output


def test_a_credential_of_the_unit_is_the_root_key(run: Run, roots: Path) -> None:
    credential = {"DATA_KEYS_FILE": "", "CREDENTIALS_DIRECTORY": str(roots.parent)}
    assert "seals; " in run("keys", "status", **credential).stdout
