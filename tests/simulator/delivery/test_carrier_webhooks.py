"""Webhooks: signatures, retries, redirects, limits."""

from urllib.parse import parse_qsl

import httpx
import pytest
from twilio.request_validator import (
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

from simulator import Carrier, VirtualClock
from simulator.delivery.courier import Courier, Webhook
from simulator.delivery.twilio_signature import SharedKey, sign, signed_url

BASE = "https://hotline.example"


def test_the_signature_is_the_documented_one():
    # The example of twilio.com/docs/usage/security; its numbers are part of what is signed.
    params = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675310",
        "Digits": "1234",
        "From": "+14158675310",
        "To": "+18005551212",
    }
    url = "https://example.com/myapp.php?foo=1&bar=2"
    assert sign("12345", url, params) == "L/OH5YylLD5NRKLltdqwSvS0BnU="


@pytest.mark.parametrize(
    ("url", "voice", "signed"),
    [
        ("https://h.example:8443/a?b=1#rc=2", True, "https://h.example/a?b=1"),
        ("https://h.example:8443/a", False, "https://h.example:8443/a"),
        ("http://h.example:8080/a", True, "http://h.example:8080/a"),
        ("https://name:word@h.example/a", True, "https://h.example/a"),
    ],
)
def test_what_is_signed_has_no_fragment_no_password_and_on_https_voice_no_port(url, voice, signed):
    assert signed_url(url, voice=voice) == signed


