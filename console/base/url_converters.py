"""What may stand in an address or a form of ours: nothing that a database could not be asked for.

PostgreSQL refuses a NUL that SQLite takes, and neither takes a count of more than 64 bits.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict, iter_multi_items
from werkzeug.routing import BaseConverter

from ivr.http.twilio_requests import Count


class Id(BaseConverter):
    """An id, a code or a name in an address; whatever else stands there leads nowhere."""

    regex = "[A-Za-z0-9_.~-]{1,128}"


class Typed(ImmutableMultiDict[str, Any]):
    """What was typed or asked for, without what no database keeps."""

    def __init__(self, mapping: Iterable[Any] | None = None) -> None:
        pairs = iter_multi_items(mapping or ())
        super().__init__([(name, _kept(value)) for name, value in pairs])


class Asked(Request):
    """A request whose words a database can be asked for."""

    parameter_storage_class = Typed


def keep_to_them(flask_app: Flask) -> None:
    """For every address that is added to the app from here on, and every request."""
    flask_app.request_class = Asked
    flask_app.url_map.converters |= {"default": Id, "int": Count}


def _kept(value: object) -> object:
    """Files stay as they are: their reader checks the content."""
    if not isinstance(value, str):
        return value
    return value.replace("\0", "").encode(errors="ignore").decode()
