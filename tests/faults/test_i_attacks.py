"""Hostile requests (rows I1 to I12, I17, I18 and I20); the console's tests are with the console."""

from __future__ import annotations

import ast
import base64
import gzip
import hashlib
import hmac
import io
import json
import logging
import subprocess
import sys
import tomllib
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import httpx
import pytest
import sqlalchemy as sa
from pydantic import SecretStr

import wiring
from commands.base.plain_errors import Trouble, plainly
from commands.records.export_command import KINDS
from ivr.core import structured_logs
from ivr.core.carrier import Refused, Unreachable
from ivr.twilio import twiml
from models.operations.exports import as_csv
from settings import Settings
from simulator import Carrier
from simulator.delivery.twilio_signature import SharedKey
from tests.hotline import NUMBER, RESCUE, TOKEN, Hotline, settings_for
from tests.waiting import PATIENCE_SECONDS
from tests.webhook import ARRIVAL, SID, post, send, signature
from web_app import create_app

ROOT = Path(__file__).resolve().parents[2]
NOTHING = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
INCOMING = "/voice/incoming"


def contents(hotline: Hotline) -> list[str]:
    """Every row of every table, as stored."""
    with hotline.context.database.reading() as session:
        connection = session.connection()
        tables = sorted(sa.inspect(connection).get_table_names())
        return [
            f"{table} {tuple(row)!r}"
            for table in tables
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"')
        ]


# --- I1 to I4: forged, replayed, broken and oversized requests

FORGERIES = {
    "another token": lambda url: signature(url, ARRIVAL, "not ours"),
    "another field": lambda url: signature(url, {**ARRIVAL, "Digits": "1"}),
    "another path": lambda url: signature(url + "x", ARRIVAL),
    "another host": lambda url: signature("https://evil.example/voice/incoming", ARRIVAL),
    "cut short": lambda url: signature(url, ARRIVAL)[:-4],
    "not ASCII": lambda url: "ñ" * 28,
    "nothing": lambda url: "",
}


@pytest.mark.parametrize("how", FORGERIES)
@pytest.mark.parametrize("path", [INCOMING, "/voice/status", "/sms/incoming", "/leg/x"])
def test_i1_a_forged_request_is_refused_in_silence_and_touches_nothing(
    hotline: Hotline, path: str, how: str
) -> None:
    post(hotline, INCOMING, {**ARRIVAL, "CallSid": "CA" + "2" * 32})
    before = contents(hotline)
    digest = FORGERIES[how](hotline.settings.base_url + path)
    answer = send(hotline.app, path, urlencode(ARRIVAL).encode(), digest)
    assert (answer.status_code, answer.data) == (403, b"")
    assert contents(hotline) == before


SHARED_KEY, NEXT_KEY = "a shared key", "the next shared key"
BY_SHARED_KEY = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"
CLAIMS = {
    "the next shared key": (NEXT_KEY, "sha256", BY_SHARED_KEY, 200),
    "a rule without SHA-256": (SHARED_KEY, "sha1", "key=webhooks_sharedkey_1", 200),
    "the token, told as a shared key": (TOKEN, "sha256", BY_SHARED_KEY, 403),
    "the token and SHA-1, told as a shared key": (TOKEN, "sha1", "key=x,algorithm=HMAC_SHA1", 403),
    "a shared key, not told": (SHARED_KEY, "sha256", "", 403),
    "a shared key, told as the token": (SHARED_KEY, "sha1", "", 403),
    "another key": ("not ours", "sha256", BY_SHARED_KEY, 403),
    "another hash": (SHARED_KEY, "md5", "key=x,algorithm=HMAC_MD5", 403),
    "nothing": ("", "sha256", BY_SHARED_KEY, 403),
}


def test_i1_a_shared_key_signs_in_place_of_the_token_and_opens_nothing_else(
    hotline: Hotline,
) -> None:
    hotline.restarts(twilio_shared_keys=SecretStr(f"{SHARED_KEY}, {NEXT_KEY}"))
    hotline.carrier.shared_key = SharedKey(SHARED_KEY)
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("2")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    body = urlencode(ARRIVAL).encode()
    for name, (key, hash_name, told, status) in CLAIMS.items():
        url = hotline.settings.base_url + INCOMING
        digest = signature(url, ARRIVAL, key, hash_name) if key else ""
        answer = send(hotline.app, INCOMING, body, digest, told)
        assert answer.status_code == status, name


