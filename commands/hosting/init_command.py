"""`init`: the settings file of a new hotline, and its keys."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from commands.base import env_file, roster_file
from commands.base.command_group import command
from commands.base.plain_errors import Trouble
from ivr.notices import web_push
from models.keys import root_keys
from settings import Settings

_KEY_BYTES = 32


@dataclass(frozen=True)
class Question:
    """A setting that only a person can know."""

    setting: str
    words: str
    is_secret: bool = False


QUESTIONS = (
    Question("PUBLIC_BASE_URL", "The hotline's address, such as https://hotline.example.org"),
    Question("TWILIO_ACCOUNT_SID", "The account SID, from the first page of the Twilio console"),
    Question("TWILIO_AUTH_TOKEN", "Its auth token (hidden as you type)", is_secret=True),
    Question("TWILIO_PHONE_NUMBER", "The hotline's number, like +12125550100"),
    Question("RESCUE_NUMBER", "The number of a sister line, for when the hotline itself fails"),
)


def _asks(question: Question) -> click.Option:
    flag = f"--{question.setting.lower().replace('_', '-')}"
    return click.Option([flag], envvar=question.setting, help=f"{question.words}.")


@command("init")
@click.option(
    "--file", type=click.Path(path_type=Path, dir_okay=False), default=Path("hotline.env"),
    show_default=True, help="Where the settings go; an existing file is never changed.",
)  # fmt: skip
@click.option(
    "--state-folder", type=click.Path(path_type=Path, file_okay=False),
    default=Path("/var/lib/hotline"), show_default=True, help="What this host keeps; it is made.",
)  # fmt: skip
@click.option("--timezone", default="America/New_York", show_default=True)
@click.option("--trusted-proxies", type=click.IntRange(min=0), default=1, show_default=True)
@click.option("--database-url", default="", help="A PostgreSQL database; without one, SQLite.")
@click.option(
    "--postgres-host", default="",
    help="A PostgreSQL server that takes its password from this file, as in deploy/compose.",
)  # fmt: skip
@click.option(
    "--data-keys-file", "keys_file", type=click.Path(path_type=Path, dir_okay=False),
    help="Put the root key into this file, not into the settings.",
)  # fmt: skip
@click.option("--sample", "is_sample", is_flag=True, help="Write a sample roster beside the file.")
def init(
    file: Path,
    state_folder: Path,
    timezone: str,
    trusted_proxies: int,
    database_url: str,
    postgres_host: str,
    keys_file: Path | None,
    *,
    is_sample: bool,
    **given: str | None,
) -> None:
    """Ask five questions, make keys, and write the settings of a new hotline."""
    if file.exists():
        raise Trouble(f"{file} exists, and its keys open the database: it stays as it is.")
    state = {"STATE_FOLDER": str(state_folder.absolute()), **_database(database_url, postgres_host)}
    answers = _answers(given)
    settings = {
        **state,
        **answers,
        **({} if "DATABASE_URL" in state else {"ENCRYPT_DATABASE": "true"}),
        "TRUSTED_PROXIES": str(trusted_proxies),
        "HOTLINE_TIMEZONE": timezone,
        **fresh_keys(),
    }
    if problems := _settings(settings).problems():
        raise Trouble(*problems)
    key = settings["DATA_KEYS"]
    if keys_file:
        del settings["DATA_KEYS"]
        settings["DATA_KEYS_FILE"] = str(keys_file.absolute())
    written = env_file.lines_of(settings)
    _make(state_folder)
    if keys_file:
        env_file.write_new(keys_file, f"{key}\n")
    env_file.write_new(
        file, f"# The settings and keys of the hotline, from `hotline init`.\n{written}"
    )
    _settings(settings).vault().ring.begin(at_once=True)
    sample = file.with_name(roster_file.SAMPLE.name)
    if is_sample:
        shutil.copyfile(roster_file.SAMPLE, sample)
    click.echo("\n".join(_next(file, key, sample if is_sample else None)))


init.params.extend(_asks(question) for question in QUESTIONS)


"""What makes a hotline's keys, and what looks after them."""


def fresh_keys() -> dict[str, str]:
    """New secrets of a hotline."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(_KEY_BYTES),
        "METRICS_TOKEN": secrets.token_urlsafe(_KEY_BYTES),
        "DATA_KEYS": root_keys.in_base64(root_keys.drawn()),
        "VAPID_PRIVATE_KEY": web_push.drawn(),
    }


def _database(url: str, host: str) -> dict[str, str]:
    if url and host:
        raise Trouble("Give --database-url or --postgres-host, not both.")
    if not host:
        return {"DATABASE_URL": url} if url else {}
    password = secrets.token_urlsafe(_KEY_BYTES)
    return {
        "POSTGRES_PASSWORD": password,
        "DATABASE_URL": f"postgresql://hotline:{password}@{host}/hotline",
    }


def _answers(given: Mapping[str, str | None]) -> dict[str, str]:
    """An answer to each question: as given, or asked until it fits."""
    answers: dict[str, str] = {}
    for question in QUESTIONS:
        name = question.setting
        answer = given[name.lower()]
        if answer is not None and (problems := _about(name, answers | {name: answer})):
            raise Trouble(*problems)
        while answer is None:
            typed = click.prompt(question.words, hide_input=question.is_secret).strip()
            problems = _about(name, answers | {name: typed})
            answer = None if problems else typed
            for problem in problems:
                click.echo(problem, err=True)
        answers[name] = answer
    return answers


def _about(name: str, answers: Mapping[str, str]) -> list[str]:
    return [each for each in _settings(answers).problems() if each.startswith(name)]


def _settings(values: Mapping[str, str]) -> Settings:
    """Settings of these values alone, whatever the environment says."""
    return Settings.model_validate({name.lower(): value for name, value in values.items()})


def _make(state_folder: Path) -> None:
    try:
        state_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Trouble(f"{state_folder} cannot be made ({error.strerror}).") from error


def _next(file: Path, key: str, sample: Path | None) -> Iterator[str]:
    yield f"The settings are in {file}; only you can read it."
    yield ""
    yield "KEEP THIS KEY IN A SECOND PLACE, away from this host and its backups, such as on paper:"
    yield f"  DATA_KEYS={key}"
    yield "Without it nobody can read the database or a backup, and nobody can help you."
    yield ""
    if sample:
        yield f"{sample} is a SAMPLE: its phones ring nowhere, so put in your own people."
    yield "Next: hotline migrate, hotline import ROSTER, hotline user add NAME --role admin; then"
    yield "start web and worker, run hotline setup, and hotline check until only notes are left."
