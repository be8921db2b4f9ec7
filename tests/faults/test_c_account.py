"""C: what else lives in the carrier's account, and what overrides our addresses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from ivr.core.carrier import LockedOut
from ivr.twilio.rest_http import CarrierHttp
from simulator.telephony.standing import MessagingService
from tests.caller import is_recorded
from tests.hotline import NUMBER, Hotline

CLINIC = "+12125550142"
ELSEWHERE = "https://clinic.example.org"


def of_the_clinic(_environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    """The clinic's own application records whoever calls."""
    start("200 OK", [("Content-Type", "text/xml")])
    return [b"<Response><Say>Please leave a message.</Say><Record/></Response>"]


def is_recorded_by_another_line(hotline: Hotline) -> None:
    """The coalition's clinic has a number and recordings in the same account."""
    hotline.carrier.http = httpx.Client(
        transport=httpx.WSGITransport(hotline.app),
        mounts={ELSEWHERE: httpx.WSGITransport(of_the_clinic)},
    )
    hotline.carrier.buy_number(CLINIC, voice_url=f"{ELSEWHERE}/answer")
    hotline.foreseen |= {11200}  # its document names no action for the recording
    leg = hotline.carrier.phone("+19175550177").dials(CLINIC)
    hotline.waits_for(lambda: is_recorded(leg), 200)
    leg.speaks(8)
    hotline.waits(8)
    leg.hangs_up()


def test_c12_another_application_of_the_account_loses_no_recording(hotline: Hotline) -> None:
    is_recorded_by_another_line(hotline)
    hotline.waits(700)
    assert hotline.messages == []
    assert hotline.calls == []
    assert len(list(hotline.carrier.recordings)) == 1
    hotline.restarts()
    hotline.waits(400)
    assert len(list(hotline.carrier.recordings)) == 1
    assert hotline.others_in_account() == (1, 1)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("voice_application_sid", "AP" + "1" * 32, "calls are answered by the application AP1"),
        ("trunk_sid", "TK" + "1" * 32, "calls are answered by the trunk TK1"),
        ("sms_application_sid", "AP" + "2" * 32, "texts are answered by the application AP2"),
        ("voice_receive_mode", "fax", "it takes fax"),
    ],
)
def test_c13_what_overrides_our_addresses_is_found_and_cleared(
    hotline: Hotline, field: str, value: str, words: str
) -> None:
    setattr(hotline.carrier.lines[NUMBER], field, value)
    assert any(words in found for found in hotline.findings_of_carrier())
    hotline.sets_up_its_numbers()
    assert hotline.findings_of_carrier() == []
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("1")
    ana.accepts()
    assert call.is_joined_with(ana.number)


def test_c13_a_messaging_service_that_takes_our_texts_is_found_and_set(hotline: Hotline) -> None:
    service = MessagingService("Clinic", {NUMBER})
    hotline.carrier.standing.services.append(service)
    phone = hotline.carrier.phone("+19175550177")
    phone.texts_to(NUMBER, "hello")
    hotline.works()
    assert phone.texts == [], "the service has no address, so nobody answers"
    (found,) = hotline.findings_of_carrier()
    assert '"Clinic"' in found
    dee = hotline.knows("Dee", tier=3)
    hotline.later(timedelta(minutes=6))
    assert any("settings at the phone company" in text for text in dee.texts)
    service.numbers.add("+12125550198")
    hotline.sets_up_its_numbers()
    (found,) = hotline.findings_of_carrier()
    assert "other numbers too" in found, "another application may rely on it"
    service.numbers.remove("+12125550198")
    hotline.sets_up_its_numbers()
    assert hotline.findings_of_carrier() == []
    phone.texts_to(NUMBER, "hello")
    hotline.works()
    assert len(phone.texts) == 1


