"""Errors for coordinators: sentences on stderr and exit code 1, never a traceback."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any

import click
from pydantic import ValidationError

from ivr.core.carrier import LockedOut, Refused, TooFast, Unreachable
from ivr.dialogue.tree_checks import BrokenTree
from models.core.sealed_file import BrokenBackup
from models.core.vault import VaultError
from models.operations.backup import CannotCopy
from models.operations.own_database import WrongDatabase
from models.people.roster_text import RosterError
from prompts import PromptError
from routing.duty.duty import DutyError
from settings import SettingsError


class Trouble(click.ClickException):
    """What is wrong and what to do about it, one sentence per line."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("\n".join(sentences))

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentences on stderr, without a prefix."""
        click.echo(self.message, file=file, err=file is None)


class PlainCommand(click.Command):
    """A command that turns expected errors into `Trouble`."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with plainly():
            return super().invoke(ctx)


@contextmanager
def plainly() -> Iterator[None]:
    """Translate every expected error; bugs pass unchanged."""
    try:
        yield
    except SettingsError as error:
        raise Trouble(*error.problems) from error
    except ValidationError as error:
        raise Trouble(*invalid(error)) from error
    except BrokenTree as error:
        raise Trouble(*error.faults) from error
    except RosterError as error:
        raise Trouble(*map(str, error.problems)) from error
    except (
        VaultError, PromptError, DutyError, BrokenBackup, CannotCopy, WrongDatabase
    ) as error:  # fmt: skip
        raise Trouble(str(error)) from error
    except Refused as error:
        raise Trouble(f"The carrier refuses this (code {error}).") from error
    except LockedOut as error:
        raise Trouble(
            "The carrier takes neither TWILIO_AUTH_TOKEN nor TWILIO_AUTH_TOKEN_SECONDARY."
        ) from error
    except (TooFast, Unreachable) as error:
        raise Trouble(f"The carrier gives no clear answer ({error}): try again.") from error


def invalid(error: ValidationError) -> Iterable[str]:
    """Each invalid setting; never its value, which may be secret."""
    for fault in error.errors(include_input=False, include_url=False):
        name = "_".join(str(part) for part in fault["loc"]).upper()
        yield f"{name}: {fault['msg']}"
