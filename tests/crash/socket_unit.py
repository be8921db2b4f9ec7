"""What a systemd socket unit does: hands a listening socket that outlives the server to it.

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
