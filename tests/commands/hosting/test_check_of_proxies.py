"""`hotline check` asks the line how many proxies a request passes, and compares the setting."""

from __future__ import annotations

from collections.abc import Iterable

import httpx
import pytest

from commands.findings import carrier_findings
from tests.hotline import Hotline

APPENDS = {"X-Forwarded-For": "203.0.113.20"}


class Proxies(httpx.BaseTransport):
    """Proxies in front of the line, each of which adds its header."""

    def __init__(self, hotline: Hotline, headers: Iterable[dict[str, str]]) -> None:
        self._line, self._headers = httpx.WSGITransport(hotline.app), headers

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Add what each proxy says, and pass the request on."""
        for header in self._headers:
            for name, value in header.items():
                before = request.headers.get(name)
                request.headers[name] = f"{before}, {value}" if before else value
        return self._line.handle_request(request)


@pytest.mark.parametrize(
    ("proxies", "trusted", "said"),
    [
        ([], 0, ""),
        ([APPENDS], 1, ""),
        ([APPENDS, APPENDS], 2, ""),
        ([APPENDS], 0, "TRUSTED_PROXIES=1"),
        ([APPENDS, APPENDS], 1, "TRUSTED_PROXIES=2"),
        ([], 1, "a stranger can pretend to be in any network"),
        ([{"X-Real-IP": "203.0.113.20"}], 0, "does not send X-Forwarded-For"),
    ],
)
def test_a_proxy_that_is_not_counted_is_named(
    hotline: Hotline, proxies: list[dict[str, str]], trusted: int, said: str
) -> None:
    hotline.restarts(trusted_proxies=trusted)
    with httpx.Client(transport=Proxies(hotline, proxies)) as http:
        now = hotline.clock.now()
        found = [*carrier_findings.of_proxies(hotline.settings, http, now)]
    assert [finding.is_note for finding in found] == [False] * bool(said)
    assert said in " ".join(finding.words for finding in found)


def test_nobody_else_is_told_how_many_there_are(hotline: Hotline) -> None:
    base = hotline.settings.base_url
    asked = hotline.app.test_client().get("/healthz", headers=APPENDS, base_url=base)
    assert asked.json == {"ok": True}
    guessed = {**APPENDS, "X-Hotline-Check": "0" * 64}
    asked = hotline.app.test_client().get("/healthz", headers=guessed, base_url=base)
    assert asked.json == {"ok": True}


def test_a_line_that_does_not_answer_is_not_judged(hotline: Hotline) -> None:
    with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(502))) as http:
        (found,) = carrier_findings.of_proxies(hotline.settings, http, hotline.clock.now())
    assert found.is_note
