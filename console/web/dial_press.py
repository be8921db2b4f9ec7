"""The id of one press of a button that makes the hotline dial: the same press dials once."""

from __future__ import annotations

import re

from flask import abort, request

from models.core.base import new_id

_PRESS = re.compile(r"[0-9a-f]{32}\Z")


def new_press() -> str:
    """An id for a form that dials."""
    return new_id()


def press_of_form() -> str:
    """The id of the ring that this press makes; each form that dials carries one of its own."""
    press = request.form.get("press", "")
    if not _PRESS.match(press):
        abort(400)
    return press
