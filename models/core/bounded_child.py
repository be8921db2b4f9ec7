"""The child of `bounded_work`: sets its own limits, does the work, and sends the answer back."""

from __future__ import annotations

import importlib
import os
import pickle
import resource
import sys
from contextlib import suppress
from typing import Any

_NICENESS = 5
"""Callers' webhooks come first; a process that is nice already stays as it is."""
_OUT_OF_MEMORY = 3


def main() -> int:
    """Do the work that the parent sent; the exit code says whether it stayed within its limits."""
    bounds, module, name, given, expected = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - see above
    _limit(bounds.processor_seconds, bounds.megabytes)
    try:
        answer = ("done", getattr(importlib.import_module(module), name)(*given))
    except (MemoryError, RecursionError):
        return _OUT_OF_MEMORY
    except expected as error:
        answer = ("raised", error)
    except Exception as error:
        answer = ("failed", _place_of(error))
    sys.stdout.buffer.write(pickle.dumps(answer))
    return 0


def _limit(processor_seconds: int, megabytes: int) -> None:
    os.nice(max(0, _NICENESS - os.nice(0)))
    memory = megabytes * 1024 * 1024
    for what, most in ((resource.RLIMIT_CPU, processor_seconds), (resource.RLIMIT_AS, memory)):
        with suppress(ValueError, OSError):  # some systems do not limit memory
            resource.setrlimit(what, (most, most))


def _place_of(error: BaseException) -> str:
    """The kind of an error and the line that raised it: the message may hold personal data."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    line: Any = f"{at.tb_frame.f_globals.get('__name__')}:{at.tb_lineno}" if at else "?"
    return f"{type(error).__name__} in {line}"


if __name__ == "__main__":
    sys.exit(main())
