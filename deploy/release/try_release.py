"""Try a release in an empty place: python deploy/release/try_release.py FOLDER [--python PYTHON].

Makes a virtual environment as the Dockerfile and install.sh do, then follows docs/running.md: init,
migrate, import, serve, worker, setup. The shipped carrier plays Twilio on this machine; a caller
presses 1 for English and 1 for an emergency, and a responder's phone rings and accepts. Then it
tries a backup, a restore drill and a rehearsal. Prints each command with its output. Only the
standard library is used, and nothing of a checkout.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shlex
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

NUMBER, RESCUE, CALLER, ANA = "+12125550100", "+12125550198", "+19175550150", "+17185550121"
ACCOUNT, TOKEN = f"AC{'7e' * 16}", "f3" * 16
ROSTER = f"""\
timezone: America/New_York
people:
  - {{name: Ana, phone: "{ANA}", languages: [en, es], role: attorney, tier: 1}}
rules:
  - kind: weekly
    days: [mon, tue, wed, thu, fri, sat, sun]
    start: "00:00"
    end: "00:00"
    person: Ana
"""
PATIENCE_SECONDS = 600.0


def main() -> None:
    """Install, start, call; exit 1 with what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("release", type=Path)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--installed", type=Path, help="an environment that has it already")
    parser.add_argument("--index-arguments", default="", help="for pip, such as --no-index")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="release-") as place:
        folder = Path(place)
        if asked.installed is None:
            more = shlex.split(asked.index_arguments)
            install(asked.release.resolve(), folder, asked.python, more)
        tried = Tried(folder, asked.installed or folder / "venv")
        tried.prepares()
        with tried.runs():
            tried.takes_a_call()
            tried.keeps_a_copy()
        tried.rehearses()
    say("The release takes a call.")


def install(release: Path, folder: Path, python: str, more: list[str]) -> None:
    """The steps of deploy/compose/Dockerfile, in a plain folder."""
    run("sha256sum", "--quiet", "--check", "SHA256SUMS", cwd=release)
    run(python, "-m", "venv", str(folder / "venv"), cwd=folder)
    pip = (str(folder / "venv/bin/pip"), "install", "--no-cache-dir", "--disable-pip-version-check")
    (wheel,) = release.glob("*.whl")
    lock = str(release / "requirements.txt")
    run(*pip, "--quiet", *more, "--require-hashes", "-r", lock, cwd=folder)
    run(*pip, "--quiet", "--no-deps", "--no-index", str(wheel), cwd=folder)


