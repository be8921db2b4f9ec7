"""Texts that list open items: what waits for a person, and how to take one by reply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.calls.open_items import OpenItem
from prompts import Prompts

RINGING, DUE, NOBODY = "texts.open_items", "texts.open_items_due", "texts.open_items_nobody"
LISTS = (RINGING, DUE, NOBODY)
"""The texts that list open items; each lists all that waits, so one text is enough."""
_MOST_LISTED = 3


def values_for(waiting: Sequence[OpenItem]) -> dict[str, str]:
    """The values of a list, as they are stored with the text; the first items are listed."""
    listed = [f"{item.number} {item.language} {item.need}" for item in waiting[:_MOST_LISTED]]
    return {"items": ";".join(listed), "count": str(max(0, len(waiting) - _MOST_LISTED))}


def body(prompts: Prompts, language: str, words: str, values: Mapping[str, str]) -> str:
    """The text in the reader's language; it names the number with which they can take one."""
    lines, first = [], ""
    for listed in values["items"].split(";"):
        number, spoken, need = listed.split(" ")
        first = first or number
        about = {"item": number, "language": spoken, "need": need}
        lines.append(prompts.sentence(language, "texts.open_item_line", about))
    if values["count"] != "0":
        more = {"count": values["count"]}
        lines.append(prompts.sentence(language, "texts.open_item_more", more))
    return prompts.sentence(language, words, {"list": "; ".join(lines), "item": first})
