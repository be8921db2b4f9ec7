"""With what REST requests sign in: the account's auth token, or an API key."""

from __future__ import annotations

from dataclasses import dataclass, field

from twilio.rest import Client

from ivr.twilio.rest_http import CarrierHttp


@dataclass(frozen=True)
class Credentials:
    """An account, and who asks for it (twilio.com/docs/iam/api-keys)."""

    account: str
    user: str
    """The account's own SID, or that of an API key."""
    secret: str = field(repr=False)

    def client(self, requests: CarrierHttp) -> Client:
        """The library's client, which sends its requests by ours."""
        return Client(self.user, self.secret, self.account, http_client=requests)
