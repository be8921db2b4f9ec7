"""The icons, drawn into the page itself: no request, and nothing that a browser's policy blocks."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from markupsafe import Markup

_SPRITE = Path(__file__).parents[1] / "static" / "icons.svg"
_SYMBOL = re.compile(r'<symbol id="(?:i-)?([a-z0-9-]+)" viewBox="[^"]*">(.*?)</symbol>', re.S)


@cache
def shapes() -> dict[str, Markup]:
    """The lines of each icon of the sprite, by name; all but "mark" have a grid of 24."""
    return {name: Markup(lines) for name, lines in _SYMBOL.findall(_SPRITE.read_text())}  # noqa: S704  # our own file
