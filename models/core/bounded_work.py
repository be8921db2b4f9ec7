"""Runs one of our functions in a child process, within limits of time, processor and memory.

A file from outside decides how much there is to compute: a calendar of 200 bytes can take minutes.
The process that answers callers waits for the child and computes nothing itself.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

_CODE = Path(__file__).resolve().parents[2]
_KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "PYTHONDONTWRITEBYTECODE", "PYTHONHOME")
"""The child gets no secret of ours."""
_AT_ONCE = threading.BoundedSemaphore(2)
_Answer = TypeVar("_Answer")


class OutOfBounds(Exception):
    """The work did not end within its limits, or another one did not make room for it."""


class WorkFailed(Exception):
    """The work raised an error that it should have answered; the text names it without its data."""


class NoError(Exception):
    """Never raised: the default of work that raises nothing it should."""


@dataclass(frozen=True)
class Bounds:
    """What the work may use."""

    processor_seconds: int = 4
    seconds: float = 60.0
    """By the wall clock, from the start of the child: more than the processor needs."""
    megabytes: int = 512


USUAL = Bounds()


def run(
    work: Callable[..., _Answer],
    *given: Any,
    expected: type[Exception] = NoError,
    bounds: Bounds = USUAL,
) -> _Answer:
    """The answer of `work(*given)`: a function of a module of ours, with values that pickle.

    Raises OutOfBounds, WorkFailed, or the `expected` error if the work raised it. Import as little
    as possible in the module of the function: each run imports it again.
    """
    if not _AT_ONCE.acquire(timeout=bounds.seconds):
        raise OutOfBounds("too much work of this kind at once")
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "models.core.bounded_child"],
            input=pickle.dumps((bounds, work.__module__, work.__name__, given, expected)),
            env=_environment(),
            capture_output=True,
            timeout=bounds.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise OutOfBounds(f"not done after {bounds.seconds:g} seconds") from error
    finally:
        _AT_ONCE.release()
    if done.returncode != 0:
        raise OutOfBounds(f"the child ended with {done.returncode}")
    how, answer = pickle.loads(done.stdout)  # noqa: S301 - our own code wrote it
    if how == "failed":
        raise WorkFailed(str(answer))
    if how == "raised":
        raise answer
    found: _Answer = answer
    return found


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    return {**kept, "PYTHONPATH": str(_CODE), "PYTHONIOENCODING": "utf-8"}
