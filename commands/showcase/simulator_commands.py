"""`carrier` and `call`: the simulated carrier alone, and a phone in the terminal."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import click
import httpx

import wiring
from commands.base import own_certificate, roster_file
from commands.base.command_group import command
from commands.base.plain_errors import Trouble
from commands.showcase.demo_command import CALLER, HOTLINE_NUMBER, carrier_address


@command("carrier")
@click.option("--webhook", required=True, help="Your voice URL, or where a hotline like ours is.")
@click.option(
    "--number", "numbers", required=True, multiple=True,
    help="The number that is called, like +12125550100; a second one is for drills.",
)  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65535), default=4010, show_default=True)
@click.option("--status", default="", help="The number's status callback URL.")
@click.option("--fallback", default="", help="The number's fallback URL.")
@click.option("--sms", default="", help="Where texts to the number go.")
@click.option("--account-sid", default=None, help="What your application calls its account.")
@click.option("--auth-token", default=None, help="What your application checks signatures with.")
@click.option("--shared-key", default=None, help="Sign webhooks with it, as a webhook rule does.")
@click.option(
    "--tls", "is_private", is_flag=True, help="Serve https, with a certificate of its own."
)
def carrier(
    webhook: str, numbers: tuple[str, ...], port: int, *, is_private: bool, **others: str | None
) -> None:
    """Simulate Twilio for any application on this machine, with a phone in the browser."""
    with _certificate() if is_private else nullcontext() as certificate:
        given = {"webhook": webhook, "port": str(port), "certificate": certificate, **others}
        words = [f"--{name.replace('_', '-')}={value}" for name, value in given.items() if value]
        _simulate([*(f"--number={number}" for number in numbers), *words])


@command("call")
@click.option("--from", "number", default=CALLER, show_default=True, help="Your phone's number.")
@click.option(
    "--detention", is_flag=True, help="Call as the sample roster's phone of a place of detention."
)
@click.option("--to", default=HOTLINE_NUMBER, show_default=True, help="The number you call.")
@click.option("--port", type=click.IntRange(1, 65534), default=8000, help="The demo's port.")
@click.option("--carrier", default=None, help="The simulated carrier's address.")
@click.option("--keys", default=None, help="Keys to press, one after each thing you hear.")
@click.option("--script", default=None, help='Commands in place of typing: "wait 5; 1; h".')
@click.option(
    "--scenario", default=None, help="A story that plays by itself; a wrong name lists them."
)
@click.option("--speed", type=click.FloatRange(0.1, 60), default=1.0, help="How fast it plays.")
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    help="Save the scenario's report as this HTML file.",
)
def call(carrier: str | None, port: int, scenario: str | None, detention: bool, **how: Any) -> None:
    """Call the demo's hotline from this terminal, or watch a scenario."""
    address = carrier or carrier_address(port)
    if detention:
        how["number"] = roster_file.read(roster_file.SAMPLE).facilities[0].number
    if how["report"] and not scenario:
        raise Trouble("A report is made of a scenario: add --scenario NAME.")
    try:
        if scenario:
            _play(address, scenario, how["speed"], how["report"])
        else:
            _call(address, how)
    except httpx.HTTPError as error:
        raise Trouble(
            f"No simulated carrier answers at {address}: start `hotline demo` first."
        ) from error
    except KeyboardInterrupt:
        click.echo("You hung up.")


def _simulate(words: list[str]) -> None:
    from simulator import __main__  # the hotline itself must run without a simulator

    __main__.main(words)


@contextmanager
def _certificate() -> Iterator[str]:
    """A certificate that goes away with the carrier."""
    with tempfile.TemporaryDirectory(prefix="carrier-") as folder:
        made = own_certificate.make(Path(folder), wiring.now())
        click.echo(f"Start what calls it with SSL_CERT_FILE={made.authority}", err=True)
        yield str(made.served)


def _call(address: str, how: dict[str, Any]) -> None:
    # Imported here, because the hotline itself must run without a simulator.
    from simulator.terminal import terminal_phone

    terminal_phone.run(address, how["to"], how["number"], keys=how["keys"], scripted=how["script"])


def _play(address: str, scenario: str, speed: float, report: Path | None) -> None:
    from simulator.terminal import narration  # as above

    try:
        went_as_told = narration.play(address, scenario, speed=speed, report=report)
    except narration.NoSuchScenario as problem:
        raise Trouble(str(problem)) from problem
    if not went_as_told:
        raise SystemExit(1)
