"""Phone numbers: the account's own, and what webhooks say about any number."""

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime

E164 = re.compile(r"\+[1-9]\d{6,14}")
WITHHELD = {"", "anonymous", "unknown", "restricted", "unavailable", "+266696687", "+86282452253"}


def new_sid(prefix: str) -> str:
    """A fresh identifier in Twilio's form: two letters and 32 hexadecimal digits."""
    return prefix + secrets.token_hex(16)


def is_e164(number: str) -> bool:
    """Whether it is a number in international form."""
    return E164.fullmatch(number) is not None


def geography(role: str, number: str) -> dict[str, str]:
    """FromCity, FromState ... of a number; blank for a withheld or foreign number."""
    known = is_e164(number) and number.startswith("+1") and number not in WITHHELD
    places = ("NEW YORK", "NY", "10001", "US") if known else ("", "", "", "")
    return {
        role + part: place
        for part, place in zip(("City", "State", "Zip", "Country"), places, strict=True)
    }


@dataclass
class Line:
    """An incoming number of the account, and where its calls and texts are answered."""

    number: str
    bought_at: datetime
    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    sms_fallback_method: str = "POST"
    voice_application_sid: str = ""
    """Set: every voice URL of the number is ignored, as with `trunk_sid`."""
    trunk_sid: str = ""
    sms_application_sid: str = ""
    """Set: the SMS URLs of the number are ignored."""
    voice_receive_mode: str = "voice"
    friendly_name: str = ""
    sid: str = field(default_factory=lambda: new_sid("PN"))

    @property
    def answers_calls_here(self) -> bool:
        """Whether a call goes to the voice URL (twilio-oai: IncomingPhoneNumber)."""
        elsewhere = self.voice_application_sid or self.trunk_sid
        return bool(self.voice_url) and not elsewhere and self.voice_receive_mode == "voice"

    @property
    def answers_texts_here(self) -> bool:
        """Whether a text goes to the SMS URL."""
        return bool(self.sms_url) and not self.sms_application_sid
