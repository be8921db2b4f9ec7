"""Points the account's number at this installation."""

from __future__ import annotations

import httpx
from twilio.rest import Client

from ivr.twilio.rest import CarrierHttp

QUICK = "#rc=1&rp=ct,rt,5xx&ct=1500&rt=4000"
"""A hung app must cost a caller about eight seconds, not fifteen, before the fallback."""


def point_number_here(account: str, token: str, number: str, base: str, api: str) -> bool:
    """Set every webhook of the number; False when the account does not have it."""
    client = Client(account, token, http_client=CarrierHttp(httpx.Client(), api))
    found = client.incoming_phone_numbers.list(phone_number=number, limit=1)
    for mine in found:
        mine.update(
            voice_url=f"{base}/voice/incoming{QUICK}",
            voice_method="POST",
            voice_fallback_url=f"{base}/voice/fallback",
            voice_fallback_method="POST",
            status_callback=f"{base}/voice/status",
            status_callback_method="POST",
            sms_url=f"{base}/sms/incoming",
            sms_method="POST",
        )
    return bool(found)
