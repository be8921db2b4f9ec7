"""What a callback may cost by where it goes: ceilings to plan with, not the carrier's bill."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Ceiling:
    """The most that a minute to a region is reckoned to cost, in cents of a dollar."""

    place: str
    cents: float
    source: str


_LIST = (
    "list price for outbound local calls: https://support.twilio.com/hc/en-us/articles/223183328"
)
_UNCONFIRMED = "estimate on the high side: no public list names this territory by itself"
CEILINGS: Mapping[str, Ceiling] = {
    "US": Ceiling("United States", 1.4, _LIST),
    "CA": Ceiling("Canada", 1.4, _LIST),
    "PR": Ceiling("Puerto Rico", 2.0, _UNCONFIRMED),
    "VI": Ceiling("US Virgin Islands", 4.0, _UNCONFIRMED),
    "GU": Ceiling("Guam", 6.0, _UNCONFIRMED),
    "MP": Ceiling("Northern Mariana Islands", 12.0, _UNCONFIRMED),
    "AS": Ceiling("American Samoa", 20.0, _UNCONFIRMED),
}
"""By region (ISO 3166). An account's own prices are at OWN_PRICES."""
OWN_PRICES = "https://pricing.twilio.com/v2/Voice/Countries/US"
_DEAREST = max(each.cents for each in CEILINGS.values())
_MINUTES = 20
"""How long a talk is reckoned to last; most are shorter."""


def cents_of_try(region: str | None) -> int:
    """What one try to a region (ISO 3166) may cost: the responder's leg and the caller's.

    A region without a price counts as the dearest.
    """
    known = CEILINGS.get(region or "")
    caller = known.cents if known else _DEAREST
    return math.ceil((caller + CEILINGS["US"].cents) * _MINUTES)


def in_words() -> str:
    """The ceilings, the dearest last."""
    dearer = sorted(CEILINGS.values(), key=lambda each: each.cents)
    return ", ".join(f"{each.place} {each.cents:g}" for each in dearer)


DEAREST_TRY = cents_of_try(None)
"""For a callback whose price was not written down."""
