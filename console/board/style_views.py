"""Page: the components of the design system in every state, in the demo alone."""

from __future__ import annotations

from flask import abort
from werkzeug.wrappers import Response as AnyResponse

from console.base import faces, icons
from console.base.routes import bp, context
from console.web.render import show

_SURFACES = (
    "canvas", "surface", "sunk", "hover", "line", "edge", "ink", "ink2", "ink3",
    "accent", "accent-soft", "side", "lamp", "focus",
)  # fmt: skip
_NAMES = (
    "Ana Torres", "Luis Ortega", "Elena Vargas", "Daniel Okafor", "Samira Haddad", "Mei Lin",
    "Jean Baptiste", "Farhana Akter", "Grace Bennett", "Irina Volkova", "Sunita Gurung",
    "Cora Whitfield",
)  # fmt: skip


@bp.get("/styles")
def styles() -> AnyResponse:
    app = context()
    if not app.site.is_demo:
        abort(404)
    return show(
        "styles.html",
        surfaces=_SURFACES,
        hues=range(1, faces.HUES + 1),
        names=_NAMES,
        codes=list(app.shipped_prompts.languages),
        icons=[name for name in icons.shapes() if name != "mark"],
    )
