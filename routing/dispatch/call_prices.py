"""What a callback may cost by where it goes: ceilings to plan with, not the carrier's bill.

The United States and Canada are near the carrier's list price for outbound local calls (0.013 to
0.014 dollars a minute: https://support.twilio.com/hc/en-us/articles/223183328). Calls to the
territories cost more; the ceilings are deliberately high. An account's own prices are at
https://pricing.twilio.com/v2/Voice/Countries/{code}.
"""

from __future__ import annotations

import math

_CENTS_A_MINUTE = {"US": 1.4, "CA": 1.4, "PR": 2.0, "VI": 4.0, "GU": 6.0, "MP": 12.0, "AS": 20.0}
_DEAREST = max(_CENTS_A_MINUTE.values())
_MINUTES = 20
"""How long a talk is reckoned to last; most are shorter."""


def cents_of_try(region: str | None) -> int:
    """What one try to a region (ISO 3166) may cost: the responder's leg and the caller's.

    A region without a price counts as the dearest.
    """
    caller = _CENTS_A_MINUTE.get(region or "", _DEAREST)
    return math.ceil((caller + _CENTS_A_MINUTE["US"]) * _MINUTES)


DEAREST_TRY = cents_of_try(None)
"""For a callback whose price was not written down."""
