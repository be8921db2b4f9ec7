"""`carrier`: the simulated carrier alone, for this hotline or any application."""

from __future__ import annotations

import click

from commands.base.command_group import command


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
def carrier(webhook: str, numbers: tuple[str, ...], port: int, **others: str | None) -> None:
    """Simulate Twilio for any application on this machine, with a phone in the browser."""
    from simulator import __main__  # the hotline itself must run without a simulator

    given = {"webhook": webhook, "port": str(port), **others}
    words = [f"--{name.replace('_', '-')}={value}" for name, value in given.items() if value]
    __main__.main([*(f"--number={number}" for number in numbers), *words])
