"""`hotline call`: a phone in the terminal, on top of the simulated carrier."""

from __future__ import annotations

import click

from commands import hotline
from commands.demo import NUMBER
from simulator import terminal


@hotline.command(with_appcontext=False)
@click.option("--port", default=8000, show_default=True, help="The demo's port.")
@click.option("--from", "caller", default="+19175550150", show_default=True, help="Your number.")
@click.option("--keys", help="Keys to press, with commas for pauses.")
def call(port: int, caller: str, keys: str | None) -> None:
    """Call the demo hotline from this terminal."""
    terminal.run(f"http://127.0.0.1:{port + 1}", NUMBER, caller, keys=keys)
