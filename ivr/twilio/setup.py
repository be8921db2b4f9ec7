"""Points a number of the account at the hotline."""

from __future__ import annotations

import httpx
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from ivr.phone import Refused, Unreachable
from ivr.twilio.links import RETRY
from ivr.twilio.rest import CarrierHttp

RETRY_ONCE = "#rc=1&rp=all&ct=1500&rt=4000"
"""Ask once more within the 15 s that Twilio waits, then fall back (connection overrides)."""
RETRY_NEWS = "#rc=3&rp=all"


def point_here(number: str, base_url: str, account: str, token: str, api: str) -> bool:
    """Send the number's calls and texts to the hotline; False when the account lacks the number.

    Raises Refused or Unreachable.
    """
    try:
        with httpx.Client() as http:
            client = Client(account, token, http_client=CarrierHttp(http, api))
            found = client.incoming_phone_numbers.list(phone_number=number, limit=1)
            for owned in found:
                owned.update(**_addresses(base_url))
            return bool(found)
    except TwilioRestException as error:
        if 400 <= error.status < 500:
            raise Refused(str(error.code or error.status)) from error
        raise Unreachable(str(error.status)) from error
    except TwilioException as error:
        raise Unreachable(type(error).__name__) from error


def _addresses(base_url: str) -> dict[str, str]:
    return {
        "voice_url": f"{base_url}/voice/incoming{RETRY_ONCE}",
        "voice_method": "POST",
        "voice_fallback_url": f"{base_url}/voice/fallback{RETRY}",
        "voice_fallback_method": "POST",
        "status_callback": f"{base_url}/voice/status{RETRY_NEWS}",
        "status_callback_method": "POST",
        "sms_url": f"{base_url}/sms/incoming",
        "sms_method": "POST",
    }
