"""Runs work in a forked process, so that no key that it used stays in our memory."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from typing import NoReturn


class Failed(Exception):
    """The work ended in a way that cannot be told."""


def run(work: Callable[[], object]) -> None:
    """Do the work apart, and raise what it raised."""
    hears, tells = os.pipe()
    child = os.fork()
    if not child:
        os.close(hears)
        _work(work, tells)
    os.close(tells)
    with os.fdopen(hears, "rb") as told:
        said = told.read()
    _, status = os.waitpid(child, 0)
    if said:
        raise _again(*pickle.loads(said))  # noqa: S301 - our own fork wrote it
    if status:
        raise Failed(f"a check of the keys ended with status {status}")


def _work(work: Callable[[], object], tells: int) -> NoReturn:
    """Nothing of the parent may run twice: no exit handler, and no other error."""
    status = 1
    try:
        try:
            work()
        except Exception as error:
            os.write(tells, pickle.dumps((type(error), error.args, vars(error))))
        status = 0
    finally:
        os._exit(status)


def _again(kind: type[Exception], args: tuple[object, ...], held: dict[str, object]) -> Exception:
    """Without its constructor, which may take other values than `args`."""
    error = kind.__new__(kind)
    error.args = args
    vars(error).update(held)
    return error
