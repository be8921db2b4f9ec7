"""Declares commands of `hotline`; `commands/command_line.py` collects them."""

from __future__ import annotations

from collections.abc import Callable

import click

from commands.base.plain_errors import PlainCommand


class Commands(click.Group):
    """A group whose commands report errors as plain sentences."""

    command_class = PlainCommand


def command(name: str) -> Callable[[Callable[..., None]], click.Command]:
    """Declare a command of `hotline`."""
    return click.command(name, cls=PlainCommand)


def group(name: str) -> Callable[[Callable[..., None]], Commands]:
    """Declare a group of commands, such as `hotline user`."""
    return click.group(name, cls=Commands)
