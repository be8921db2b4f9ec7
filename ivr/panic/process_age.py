"""How long a process has run: Python cannot wipe from memory what a process read of callers."""

from __future__ import annotations

import logging
from datetime import timedelta
from random import uniform

from ivr.core.context import AppContext
from models.calls import rings

log = logging.getLogger("hotline.panic")

_RENEWED_AT = (0.8, 0.95)
"""Shares of the greatest age: the processes of a host are not renewed together."""


class ProcessAge:
    """From its making, near the start of the process, until a new process should take over."""

    def __init__(self, app: AppContext) -> None:
        """The age that counts is the one by the line's clock."""
        self._app, self._began = app, app.clock()
        most = app.limits.process_age or timedelta.max
        self._due = most * uniform(*_RENEWED_AT)  # noqa: S311 - not a secret
        self._latest = most * max(_RENEWED_AT)

    def is_over(self) -> bool:
        """Whether a new process should take over: when nobody is on the line, or at the latest."""
        age = self._app.clock() - self._began
        return age >= self._latest or (age >= self._due and self._is_quiet())

    def _is_quiet(self) -> bool:
        try:
            with self._app.database.reading() as session:
                return not rings.is_anybody_on_the_line(session)
        except Exception:  # it is asked again, and its greatest age comes in any case
            log.exception("nobody knows whether somebody is on the line")
            return False
