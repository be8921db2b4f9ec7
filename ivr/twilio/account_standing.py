"""How the account stands: trial or suspended, what limits it, the registration of texts.

Sources: twilio.com/docs/iam/api/account (type, status), /docs/messaging/api/service-resource
(use_inbound_webhook_on_number), /docs/messaging/api/usapptoperson-resource (campaign_status),
/docs/messaging/api/tollfree-verification-resource (status), /docs/trust-hub/trusthub-rest-api/
customer-profiles (status) and /docs/voice/api/dialingpermissions-country-resource.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twilio.rest import Client

_TOLL_FREE = ("+1800", "+1833", "+1844", "+1855", "+1866", "+1877", "+1888")
_LISTED = 50


def faults(client: Client, account: str, hotline: str) -> Iterator[str]:
    """One sentence per fault that only a person can repair, in the carrier's console."""
    found = client.api.accounts(account).fetch()
    if found.status != "active":
        yield f"the carrier account is {found.status}: see its status and its balance"
    if found.type == "Trial":
        yield (
            "the carrier account is a trial: it reaches only verified numbers, and each call hears "
            "its message first: upgrade the account"
        )
    for service in _overriding(client, hotline):
        if len(_numbers_in(service)) > 1:
            yield (
                f"texts to the hotline's number are answered by the messaging service "
                f'"{service.friendly_name}", which has other numbers too: set its incoming '
                "messages to defer to the sender's webhook"
            )


def differences(client: Client, hotline: str) -> Iterator[str]:
    """One sentence per messaging service that overrides our address and that `setup` may set."""
    for service in _ours_alone(client, hotline):
        yield (
            f"the hotline's number: texts are answered by the messaging service "
            f'"{service.friendly_name}", which overrides our addresses'
        )


def clear(client: Client, hotline: str) -> None:
    """Have texts go to the number's own address, unless the service has other numbers too."""
    for service in _ours_alone(client, hotline):
        service.update(use_inbound_webhook_on_number=True)


def unregistered(client: Client, hotline: str) -> Iterator[str]:
    """Why texts to the United States are blocked, if they are (codes 30032 and 30034)."""
    if hotline.startswith(_TOLL_FREE):
        known = client.messaging.v1.tollfree_verifications.list(limit=_LISTED)
        if not any(each.status == "TWILIO_APPROVED" for each in known):
            yield "the hotline's toll-free number is not verified, so its texts are blocked"
    elif hotline.startswith("+1") and not any(
        campaign.campaign_status == "VERIFIED"
        for service in _services_of(client, hotline)
        for campaign in service.us_app_to_person.list(limit=_LISTED)
    ):
        yield "the hotline's number is in no verified A2P 10DLC campaign, so its texts are blocked"


def limits(client: Client) -> Iterator[str]:
    """Why the account makes few calls, or none to the United States."""
    profiles = client.trusthub.v1.customer_profiles
    if not profiles.list(status="twilio-approved", limit=1):
        yield (
            "the account has no approved business profile, so only a few calls go out at a time: "
            "make one in the carrier's console (Trust Hub)"
        )
    country = client.voice.v1.dialing_permissions.countries("US").fetch()
    if not country.low_risk_numbers_enabled:
        yield (
            "the account may not call the United States: allow it in the carrier's console "
            "(Voice, geographic permissions)"
        )


def _services_of(client: Client, hotline: str) -> Iterator[Any]:
    for service in client.messaging.v1.services.list(limit=_LISTED):
        if hotline in _numbers_in(service):
            yield service


def _overriding(client: Client, hotline: str) -> Iterator[Any]:
    for service in _services_of(client, hotline):
        if not service.use_inbound_webhook_on_number:
            yield service


def _ours_alone(client: Client, hotline: str) -> Iterator[Any]:
    for service in _overriding(client, hotline):
        if len(_numbers_in(service)) == 1:
            yield service


def _numbers_in(service: Any) -> list[str]:
    return [each.phone_number for each in service.phone_numbers.list(limit=_LISTED)]
