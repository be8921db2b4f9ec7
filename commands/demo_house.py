"""The demo's own house: keys and a database under instance/demo, kept between runs."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from pathlib import Path

from commands import roster, storage
from models.roster import Roster
from settings import Settings

HOTLINE_NUMBER = "+12125550100"
RESCUE_NUMBER = "+12125550134"
SAMPLE = Path(__file__).with_name("sample_roster.yaml")


@dataclass(frozen=True)
class DemoHouse:
    """Where the demo keeps its things, and the settings its parts are started with."""

    folder: Path
    settings: dict[str, str]

    def prepare(self) -> Roster:
        """Migrate and import the sample roster, which is given back."""
        sample = roster.read(SAMPLE)
        settings = Settings.model_validate(
            {name.lower(): value for name, value in self.settings.items()}
        )
        with storage.opened(settings) as database:
            roster.bring_up_to_date(database)
            roster.bring_in(database, sample)
        return sample


def carrier_address(port: int) -> str:
    """The simulated carrier of the demo on `port` listens one port above."""
    return f"http://127.0.0.1:{port + 1}"


def build(folder: Path, port: int) -> DemoHouse:
    """The house in a folder, which is made with new keys if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = {
        **_keys(folder / "demo.env"),
        "DATABASE_URL": f"sqlite:///{(folder / 'hotline.db').resolve()}",
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "TWILIO_PHONE_NUMBER": HOTLINE_NUMBER,
        "TWILIO_API_BASE_URL": carrier_address(port),
        "RESCUE_NUMBER": RESCUE_NUMBER,
        "CALLS_PER_SECOND": "5",
        "STANDBY_FOLDER": str((folder / "standby").resolve()),
        "DEMO": "true",
    }
    return DemoHouse(folder, settings)


def _keys(file: Path) -> dict[str, str]:
    """What an earlier run wrote, or new ones, readable by this user alone."""
    if not file.is_file():
        file.touch(mode=0o600)
        made = {
            "SECRET_KEY": secrets.token_urlsafe(32),
            "DATA_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "TWILIO_ACCOUNT_SID": f"AC{secrets.token_hex(16)}",
            "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        }
        file.write_text("".join(f"{name}={value}\n" for name, value in made.items()))
    return dict(line.split("=", 1) for line in file.read_text().splitlines() if "=" in line)
