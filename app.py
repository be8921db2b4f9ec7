"""The `hotline` command line, and the whole web side for any server of WSGI applications."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # most commands, and the worker, do without it
    from flask import Flask


def create_app() -> Flask:
    """The web side of the settings in the environment."""
    import web_app

    return web_app.create_app()


def main() -> None:
    """The `hotline` command; what it writes is for its own user alone."""
    from commands.command_line import hotline

    os.umask(0o077)
    hotline.main(prog_name="hotline")


if __name__ == "__main__":
    main()
