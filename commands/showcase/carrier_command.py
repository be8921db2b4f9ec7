"""`carrier`: the simulated carrier alone, for this hotline or any application."""

from __future__ import annotations

import click

from commands.base.command_group import command


@command("carrier")
@click.option("--webhook", required=True, help="Your voice URL, or where a hotline like ours is.")
@click.option("--number", required=True, help="The number that is called, like +12125550100.")
@click.option("--port", type=click.IntRange(0, 65535), default=4010, show_default=True)
@click.option("--status", default="", help="The number's status callback URL.")
@click.option("--fallback", default="", help="The number's fallback URL.")
@click.option("--sms", default="", help="Where texts to the number go.")
@click.option("--account-sid", default=None, help="What your application calls its account.")
@click.option("--auth-token", default=None, help="What your application checks signatures with.")
def carrier(webhook: str, number: str, port: int, **others: str | None) -> None:
    """Simulate Twilio for any application on this machine, with a phone in the browser."""
    from simulator import __main__  # the hotline itself must run without a simulator

    given = {"webhook": webhook, "number": number, "port": str(port), **others}
    __main__.main([f"--{name.replace('_', '-')}={value}" for name, value in given.items() if value])
