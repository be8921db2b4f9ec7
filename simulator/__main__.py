"""Run the carrier: python -m simulator --port 4010 --number +12125550100 --webhook http://..."""

import argparse
import signal
import sys
from pathlib import Path

from simulator.carrier import ACCOUNT_SID, AUTH_TOKEN, Carrier
from simulator.clock import RealClock


def main(arguments: list[str] | None = None) -> None:
    """Serve until interrupted."""
    asked = _parser().parse_args(arguments)
    carrier = Carrier(
        RealClock(asked.speed),
        asked.account_sid,
        asked.auth_token,
        journal_path=asked.journal,
        seed=asked.seed,
    )
    base = asked.webhook.rstrip("/")
    carrier.buy_number(
        asked.number,
        voice_url=f"{base}/voice/incoming" if base else "",
        voice_fallback_url=f"{base}/voice/fallback" if base else "",
        status_callback=f"{base}/voice/status" if base else "",
        sms_url=f"{base}/sms/incoming" if base else "",
    )
    with carrier.serve(asked.host, asked.port) as server:
        sys.stdout.write(f"{server.url} plays Twilio; {asked.number} is answered at {base}\n")
        sys.stdout.flush()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: server.ask_to_stop())
        server.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=4010)
    parser.add_argument("--webhook", default="", help="where the hotline is, e.g. http://...:8000")
    parser.add_argument("--number", default="+12125550100", help="the account's number")
    parser.add_argument("--account-sid", default=ACCOUNT_SID)
    parser.add_argument("--auth-token", default=AUTH_TOKEN)
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
