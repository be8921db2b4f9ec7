"""How the account's numbers must be set: the required values, setting them, and checking them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urldefrag

import httpx
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from ivr.core.carrier import Refused, Unreachable
from ivr.twilio import account_standing
from ivr.twilio.links import RETRY
from ivr.twilio.rest_http import CarrierHttp, Credentials

RETRY_ONCE = "#rc=1&rp=all&ct=1500&rt=4000"
"""Connection overrides: one retry within Twilio's 15 s, then the fallback URL."""
_IN_WORDS = {
    "voice_url": "calls go to",
    "voice_method": "calls are sent by",
    "voice_fallback_url": "calls that fail go to",
    "voice_fallback_method": "calls that fail are sent by",
    "status_callback": "the end of a call is told to",
    "status_callback_method": "the end of a call is told by",
    "sms_url": "texts go to",
    "sms_method": "texts are sent by",
    "voice_application_sid": "calls are answered by the application",
    "trunk_sid": "calls are answered by the trunk",
    "sms_application_sid": "texts are answered by the application",
    "voice_receive_mode": "it takes",
}
_NOTHING_ELSE = {"voice_application_sid": "", "trunk_sid": "", "voice_receive_mode": "voice"}
"""What would override the voice URLs of a number without a word, even where they are right."""
RETRY_NEWS = "#rc=3&rp=all"


@dataclass(frozen=True)
class Numbers:
    """The hotline's number, the optional drill number, and the URLs they point to."""

    hotline: str
    drill: str
    base_url: str
    fallback_url: str = ""
    """The URL of the static document at the carrier (docs/running.md); empty: our own fallback."""
    digits: Mapping[str, str] = field(default_factory=dict)
    """What to dial, by number, once it answers."""

    def settings(self) -> dict[str, dict[str, str]]:
        """The required settings of each number, named as in the API."""
        expected = {self.hotline: self._hotline_settings()}
        if self.drill:
            drill = {"voice_url": f"{self.base_url}/voice/drill", "voice_method": "POST"}
            expected[self.drill] = drill | _NOTHING_ELSE
        return expected

    def _hotline_settings(self) -> dict[str, str]:
        return {
            "voice_url": f"{self.base_url}/voice/incoming{RETRY_ONCE}",
            "voice_method": "POST",
            "voice_fallback_url": self.fallback_url or f"{self.base_url}/voice/fallback{RETRY}",
            "voice_fallback_method": "POST",
            "status_callback": f"{self.base_url}/voice/status{RETRY_NEWS}",
            "status_callback_method": "POST",
            "sms_url": f"{self.base_url}/sms/incoming",
            "sms_method": "POST",
            "sms_application_sid": "",
            **_NOTHING_ELSE,
        }


def point_here(
    numbers: Numbers, known: Credentials, api: str, http: httpx.Client | None = None
) -> list[str]:
    """Set the numbers as required. Returns the numbers that the account lacks.

    Raises Refused or Unreachable.
    """
    try:
        with http or httpx.Client() as http:
            client = known.client(CarrierHttp(http, api))
            account_standing.clear(client, numbers.hotline)
            return [
                number
                for number, settings in numbers.settings().items()
                if not _set(client, number, settings)
            ]
    except TwilioRestException as error:
        if 400 <= error.status < 500:
            raise Refused(str(error.code or error.status)) from error
        raise Unreachable(str(error.status)) from error
    except TwilioException as error:
        raise Unreachable(type(error).__name__) from error


def differences(client: Client, numbers: Numbers) -> Iterator[str]:
    """One sentence per setting that differs from the required one; no number is named.

    The retry rules after the `#` are not compared.
    """
    for number, settings in numbers.settings().items():
        name = "the hotline's number" if number == numbers.hotline else "the drill number"
        owned = _owned(client, number)
        if owned is None:
            yield f"{name} is not a number of this account"
            continue
        for setting, expected in settings.items():
            now = getattr(owned, setting) or ""
            found, wanted = (urldefrag(url).url for url in (now, expected))
            if found != wanted:
                is_other = f" instead of {wanted}" if wanted else ", which overrides our addresses"
                yield f"{name}: {_IN_WORDS[setting]} {found or 'nowhere'}{is_other}"
    yield from account_standing.differences(client, numbers.hotline)


def _owned(client: Client, number: str) -> Any:
    return next(iter(client.incoming_phone_numbers.list(phone_number=number, limit=1)), None)


def _set(client: Client, number: str, settings: dict[str, str]) -> bool:
    owned = _owned(client, number)
    if owned is not None:
        owned.update(**settings)
    return owned is not None
