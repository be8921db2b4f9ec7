"""`user` and `audit`: who may sign in, and what they did."""

from __future__ import annotations

from typing import TextIO

import click

import wiring
from commands.base import command_database
from commands.base.command_group import group
from commands.base.plain_errors import Trouble
from console.auth import passwords, totp
from console.users import actions
from ivr.privacy import checkpoint_file
from models.core.database import Database, Session
from models.people import people
from models.staff import audit, audit_checkpoints, users
from models.staff.audit import COMMAND_LINE, Deed
from models.staff.users import Role
from settings import Settings


@group("user")
def user() -> None:
    """Users of the console."""


@group("audit")
def audit_log() -> None:
    """The log of who changed what."""


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--person", help="Their name on the roster, if they take calls.")
@click.option("--ask", is_flag=True, help="Ask for the password instead of making one up.")
def add(name: str, role: str, person: str | None, ask: bool) -> None:
    """Let NAME sign in; prints what their authenticator app scans."""
    password = _asked() if ask else passwords.made_up()
    secret = totp.new_secret()
    with command_database.ready(Settings()) as database:
        enrol(database, name, Role(role), password, person=person, secret=secret)
    click.echo(f"{name} can sign in as {role}.")
    _hand_out(name, None if ask else password, secret)


def _hand_out(name: str, password: str | None, secret: str) -> None:
    if password:
        click.echo(f"  password  {password}")
    click.echo("  Scan this with an authenticator app, or type the key into it:")
    uri = totp.enrolment(secret, name)
    click.echo(totp.in_the_terminal(uri))
    click.echo(f"  key  {secret}")
    click.echo(f"  {uri}")
    click.echo("Give both to nobody else; they are not shown again.")


@user.command("list")
def list_them() -> None:
    """List all users."""
    with command_database.ready(Settings()) as database, database.reading() as session:
        for one in users.all_of_them(session):
            state = " (disabled)" if one.disabled else ""
            click.echo(f"{users.name_of(session, one)}  {one.role}{state}")


@user.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice([role.value for role in Role]))
def change_role(name: str, role: str) -> None:
    """Give NAME another ROLE; in the console this needs two administrators."""
    with command_database.ready(Settings()) as database, database.transaction() as session:
        found = user_named(session, name)
        before, found.role = found.role, Role(role)
        told = {"role": before}, {"role": role}
        deed = Deed("role granted", f"user {found.id}", *told)
        audit.write(session, COMMAND_LINE, deed, wiring.now())
    click.echo(f"{name} is {role} from now on.")


@user.command("unlock")
@click.argument("name")
def unlock(name: str) -> None:
    """Let NAME sign in again by password alone, after many wrong tries or a lock."""
    with command_database.ready(Settings()) as database, database.transaction() as session:
        found = user_named(session, name)
        before = {"locked": found.disabled, "wrong tries": found.wrong_tries}
        found.disabled, found.left_at, found.wrong_tries = False, None, 0
        deed = Deed("user unlocked", f"user {found.id}", before=before)
        audit.write(session, COMMAND_LINE, deed, wiring.now())
    click.echo(f"{name} can try again.")


@user.command("reset")
@click.argument("name")
@click.option("--ask", is_flag=True, help="Ask for the password instead of making one up.")
def reset(name: str, ask: bool) -> None:
    """Reset the password and second factor of NAME; everything they signed in with is void."""
    password = _asked() if ask else passwords.made_up()
    stored, secret, now = passwords.hash_of(password), totp.new_secret(), wiring.now()
    with command_database.ready(Settings()) as database, database.transaction() as session:
        found = user_named(session, name)
        deed = actions.start_over(session, found, stored, now)
        users.remember_totp(session, found, secret)
        found.invited, is_locked = False, found.disabled
        audit.write(session, COMMAND_LINE, deed, now)
    click.echo(f"Nothing that {name} signed in with before is of use any more.")
    _hand_out(name, None if ask else password, secret)
    if is_locked:
        click.echo(f"{name} is locked: type `hotline user unlock {name}` to let them in.")


@audit_log.command("verify")
@click.option(
    "--checkpoints",
    type=click.File(encoding="utf-8", errors="replace"),
    help="A text with checkpoints, such as saved mails; - is standard input.",
)
def verify(checkpoints: TextIO | None) -> None:
    """Check the whole audit log; exit 1 and say where it breaks, if it does.

    It must have every entry that a checkpoint of this host vouches for, or one of the given text.
    """
    settings, more = Settings(), checkpoints.read() if checkpoints else ""
    with command_database.ready(settings) as database, database.reading() as session:
        verdict = checkpoint_file.verdict(session, settings.standby(), more)
    if verdict.fault:
        raise Trouble(f"The audit log was tampered with: {verdict.fault}.")
    click.echo(f"{verdict.entries} entries, none changed or missing.")


@audit_log.command("checkpoint")
def checkpoint() -> None:
    """Print a signed checkpoint, also as a QR code, to keep it on paper."""
    with command_database.ready(Settings()) as database, database.reading() as session:
        line = audit_checkpoints.take(session, wiring.now())
        key = audit_checkpoints.public_key(database.vault)
    if line is None:
        raise Trouble("The audit log is empty, or its end is altered: run `hotline audit verify`.")
    click.echo(totp.in_the_terminal(line))
    click.echo(line)
    click.echo(f"Ed25519 public key {key}")


def enrol(
    database: Database, name: str, role: Role, password: str, *,
    person: str | None = None, secret: str | None = None,
) -> None:  # fmt: skip
    """Add a user; without a secret they set up the second factor at the first sign-in."""
    stored, now = passwords.hash_of(password), wiring.now()
    with database.transaction() as session:
        if users.named(session, name):
            raise Trouble(f"There is already a user named {name}.")
        added = users.add(
            session, name=name, role=role, password_hash=stored, now=now,
            person_id=_person_id(session, person),
        )  # fmt: skip
        if secret:
            users.remember_totp(session, added, secret)
        deed = Deed("user added", f"user {added.id}", after={"name": name, "role": role})
        audit.write(session, COMMAND_LINE, deed, now)


def _asked() -> str:
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if not passwords.SHORTEST <= len(password) <= passwords.LONGEST:
        raise Trouble(
            f"A password needs {passwords.SHORTEST} characters or more, "
            f"and {passwords.LONGEST} at most."
        )
    return password


def _person_id(session: Session, name: str | None) -> str | None:
    if name is None:
        return None
    person = people.with_name(session, name)
    if person is None:
        raise Trouble(f"Nobody named {name} is on the roster.")
    return person.id


def user_named(session: Session, name: str) -> users.User:
    """The user with this sign-in name; raises Trouble."""
    found = users.named(session, name)
    if found is None:
        raise Trouble(f"There is no user named {name}.")
    return found
