"""`demo`: the whole hotline on this machine, with a simulated carrier and a sample roster."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import httpx

import prompts
import wiring
from commands.base import duty_plan
from commands.base.child_processes import Children, until_told
from commands.base.command_group import command
from commands.base.plain_errors import Trouble
from commands.hosting.web_processes import web_arguments
from commands.records import duty_commands
from commands.showcase import demo_house
from commands.showcase.demo_house import HOTLINE_NUMBER, DemoHouse, carrier_address
from demo.demo_clock import CLOCK
from models.people.roster import Roster
from routing.dispatch.policies import Caller
from routing.duty.duty import on_duty

__all__ = ["CALLER", "HOTLINE_NUMBER", "carrier_address"]

CALLER = "+19175550150"
_FOLDER = Path("instance/demo")
_READY_WITHIN_SECONDS = 90


@command("demo")
@click.option("--port", type=click.IntRange(1, 65534), default=8000, show_default=True)
def demo(port: int) -> None:
    """Start web, worker and a simulated carrier, and say what to try."""
    _must_be_free(port, port + 1)
    house = demo_house.build(_FOLDER, port)
    click.echo("Preparing the database and the sample roster ...")
    sample = house.prepare()
    children = Children(house.folder, house.settings)
    with until_told() as stop:
        try:
            _start_carrier(children, house, port)
            _start_hotline(children, port)
            if _is_ready(children, port, stop):
                click.echo("\n".join(_what_to_try(sample, port, house.password)))
                children.watch(stop, lambda: _start_afresh_if_asked(children, house, port))
        finally:
            children.end()
    click.echo("The demo has ended.")


def _must_be_free(*ports: int) -> None:
    for port in ports:
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise Trouble(
                    f"Port {port} is taken: choose another with --port (or make demo PORT=...)."
                ) from error


def _start_carrier(children: Children, house: DemoHouse, port: int) -> None:
    settings = house.settings
    children.start(
        "carrier",
        *("simulator", "--port", str(port + 1), "--webhook", settings["PUBLIC_BASE_URL"]),
        *("--number", HOTLINE_NUMBER, "--account-sid", settings["TWILIO_ACCOUNT_SID"]),
        *("--auth-token", settings["TWILIO_AUTH_TOKEN"]),
        *("--clock", str(house.folder / CLOCK), "--timezone", house.timezone),
        *("--about", f"{settings['PUBLIC_BASE_URL']}/phone/about"),
    )


def _start_hotline(children: Children, port: int) -> None:
    children.start("web", "gunicorn", *web_arguments("127.0.0.1", port, 1))  # as `serve` does
    children.start("worker", "app", "worker")


def _start_afresh_if_asked(children: Children, house: DemoHouse, port: int) -> None:
    """Reset the database if the page asks: each scenario needs the roster and no calls."""
    if not house.is_to_start_afresh:
        return
    children.end("web", "worker")
    house.start_afresh()
    _start_hotline(children, port)


def _is_ready(children: Children, port: int, stop: threading.Event) -> bool:
    """False if we are told to stop first; raises Trouble after too long a wait."""
    patience = time.monotonic() + _READY_WITHIN_SECONDS
    while time.monotonic() < patience:
        if stop.wait(0.3):
            return False
        children.must_live()
        if _answers(f"http://127.0.0.1:{port}/readyz", 200) and _answers(carrier_address(port)):
            return True
    logs = " and ".join(str(children.log_of(name)) for name in ("web", "worker"))
    raise Trouble(f"The hotline does not get ready; {logs} may say why.")


def _answers(address: str, status: int | None = None) -> bool:
    try:
        answer = httpx.get(address, timeout=2, trust_env=False)
    except httpx.HTTPError:
        return False
    return status is None or answer.status_code == status


def _what_to_try(sample: Roster, port: int, password: str) -> Iterator[str]:
    base, call = f"http://127.0.0.1:{port}", _call_command(port)
    yield ""
    yield "The hotline is running, with a simulated carrier: nothing leaves this machine."
    yield f"  open   {base}/phone"
    yield "         telephones for callers and responders, scenarios, faults, time travel"
    yield f"  and    {base}/ is the coordinators' console"
    for name, role in demo_house.USERS.items():
        code = ", and the code on the page" if name == demo_house.WITH_CODE else ""
        yield f"         sign in as {name} ({role}) with {password}{code}"
    yield f"  call   or in a second terminal: {call}"
    yield "         press 2 for Spanish, then 2: someone has been detained"
    yield "         9, then 6: Cantonese; 9, then 9: another language, such as Mam: its name is"
    yield "         recorded after the tone and played to the responder who is rung"
    yield "         phones that ring appear there: a1 answers phone 1, then p1 1 accepts the call"
    yield "         or let them ring, and press 1 for a callback or 2 to leave a message"
    yield f"         from a place of detention: {_call_command(port)} DETENTION=yes"
    yield "  stop   Ctrl-C here"
    yield ""
    yield from _who_is_there(sample)


def _call_command(port: int) -> str:
    return "make call" if port == 8000 else f"make call PORT={port}"


def _who_is_there(sample: Roster) -> Iterator[str]:
    spoken, now = prompts.read(), wiring.now()
    on = on_duty(sample.duty, now)
    yield "On duty now:"
    for person in sample.people:
        if person.name in on:
            languages = ", ".join(
                duty_commands.language_name(code, spoken) for code in person.languages
            )
            yield f"  {person.name} ({languages}), tier {person.tier}"
    phones = {person.name: person.phone for person in sample.people}
    answer = duty_commands.who_at(duty_plan.of_roster(sample), now, Caller("es", "detained"))
    yield "For a call in Spanish about someone detained these phones ring, in this order:"
    for name in answer.would_ring:
        yield f"  {phones[name]} {name}"
