"""The demo's folder, instance/demo: keys are kept, the database is new each time."""

from __future__ import annotations

import base64
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

import wiring
from commands.base import command_database, roster_file
from commands.records import roster_commands, user_commands
from commands.showcase import demo_data, demo_work
from console.auth import passwords, totp
from demo.demo_pages import AFRESH
from models.core.database import Database
from models.people.roster import Roster
from models.staff import users
from models.staff.users import Role
from settings import Settings

HOTLINE_NUMBER = "+12125550100"
RESCUE_NUMBER = "+12125550198"
USERS = {
    "ada": Role.ADMIN,
    "alma": Role.ADMIN,
    "cora": Role.COORDINATOR,
    "ana": Role.RESPONDER,
    "samira": Role.TRANSLATOR,
    "abe": Role.AUDITOR,
}
"""The users of the demo by name; a password is enough, because it runs only locally."""
WITH_CODE = "alma"
"""The user who is asked for a code too; the demo shows it."""
ON_THE_ROSTER = {"cora": "Elena Vargas", "ana": "Ana Torres", "samira": "Samira Haddad"}
"""Users who also take calls, with their names on the roster."""
DATABASE, STANDBY, LEDGER = "database", "standby", "hotline.ledger"


@dataclass(frozen=True)
class DemoHouse:
    """The folders of the demo, and the settings for its parts."""

    folder: Path
    settings: dict[str, str]

    @property
    def database(self) -> Path:
        """The folder of the database only, so that it can be moved away."""
        return self.folder / DATABASE

    @property
    def timezone(self) -> str:
        """The time zone of the sample roster."""
        return roster_file.read(roster_file.SAMPLE).timezone

    @property
    def is_to_start_afresh(self) -> bool:
        """Whether the demo's page asked for a new database."""
        return (self.folder / AFRESH).exists()

    def prepare(self) -> Roster:
        """Create a database with the sample roster and sample calls; returns the roster.

        Always new: an earlier demo may have travelled in time, and its future rows would wait.
        """
        self._forget_database()
        sample = roster_file.read(roster_file.SAMPLE)
        settings = Settings.model_validate(
            {name.lower(): value for name, value in self.settings.items()}
        )
        with command_database.opened(settings) as database:
            command_database.bring_up_to_date(database, wiring.now())
            roster_commands.bring_in(database, sample)
            self._let_in(database)
            demo_data.fill(database, sample.timezone, self.timezone)
        shutil.copytree(self.database, self._fresh, dirs_exist_ok=True)
        with command_database.opened(settings) as database:
            demo_work.fill(database, wiring.now())
        return sample

    def start_afresh(self) -> None:
        """Restore the database as prepared, without open work; nobody may have it open."""
        self._forget_database()
        shutil.copytree(self._fresh, self.database)

    @property
    def password(self) -> str:
        """The password of all users of this demo."""
        return self.settings["DEMO_PASSWORD"]

    @property
    def _fresh(self) -> Path:
        return self.folder / "fresh"

    def _forget_database(self) -> None:
        """Delete the database, also in the place where it was moved to."""
        for left in self.folder.glob(f"{DATABASE}*"):
            shutil.rmtree(left)
        shutil.rmtree(self.folder / STANDBY, ignore_errors=True)  # it belongs to that database
        for file in (AFRESH, LEDGER):
            (self.folder / file).unlink(missing_ok=True)

    def _let_in(self, database: Database) -> None:
        for name, role in USERS.items():
            with database.reading() as session:
                is_known = users.named(session, name) is not None
            if not is_known:
                person = ON_THE_ROSTER.get(name)
                secret = totp.new_secret() if name == WITH_CODE else None
                user_commands.enrol(
                    database, name, role, self.password, person=person, secret=secret
                )


def carrier_address(port: int) -> str:
    """The address of the simulated carrier, one port above `port`."""
    return f"http://127.0.0.1:{port + 1}"


def build(folder: Path, port: int) -> DemoHouse:
    """The demo in a folder, which is created with new keys if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = {
        **_keys(folder / "demo.env"),
        "DATABASE_URL": f"sqlite:///{(folder / DATABASE / 'hotline.db').resolve()}",
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "TWILIO_PHONE_NUMBER": HOTLINE_NUMBER,
        "TWILIO_API_BASE_URL": carrier_address(port),
        "RESCUE_NUMBER": RESCUE_NUMBER,
        "CALLS_PER_SECOND": "5",
        "STATE_FOLDER": str(folder.resolve()),
        # a ledger next to the database would bring back the folder of one that is taken away
        "LEDGER_FILE": str((folder / LEDGER).resolve()),
        "DEMO": "true",
        "DEMO_FOLDER": str(folder.resolve()),
    }
    return DemoHouse(folder, settings)


def _keys(file: Path) -> dict[str, str]:
    """The keys of earlier runs, completed if some are missing; only this user can read them."""
    file.touch(mode=0o600)
    held = dict(line.split("=", 1) for line in file.read_text().splitlines() if "=" in line)
    made = {
        "SECRET_KEY": secrets.token_urlsafe(32),
        "DATA_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "TWILIO_ACCOUNT_SID": f"AC{secrets.token_hex(16)}",
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "DEMO_PASSWORD": passwords.made_up(),
    }
    file.write_text("".join(f"{name}={value}\n" for name, value in (made | held).items()))
    return made | held
