"""K: a raid. Real processes drop their keys, and callers do not notice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from models.core.vault import Vault
from models.keys import lock_record
from models.keys.key_files import KeyFolder
from models.keys.key_ring import KeyRing
from models.keys.root_keys import Roots
from models.operations import maintenance_state
from tests.conftest import KEY
from tests.faults.real_house import RealHouse, Traffic, eventually
from tests.hotline import NUMBER
from tests.processes import children_of
from tests.seize.key_guesses import every_secret

_PIECE = 16 * 1024 * 1024


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[RealHouse]:
    """Web and worker with the root key in a file, and shares of it."""
    roots = tmp_path / "data_keys"
    roots.write_text(f"{KEY}\n")
    state = tmp_path / "state"
    state.mkdir()
    running = RealHouse(
        database_url, tmp_path,
        DATA_KEYS="", DATA_KEYS_FILE=str(roots), STATE_FOLDER=str(state), LEDGER_FILE="",
    )  # fmt: skip
    yield running
    running.closes()


def memory_of(process: int) -> Iterator[bytes]:
    """What a process has in its writable memory, in large pieces."""
    with suppress(OSError):
        mapped = Path(f"/proc/{process}/maps").read_text().splitlines()
        with Path(f"/proc/{process}/mem").open("rb", 0) as memory:
            for line in mapped:
                place, mode, *_ = line.split()
                first, last = (int(end, 16) for end in place.split("-"))
                if mode.startswith("rw"):
                    for at in range(first, last, _PIECE):
                        with suppress(OSError, ValueError):
                            memory.seek(at)
                            yield memory.read(min(_PIECE, last - at))


def who_has_a_key(group_leaders: list[int], state: Path) -> list[int]:
    """Our processes in whose memory the root key, or a key of a day, is."""
    folder, found = KeyFolder(state / "keys"), []
    secrets = {*every_secret(Vault(KeyRing(Roots.read(KEY), folder)), KEY), KEY.encode()}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            if int(fields[2]) in group_leaders and any(
                secret in piece for piece in memory_of(int(process.name)) for secret in secrets
            ):
                found.append(int(process.name))
    return found


def is_told(house: RealHouse) -> bool:
    """Whether the database tells other hosts of the lock."""
    with house.database.reading() as session:
        return maintenance_state.look(session).locked_at is not None


def test_no_process_has_a_key_five_seconds_after_a_lock(house: RealHouse, tmp_path: Path) -> None:
    state = tmp_path / "state"
    assert house.types("keys", "start").returncode == 0
    printed = house.types("keys", "split").stdout.splitlines()
    shares = [each.partition(". ")[2] for each in printed]
    house.has_on_duty("Ana", "+17185550111")
    web, worker = house.web().pid, house.worker().pid
    house.is_ready()
    eventually((state / "standby" / "duty.sealed").exists, "a duty file")
    # two for callers, the console's and the worker; gunicorn's first never had it
    eventually(lambda: len(who_has_a_key([web, worker], state)) == 4, "four processes with a key")
    had_keys = who_has_a_key([web, worker], state)
    assert web not in had_keys
    with Traffic(house) as traffic:
        eventually(lambda: traffic.called > 1, "callers")
        with house.database.transaction():  # and the database hangs
            (state / lock_record.FILE).touch()
            time.sleep(5)
            assert who_has_a_key([web, worker], state) == []
            assert [each for each in had_keys if Path(f"/proc/{each}").exists()] == [worker]
        eventually(lambda: is_told(house), "other hosts told, now that the database answers")
        so_far = traffic.called
        eventually(lambda: traffic.called > so_far + 10, "callers during the lock")
    assert not [each for each in traffic.unanswered if "went wrong" not in each]
    leg = house.carrier.phone("+16465550190").dials(NUMBER)
    phone = house.carrier.phone("+17185550111")
    eventually(lambda: phone.live_leg and phone.live_leg.heard, "an offer")
    assert phone.live_leg
    phone.live_leg.presses("1")
    eventually(lambda: leg.talks_with, "a talk")
    leg.hangs_up()
    unlocked = house.types("panic", "unlock", typed=f"{shares[0]}\n{shares[2]}\n")
    assert unlocked.returncode == 0, unlocked.stderr
    house.is_ready()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_processes_are_renewed_with_their_memory_and_no_caller_notices(
    database_url: str, tmp_path: Path
) -> None:
    house = RealHouse(database_url, tmp_path, PROCESS_HOURS=str(10 / 3600))
    try:
        house.has_on_duty("Ana", "+17185550111")
        web = house.web().pid
        house.worker()
        house.is_ready()
        first = children_of(web)
        with Traffic(house) as traffic:
            eventually(lambda: not set(first) & set(children_of(web)), "three new web processes")
            eventually(lambda: house.said.count("The worker has started") > 1, "a new worker")
            so_far = traffic.called
            eventually(lambda: traffic.called > so_far + 5, "callers of the new processes")
        assert traffic.unanswered == []
        house.carrier.phone("+16465550190").dials(NUMBER).presses("1")
        house.accepts("+17185550111")
    finally:
        house.closes()
