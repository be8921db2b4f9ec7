"""A hotline on a full disk; test_b_database runs it in a mount namespace of its own.

`python -m tests.faults.small_disk FOLDER TEMPLATE` mounts two megabytes at FOLDER, copies the
migrated database there, fills the rest of the disk, and makes a call. It exits with status 0 if
every promise to the caller was kept; otherwise it prints what the caller heard.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from models.core.database import Patience
from tests.hotline import Hotline

IMPATIENT = Patience(lock=timedelta(seconds=0.05), answer=timedelta(seconds=1))


def main(folder: Path, template: Path) -> None:
    """Make the call, and fail with a message."""
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)],
        check=True,
    )
    shutil.copy(template, folder / "hotline.db")
    hotline = Hotline(
        f"sqlite:///{folder / 'hotline.db'}", folder=folder / "standby", patience=IMPATIENT
    )
    hotline.has_on_duty("Dee", tier=3).phone.off()
    call = hotline.is_called().press("2")
    with full(folder):
        call.press("2").hears("Un momento").hears("Tuvimos un problema")
        hotline.waits(15)
        call.hears("Después del tono")
        hotline.waits(9)
        call.speaks(8).press("#").hears("Adiós")
        assert hotline.messages == [], "something was acknowledged on a full disk"
    hotline.waits(420)
    assert [message.state for message in hotline.messages] == ["stored"]
    assert call.row.outcome == "message", call.row.outcome
    assert list(hotline.closes()) == []


class full:  # noqa: N801 - reads as a word: with full(disk)
    """No further byte fits on the disk inside the `with` block."""

    def __init__(self, folder: Path) -> None:
        self._ballast = folder / "ballast"

    def __enter__(self) -> None:
        with self._ballast.open("wb", buffering=0) as ballast:
            for size in (65_536, 4_096, 1):
                try:
                    while True:
                        ballast.write(b"x" * size)
                except OSError:
                    continue

    def __exit__(self, *_: object) -> None:
        self._ballast.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
