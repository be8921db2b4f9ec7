"""Acts as a systemd socket unit: passes the server a listening socket that outlives it.

    python socket_unit.py FD COMMAND...

It imports nothing of ours, so that a restart takes no longer than a real one.
"""

import os
import sys

FIRST_PASSED_FD = 3

if __name__ == "__main__":
    os.dup2(int(sys.argv[1]), FIRST_PASSED_FD)
    os.environ["LISTEN_FDS"], os.environ["LISTEN_PID"] = "1", str(os.getpid())
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - our own interpreter
