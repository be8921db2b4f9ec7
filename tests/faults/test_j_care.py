"""Law, carrier settings and certificates: what maintenance must notice and do."""

from __future__ import annotations

import json
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from ivr.worker import tls_certificate
from tests.faults.keeping import (
    asks_for_callback,
    leaves_message,
    raw_files,
    rows,
    run,
    sealed_values,
)
from tests.faults.test_j_abuse import ONE_PHONE, is_blocked_after_a_talk
from tests.hotline import Hotline


def test_purge_leaves_no_byte_of_what_it_deleted_in_the_files(hotline: Hotline) -> None:
    asks_for_callback(hotline)
    leaves_message(hotline)
    kept = sealed_values(hotline)
    assert len(kept) > 10
    hotline.later(timedelta(days=15))
    assert sealed_values(hotline) == []
    if hotline.context.database.engine.dialect.name == "sqlite":
        files = raw_files(hotline)
        assert not any(value in files for value in kept)


def test_purge_waits_until_a_worker_that_comes_back_has_rung_for_whoever_waits(
    hotline: Hotline,
) -> None:
    call = hotline.is_called().press("1").hangs_up()
    hotline.loses_its_worker()
    hotline.carrier.advance(26 * 60 * 60)
    hotline.worker = hotline.new_worker()
    hotline.waits(55)
    assert hotline.number_kept_of(call.row) == call.number
    hotline.waits(10)
    assert hotline.number_kept_of(call.row) is None


def test_purge_keeps_a_number_as_long_as_something_is_owed(hotline: Hotline) -> None:
    call = asks_for_callback(hotline)
    hotline.later(timedelta(hours=47))
    assert hotline.promised_callbacks == [call.number]


