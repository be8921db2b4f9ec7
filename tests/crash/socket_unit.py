"""Acts as systemd does: a socket unit passes the server a listening socket that outlives it.

    python socket_unit.py [FD or ""] COMMAND...

The process ends with the bench, even if the bench is killed. This file imports nothing of ours, so
that a restart takes no longer than a real one.
"""

import ctypes
import os
import signal
import sys

FIRST_PASSED_FD = 3
PR_SET_PDEATHSIG = 1

if __name__ == "__main__":
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if sys.argv[1]:
        os.dup2(int(sys.argv[1]), FIRST_PASSED_FD)
        os.environ["LISTEN_FDS"], os.environ["LISTEN_PID"] = "1", str(os.getpid())
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - our own interpreter
