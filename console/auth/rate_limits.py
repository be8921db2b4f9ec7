"""How often somebody may be wrong: per account and network, per network, and per account at all.

The first two let a network rest; the true owner goes on everywhere else. The last keeps all tries
of an account under the 100 of NIST SP 800-63B, section 5.2.2, and shuts nobody out: from then on a
password opens only together with the code of that moment. Only somebody who has the password can
use up the tries that are left then. A passkey opens at any time: there is nothing to guess.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from models.core.database import Session
from models.staff import audit, login_attempts, users
from models.staff.audit import Deed

REST = timedelta(minutes=15)
PER_ACCOUNT_AND_NETWORK = 5
PER_NETWORK = 20
PER_ACCOUNT = 100
WITH_PASSWORD = 20
"""Wrong codes beside the right password, once an account asks for both at once."""
MOST_WRONG_SECRETS = 20
"""So many secrets that open nothing from one network in `REST`, and it gets nothing for a while."""
_KEEP = timedelta(days=1)


class TooMany(Exception):
    """This network has shown too many secrets that open nothing."""


def may_show(session: Session, kind: str, network: str, now: datetime) -> str:
    """The mark of a network that shows a secret, such as a feed's address; raises TooMany."""
    mark = login_attempts.network_mark(session, f"{kind} {network}", now)
    if login_attempts.count(session, since=now - REST, network=mark) >= MOST_WRONG_SECRETS:
        raise TooMany
    return mark


def opened_nothing(session: Session, mark: str, now: datetime) -> None:
    """Write down that a secret from this network opened nothing."""
    login_attempts.forget_before(session, now - _KEEP)
    login_attempts.remember(session, "", mark, now)


def may_try(session: Session, account: str, network: str, now: datetime) -> bool:
    """Whether another try from this network counts; a right password does not help if not."""
    since, mark = now - REST, login_attempts.network_mark(session, network, now)
    tried = login_attempts.count(session, since=since, network=mark, account=account)
    if tried >= PER_ACCOUNT_AND_NETWORK:
        return False
    return login_attempts.count(session, since=since, network=mark) < PER_NETWORK


def asks_for_both(user: users.User) -> bool:
    """Whether a password counts only together with a code."""
    return user.wrong_tries >= PER_ACCOUNT


def is_locked(user: users.User) -> bool:
    """Whether an account takes passkeys alone until `hotline user unlock`."""
    return user.wrong_tries >= PER_ACCOUNT + WITH_PASSWORD


def was_wrong(
    session: Session, account: str, network: str, user: users.User | None, now: datetime, *,
    knew_password: bool = False,
) -> None:  # fmt: skip
    """Write down a wrong try; the one that reaches a limit stands in the audit log.

    Only what was compared is a try: else a network that rests could fill the limit of an account.
    `knew_password`: it was a wrong code, or somebody who is signed in.
    """
    mark = login_attempts.network_mark(session, network, now)
    login_attempts.forget_before(session, now - _KEEP)
    login_attempts.remember(session, account, mark, now)
    if user is None or is_locked(user) or (asks_for_both(user) and not knew_password):
        return
    user.wrong_tries += 1
    tried = login_attempts.count(session, since=now - REST, network=mark, account=account)
    if tried == PER_ACCOUNT_AND_NETWORK or user.wrong_tries == PER_ACCOUNT or is_locked(user):
        entry = Deed("sign-in rests", f"user {user.id}", after={"wrong tries": user.wrong_tries})
        audit.write(session, user.id, entry, now)
