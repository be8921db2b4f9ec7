"""TwiML and JSON laid out for reading."""

import json
import re

_PIECE = re.compile(r"<[^>]+>|[^<]+")


def laid_out(text: str) -> str:
    """TwiML and JSON indented, one element a line; any other text unchanged."""
    start = text.lstrip()[:1]
    if start == "<":
        return _elements(text)
    if start in ("{", "["):
        try:
            return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
        except ValueError:
            return text
    return text


def _elements(text: str) -> str:
    lines: list[str] = []
    depth, inside = 0, False
    for piece in _PIECE.findall(text):
        is_tag = piece.startswith("<")
        closes = piece.startswith("</")
        if not is_tag and not piece.strip():
            continue
        if closes:
            depth = max(depth - 1, 0)
        if lines and (inside and (closes or not is_tag)):
            lines[-1] += piece.strip() if not is_tag else piece
        else:
            lines.append("  " * depth + piece.strip())
        opens = is_tag and not closes and not piece.endswith("/>") and piece[1] not in "?!"
        inside = opens or (inside and not is_tag)
        depth += opens
    return "\n".join(lines)
