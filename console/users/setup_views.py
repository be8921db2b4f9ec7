"""Page: what is left of a new hotline's first hour."""

from __future__ import annotations

from werkzeug.wrappers import Response as AnyResponse

from console.base.routes import bp, context
from console.web import setup_list
from console.web.render import show


@bp.get("/setup")
def setup() -> AnyResponse:
    return show("users/setup.html", setup=setup_list.look(context()))
