"""The `hotline` command line: one module for each kind of thing a coordinator or host does."""

from flask.cli import AppGroup

hotline = AppGroup("hotline", help="An emergency legal hotline: no caller is lost.")

from commands import check, demo, duty, export, hosting, phone, roster, tree, voices  # noqa: E402

__all__ = [
    "check",
    "demo",
    "duty",
    "export",
    "hosting",
    "hotline",
    "phone",
    "roster",
    "tree",
    "voices",
]
