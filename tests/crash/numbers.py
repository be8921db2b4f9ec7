"""Fictional phone numbers: 555-0100 to 555-0199 in every area code that the hotline may call.

There are more than 40,000 of them, so 10,000 callers need no number twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from ivr.dialogue.phone_numbers import callable_number

HOTLINE = "+12125550100"
RESCUE = "+12125550199"
_RESPONDERS_AREA = "718"
_KEPT_AREAS = frozenset({"212", _RESPONDERS_AREA})


def of_responders(count: int) -> list[str]:
    """The phones of up to a hundred responders."""
    return [f"+1{_RESPONDERS_AREA}555{line:04d}" for line in range(100, 100 + count)]


def of_callers(dice: Random, *, odd: bool = False) -> Iterator[str]:
    """Numbers of callers in random order, all different until they run out and start over.

    Callers who want the callback elsewhere key in one of the `odd` ones; nobody calls from these.
    """
    areas = [code for code in map(str, range(201, 990)) if code not in _KEPT_AREAS]
    known = [code for code in areas if callable_number(f"+1{code}5550100")]
    lines = range(101 if odd else 100, 200, 2)
    every = [f"+1{code}555{line:04d}" for code in known for line in lines]
    dice.shuffle(every)
    while True:
        yield from every
