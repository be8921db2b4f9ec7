"""Changes texts inside a prompt file and leaves every other line as it is.

Each text is on one line, so that a change is one line of a review.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from prompts.language import PromptError, Status
from prompts.wording import Text

_TABLE = re.compile(r"\[(?:texts|staff)\.(\w+)\]\s*$")
_ENTRY = re.compile(r"(\w+) = (?=[\"{])")


def with_texts(content: str, changes: Mapping[str, Text], status: Status) -> str:
    """The file with these texts, by name; `status` is the file's own mark.

    Raises PromptError if a text has no line of its own.
    """
    left, table, lines = dict(changes), "", content.split("\n")
    for index, line in enumerate(lines):
        if heading := _TABLE.match(line):
            table = heading[1]
        elif entry := _ENTRY.match(line):
            text = left.pop(f"{table}.{entry[1]}", None)
            if text is not None:
                lines[index] = f"{entry[1]} = {_written(text, status, line)}"
    if left:
        raise PromptError(f"{min(left)} has no line of its own in the file: write it on one line")
    return "\n".join(lines)


def _written(text: Text, status: Status, line: str) -> str:
    """The value; a bare string only where the line was bare and the file's mark says enough."""
    plain = "{text =" not in line and text.status == status
    if plain and not text.forms and text.proposal is None:
        return _quoted(text.template)
    fields = {"text": text.template, **text.forms, "status": text.status}
    if text.proposal is not None:
        fields |= {"proposed": text.proposal.template, "waits_for": text.proposal.waits_for}
    return "{" + ", ".join(f"{key} = {_quoted(value)}" for key, value in fields.items()) + "}"


def _quoted(text: str) -> str:
    """A TOML basic string, which is a JSON string."""
    return json.dumps(text, ensure_ascii=False)