def test_purge_hands_a_promise_that_nobody_could_keep_to_coordinators(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    call = asks_for_callback(hotline)
    hotline.later(timedelta(hours=49))
    (owed,) = hotline.callbacks
    assert owed.state == "unreached"
    assert any("could not be reached" in text for text in dee.texts)
    assert hotline.number_kept_of(call.row) == call.number
    hotline.later(timedelta(hours=24))
    assert hotline.number_kept_of(call.row) is None
    assert hotline.callbacks[0].number_sealed == b""


def test_purge_forgets_the_number_of_a_call_a_day_after_it_ended(hotline: Hotline) -> None:
    call = hotline.is_called().press("1").hangs_up()
    hotline.later(timedelta(hours=23))
    assert hotline.number_kept_of(call.row) == call.number
    hotline.later(timedelta(hours=2))
    assert hotline.number_kept_of(call.row) is None
    assert call.row.pseudonym


def test_purge_forgets_a_message_a_day_after_it_was_heard(hotline: Hotline) -> None:
    ana = hotline.knows("Ana", pin="482915")
    leaves_message(hotline)
    hotline.later(timedelta(hours=1))
    duty = hotline.is_called(ana.number).press("#").hears("PIN").press("482915#")
    duty.hears("press three").press("3")
    hotline.waits(40)
    duty.hangs_up()
    assert hotline.messages[0].state == "heard"
    hotline.later(timedelta(hours=23))
    assert hotline.sound_of(hotline.messages[0]) is not None
    hotline.later(timedelta(hours=2))
    assert hotline.sound_of(hotline.messages[0]) is None


def test_purge_keeps_times_to_the_hour_and_then_totals(hotline: Hotline) -> None:
    asks_for_callback(hotline)
    hotline.later(timedelta(days=8))
    (call,) = hotline.calls
    assert (call.started_at.minute, call.started_at.second) == (0, 0)
    hotline.later(timedelta(days=23))
    assert hotline.calls == []
    left = rows(hotline)
    assert [left[table] for table in ("calls", "steps", "answers", "rings", "callbacks")] == [0] * 5
    assert json.loads(run(hotline, "export", "totals").stdout) == [
        {"month": "2026-12", "language": "en", "need": "detained", "outcome": "callback",
         "calls": None},
    ]  # fmt: skip


def test_purge_asks_the_carrier_to_forget_the_calls_of_yesterday(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("1")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    call.hangs_up()
    hotline.later(timedelta(hours=23))
    assert not call.leg.forgotten
    hotline.later(timedelta(hours=2))
    assert call.leg.forgotten
    assert ana.leg.forgotten


def test_j10_a_legal_hold_blocks_every_purge_here_and_at_the_carrier(hotline: Hotline) -> None:
    call = asks_for_callback(hotline)
    leaves_message(hotline)
    assert run(hotline, "purge", "--hold", "on").exit_code == 0
    kept = rows(hotline)
    hotline.later(timedelta(days=40))
    refused = run(hotline, "purge")
    assert refused.exit_code == 1
    assert "legal hold" in refused.stderr
    for table in ("calls", "answers", "steps", "sounds", "callbacks", "messages"):
        assert rows(hotline)[table] >= kept[table]
    assert not call.leg.forgotten
    assert "legal hold is on" in run(hotline, "check").stdout
    told = run(hotline, "holdings", call.number).stdout
    assert "A legal hold is on since " in told
    assert run(hotline, "purge", "--hold", "off").exit_code == 0
    hotline.later(timedelta(hours=2))
    assert hotline.calls == []
    noted = [action for _, action in hotline.audit_log if "legal hold" in action]
    assert sorted(noted) == ["legal hold ended", "legal hold started"]


def test_j10_holdings_say_exactly_what_exists_about_a_number(hotline: Hotline) -> None:
    call = asks_for_callback(hotline)
    asks_for_callback(hotline)
    told = json.loads(run(hotline, "holdings", call.number, "--json").stdout)
    found = {holding["kind"]: holding for holding in told}
    assert found["calls"]["rows"] == 1
    assert found["calls"]["sealed"] == ["number"]
    assert found["callbacks"]["rows"] == 1
    assert found["answers that we spoke"]["rows"] == rows(hotline)["answers"] / 2
    assert found["callbacks"]["until"].startswith("2026-12-11T07:")
    words = run(hotline, "holdings", call.number).stdout
    assert "1 calls (until" in words
    hotline.later(timedelta(days=4))
    gone = run(hotline, "holdings", call.number).stdout
    assert "Nothing in this database" in gone
    assert "The last purge began at 2026-12-12" in gone
    assert "A legal hold" not in gone
    assert hotline.audit_log.count(("command line", "holdings shown")) == 3


def test_j10_holdings_name_a_block_and_a_refusal_of_texts(hotline: Hotline) -> None:
    is_blocked_after_a_talk(hotline)
    hotline.carrier.phone(ONE_PHONE).texts_to(hotline.settings.twilio_phone_number, "STOP")
    hotline.works()
    told = json.loads(run(hotline, "holdings", ONE_PHONE, "--json").stdout)
    found = {holding["kind"]: holding for holding in told}
    assert found["blocks"]["sealed"] == ["number"]
    assert found["blocks"]["until"].startswith("2026-12-09T07:")
    assert found["refusals of texts"]["until"] is None


def test_purge_ends_a_block_with_its_time(hotline: Hotline) -> None:
    is_blocked_after_a_talk(hotline)
    hotline.later(timedelta(hours=23))
    assert rows(hotline)["blocks"] == 1
    hotline.later(timedelta(hours=2))
    assert rows(hotline)["blocks"] == 0


def test_check_names_a_phone_that_cannot_be_rung_once(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.calls_refused(ana)
    for _ in range(2):
        hotline.is_called().press("1").press("2").hangs_up()
        hotline.waits(65)
    assert hotline.person(ana).is_dead_number
    assert run(hotline, "check").stdout.count("Ana's phone") == 1


def test_j10_holdings_find_a_number_that_was_keyed_in(hotline: Hotline) -> None:
    call = hotline.is_called().press("1").press("2")
    call.hears("call you back").press("1").hears("calling from").press("2")
    call.hears("ten-digit").press("7185550162#").hears("If this is right").press("1").press("2")
    call.hangs_up()
    told = json.loads(run(hotline, "holdings", "+17185550162", "--json").stdout)
    assert [holding["rows"] for holding in told if holding["kind"] == "calls"] == [1]


def test_j12_a_number_pointed_elsewhere_alarms_within_five_minutes(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    hotline.waits(10)
    assert dee.texts == []
    hotline.carrier.lines[hotline.settings.twilio_phone_number].voice_url = "https://evil.example"
    hotline.later(timedelta(minutes=5))
    assert ["settings" in text for text in dee.texts] == [True]
    hotline.later(timedelta(minutes=5))
    assert len(dee.texts) == 1


def test_j13_coordinators_are_told_21_7_and_1_days_before_the_certificate_ends(
    hotline: Hotline,
) -> None:
    dee = hotline.knows("Dee", tier=3)
    ends = hotline.clock.now() + timedelta(days=23, hours=1)
    hotline.worker = hotline.new_worker(certificate=lambda now: (ends - now).days)
    told = []
    for _ in range(23):
        hotline.later(timedelta(days=1))
        told.append(sum("certificate" in text for text in dee.texts))
    assert told[0] == 0
    assert told[-1] == 3
    assert "ends in seven days" in " ".join(dee.texts) or "ends in 7 days" in " ".join(dee.texts)


@pytest.mark.parametrize("days", [1, 30])
def test_j13_the_days_are_read_from_the_certificate_that_the_address_shows(
    tmp_path: Path, days: int
) -> None:
    now = datetime.now(UTC)
    with tls_server(tmp_path, now + timedelta(days=days, hours=1)) as (url, trusted):
        assert tls_certificate.days_left(url, now, trusted) == days
        with pytest.raises(tls_certificate.Unusable, match="self-signed"):
            tls_certificate.days_left(url, now)


@contextmanager
def tls_server(folder: Path, ends: datetime) -> Iterator[tuple[str, ssl.SSLContext]]:
    """A server with a certificate of its own making, and a context that trusts it."""
    file = folder / "both.pem"
    file.write_bytes(certificate_with_key(ends))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server = socketserver.TCPServer(("127.0.0.1", 0), Greets)
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        port = server.server_address[1]
        yield f"https://localhost:{port}", ssl.create_default_context(cafile=str(file))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Greets(socketserver.BaseRequestHandler):
    """Complete the TLS handshake with any client."""

    def handle(self) -> None:
        """Clients that do not trust us close the connection."""
        with suppress(OSError):
            self.request.do_handshake()


def certificate_with_key(ends: datetime) -> bytes:
    """A self-signed certificate for localhost, and its key, as one PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(ends - timedelta(days=90))
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return certificate.public_bytes(Encoding.PEM) + key.private_bytes(*plain)
