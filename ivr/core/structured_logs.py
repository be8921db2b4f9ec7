"""Structured logs: JSON lines with ids and codes and no personal data."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_NUMBER = re.compile(r"\+?\d[\d\s().-]{6,}\d")
_FEED = re.compile(r"/calendar/[^\s/?]+")
_SECRET_FIELDS = frozenset({"From", "To", "Digits", "Body", "Caller", "Called", "password", "pin"})


def configure(level: str) -> None:
    """Send every log line of the process through the same renderer."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _kind_of_error,
        without_numbers,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for chatty in ("httpx", "httpcore", "twilio", "werkzeug", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _kind_of_error(
    _logger: Any, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Log an error's type and place only; its message may quote a caller or a row."""
    info = line.pop("exc_info", None)
    if not info:
        return line
    kind, _, trace = sys.exc_info() if info is True else info
    line["error"] = kind.__name__ if kind else "?"
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is not None:
        line["where"] = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
    return line


def without_numbers(
    _logger: Any, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The last guard: phone numbers and secret calendar addresses never leave the process."""
    for name, value in line.items():
        if name in _SECRET_FIELDS:
            line[name] = "(withheld)"
        elif isinstance(value, str) and name != "timestamp":
            line[name] = _NUMBER.sub("(number)", _FEED.sub("/calendar/(secret)", value))
    return line
