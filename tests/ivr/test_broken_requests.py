"""True requests, however broken they or we are, keep the caller on the line."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.hotline import Hotline
from tests.webhook import ARRIVAL, post


@pytest.mark.parametrize(
    "path",
    [
        "/voice/en/at/main_menu/1/0",
        "/voice/en/at/no_such_place/1/0",
        "/voice/xx/at/main_menu/99/7",
        "/voice/en/hold/person_now/3/0",
        "/voice/en/held/person_now/3/0",
        "/leg/no-such-token",
        "/leg/no-such-token/answer/0",
        "/leg/no-such-token/gate",
        "/voice/fallback",
        "/voice/recording/none",
    ],
)
@pytest.mark.parametrize(
    "fields",
    [
        {},
        ARRIVAL,
        {**ARRIVAL, "Digits": "\x00\x0b</Say><Dial>+19005550100</Dial>" * 30},
        {**ARRIVAL, "From": "ñ\ud7ff", "RecordingUrl": "file:///etc/passwd"},
    ],
)
def test_any_signed_request_gets_twiml(hotline: Hotline, path: str, fields: dict[str, str]) -> None:
    answer = post(hotline, path, fields)
    assert answer.status_code == 200
    assert ElementTree.fromstring(answer.data).tag == "Response"


def test_with_the_database_gone_the_rescue_number_is_dialled(hotline: Hotline) -> None:
    with hotline.house.database.transaction() as session:
        session.connection().exec_driver_sql("DROP TABLE answers")
        session.connection().exec_driver_sql("DROP TABLE steps")
    answer = post(hotline, "/voice/es/at/main_menu/1/0", {**ARRIVAL, "Digits": "1"})
    assert answer.status_code == 200
    assert "Dial" in answer.text
    assert "Lo sentimos" in answer.text or "sentimos" in answer.text.lower()
