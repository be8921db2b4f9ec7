"""The `hotline` command line: one module for each kind of thing a coordinator or host does."""

from flask.cli import AppGroup

from commands.plain import PlainCommand


class Commands(AppGroup):
    """A group whose commands say what is wrong in a sentence."""

    command_class = PlainCommand


hotline = Commands("hotline", help="An emergency legal hotline: no caller is lost.")

from commands import (  # noqa: E402, F401 - each adds its commands to the group above
    backups,
    carrier,
    checking,
    demo,
    drilling,
    duty,
    export,
    floods,
    keeping,
    phone,
    roster,
    running,
    tree,
    users,
    voices,
)
