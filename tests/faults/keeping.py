"""What the tests of purges, restores and drills share: callers, raw bytes, signed webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path
from urllib.parse import urlencode

import httpx
import sqlalchemy as sa
from click.testing import CliRunner, Result
from werkzeug.test import TestResponse

from commands import command_line
from tests.caller import Caller
from tests.hotline import TOKEN, Hotline

NOBODY_ANSWERS = httpx.Client(
    transport=httpx.MockTransport(lambda _request: httpx.Response(502, text="nobody"))
)
"""The public address while every host is down."""


def asks_for_callback(hotline: Hotline, number: str | None = None) -> Caller:
    """A caller finds nobody on duty, is promised a callback, and hangs up."""
    call = hotline.is_called(number).press("1").press("2")
    call.hears("call you back").press("1")
    call.hears("calling from").press("1")
    call.hears("safe to leave").press("1")
    call.hears("saved")
    return call.hangs_up()


def leaves_message(hotline: Hotline) -> Caller:
    """A caller finds nobody on duty and leaves a message, which the worker fetches."""
    call = hotline.is_called().press("1").press("2")
    call.hears("leave a message").press("2")
    call.hears("After the tone")
    hotline.waits(16)
    call.speaks(8).hangs_up()
    hotline.waits(30)
    return call


def run(hotline: Hotline, *words: object, typed: str = "", **more: str) -> Result:
    """Run a `hotline` command on this hotline's host, with `more` settings than it needs itself."""
    settings = hotline.settings
    known = {
        "DATABASE_URL": settings.database_url,
        "DATA_KEYS": settings.data_keys.get_secret_value(),
        "KEYS_FOLDER": settings.keys_folder,
        "LEDGER_FILE": settings.ledger_file,
        "STANDBY_FOLDER": str(settings.standby_folder),
        "INTERPRETER_NUMBER": settings.interpreter_number,
    }
    return CliRunner(env=known | more).invoke(
        command_line.hotline, [str(word) for word in words], input=typed
    )


def news(hotline: Hotline, path: str, **fields: str) -> TestResponse:
    """Send a webhook, signed as the carrier signs it."""
    signed = hotline.settings.base_url + path + "".join(n + fields[n] for n in sorted(fields))
    digest = hmac.new(TOKEN.encode(), signed.encode(), hashlib.sha1).digest()
    return hotline.app.test_client().post(
        path,
        data=urlencode(fields),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": base64.b64encode(digest).decode()},
    )


def rows(hotline: Hotline) -> dict[str, int]:
    """The number of rows in each table."""
    engine = hotline.context.database.engine
    tables = sa.inspect(engine).get_table_names()
    with engine.connect() as connection:
        return {
            table: connection.exec_driver_sql(f'SELECT count(*) FROM "{table}"').scalar_one()
            for table in tables
        }


def sealed_values(hotline: Hotline) -> list[bytes]:
    """Every sealed value about callers in the database, as stored."""
    columns = {
        "calls": ("number_sealed", "keyed_number_sealed"),
        "callbacks": ("number_sealed",),
        "answers": ("document_sealed",),
        "sounds": ("sealed",),
    }
    found: list[bytes] = []
    with hotline.context.database.engine.connect() as connection:
        for table, names in columns.items():
            for name in names:
                values = connection.exec_driver_sql(f'SELECT {name} FROM "{table}"').scalars()
                found += [bytes(value) for value in values if value]
    return found


def raw_files(hotline: Hotline) -> bytes:
    """Every byte of a SQLite database's files: the database, and its log."""
    file = Path(hotline.context.database.engine.url.database or "")
    return b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))