def test_c14_a_trial_account_is_found_and_marks_no_phone(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    ana = hotline.has_on_duty("Ana")
    standing = hotline.carrier.standing
    standing.type, standing.verified = "Trial", {dee.number}
    (found,) = hotline.findings_of_carrier()
    assert "is a trial" in found
    for _ in range(2):
        call = hotline.is_called().hears("trial account").press("1")
        call.press("1").press("1").hears("No one can answer").hangs_up()
        hotline.waits(10)
    assert ana.times_rung == 0
    assert not hotline.person(ana).is_dead_number, "the account is at fault, not the phone"
    (alarm,) = [text for text in dee.texts if "because of our account" in text]
    assert "21219" in alarm
    hotline.owes_a_text_to(ana)
    hotline.waits(30)
    assert hotline.person(ana).takes_texts
    standing.verified.add(ana.number)
    call = hotline.is_called().hears("trial account").press("1").press("1").press("1")
    ana.answers().hears("trial account").presses("1").hears("Hotline").presses("1")
    assert call.is_joined_with(ana.number)


def test_c14_a_trial_account_rings_through_to_verified_phones_only(hotline: Hotline) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben", tier=2)
    hotline.works()
    hotline.loses_its_worker()
    hotline.waits(61)
    hotline.foreseen |= {14111}
    standing = hotline.carrier.standing
    standing.type, standing.verified = "Trial", {ben.number}
    call = hotline.is_called().hears("trial account").press("1").press("1").press("2")
    call.hears("one by one")
    ben.accepts()
    assert call.is_joined_with(ben.number)
    assert ana.times_rung == 0


def test_c14_a_suspended_account_is_named_and_a_refused_request_is_not_one(
    hotline: Hotline,
) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben")
    hotline.carrier.faults.refuse(ana.number, 20404, status=403)
    call = hotline.is_called().press("1").press("1")
    ben.accepts()
    assert call.is_joined_with(ben.number), "one refusal does not stop all requests"
    call.hangs_up()
    hotline.carrier.standing.status = "suspended"
    with pytest.raises(LockedOut, match="20005"):
        hotline.findings_of_carrier()


def test_c15_texts_that_phone_companies_block_are_foretold(hotline: Hotline) -> None:
    standing = hotline.carrier.standing
    (found,) = hotline.findings_of_registration()
    assert "A2P 10DLC campaign" in found
    standing.services = [MessagingService("Hotline", {NUMBER}, campaign_status="VERIFIED")]
    assert hotline.findings_of_registration() == []
    hotline.restarts(twilio_phone_number="+18885550100")
    (found,) = hotline.findings_of_registration()
    assert "toll-free number" in found
    standing.toll_free_status = "TWILIO_APPROVED"
    assert hotline.findings_of_registration() == []


def test_c15_another_product_of_the_carrier_has_its_own_host() -> None:
    asked: list[str] = []

    def answers(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(200, json={})

    client = httpx.Client(transport=httpx.MockTransport(answers))
    for base in ("https://api.twilio.com", "https://api.umatilla.us1.twilio.com", "http://[::1]:8"):
        requests = CarrierHttp(client, base)
        requests.request("GET", "https://messaging.twilio.com/v1/Services")
        requests.request("GET", "https://api.twilio.com/2010-04-01/Accounts.json")
    hosts = ["messaging.twilio.com", "api.twilio.com"]
    regional = ["messaging.umatilla.us1.twilio.com", "api.umatilla.us1.twilio.com"]
    assert asked == [*hosts, *regional, "::1", "::1"]


def test_c15_with_an_api_key_the_token_only_checks_signatures(database_url: str) -> None:
    sid, secret = f"SK{5:032x}", "q7" * 16
    hotline = Hotline(database_url, twilio_api_key_sid=sid, twilio_api_key_secret=SecretStr(secret))
    assert "20003" in "".join(hotline.findings_of_limits()), "a key that was withdrawn"
    hotline.carrier.standing.api_keys[sid] = secret
    hotline.restarts()
    hotline.sets_up_its_numbers()
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("1")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    assert hotline.findings_of_limits() == []
    assert list(hotline.closes()) == []


def test_c16_what_keeps_the_account_from_calling_responders_is_found(hotline: Hotline) -> None:
    assert hotline.findings_of_limits() == []
    hotline.carrier.standing.profile_status = "pending-review"
    hotline.carrier.standing.may_call.clear()
    profile, country = hotline.findings_of_limits()
    assert "no approved business profile" in profile
    assert "may not call the United States" in country