def test_i1_signatures_are_compared_in_constant_time() -> None:
    tree = ast.parse((ROOT / "ivr/twilio/signature.py").read_text())
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert "hmac.compare_digest" in called


def test_i2_a_request_replayed_after_the_call_changes_nothing(hotline: Hotline) -> None:
    hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("2")
    call.hears("call back instead").hangs_up()
    hotline.waits(30)
    before = contents(hotline)
    for entry in list(hotline.carrier.journal):
        if entry.kind == "webhook" and entry.method == "POST":
            path = entry.url.removeprefix(hotline.settings.base_url).partition("#")[0]
            assert post(hotline, path, dict(entry.params)).status_code == 200
    assert contents(hotline) == before


def test_i2_a_key_from_an_earlier_wait_chooses_nothing_in_a_later_one(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("2")
    ana.declines()
    call.hears("call you back")
    old = next(
        entry.url
        for entry in hotline.carrier.journal
        if entry.kind == "webhook" and "/hold/" in entry.url
    )
    call.press("0")
    hotline.waits(2)
    path = old.removeprefix(hotline.settings.base_url).partition("#")[0].replace("hold", "held")
    post(hotline, path, {"CallSid": call.leg.sid, "Digits": "1"})
    hotline.waits(5)
    assert call.row.choice is None
    assert call.row.state == "waiting"


RAW_BODIES = {
    "Latin-1": b"CallSid=%s&CallerName=Jos%%E9&From=%%2B19175550150",
    "half a character": b"CallSid=%s&CallerName=%%F0%%9F&From=%%2B19175550150",
    "surrogate": b"CallSid=%s&CallerName=%%ED%%A0%%80&From=%%2B19175550150",
    "raw bytes": b"CallSid=%s&CallerName=\xff\xfe&From=%%2B19175550150",
}


@pytest.mark.parametrize("which", RAW_BODIES)
def test_i3_a_true_signature_over_bytes_that_are_no_text_holds(
    hotline: Hotline, which: str
) -> None:
    body = RAW_BODIES[which] % SID.encode()
    names = {
        "Latin-1": b"Jos\xe9",
        "half a character": b"\xf0\x9f",
        "surrogate": b"\xed\xa0\x80",
        "raw bytes": b"\xff\xfe",
    }
    url = (hotline.settings.base_url + INCOMING).encode()
    signed = url + b"CallSid" + SID.encode() + b"CallerName" + names[which]
    signed += b"From+19175550150"
    digest = base64.b64encode(hmac.new(TOKEN.encode(), signed, hashlib.sha1).digest()).decode()
    answer = send(hotline.app, INCOMING, body, digest)
    assert (answer.status_code, b"<Gather" in answer.data) == (200, True)


def test_i4_fifty_megabytes_are_refused_unread(hotline: Hotline) -> None:
    answer = send(hotline.app, INCOMING, b"x" * 50_000_000, "")
    assert (answer.status_code, answer.data) == (413, NOTHING)


@pytest.mark.parametrize(
    ("environ", "refused"),
    [
        ({"wsgi.input_terminated": True, "CONTENT_LENGTH": ""}, 403),
        ({"CONTENT_LENGTH": "90000"}, 413),
        ({"CONTENT_LENGTH": "10"}, 403),
        ({"CONTENT_LENGTH": "60000"}, 400),
        ({"CONTENT_LENGTH": "-1"}, 403),
        ({"CONTENT_LENGTH": "twelve"}, 403),
    ],
    ids=["chunked", "longer than told", "shorter", "cut off", "negative", "no number"],
)
def test_i4_a_length_that_is_absent_or_a_lie_reads_no_more_than_it_may(
    hotline: Hotline, environ: dict[str, Any], refused: int
) -> None:
    size = 70_000 if refused == 413 or "wsgi.input_terminated" in environ else 500
    answer = send(hotline.app, INCOMING, b"x" * size, "", **environ)
    assert answer.status_code == refused
    assert hotline.calls == []


def test_i4_ten_thousand_fields_are_refused(hotline: Hotline) -> None:
    body = b"&".join(b"f%d=" % count for count in range(7_000))
    assert send(hotline.app, INCOMING, body, "").status_code == 413


@pytest.mark.parametrize("part", ["1" * 5_000, "a" * 300, "%00", "%0b", "é", "..", "<b>"])
def test_i4_no_part_of_an_address_is_read_that_we_never_wrote(hotline: Hotline, part: str) -> None:
    for path in (f"/voice/en/at/main_menu/{part}/0", f"/voice/en/at/{part}x/1/0", f"/leg/{part}x"):
        answer = hotline.app.test_client().post(path, data=ARRIVAL)
        assert answer.status_code in (403, 404)
        assert answer.data in (b"", NOTHING)


def test_i4_a_zip_bomb_is_never_unpacked(hotline: Hotline) -> None:
    bomb = gzip.compress(b"0" * 30_000_000)
    assert len(bomb) < 64_000
    answer = send(hotline.app, INCOMING, bomb, "", HTTP_CONTENT_ENCODING="gzip")
    assert answer.status_code == 403


# --- I5 to I7: what must not get into a document or a row

UNSPEAKABLE = ["\x00", "\x0b", "\x1b[31m", "\ufffe", "\uffff", "\ud800", "\u2028", "\u202e"]


@pytest.mark.parametrize("mark", UNSPEAKABLE, ids=[f"U+{ord(m[0]):04X}" for m in UNSPEAKABLE])
def test_i5_characters_that_xml_cannot_hold_are_dropped(mark: str) -> None:
    assert twiml.speakable(f"Chhaya{mark}CDC").startswith("Chhaya")
    assert mark[0] not in twiml.speakable(f"Chhaya{mark}CDC")


@pytest.mark.parametrize("field", ["From", "CallSid", "Digits", "CallerName", "RecordingUrl"])
def test_i6_a_nul_in_any_field_is_answered_alike_on_every_database(
    hotline: Hotline, field: str
) -> None:
    answer = post(hotline, INCOMING, {**ARRIVAL, field: f"a\x00b{ARRIVAL.get(field, '')}"})
    assert b"<Gather" in answer.data
    again = post(hotline, "/voice/en/at/main_menu/1/0", {**ARRIVAL, field: "\x00\x00"})
    assert ElementTree.fromstring(again.data).tag == "Response"


def test_i7_an_office_whose_name_is_twiml_is_spoken_as_text(hotline: Hotline) -> None:
    hotline.has_partner("</Say><Dial>+19005550100</Dial>", "1 & 2 <b>", "+17185550170", ["11372"])
    call = hotline.is_called().press("1").press("5").hears("ZIP code").press("11372")
    call.hears("</Say><Dial>")
    assert call.is_on_the_line
    assert call.talks_to is None


def test_i7_only_the_librarys_builders_write_xml() -> None:
    """The only markup in our own code is one constant, the empty document."""
    for file in [*(ROOT / "ivr").rglob("*.py"), *(ROOT / "models").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                markup = node.value.startswith(("<Response", "<?xml", "<Say", "</"))
                assert not markup or node.value == NOTHING.decode(), f"{file.name}:{node.lineno}"


# --- I9 to I12: SQL, tables, logs, addresses


def test_i9_no_sql_is_built_from_strings() -> None:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    assert "S" in rules["select"]
    planted = "connection.execute(f\"SELECT * FROM calls WHERE sid = '{sid}'\")\n"
    found = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--stdin-filename", "models/planted.py", "-"],
        input=planted,
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert "S608" in found.stdout


def test_i9_the_code_hands_sql_only_constants() -> None:
    raw = ("sa.text", "exec_driver_sql")
    for file in [*(ROOT / "ivr").rglob("*.py"), *(ROOT / "models").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(raw):
                (said,) = node.args[:1]
                constants = [
                    part for part in ast.walk(said) if isinstance(part, ast.JoinedStr | ast.BinOp)
                ]
                assert constants == [], f"{file.name}:{node.lineno}"


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\x00"])
def test_i10_a_cell_that_a_spreadsheet_would_run_is_quoted(first: str) -> None:
    row = {**dict.fromkeys(KINDS["duty"].columns, "x"), "person": f"{first}HYPERLINK(1)"}
    table = "".join(as_csv(KINDS["duty"].columns, [row]))
    assert f"'{first}HYPERLINK" in table


def test_i11_what_a_request_says_never_forges_a_line_of_the_log(hotline: Hotline) -> None:
    forged = '\r\n{"event": "all is well"}\x1b[2J'
    log = io.StringIO()
    with redirect_stderr(log):
        structured_logs.configure("INFO")
        send(
            hotline.app, INCOMING, urlencode({"From": forged}).encode(), forged.replace("\r\n", "")
        )
        post(hotline, INCOMING, {**ARRIVAL, "From": forged, "CallSid": forged})
        hotline.app.test_client().post("/voice/%0d%0a%1b[2J/at/x/1/1")
    logging.getLogger().handlers.clear()
    lines = log.getvalue().splitlines()
    assert lines, "a refusal is logged"
    assert all(json.loads(line)["event"] != "all is well" for line in lines)
    assert "\x1b" not in log.getvalue()


INSIDE = "http://169.254.169.254/latest"


@pytest.mark.parametrize("field", ["RecordingUrl", "MediaUrl0", "TranscriptionUrl"])
def test_i12_an_address_in_a_form_is_never_asked(hotline: Hotline, field: str) -> None:
    call = hotline.is_called().press("1").press("2").hears("leave a message").press("2")
    call.hears("After the tone")
    message = hotline.messages[0]
    for path in (f"/voice/recording/{message.id}", f"/voice/en/at/message/{call.row.turns}/0"):
        news = {"CallSid": call.leg.sid, "RecordingDuration": "9", "RecordingStatus": "completed"}
        post(hotline, path, {**news, field: INSIDE, "RecordingSid": "../../x"})
    hotline.waits(10)
    asked = [entry.path for entry in hotline.carrier.journal if entry.kind == "rest"]
    assert not [path for path in asked if "169.254" in path or ".." in path]


def _carrier_that(answers: httpx.Response, asked: list[str]) -> httpx.Client:
    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return answers

    return httpx.Client(transport=httpx.MockTransport(answer))


def test_i12_a_redirect_is_never_followed(hotline: Hotline) -> None:
    asked: list[str] = []
    elsewhere = httpx.Response(302, headers={"Location": INSIDE})
    carrier = hotline.worker_at(_carrier_that(elsewhere, asked)).carrier
    with pytest.raises(Unreachable):
        carrier.fetch("RE" + "a" * 32)
    with pytest.raises(Unreachable):
        carrier.is_live(SID)
    assert all(url.startswith("https://carrier.example.org/") for url in asked)


@pytest.mark.parametrize("sid", ["", "../Calls", "RE" + "a" * 31, "RE" + "a" * 32 + "\n", "x@evil"])
def test_i12_what_is_no_sid_never_becomes_part_of_an_address(hotline: Hotline, sid: str) -> None:
    asked: list[str] = []
    carrier = hotline.worker_at(_carrier_that(httpx.Response(200, json={}), asked)).carrier
    with pytest.raises(Refused):
        carrier.fetch(sid)
    assert carrier.is_live(sid) is False
    carrier.hang_up(sid)
    carrier.forget(sid)
    carrier.ask_again(sid, "token")
    assert carrier.recordings_of(sid) == []
    assert asked == []


# --- I17 and I18: hosts and proxies


@pytest.mark.parametrize("host", ["evil.example", "evil.example:443", "[::1", "a@b"])
def test_i17_a_strange_host_gets_no_page_and_leads_no_caller_astray(
    hotline: Hotline, host: str
) -> None:
    page = hotline.app.test_client().get("/", headers={"Host": host})
    assert page.status_code == 400
    answer = post(hotline, INCOMING, ARRIVAL, HTTP_HOST=host)
    assert answer.status_code == 200
    assert "evil" not in answer.text
    assert hotline.settings.base_url in answer.text


@pytest.mark.parametrize("host", ["hotline.example.org", "HOTLINE.example.org:443"])
def test_i17_our_own_host_is_served(hotline: Hotline, host: str) -> None:
    assert hotline.app.test_client().get("/", headers={"Host": host}).status_code != 400


def test_i17_probes_are_answered_under_any_name(hotline: Hotline) -> None:
    web = hotline.app.test_client()
    assert web.get("/healthz", headers={"Host": "10.0.0.7:8000"}).status_code == 200


PUBLIC = "https://hotline.example.org"
MOUNTED = "https://example.org/hotline"
PORTED = "https://hotline.example.org:8443"
_FORWARDED = {
    "HTTP_X_FORWARDED_FOR": "203.0.113.7",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_HOST": "hotline.example.org",
    "HTTP_X_FORWARDED_PORT": "443",
}
_TWO_HOPS = {name: f"{value}, {value}" for name, value in _FORWARDED.items()}
_SPOOFED = {
    "HTTP_X_FORWARDED_PROTO": "http",
    "HTTP_X_FORWARDED_HOST": "evil.example",
    "HTTP_X_FORWARDED_PORT": "666",
    "HTTP_X_FORWARDED_PREFIX": "/elsewhere",
}
_STRIPPED = {"HTTP_X_FORWARDED_PREFIX": "/hotline"}
_KEPT = {"SCRIPT_NAME": "/hotline", "RAW_URI": "/hotline/voice/incoming"}

MATRIX: list[tuple[str, str, int, dict[str, str], str, int]] = [
    # what, public address, trusted proxies, headers received, URL signed, answer
    *[
        (f"{what}, {hops} trusted", PUBLIC, hops, environ, PUBLIC, 200)
        for hops in (0, 1, 2)
        for what, environ in (
            ("no proxy", {}),
            ("one proxy", _FORWARDED),
            ("two proxies", _TWO_HOPS),
            ("plain http behind the proxy", {"wsgi.url_scheme": "http"}),
            ("another host name behind the proxy", {"HTTP_HOST": "10.0.0.7:8000"}),
            ("spoofed headers, true signature", _SPOOFED),
        )
    ],
    *[
        (f"signed for {signed}, {hops} trusted", PUBLIC, hops, _SPOOFED | {"HTTP_HOST": host}, signed, 403)
        for hops in (0, 1)
        for signed, host in (
            ("https://evil.example", "evil.example"),
            ("http://hotline.example.org", "hotline.example.org"),
            ("https://hotline.example.org:666", "hotline.example.org"),
            ("https://hotline.example.org/elsewhere", "hotline.example.org"),
            ("https://hotline.example.org.evil.example", "evil.example"),
            ("https://hotline.example.org@evil.example", "evil.example"),
        )
    ],
    ("port signed though we name none", PUBLIC, 0, {}, "https://hotline.example.org:443", 200),
    ("port named and signed", PORTED, 0, {}, PORTED, 200),
    ("port named but not signed", PORTED, 0, {}, PUBLIC, 200),
    ("another port signed", PORTED, 0, {}, "https://hotline.example.org:9443", 403),
    ("a slash at the end of the setting", PUBLIC + "/", 0, {}, PUBLIC, 200),
    ("prefix stripped and told, trusted", MOUNTED, 1, _STRIPPED, MOUNTED, 200),
    ("prefix stripped and told, not trusted", MOUNTED, 0, _STRIPPED, MOUNTED, 200),
    ("prefix stripped and not told", MOUNTED, 0, {}, MOUNTED, 200),
    ("prefix kept by the server", MOUNTED, 0, _KEPT, MOUNTED, 200),
    ("prefix kept, signed without it", MOUNTED, 0, _KEPT, "https://example.org", 403),
    ("prefix signed twice", MOUNTED, 0, _KEPT, MOUNTED + "/hotline", 403),
    ("prefix of somebody else", MOUNTED, 0, {}, "https://example.org/other", 403),
]  # fmt: skip


@pytest.mark.parametrize(
    ("public", "hops", "environ", "signed", "expected"),
    [case[1:] for case in MATRIX],
    ids=[case[0] for case in MATRIX],
)
def test_i18_signatures_hold_behind_proxies_and_for_no_other_address(
    hotline: Hotline, public: str, hops: int, environ: dict[str, str], signed: str, expected: int
) -> None:
    changes = {"public_base_url": public, "trusted_proxies": hops}
    app = create_app(hotline.settings.model_copy(update=changes), hotline.clock.now)
    base = signed.rstrip("/")
    answer = app.test_client().post(
        INCOMING,
        data=urlencode(ARRIVAL),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signature(base + INCOMING, ARRIVAL)},
        environ_overrides={"RAW_URI": INCOMING, "REQUEST_URI": "", **environ},
    )
    app.extensions["hotline"].database.close()
    assert answer.status_code == expected
    if expected == 200:
        assert public.rstrip("/") + "/voice/" in answer.text


@pytest.mark.parametrize("hops", [0, 1])
def test_i18_metrics_stay_on_this_host_whatever_a_proxy_says(hotline: Hotline, hops: int) -> None:
    app = create_app(hotline.settings.model_copy(update={"trusted_proxies": hops}))
    web = app.test_client()
    for headers in (
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-For": "203.0.113.7"},
        {"Forwarded": "for=203.0.113.7"},
        {"X-Real-IP": "203.0.113.7"},
        {"Via": "1.1 proxy"},
        {"CF-Connecting-IP": "203.0.113.7"},
        {"Host": "hotline.example.org"},
    ):
        assert web.get("/metrics", headers=headers).status_code == 404, headers
    for host in ("127.0.0.1:8000", "[::1]:8000", "localhost"):
        asked = {"Host": host, "X-Prometheus-Scrape-Timeout-Seconds": "10"}
        assert web.get("/metrics", headers=asked).status_code == 200, host
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert web.get("/metrics", environ_overrides=elsewhere).status_code == 404
    app.extensions["hotline"].database.close()


def test_i18_the_rescue_number_is_on_no_page(hotline: Hotline) -> None:
    web, rescue = hotline.app.test_client(), hotline.settings.rescue_number
    assert rescue in wiring.fallback_document(hotline.settings, hotline.context)
    told = [
        rule.rule
        for rule in hotline.app.url_map.iter_rules()
        if not rule.arguments
        for answer in (web.get(rule.rule), web.post(rule.rule), web.get("/fallback.xml"))
        if rescue in answer.text or rescue.removeprefix("+1") in answer.text
    ]
    assert told == []


# --- I20: settings that would endanger people

BROKEN: list[tuple[dict[str, str], str]] = [
    ({"PUBLIC_BASE_URL": ""}, "PUBLIC_BASE_URL is not set"),
    ({"PUBLIC_BASE_URL": "http://hotline.example.org"}, "PUBLIC_BASE_URL must begin with https"),
    ({"PUBLIC_BASE_URL": "https://"}, "PUBLIC_BASE_URL must be an address"),
    ({"PUBLIC_BASE_URL": "https://x.example:port"}, "PUBLIC_BASE_URL must be an address"),
    ({"PUBLIC_BASE_URL": "https://a:b@x.example"}, "PUBLIC_BASE_URL must be an address"),
    ({"PUBLIC_BASE_URL": "https://x.example/?a=1"}, "PUBLIC_BASE_URL must be an address"),
    ({"TWILIO_ACCOUNT_SID": ""}, "TWILIO_ACCOUNT_SID is not set"),
    ({"TWILIO_ACCOUNT_SID": "SK" + "0" * 32}, "TWILIO_ACCOUNT_SID must be AC"),
    ({"TWILIO_AUTH_TOKEN": ""}, "TWILIO_AUTH_TOKEN is not set"),
    ({"TWILIO_AUTH_TOKEN": "your_auth_token"}, "TWILIO_AUTH_TOKEN is a placeholder"),
    ({"TWILIO_AUTH_TOKEN_SECONDARY": "changeme"}, "TWILIO_AUTH_TOKEN_SECONDARY is a placeholder"),
    ({"TWILIO_PHONE_NUMBER": ""}, "TWILIO_PHONE_NUMBER is not set"),
    ({"TWILIO_PHONE_NUMBER": "212-555-0100"}, "TWILIO_PHONE_NUMBER: '212-555-0100'"),
    ({"RESCUE_NUMBER": ""}, "RESCUE_NUMBER is not set"),
    ({"RESCUE_NUMBER": "911"}, "RESCUE_NUMBER: '911'"),
    ({"RESCUE_NUMBER": NUMBER}, "RESCUE_NUMBER must not be the hotline's own"),
    ({"SECRET_KEY": "short"}, "SECRET_KEY must have 32 characters"),
    ({"SECRET_KEY": "change-me-change-me-change-me-change-me"}, "SECRET_KEY is a placeholder"),
    ({"DATA_KEYS": ""}, "DATA_KEYS is empty"),
    ({"DATA_KEYS": "a2V5"}, "a key in DATA_KEYS has 3 bytes"),
    ({"HOTLINE_TIMEZONE": "New York"}, "HOTLINE_TIMEZONE"),
    ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL must be"),
    ({"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES"),
    ({"TRUSTED_PROXIES": "all"}, "TRUSTED_PROXIES"),
    ({"CALLS_PER_SECOND": "0"}, "CALLS_PER_SECOND"),
    ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL must begin with"),
    ({"DATABASE_URL": "sqlite://"}, "DATABASE_URL must name a file"),
    ({"TWILIO_API_BASE_URL": "http://carrier.example.org"}, "TWILIO_API_BASE_URL must begin"),
    ({"DEMO": "1", "TWILIO_API_BASE_URL": "https://api.twilio.com"}, "DEMO must not be set"),
    ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG must not be set"),
]


@pytest.mark.parametrize(("broken", "named"), BROKEN, ids=[str(case[0]) for case in BROKEN])
def test_i20_a_weak_or_wrong_setting_refuses_to_start_and_is_named(
    tmp_path: Path, broken: dict[str, str], named: str
) -> None:
    good = settings_for(f"sqlite:///{tmp_path / 'hotline.db'}").model_dump()
    changed = {**good, **{name.lower(): value for name, value in broken.items()}}
    with pytest.raises(Trouble) as refused, plainly():
        create_app(Settings(_env_file=None, **changed))
    assert named in refused.value.message


def test_i20_serve_says_so_in_plain_words(tmp_path: Path) -> None:
    started = subprocess.run(
        [sys.executable, "-m", "app", "serve"],
        env={"PATH": "/usr/bin:/bin", "DATABASE_URL": f"sqlite:///{tmp_path / 'hotline.db'}"},
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert started.returncode == 1
    assert "RESCUE_NUMBER is not set" in started.stderr
    assert "Traceback" not in started.stderr


def test_i20_the_settings_that_the_others_differ_from_do_start(tmp_path: Path) -> None:
    assert settings_for(f"sqlite:///{tmp_path / 'hotline.db'}").problems() == []


def test_i20_the_simulators_own_token_opens_no_real_hotline(tmp_path: Path) -> None:
    token = SecretStr(Carrier().auth_token)
    borrowed = settings_for(f"sqlite:///{tmp_path / 'hotline.db'}").model_copy(
        update={"twilio_auth_token": token}
    )
    assert any("TWILIO_AUTH_TOKEN is a placeholder" in said for said in borrowed.problems())


@pytest.mark.parametrize(
    ("number", "digits", "problem"),
    [
        ("+18005550142", "ww42#W1*D", None),
        ("", "", None),
        ("none", "", "INTERPRETER_NUMBER: 'none' is not a phone number"),
        (NUMBER, "", "INTERPRETER_NUMBER must be the vendor's number"),
        (RESCUE, "", "INTERPRETER_NUMBER must be the vendor's number"),
        ("+18005550142", "42;rm", "INTERPRETER_DIGITS must be at most 32 of 0-9"),
        ("+18005550142", "1" * 33, "INTERPRETER_DIGITS must be at most 32 of 0-9"),
        ("", "42#", "INTERPRETER_DIGITS needs INTERPRETER_NUMBER"),
    ],
)
def test_i20_the_vendors_line_is_a_number_of_theirs_and_digits_a_phone_can_dial(
    tmp_path: Path, number: str, digits: str, problem: str | None
) -> None:
    settings = settings_for(f"sqlite:///{tmp_path / 'hotline.db'}").model_copy(
        update={"interpreter_number": number, "interpreter_digits": digits}
    )
    found = settings.problems()
    assert found == [] if problem is None else any(problem in each for each in found)
