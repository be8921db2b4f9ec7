"""`hotline demo`: the whole hotline on this machine, with a carrier of our own."""

from __future__ import annotations

import base64
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

import click
import httpx

import migrations
from commands import hotline
from commands.common import say
from commands.roster import import_file
from models import people
from models.database import Database
from models.vault import Vault
from prompts import load
from routing.duty import on_duty
from wiring import now

NUMBER = "+12125550100"
RESCUE = "+12125550199"
FOLDER = Path("instance/demo")
SAMPLE = Path(__file__).parent / "sample_roster.yaml"
READY_WITHIN_SECONDS = 60


@hotline.command(with_appcontext=False)
@click.option("--port", default=8000, show_default=True)
def demo(port: int) -> None:
    """Start web, worker and a simulated carrier with a sample roster; stop with Ctrl-C."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    settings = {**_secrets(FOLDER / "demo.env"), **_settings(port)}
    opened = Database(settings["DATABASE_URL"], Vault.from_setting(settings["DATA_KEYS"]))
    migrations.upgrade(opened.engine)
    import_file(opened, SAMPLE)
    children = _start(port, settings)
    try:
        _wait_until_ready(port, children)
        _say_what_to_try(port, opened)
        _watch(children)
    except KeyboardInterrupt:
        say("\nStopping.")
    finally:
        _stop(children)
        opened.close()


def _secrets(file: Path) -> dict[str, str]:
    """Keys made once and kept, so that what was sealed yesterday opens today."""
    if not file.exists():
        made = {
            "SECRET_KEY": secrets.token_urlsafe(32),
            "DATA_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        }
        file.touch(mode=0o600)
        file.write_text("".join(f"{name}={value}\n" for name, value in made.items()))
    lines = file.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def _settings(port: int) -> dict[str, str]:
    return {
        "DATABASE_URL": f"sqlite:///{FOLDER.resolve()}/hotline.db",
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_PHONE_NUMBER": NUMBER,
        "TWILIO_API_BASE_URL": f"http://127.0.0.1:{port + 1}",
        "RESCUE_NUMBER": RESCUE,
        "CALLS_PER_SECOND": "5",
        "DEMO": "true",
        "LOG_LEVEL": "WARNING",
    }


def _start(port: int, settings: dict[str, str]) -> dict[str, subprocess.Popen[bytes]]:
    house = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, (house, os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, **settings, "PYTHONPATH": path}
    python = sys.executable
    carrier = ["-m", "simulator", "--port", str(port + 1), "--number", NUMBER]
    carrier += ["--webhook", settings["PUBLIC_BASE_URL"]]
    carrier += ["--account-sid", settings["TWILIO_ACCOUNT_SID"]]
    carrier += ["--auth-token", settings["TWILIO_AUTH_TOKEN"]]
    commands = {
        "carrier": carrier,
        "web": ["-m", "app", "serve", "--port", str(port)],
        "worker": ["-m", "app", "worker"],
    }
    return {
        name: subprocess.Popen(  # noqa: S603 - our own interpreter and modules
            [python, *arguments], env=environment, stdout=subprocess.DEVNULL
        )
        for name, arguments in commands.items()
    }


def _wait_until_ready(port: int, children: dict[str, subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < until:
        _complain_of_the_dead(children)
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass  # not listening yet
        time.sleep(0.3)
    raise click.ClickException(f"The hotline did not become ready within {READY_WITHIN_SECONDS} s.")


def _say_what_to_try(port: int, opened: Database) -> None:
    with opened.reading() as session:
        duty = on_duty(people.duty(session, "America/New_York"), now())
        there = [person for person in people.active(session) if person.id in duty]
        names = [(people.name_of(session, person), list(person.languages)) for person in there]
    spoken = load().languages
    say(f"""
Sanctuary Line is running on this machine. Nothing leaves it: the carrier is simulated.

  Open   http://127.0.0.1:{port}/readyz   what is ready (the coordinators' console comes later)
  Call   in a second terminal:  make call{"" if port == 8000 else f" PORT={port}"}

Try this: press 2 for Spanish and 1 for an emergency. Phones of people on duty ring in the same
terminal: answer one and press 1, and the two of you are connected. Or let it ring: within a
minute you are offered a callback (1) or a message (2). 4 tells your rights, 5 finds an office.

On duty now:""")
    for name, languages in sorted(names):
        say(f"  {name} ({', '.join(spoken[code].name for code in languages)})")
    say("\nStop with Ctrl-C.")


def _watch(children: dict[str, subprocess.Popen[bytes]]) -> None:
    while True:
        time.sleep(1)
        _complain_of_the_dead(children)


def _complain_of_the_dead(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, child in children.items():
        if child.poll() is not None:
            raise click.ClickException(
                f"The {name} stopped (exit {child.returncode}). Is its port in use? "
                "Try another: make demo PORT=8100"
            )


def _stop(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for child in children.values():
        child.terminate()
    for child in children.values():
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
