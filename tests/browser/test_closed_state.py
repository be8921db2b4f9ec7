"""What a running demo keeps is for its own user alone."""

from __future__ import annotations

from tests.browser.conftest import Demo


def test_nobody_else_can_read_what_a_running_demo_writes(demo: Demo) -> None:
    demo.waits_until_ready()
    kept = [demo.folder, *(file for file in demo.folder.rglob("*") if not file.is_symlink())]
    assert {"hotline.db", "duty.sealed", "demo.env", "web.log"} <= {file.name for file in kept}
    assert [str(file) for file in kept if file.lstat().st_mode & 0o077] == []
