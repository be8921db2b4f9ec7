"""The hotline's settings, from the environment. It refuses to start with a weak one.

SettingsError names each setting that is wrong.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.core.database import Connections
from models.core.listeners import Listeners
from models.core.vault import Vault, VaultError
from models.keys import lock_record
from models.keys.key_files import KeyFolder
from models.keys.key_ring import KeyRing
from models.keys.lock_record import LockRecord
from models.keys.root_keys import Roots
from routing.readers import time_zones, written_phones
from routing.readers.unreadable import Unreadable

TWILIO_API = "https://api.twilio.com"
DEMO_ADDRESSES = ("http://127.0.0.1:", "http://localhost:")
_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
SHORTEST_SECRET = 32
_ACCOUNT = re.compile(r"AC[0-9a-f]{32}\Z")
_API_KEY = re.compile(r"SK[0-9a-f]{32}\Z")
_DIGITS = re.compile(r"[0-9A-D#*wW]{0,32}")
"""What a call may dial by `SendDigits` (twilio.com/docs/voice/api/call-resource)."""
_RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")
"""Bech32 of an X25519 key (age-encryption.org/v1)."""
_WEBHOOK_SECRET = re.compile(r"whsec_(?=.{32,88}\Z)(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/=]{4})?")
_VAPID_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
_PLACEHOLDER = re.compile(
    "change|example|your|todo|placeholder|dummy|insecure|default|simulated", re.IGNORECASE
)
"""Words in secrets that were copied from an example, which anyone can look up."""


_RUNTIME = "/run/hotline"
"""Made by systemd for both units, and found by commands too."""
_CREDENTIAL = "data_keys"
"""The name of the root keys among a systemd unit's credentials."""
_NO_STATE = (
    "STATE_FOLDER is not set: name an absolute folder, such as /var/lib/hotline, that web, worker "
    "and commands of this host share"
)


