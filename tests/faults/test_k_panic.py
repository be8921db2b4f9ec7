"""K: a raid. Real processes drop their keys, and callers do not notice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from models.keys import lock_record
from models.keys.root_keys import Roots
from tests.conftest import KEY
from tests.faults.real_house import RealHouse, Traffic, eventually
from tests.hotline import NUMBER

SECRETS = (Roots.read(KEY).live[0], KEY.encode())
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


def who_has_the_key(group_leaders: list[int]) -> list[str]:
    """The command lines of our processes in whose memory the root key is."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            if int(fields[2]) in group_leaders and any(
                secret in piece for piece in memory_of(int(process.name)) for secret in SECRETS
            ):
                found.append((process / "cmdline").read_text().replace("\0", " "))
    return found


def test_no_process_has_the_root_key_after_a_lock(house: RealHouse, tmp_path: Path) -> None:
    assert house.types("keys", "start").returncode == 0
    printed = house.types("keys", "split").stdout.splitlines()
    shares = [each.partition(". ")[2] for each in printed]
    house.has_on_duty("Ana", "+17185550111")
    ours = [house.web().pid, house.worker().pid]
    house.is_ready()
    eventually((tmp_path / "state" / "standby" / "duty.sealed").exists, "a duty file")
    # gunicorn's first, two for callers, the console's and the worker
    eventually(lambda: len(who_has_the_key(ours)) == 5, "five processes with the key")
    with Traffic(house) as traffic:
        eventually(lambda: traffic.called > 1, "callers")
        (tmp_path / "state" / lock_record.FILE).touch()
        eventually(lambda: not who_has_the_key(ours), "memory without the key")
        eventually(lambda: traffic.called > 10, "callers during the lock")
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
