"""Run the carrier: python -m simulator --port 4010 --number +12125550100 --webhook http://...

A webhook without a path means a hotline like ours, with the paths /voice/incoming, /voice/fallback,
/voice/status and /sms/incoming. With a path it is the voice URL itself, as for any application.
"""

import argparse
import signal
import ssl
import sys
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from simulator.base.clock import TravelClock
from simulator.delivery.twilio_signature import SharedKey
from simulator.scenario.application import Application
from simulator.scenario.stage import TIMEZONE
from simulator.simulated_carrier import ACCOUNT_SID, AUTH_TOKEN, Carrier

_NUMBER = "+12125550100"


def main(arguments: list[str] | None = None) -> None:
    """Serve until interrupted."""
    asked = _parser().parse_args(arguments)
    clock = TravelClock(asked.clock)
    clock.run_at(asked.speed)
    carrier = Carrier(
        clock,
        asked.account_sid,
        asked.auth_token,
        journal_path=asked.journal,
        seed=asked.seed,
    )
    if asked.shared_key:
        carrier.shared_key = SharedKey(asked.shared_key)
    carrier.standing.api_keys |= dict(key.split(":", 1) for key in asked.api_key)
    numbers = asked.number or [_NUMBER]
    for number in numbers:
        carrier.buy_number(number, **_urls(asked))
    carrier.stage.application = Application(asked.about)
    carrier.stage.zone = ZoneInfo(asked.timezone)
    with carrier.serve(asked.host, asked.port, _tls(asked.certificate)) as server:
        answered = f"{'is' if len(numbers) == 1 else 'are'} answered at {asked.webhook or 'no URL'}"
        sys.stdout.write(
            f"{server.url} plays Twilio; {' and '.join(numbers)} {answered}\n"
            f"open {server.url}/phone to call it\n"
        )
        sys.stdout.flush()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: server.ask_to_stop())
        server.wait()


def _tls(certificate: Path | None) -> ssl.SSLContext | None:
    if certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


def _urls(asked: argparse.Namespace) -> dict[str, str]:
    base = asked.webhook.rstrip("/")
    given = {
        "voice_fallback_url": asked.fallback,
        "status_callback": asked.status,
        "sms_url": asked.sms,
    }
    if not base or urlsplit(base).path:
        return {"voice_url": asked.webhook, **given}
    ours = {
        "voice_url": f"{base}/voice/incoming",
        "voice_fallback_url": f"{base}/voice/fallback",
        "status_callback": f"{base}/voice/status",
        "sms_url": f"{base}/sms/incoming",
    }
    return ours | {name: url for name, url in given.items() if url}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=4010)
    parser.add_argument("--webhook", default="", help="voice URL, or where a hotline is")
    parser.add_argument("--fallback", default="", help="the number's fallback URL")
    parser.add_argument("--status", default="", help="the number's status callback")
    parser.add_argument("--sms", default="", help="where texts to the number go")
    parser.add_argument("--about", default="", help="where the application tells about itself")
    parser.add_argument("--timezone", default=TIMEZONE, help="the clock that pages show")
    parser.add_argument("--clock", type=Path, help="a file that tells others the simulated time")
    parser.add_argument(
        "--number",
        action="append",
        help=f"a number of the account, {_NUMBER} by default; may be repeated",
    )
    parser.add_argument("--account-sid", default=ACCOUNT_SID)
    parser.add_argument("--auth-token", default=AUTH_TOKEN)
    parser.add_argument(
        "--api-key", action="append", default=[], help="SID:SECRET of an API key; may be repeated"
    )
    parser.add_argument("--certificate", type=Path, help="serve TLS with this certificate and key")
    parser.add_argument("--shared-key", help="sign webhooks with it and SHA-256, as by a rule")
    parser.add_argument("--journal", type=Path, help="append what happens here, one JSON a line")
    parser.add_argument(
        "--speed",
        type=float,
        default=1.0,
        help="how many times as fast people speak, press keys and let it ring",
    )
    parser.add_argument("--seed", type=int, default=0, help="for faults by chance")
    return parser


if __name__ == "__main__":
    main()
