"""What runs on this machine while a test looks."""

from __future__ import annotations

import psutil


def children_of(pid: int) -> list[int]:
    """The processes that this one started, the oldest first; none if it ended.

    Not from /proc/PID/task/PID/children: the kernel leaves children out there while others end
    (`proc_pid_children(5)`).
    """
    try:
        children = psutil.Process(pid).children()
    except psutil.NoSuchProcess:
        return []
    return [child.pid for child in sorted(children, key=psutil.Process.create_time)]
