"""Child processes end together with their parent, whichever signal stops it."""

from __future__ import annotations

import signal

import pytest

from commands.base.child_processes import until_told


@pytest.mark.parametrize("told_by", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_a_kind_kill_and_a_closed_terminal_leave_time_to_end_the_rest(
    told_by: signal.Signals,
) -> None:
    before = signal.getsignal(told_by)
    with until_told() as stop:
        assert not stop.is_set()
        signal.raise_signal(told_by)
        assert stop.is_set()
    assert signal.getsignal(told_by) == before