class Tried:
    """A hotline in a folder of its own, with the shipped carrier."""

    def __init__(self, folder: Path, environment: Path) -> None:
        self.folder = folder
        self.program = environment / "bin" / "hotline"
        self.web, self.carrier = (f"http://127.0.0.1:{port}" for port in free_ports())
        self.environment = {
            "PATH": f"{environment / 'bin'}:/usr/bin:/bin",
            "HOME": str(folder),
            "TWILIO_API_BASE_URL": self.carrier,
        }

    def prepares(self) -> None:
        """The commands before the first start."""
        self.types(
            *("init", "--file", "hotline.env", "--state-folder", str(self.folder / "state")),
            *("--public-base-url", self.web, "--twilio-account-sid", ACCOUNT),
            *("--twilio-auth-token", TOKEN, "--twilio-phone-number", NUMBER),
            *("--rescue-number", RESCUE, "--trusted-proxies", "0"),
        )
        lines = (self.folder / "hotline.env").read_text(encoding="utf-8").splitlines()
        self.environment |= dict(line.split("=", 1) for line in lines if "=" in line)
        (self.folder / "roster.yaml").write_text(ROSTER, encoding="utf-8")
        self.types("migrate")
        self.types("import", "roster.yaml")

    @contextlib.contextmanager
    def runs(self) -> Iterator[None]:
        """Carrier, web and worker, until the block ends."""
        web_port, carrier_port = (url.rpartition(":")[2] for url in (self.web, self.carrier))
        at = ("--number", NUMBER, "--port", carrier_port)
        given = ("--account-sid", ACCOUNT, "--auth-token", TOKEN)
        commands = (
            ("carrier", "--webhook", self.web, *at, *given),
            ("serve", "--port", web_port, "--workers", "2"),
            ("worker",),
        )
        started = [self._starts(*command) for command in commands]
        try:
            eventually("the hotline is ready", lambda: asked(f"{self.web}/readyz")["ok"])
            self.types("setup")
            yield
            self.types("check", may_fail=True)
        except SystemExit:
            self._shows_logs()
            raise
        finally:
            for process in reversed(started):
                process.terminate()
            for process in started:
                process.wait(30)

    def takes_a_call(self) -> None:
        """An emergency in English, from the first ring until both talk."""
        phone = f"{self.carrier}/simulator/phones/{ANA.replace('+', '%2B')}"
        asked(f"{phone}/behaviour", {"kind": "picks_up", "after": 1})
        began = time.monotonic()
        leg = asked(f"{self.carrier}/simulator/calls", {"from": CALLER, "to": NUMBER})["leg"]
        caller = f"{self.carrier}/simulator/legs/{leg}"
        eventually("the caller hears the menu", lambda: asked(caller)["events"])
        asked(f"{caller}/press", {"digits": "11"})
        anas = eventually("Ana's phone is answered", self._leg_of_ana)
        eventually("Ana accepts", lambda: self._talks(caller, anas))
        say(f"They talk, {time.monotonic() - began:.1f} s after the call began.")
        asked(f"{caller}/hangup", {})
        eventually("the call is noted as reached", self._is_reached)

    def keeps_a_copy(self) -> None:
        """A backup, and its restore into an empty place."""
        (self.folder / "backups").mkdir()
        self.types("backup", "backups")
        self.types("restore-drill", "backups")

    def rehearses(self) -> None:
        """The same settings and roster over TLS, with a drill."""
        self.types("rehearse", "roster.yaml", "--patience", str(PATIENCE_SECONDS))

    def types(self, *words: str, may_fail: bool = False) -> str:
        """A command of the hotline; returns what it says."""
        return run("hotline", *words, cwd=self.folder, env=self.environment, may_fail=may_fail)

    def _starts(self, *words: str) -> subprocess.Popen[bytes]:
        say(f"$ hotline {shlex.join(words)} &")
        log = (self.folder / f"{words[0]}.log").open("wb")
        return subprocess.Popen(  # noqa: S603 - what was just installed
            [str(self.program), *words],
            cwd=self.folder,
            env=self.environment,
            stdout=log,
            stderr=log,
        )

    def _shows_logs(self) -> None:
        for log in sorted(self.folder.glob("*.log")):
            last = log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:]
            say("\n".join((f"--- {log.name}", *last)))

    def _leg_of_ana(self) -> str | None:
        phones = asked(f"{self.carrier}/simulator/phones")["phones"]
        return next((each["live"] for each in phones if each["number"] == ANA), None)

    def _talks(self, caller: str, anas: str) -> bool:
        with contextlib.suppress(urllib.error.HTTPError):  # she may be between two sentences
            asked(f"{self.carrier}/simulator/legs/{anas}/press", {"digits": "1"})
        return ANA in asked(caller)["talks_with"]

    def _is_reached(self) -> bool:
        found = subprocess.run(  # noqa: S603 - what was just installed
            [str(self.program), "export", "calls"],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return [each["outcome"] for each in json.loads(found.stdout)] == ["person"]


def asked(url: str, body: dict[str, Any] | None = None) -> Any:
    """The JSON at an address of this machine; a POST with a body."""
    data = None if body is None else json.dumps(body).encode()
    question = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(question, timeout=15) as answer:  # noqa: S310 - this machine
        return json.load(answer)


def eventually(what: str, look: Callable[[], Any]) -> Any:
    """What `look` finds, within the patience for a slow machine."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError):  # nobody listens yet, or 503
            if found := look():
                return found
        time.sleep(0.3)
    raise SystemExit(f"In vain: {what}.")


def run(*words: str, may_fail: bool = False, **how: Any) -> str:
    """Run a command, print it with what it says, and return that."""
    say(f"$ {shlex.join(words)}")
    if (path := how.get("env", {}).get("PATH")) is not None:
        words = (f"{path.partition(':')[0]}/{words[0]}", *words[1:])
    done = subprocess.run(  # noqa: S603 - our own commands
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **how
    )
    say(done.stdout.rstrip())
    if done.returncode and not may_fail:
        raise SystemExit(f"{words[0]} failed with {done.returncode}.")
    return done.stdout


def free_ports() -> tuple[int, int]:
    """Two ports of this machine that nothing listens at."""
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def say(words: str) -> None:
    """Print at once, so that a transcript shows what takes long."""
    if words:
        sys.stdout.write(f"{words}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    os.umask(0o077)
    main()
