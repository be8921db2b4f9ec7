"""What the account may do: trial accounts, suspended ones, and senders that are not registered."""

from dataclasses import dataclass, field
from typing import Literal

from simulator.base.numbers import new_sid

TRIAL_WORDS = (
    "You have a trial account. You can remove this message at any time by upgrading to a full "
    "account. Press any key to execute your code."
)
"""What every call of a trial account hears first."""
TRIAL_TEXT = "Sent from your Twilio trial account - "
TOLL_FREE = ("+1800", "+1833", "+1844", "+1855", "+1866", "+1877", "+1888")


@dataclass
class MessagingService:
    """A messaging service: the numbers in it, and what answers the texts to them."""

    name: str
    numbers: set[str]
    inbound_request_url: str = ""
    use_inbound_webhook_on_number: bool = False
    """False: texts go to `inbound_request_url`, and the number's own URL is ignored."""
    campaign_status: str = ""
    """Of its A2P 10DLC campaign: VERIFIED, IN_PROGRESS, FAILED; empty: there is none."""
    sid: str = field(default_factory=lambda: new_sid("MG"))


@dataclass
class Standing:
    """How the account and its numbers stand with the carrier; at first nothing is refused."""

    type: Literal["Full", "Trial"] = "Full"
    status: Literal["active", "suspended", "closed"] = "active"
    verified: set[str] = field(default_factory=set)
    """The numbers that a trial account may call and text."""
    checks_registration: bool = False
    """Whether texts of senders that are not registered are blocked, as in the United States."""
    toll_free_status: str = ""
    """Of the toll-free verification: TWILIO_APPROVED, IN_REVIEW ...; empty: there is none."""
    services: list[MessagingService] = field(default_factory=list)
    api_keys: dict[str, str] = field(default_factory=dict)
    """The account's main API keys: SID and secret."""
    profile_status: str = "twilio-approved"
    """Of its business profile in the Trust Hub; empty: there is none."""
    may_call: set[str] = field(default_factory=lambda: {"US"})
    """The countries that the geographic permissions allow."""
    undeliverable: dict[str, int] = field(default_factory=dict)
    """Phones that texts do not reach, and the error code of each: 30006 for a landline."""

    @property
    def is_trial(self) -> bool:
        """Whether the account was never paid for."""
        return self.type == "Trial"

    def may_reach(self, number: str) -> bool:
        """Whether the account may call and text this number."""
        return not self.is_trial or number in self.verified

    def service_of(self, number: str) -> MessagingService | None:
        """The messaging service that this number is in."""
        return next((each for each in self.services if number in each.numbers), None)

    def fault_of_text(self, from_: str, to: str) -> int | None:
        """The error with which a text stays undelivered, if any."""
        if self.checks_registration and to.startswith("+1"):
            if from_.startswith(TOLL_FREE):
                if self.toll_free_status != "TWILIO_APPROVED":
                    return 30032
            elif getattr(self.service_of(from_), "campaign_status", "") != "VERIFIED":
                return 30034
        return self.undeliverable.get(to)
