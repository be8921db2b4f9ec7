"""Structured logs: JSON lines with ids and codes and no personal data."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_NUMBER = re.compile(r"\+?\d[\d\s().-]{6,}\d")
_FEED = re.compile(r"/calendar/[^\s/?]+")
_SECRET_FIELDS = frozenset({"From", "To", "Digits", "Body", "Caller", "Called", "password", "pin"})
_OF_EVERY_RECORD = frozenset((*vars(logging.makeLogRecord({})), "message", "taskName"))


def configure(level: str) -> None:
    """Send every log line of the process through the same formatter."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_AsJson())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for chatty in ("httpx", "httpcore", "twilio", "werkzeug", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


class _AsJson(logging.Formatter):
    """One object for each line, with what its logger was given as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without a number and without what an error says."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        line = {
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "logger": record.name,
            **{name: value for name, value in vars(record).items() if name not in _OF_EVERY_RECORD},
            **_kind_of_error(record),
        }
        return json.dumps({**without_numbers(line), "timestamp": at}, default=repr)


def _kind_of_error(record: logging.LogRecord) -> dict[str, str]:
    """An error's type and place only; its message may quote a caller or a row."""
    if not record.exc_info:
        return {}
    kind, _, trace = record.exc_info
    said = {"error": kind.__name__ if kind else "?"}
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is not None:
        said["where"] = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
    return said


def without_numbers(line: Mapping[str, Any]) -> dict[str, Any]:
    """The last guard: phone numbers and secret calendar addresses never leave the process."""
    return {
        name: "(withheld)" if name in _SECRET_FIELDS else _without_numbers(value)
        for name, value in line.items()
    }


def _without_numbers(value: object) -> object:
    if isinstance(value, str):
        return _NUMBER.sub("(number)", _FEED.sub("/calendar/(secret)", value))
    return value