class SettingsError(Exception):
    """Settings that the hotline must not run with; `problems` has one sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Settings(BaseSettings):
    """One field for each setting of the contract, named as in the environment.

    The field docstrings become the meanings in docs/settings.md.
    """

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    state_folder: str = ""
    """An absolute folder for everything that this host keeps: the SQLite file, the journal, the
    duty file and the ledger. By default the folder of an absolute SQLite file."""
    database_url: str = ""
    """`sqlite:////absolute/file.db` (by default in `STATE_FOLDER`) or `postgresql://...`."""
    encrypt_database: bool = False
    """Whether the SQLite file is encrypted as a whole, with a key in `KEYS_FOLDER`; `hotline init`
    turns it on. A file that is there already is encrypted by way of a backup."""
    database_pool_size: int = Field(default=Connections.most, ge=2)
    """The most connections that each process opens to a PostgreSQL server or pooler."""
    database_prepared_statements: bool = True
    """Whether statements are prepared; `false` for a pooler that does not know them."""
    public_base_url: str = ""
    """The https address at which the carrier reaches the hotline; http on this machine alone."""
    twilio_account_sid: str = ""
    """The SID of the Twilio account."""
    twilio_auth_token: SecretStr = SecretStr("")
    """The account's auth token; Twilio signs webhooks with it."""
    twilio_auth_token_secondary: SecretStr = SecretStr("")
    """The second auth token, accepted while tokens are being exchanged."""
    twilio_api_key_sid: str = ""
    """The SID of a main API key (`SK...`) for REST requests; the auth token then only checks
    signatures."""
    twilio_api_key_secret: SecretStr = SecretStr("")
    """The secret of that key."""
    twilio_shared_keys: SecretStr = SecretStr("")
    """Comma-separated secrets of the account's shared keys: Twilio signs the webhooks of a webhook
    rule with one of them. Without a rule it is not needed."""
    twilio_phone_number: str = ""
    """The hotline's number, shown as the caller ID of every call it makes."""
    twilio_api_base_url: str = TWILIO_API
    """The address of Twilio's API; a simulator has its own."""
    rescue_number: str = ""
    """The sister line: dialled when the hotline itself fails, and about an emergency that nobody
    on the roster takes."""
    secret_key: SecretStr = SecretStr("")
    """At least 32 characters; signs links and cookies."""
    secret_key_fallbacks: SecretStr = SecretStr("")
    """Comma-separated keys that signed before, or are about to; what they signed still counts."""
    data_keys: SecretStr = SecretStr("")
    """The root keys: comma-separated URL-safe base64 of 32 bytes each, newest first."""
    data_keys_file: str = ""
    """A file with the root keys, one in a line, instead of `DATA_KEYS`; it is read again when it
    changes. Without either, the systemd credential `data_keys`."""
    keys_folder: str = ""
    """The folder of the keys of days, which all hosts share; after a comma, folders with copies of
    it. By default `keys` in `STATE_FOLDER`. `hotline keys start` makes it."""
    hotline_timezone: str = "America/New_York"
    """The time zone of the hotline's hours."""
    trusted_proxies: int = Field(default=0, ge=0)
    """The exact number of proxies in front; only their `X-Forwarded-*` headers are trusted."""
    log_level: str = "INFO"
    """DEBUG, INFO, WARNING, ERROR or CRITICAL."""
    ledger_file: str = ""
    """The erasure ledger, if it is not next to the SQLite file or in `STATE_FOLDER`."""
    backup_recipients: str = ""
    """Comma-separated public keys of age (`age1...`): backups open only with the identity file of
    one of them, which `hotline keys offline` makes on another computer."""
    metrics_token: SecretStr = SecretStr("")
    """The token that `/metrics` asks for; without one, a direct request on this host needs none."""
    alert_urls: SecretStr = SecretStr("")
    """Addresses of Apprise (appriseit.com/services), separated by spaces, for alarms by another way
    than the carrier. The first `mailto` address also sends e-mail to people who choose it."""
    audit_urls: SecretStr = SecretStr("")
    """Addresses of Apprise, separated by spaces, that get a signed checkpoint of the audit log each
    hour, such as the mailbox of somebody who does not run the hotline."""
    webhook_urls: SecretStr = SecretStr("")
    """https addresses, separated by spaces, that are posted the events of open items and shifts."""
    webhook_secret: SecretStr = SecretStr("")
    """Signs these posts (standardwebhooks.com): `whsec_` and the base64 of 24 to 64 bytes."""
    vapid_private_key: SecretStr = SecretStr("")
    """Signs notices to browsers (Web Push): URL-safe base64 of 32 bytes, from `hotline init` or
    `hotline keys push`. With another key every browser must be turned on again."""
    push_to_this_machine: bool = False
    """For trials on one machine: whether a browser's push service may be on it."""
    drill_number: str = ""
    """A second number of the account, for an hourly test call."""
    fallback_document_url: str = ""
    """The URL of the static document at the carrier, for when the hotline is down."""
    calls_per_second: float = Field(default=1.0, gt=0)
    """How many calls per second the account may start."""
    callback_starts_per_day: int = Field(default=500, ge=1)
    """The limit of calls to responders for callbacks per day."""
    pursuit_starts_per_day: int = Field(default=1000, ge=2)
    """The limit of calls to people about open items per day; the last half of it is kept for
    emergencies. When it is spent, texts go on."""
    callback_dollars_per_day: float = Field(default=300.0, gt=0)
    """What callbacks may cost per day, reckoned by where they go."""
    messages_heard_within_minutes: int = Field(default=30, ge=1)
    """How long a message may stay unheard before coordinators get a text."""
    rest_minutes: int = Field(default=5, ge=0)
    """How long a responder rests after a talk before their phone rings for the next caller. A rest
    yields to an emergency that nobody else can take."""
    rest_after_emergency_minutes: int = Field(default=20, ge=0)
    """How long they rest after an emergency."""
    process_hours: float = Field(default=24.0, gt=0)
    """The most hours that a web or worker process runs. Then a new one takes over, because Python
    cannot wipe from its memory what it read of callers."""
    weekly_test_calls: bool = True
    """Whether each responder's phone gets a weekly test call."""
    shared_numbers: str = ""
    """Comma-separated phones that many people call from (facilities, shelters). They are never
    limited as one caller."""
    standby_folder: str = ""
    """The folder of the duty file and the outage journal, if it is not `standby` in
    `STATE_FOLDER`."""
    interpreter_number: str = ""
    """The number of a vendor's interpreter line, rung when no interpreter of the roster answers."""
    interpreter_digits: str = ""
    """What to dial once that line answers, such as an access code: `0-9A-D#*`, at most 32; `w`
    waits half a second, `W` a second."""
    demo: bool = False
    """Whether this is a demo, which serves this machine only and needs no second factor."""
    flask_debug: str = ""
    """Must be empty outside a demo: the debugger opens the host to anyone who finds a fault."""
    demo_folder: str = ""
    """The folder of the demo's clock; `hotline demo` sets it."""

    @property
    def base_url(self) -> str:
        """The public address without a trailing slash."""
        return self.public_base_url.rstrip("/")

    @property
    def is_rehearsal(self) -> bool:
        """Whether a carrier on this machine plays Twilio, so that nobody is called."""
        return _is_on_this_machine(self.twilio_api_base_url)

    @property
    def auth_tokens(self) -> tuple[str, str]:
        """The tokens that may sign a webhook."""
        return (
            self.twilio_auth_token.get_secret_value(),
            self.twilio_auth_token_secondary.get_secret_value(),
        )

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The key that signs links and cookies, and those whose signatures count too."""
        others = _parts_of(self.secret_key_fallbacks.get_secret_value())
        return (self.secret_key.get_secret_value(), *others)

    @property
    def shared_keys(self) -> tuple[str, ...]:
        """The shared keys that may sign a webhook."""
        return _parts_of(self.twilio_shared_keys.get_secret_value())

    @property
    def recipients(self) -> tuple[str, ...]:
        """The offline keys that backups are encrypted to."""
        return _parts_of(self.backup_recipients)

    @property
    def numbers_shared(self) -> frozenset[str]:
        """The numbers in SHARED_NUMBERS."""
        return frozenset(_parts_of(self.shared_numbers))

    @property
    def our_numbers(self) -> frozenset[str]:
        """Every number that no person and no caller may have: the line would ring itself."""
        own = (
            self.twilio_phone_number,
            self.drill_number,
            self.rescue_number,
            self.interpreter_number,
        )
        return frozenset(written_phones.shown(number) or number for number in own if number)

    def listeners(self) -> Listeners:
        """Who hears of alarms and events by another way than the carrier."""
        return Listeners(
            alert_urls=tuple(self.alert_urls.get_secret_value().split()),
            audit_urls=tuple(self.audit_urls.get_secret_value().split()),
            webhook_urls=tuple(self.webhook_urls.get_secret_value().split()),
            webhook_secret=self.webhook_secret.get_secret_value(),
            vapid_key=self.vapid_private_key.get_secret_value(),
            pushes_here=self.push_to_this_machine,
        )

    def connections(self) -> Connections:
        """How each process uses a PostgreSQL server or pooler."""
        return Connections(self.database_pool_size, self.database_prepared_statements)

    @model_validator(mode="after")
    def _put_the_database_into_the_state_folder(self) -> Settings:
        if not self.database_url and (state := self._state()):
            self.database_url = f"sqlite:///{state / 'hotline.db'}"
        return self

    def standby(self) -> Path:
        """The folder of the duty file and the outage journal."""
        return Path(self.standby_folder or self._needed_state() / "standby")

    def _needed_state(self) -> Path:
        state = self._state()
        if state is None:
            raise SettingsError([_NO_STATE])
        return state

    def _state(self) -> Path | None:
        """The folder that the others lie in; None if no setting leads to one."""
        if self.state_folder:
            return Path(self.state_folder)
        if file := self.sqlite_file():
            return file.parent
        return Path("instance").absolute() if self.demo else None

    def sqlite_file(self) -> Path | None:
        """The SQLite file of DATABASE_URL; None for another database."""
        kind, _, place = self.database_url.partition(":///")
        return Path(place.partition("?")[0]) if kind.startswith("sqlite") and place else None

    def panic(self) -> Path:
        """The folder in which a file locks the line of this host."""
        return Path(self.standby_folder) if self.standby_folder else self._needed_state()

    def runtime(self) -> Path:
        """A folder in memory that all processes of this host share; else that of the lock."""
        given = os.environ.get("RUNTIME_DIRECTORY", _RUNTIME).partition(":")[0]
        return Path(given) if os.access(given, os.W_OK) else self.panic()

    def lock(self) -> LockRecord | None:
        """The lock that was carried out on this host; None while the line is open."""
        folder = self.lock_folder()
        return lock_record.read(folder) if folder else None

    def is_lock_asked(self) -> bool:
        """Whether somebody made the file that locks the line, whether or not it was carried out."""
        folder = self.lock_folder()
        return folder is not None and lock_record.is_asked(folder)

    def lock_folder(self) -> Path | None:
        """As `panic`; None if no setting leads to a place."""
        return self.panic() if self.standby_folder or self._state() else None

    def vault(self, clock: Callable[[], datetime] | None = None, *, later: bool = False) -> Vault:
        """The vault that uses the root keys and the keys of days; in a lock it has none.

        `later`: no key is read before one is needed.
        """
        file, lock = self.root_keys_file(), self.lock()
        roots = self._roots if later else self._roots_unless_locked()
        shut = lock.public if lock else None
        return Vault(KeyRing(roots, self.keys(), clock, file, shut))

    def keys(self) -> KeyFolder | None:
        """The folder of the keys of days, whether or not it is there; None without a place."""
        places = [Path(part.strip()) for part in self.keys_folder.split(",") if part.strip()]
        if places:
            return KeyFolder(places[0], tuple(places[1:]))
        state = self._state()
        return KeyFolder(state / "keys") if state else None

    def root_keys_file(self) -> Path | None:
        """The file of the root keys; None if DATA_KEYS has them."""
        if self.data_keys_file:
            return Path(self.data_keys_file)
        given = os.environ.get("CREDENTIALS_DIRECTORY", "")
        if given and not self.data_keys.get_secret_value():
            return Path(given) / _CREDENTIAL
        return None

    def _roots_unless_locked(self) -> Roots:
        """Raises VaultError."""
        return Roots(()) if self.lock() and self.root_keys_file() else self._roots()

    def _roots(self) -> Roots:
        """Raises VaultError."""
        file, inline = self.root_keys_file(), self.data_keys.get_secret_value()
        if file is None:
            return Roots.read(inline)
        if inline:
            raise VaultError("DATA_KEYS and DATA_KEYS_FILE are both set: keep one of them")
        try:
            return Roots.read(file.read_text(encoding="ascii"))
        except (OSError, UnicodeDecodeError) as error:
            raise VaultError(f"DATA_KEYS_FILE: {file} cannot be read") from error

    def ledger(self) -> Path:
        """The path of the ledger: LEDGER_FILE, or by default next to the SQLite file."""
        if self.ledger_file:
            return Path(self.ledger_file)
        if file := self.sqlite_file():
            return file.with_suffix(".ledger")
        return self._needed_state() / "hotline.ledger"

    def problems(self) -> list[str]:
        """One plain sentence for each setting that would hurt a caller."""
        return [
            *self._missing(),
            *self._weak(),
            *_number_problem("TWILIO_PHONE_NUMBER", self.twilio_phone_number),
            *_number_problem("RESCUE_NUMBER", self.rescue_number),
            *_number_problem("DRILL_NUMBER", self.drill_number),
            *self._interpreter_problems(),
            *self._listener_problems(),
            *self._recipient_problems(),
            *self._api_key_problems(),
            *self._demo_in_the_open(),
            *(
                problem
                for number in sorted(self.numbers_shared)
                for problem in _number_problem("SHARED_NUMBERS", number)
            ),
            *self._astray(),
            *([] if self.demo else self._only_for_trying()),
        ]

    def check(self) -> None:
        """Raise SettingsError if the hotline must not run with these settings."""
        problems = self.problems()
        if problems:
            raise SettingsError(problems)

    def _missing(self) -> list[str]:
        needed = {
            "PUBLIC_BASE_URL": self.public_base_url,
            "TWILIO_ACCOUNT_SID": self.twilio_account_sid,
            "TWILIO_AUTH_TOKEN": self.twilio_auth_token.get_secret_value(),
            "TWILIO_PHONE_NUMBER": self.twilio_phone_number,
            "RESCUE_NUMBER": self.rescue_number,
        }
        return [f"{name} is not set" for name, value in needed.items() if not value]

    def _demo_in_the_open(self) -> list[str]:
        """A demo must be reachable from this machine only and must serve no caller.

        It asks for no second factor, and its clock and database can be switched.
        """
        if not self.demo:
            return ["DEMO_FOLDER is for the demo alone: remove it"] if self.demo_folder else []
        found = []
        if not self.base_url.startswith(DEMO_ADDRESSES):
            found.append("DEMO is for this machine only: unset it, or serve http://127.0.0.1:PORT")
        if not self.twilio_api_base_url.startswith(DEMO_ADDRESSES):
            found.append("DEMO is without a carrier: unset it to call through TWILIO_API_BASE_URL")
        return found

    def _weak(self) -> list[str]:
        found = []
        if len(self.secret_key.get_secret_value()) < SHORTEST_SECRET:
            found.append(f"SECRET_KEY must have {SHORTEST_SECRET} characters or more")
        if any(len(key) < SHORTEST_SECRET for key in self.secret_keys[1:]):
            found.append(f"SECRET_KEY_FALLBACKS: each must have {SHORTEST_SECRET} characters")
        try:
            self._roots_unless_locked()
        except VaultError as error:
            found.append(str(error))
        try:
            time_zones.zone(self.hotline_timezone)
        except Unreadable as error:
            found.append(f"HOTLINE_TIMEZONE: {error}")
        if self.public_base_url and not (_is_private_way(self.base_url) or self.demo):
            found.append("PUBLIC_BASE_URL must begin with https://")
        if 0 < len(self.metrics_token.get_secret_value()) < SHORTEST_SECRET:
            found.append(f"METRICS_TOKEN must have {SHORTEST_SECRET} characters or more, or none")
        if self.log_level.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
            found.append("LOG_LEVEL must be DEBUG, INFO, WARNING, ERROR or CRITICAL")
        if self.drill_number and self.drill_number == self.twilio_phone_number:
            found.append("DRILL_NUMBER must be another number of the account than the hotline's")
        return found

    def _astray(self) -> list[str]:
        """Addresses and numbers that would send callers, or their data, to the wrong place."""
        found = []
        if self.public_base_url and not _is_plain_address(self.base_url):
            found.append("PUBLIC_BASE_URL must be an address such as https://hotline.example.org")
        if self.rescue_number and self.rescue_number == self.twilio_phone_number:
            found.append("RESCUE_NUMBER must not be the hotline's own number: it would call itself")
        if self.demo and self.twilio_api_base_url == TWILIO_API:
            found.append("DEMO must not be set where calls go through Twilio itself")
        if self.keys_folder and (keys := self.keys()) and keys.identity is None:
            found.append(
                f"KEYS_FOLDER: {keys.first} has no keys. Mount the folder that the other hosts use,"
                " or make it by `hotline keys start`"
            )
        needs_state = self.database_url and not (self.ledger_file and self.standby_folder)
        if needs_state and self._state() is None:
            found.append(_NO_STATE)
        return [*found, *self.place_problems()]

    def place_problems(self) -> list[str]:
        """Why web, worker and commands would not find the same database and files."""
        if self.state_folder and not Path(self.state_folder).is_absolute():
            return [_relative("STATE_FOLDER", self.state_folder)]
        places = {
            "LEDGER_FILE": self.ledger_file,
            "STANDBY_FOLDER": self.standby_folder,
            "DATABASE_URL": str(self.sqlite_file() or ""),
            "DATA_KEYS_FILE": self.data_keys_file,
        }
        relative = [each.strip() for each in self.keys_folder.split(",") if each.strip()]
        places["KEYS_FOLDER"] = min(
            relative, key=lambda place: Path(place).is_absolute(), default=""
        )
        found = [
            _relative(name, place)
            for name, place in places.items()
            if place and not Path(place).is_absolute() and place != ":memory:"
        ]
        if not self.database_url:
            found.append(_NO_STATE)
        return [*found, *(self._database_problems() if self.database_url else [])]

    def _interpreter_problems(self) -> list[str]:
        found = _number_problem("INTERPRETER_NUMBER", self.interpreter_number)
        ours = {self.twilio_phone_number, self.drill_number, self.rescue_number}
        if self.interpreter_number and self.interpreter_number in ours:
            found.append(
                "INTERPRETER_NUMBER must be the vendor's number: it is TWILIO_PHONE_NUMBER,"
                " DRILL_NUMBER or RESCUE_NUMBER"
            )
        if not _DIGITS.fullmatch(self.interpreter_digits):
            found.append(
                "INTERPRETER_DIGITS must be at most 32 of 0-9, A-D, #, * and w or W for a pause"
            )
        if self.interpreter_digits and not self.interpreter_number:
            found.append("INTERPRETER_DIGITS needs INTERPRETER_NUMBER: set both or neither")
        return found

    def _listener_problems(self) -> list[str]:
        known = self.listeners()
        found = []
        for name, urls in (("ALERT_URLS", known.alert_urls), ("AUDIT_URLS", known.audit_urls)):
            if not all("://" in url for url in urls):
                found.append(
                    f"{name} must be addresses such as mailtos://name:password@example.org"
                )
        if not all(map(_is_private_way, known.webhook_urls)):
            found.append("WEBHOOK_URLS must be addresses that begin with https://")
        if known.webhook_urls and not _WEBHOOK_SECRET.fullmatch(known.webhook_secret):
            found.append("WEBHOOK_SECRET must be whsec_ and the base64 of 24 to 64 random bytes")
        if known.vapid_key and not _VAPID_KEY.fullmatch(known.vapid_key):
            found.append("VAPID_PRIVATE_KEY must be a key from `hotline keys push`")
        return found

    def _api_key_problems(self) -> list[str]:
        secret = self.twilio_api_key_secret.get_secret_value()
        if bool(self.twilio_api_key_sid) is not bool(secret):
            return ["TWILIO_API_KEY_SID and TWILIO_API_KEY_SECRET belong together: set both"]
        if self.twilio_api_key_sid and not _API_KEY.match(self.twilio_api_key_sid):
            return ["TWILIO_API_KEY_SID must be SK and 32 characters, from the Twilio console"]
        return []

    def _recipient_problems(self) -> list[str]:
        if all(map(_RECIPIENT.fullmatch, self.recipients)):
            return []
        return ["BACKUP_RECIPIENTS must be public keys of age: age1 and 58 characters each"]

    def _database_problems(self) -> list[str]:
        kind, _, place = self.database_url.partition(":")
        if kind.partition("+")[0] not in ("sqlite", "postgres", "postgresql"):
            return ["DATABASE_URL must begin with sqlite: or postgresql:"]
        if kind == "sqlite" and place in ("//", "///", "///:memory:"):
            return ["DATABASE_URL must name a file: a database in memory forgets every caller"]
        return []

    def _only_for_trying(self) -> list[str]:
        """Settings that a demo may have and a hotline with real callers must not."""
        found = []
        secrets = {
            "SECRET_KEY": self.secret_key.get_secret_value(),
            "SECRET_KEY_FALLBACKS": self.secret_key_fallbacks.get_secret_value(),
            "TWILIO_AUTH_TOKEN": self.twilio_auth_token.get_secret_value(),
            "TWILIO_AUTH_TOKEN_SECONDARY": self.twilio_auth_token_secondary.get_secret_value(),
            "TWILIO_API_KEY_SECRET": self.twilio_api_key_secret.get_secret_value(),
            "TWILIO_SHARED_KEYS": self.twilio_shared_keys.get_secret_value(),
            "METRICS_TOKEN": self.metrics_token.get_secret_value(),
        }
        for name, secret in secrets.items():
            if _PLACEHOLDER.search(secret):
                found.append(f"{name} is a placeholder that anybody may know: make one of your own")
        if self.twilio_account_sid and not _ACCOUNT.match(self.twilio_account_sid):
            found.append("TWILIO_ACCOUNT_SID must be AC and 32 characters, from the Twilio console")
        if not _is_private_way(self.twilio_api_base_url):
            found.append("TWILIO_API_BASE_URL must begin with https://: it is sent the auth token")
        if self.flask_debug.lower() not in ("", "0", "false", "no"):
            found.append("FLASK_DEBUG must not be set: it opens this host to attackers")
        return found


def _parts_of(value: str) -> tuple[str, ...]:
    """The parts of a comma-separated setting."""
    return tuple(filter(None, (part.strip() for part in value.split(","))))


def _relative(name: str, place: str) -> str:
    return (
        f"{name} must be an absolute path, not {place!r}: web, worker and commands may start in "
        "different folders"
    )


def _is_private_way(address: str) -> bool:
    """Whether nobody on the way can read what is sent there."""
    return address.startswith("https://") or _is_on_this_machine(address)


def _is_on_this_machine(address: str) -> bool:
    try:
        return urlsplit(address).hostname in _THIS_MACHINE
    except ValueError:
        return False


def _is_plain_address(address: str) -> bool:
    """Whether this is a host with an optional port and path.

    Signatures are checked against this address, and links are built on it.
    """
    try:
        parts = urlsplit(address)
        fits = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    return fits and not (parts.username or parts.query or parts.fragment or " " in address)


def _number_problem(name: str, number: str) -> list[str]:
    if not number:
        return []
    if written_phones.shown(number) != number:  # it is compared with what the carrier sends
        return [f"{name}: {number!r} is not a phone number like +12125550100"]
    return []
