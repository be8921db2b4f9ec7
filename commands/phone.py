"""`call`: a phone in the terminal, for calling the demo."""

from __future__ import annotations

import click
import httpx

from commands import hotline
from commands.demo import CALLER, HOTLINE_NUMBER, carrier_address
from commands.plain import Trouble


@hotline.command("call", with_appcontext=False)
@click.option("--from", "number", default=CALLER, show_default=True, help="Your phone's number.")
@click.option("--to", default=HOTLINE_NUMBER, show_default=True, help="The number you call.")
@click.option("--port", type=click.IntRange(1, 65534), default=8000, help="The demo's port.")
@click.option("--carrier", default=None, help="The simulated carrier's address.")
@click.option("--keys", default=None, help="Keys to press, one after each thing you hear.")
@click.option("--script", default=None, help='Commands in place of typing: "wait 5; 1; h".')
def call(
    number: str, to: str, port: int, carrier: str | None, keys: str | None, script: str | None
) -> None:
    """Call the demo's hotline from this terminal."""
    from simulator import terminal  # the hotline itself must run where no simulator is

    address = carrier or carrier_address(port)
    try:
        terminal.run(address, to, number, keys=keys, scripted=script)
    except httpx.HTTPError as error:
        raise Trouble(
            f"No simulated carrier answers at {address}: start `hotline demo` first."
        ) from error
    except KeyboardInterrupt:
        click.echo("You hung up.")