def listener(world, *answers):
    """A hotline behind a bare transport: sees each request as it is on the wire."""
    seen = []
    left = list(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        reply = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(reply, Exception):
            raise reply
        return reply

    world.carrier.http = httpx.Client(transport=httpx.MockTransport(answer))
    world.carrier.line("+12125550100").status_callback = ""
    return seen


def hello() -> httpx.Response:
    text = "<Response><Say>Hello</Say></Response>"
    return httpx.Response(200, text=text, headers={"Content-Type": "text/xml"})


def is_genuine(carrier: Carrier, request: httpx.Request) -> bool:
    params = dict(parse_qsl(request.content.decode(), keep_blank_values=True))
    signature = request.headers["X-Twilio-Signature"]
    key = carrier.shared_key.secret if carrier.shared_key else carrier.auth_token
    algorithm = get_signature_algorithm(request.headers.get(SIGNATURE_SETTINGS_HEADER))
    return RequestValidator(key).validate(str(request.url), params, signature, algorithm)


@pytest.mark.parametrize("caller_id", [None, "", "anonymous"])
def test_twilios_own_library_accepts_what_is_sent(world, caller_id):
    seen = listener(world, hello())
    world.called(caller_id=caller_id)
    assert is_genuine(world.carrier, seen[0])
    assert seen[0].headers["User-Agent"] == "TwilioProxy/1.1"
    assert seen[0].headers["Content-Type"] == "application/x-www-form-urlencoded; charset=UTF-8"


def test_twilios_own_library_accepts_what_a_shared_key_signs(world):
    seen = listener(world, hello())
    world.carrier.shared_key = SharedKey("of a webhook rule")
    world.called()
    assert is_genuine(world.carrier, seen[0])
    assert seen[0].headers[SIGNATURE_SETTINGS_HEADER].endswith(",algorithm=HMAC_SHA256")


def test_a_get_has_everything_in_its_signed_query(world):
    seen = listener(world, hello())
    line = world.carrier.line("+12125550100")
    line.voice_url, line.voice_method = f"{BASE}/voice?a=1", "GET"
    world.called()
    assert seen[0].method == "GET"
    assert seen[0].url.params["a"] == "1"
    assert seen[0].url.params["Direction"] == "inbound"
    assert is_genuine(world.carrier, seen[0])


def test_a_fragment_is_neither_sent_nor_signed(world):
    seen = listener(world, hello())
    world.carrier.line("+12125550100").voice_url = f"{BASE}/voice#rc=2&rp=5xx&rt=4000"
    world.called()
    assert str(seen[0].url) == f"{BASE}/voice"
    assert seen[0].extensions["timeout"]["read"] == 4
    assert is_genuine(world.carrier, seen[0])


def test_a_patient_carrier_waits_longer_by_as_much():
    seen = []

    def answer(request):
        seen.append(request)
        return httpx.Response(204)

    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        patient = Courier(http, "token", patience=6)
        patient.deliver(Webhook("status", f"{BASE}/status#rt=4000", {}))
    assert seen[0].extensions["timeout"]["read"] == 24


@pytest.mark.parametrize(
    ("fragment", "answers", "tries", "code"),
    [
        ("", [httpx.ConnectError("no"), hello()], 2, None),
        ("", [httpx.ReadTimeout("slow"), hello()], 1, 11203),
        ("", [httpx.Response(503), hello()], 1, 11200),
        ("#rc=0", [httpx.ConnectError("no"), hello()], 1, 11205),
        ("#rc=2&rp=5xx", [httpx.Response(503), httpx.Response(502), hello()], 3, None),
        ("#rc=1&rp=5xx", [httpx.Response(503), httpx.Response(502), hello()], 2, 11200),
        ("#rc=2&rp=4xx", [httpx.Response(404), hello()], 2, None),
        ("#rc=2&rp=rt", [httpx.ReadTimeout("slow"), hello()], 2, None),
        ("#rc=9&rp=all", [httpx.Response(500)], 6, 11200),
        ("", [httpx.RemoteProtocolError("odd")], 1, 11206),
    ],
)
def test_retries_follow_the_urls_overrides(world, fragment, answers, tries, code):
    seen = listener(world, *answers)
    world.carrier.line("+12125550100").voice_url = f"{BASE}/voice{fragment}"
    world.called()
    assert len(seen) == tries
    assert len({request.headers["I-Twilio-Idempotency-Token"] for request in seen}) == 1
    world.expect_problems(*([code] if code else []))


def test_http_redirects_are_followed_and_signed_again(world):
    seen = listener(world, httpx.Response(307, headers={"Location": "/moved"}), hello())
    leg = world.called()
    assert str(seen[1].url) == f"{BASE}/moved"
    assert is_genuine(world.carrier, seen[1])
    assert leg.heard[-1].text == "Hello"


def test_more_than_ten_http_redirects_are_too_many(world):
    seen = listener(world, httpx.Response(302, headers={"Location": "/again"}))
    world.called()
    assert len(seen) == 11
    world.expect_problems(11215)


def test_the_journal_has_every_request_and_answer_and_can_be_on_disk(world, tmp_path):
    path = tmp_path / "truth.jsonl"
    carrier = Carrier(world.clock, http=world.carrier.http, journal_path=path)
    carrier.buy_number("+12125550100", voice_url=f"{BASE}/voice")
    world.hotline.on("/voice", "<Say>Hello</Say>")
    carrier.phone("+17185550162").dials("+12125550100")
    (entry,) = carrier.journal
    assert (entry.kind, entry.method, entry.status) == ("webhook", "POST", 200)
    assert entry.params["Direction"] == "inbound"
    assert "<Say>Hello</Say>" in entry.text
    written = path.read_text().splitlines()
    assert '"kind": "webhook"' in "".join(written)
    assert '"what": "answered"' in "".join(written)
    carrier.journal_file.close()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.Response(204), None),
        (httpx.Response(200, text="<Response/>", headers={"Content-Type": "text/xml"}), None),
        (httpx.Response(200), 11770),
        (httpx.Response(200, json={}), 12300),
        (httpx.Response(500), 11200),
    ],
)
def test_status_callbacks_want_204_or_an_empty_document(world, answer, code):
    def reply(request: httpx.Request) -> httpx.Response:
        return answer if request.url.path == "/status" else hello()

    world.carrier.http = httpx.Client(transport=httpx.MockTransport(reply))
    world.called()
    world.carrier.advance(2)
    world.expect_problems(*([code] if code else []))


def test_a_virtual_clock_never_goes_back(world):
    now = world.clock.now()
    world.clock.move_to(now.replace(year=2020))
    assert world.clock.now() == now
    with pytest.raises(ValueError, match="aware"):
        VirtualClock(now.replace(tzinfo=None))
