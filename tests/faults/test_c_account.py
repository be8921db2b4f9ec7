"""C: what else lives in the carrier's account, and what overrides our addresses."""

from __future__ import annotations

import pytest

from tests.caller import is_recorded
from tests.hotline import NUMBER, Hotline

CLINIC = "+12125550142"


def is_recorded_by_another_line(hotline: Hotline) -> None:
    """The coalition's clinic has a number and recordings in the same account."""
    base = hotline.settings.base_url
    clinic = hotline.carrier.buy_number(CLINIC, voice_url=f"{base}/fallback.xml")
    clinic.voice_method = "GET"
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
