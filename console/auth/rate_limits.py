"""How often somebody may be wrong: per account and network, per network, and per account at all.

The first limit lets one network rest without locking the true owner out from everywhere else; the
last keeps all tries of an account under the 100 of NIST SP 800-63B, section 5.2.2.
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
_KEEP = timedelta(days=1)


def may_try(session: Session, account: str, network: str, now: datetime) -> bool:
    """Whether another try from this network counts; a right password does not help if not."""
    since, mark = now - REST, login_attempts.network_mark(session, network, now)
    tried = login_attempts.count(session, since=since, network=mark, account=account)
    if tried >= PER_ACCOUNT_AND_NETWORK:
        return False
    return login_attempts.count(session, since=since, network=mark) < PER_NETWORK


def is_locked(user: users.User) -> bool:
    """Whether an account takes no more passwords until `hotline user unlock`."""
    return user.wrong_tries >= PER_ACCOUNT


def was_wrong(
    session: Session, account: str, network: str, user: users.User | None, now: datetime
) -> None:
    """Write down a wrong try; the one that reaches a limit stands in the audit log.

    Only what was compared is a try: else a network that rests could fill the limit of an account.
    """
    mark = login_attempts.network_mark(session, network, now)
    login_attempts.forget_before(session, now - _KEEP)
    login_attempts.remember(session, account, mark, now)
    if user is None or is_locked(user):
        return
    user.wrong_tries += 1
    tried = login_attempts.count(session, since=now - REST, network=mark, account=account)
    if tried == PER_ACCOUNT_AND_NETWORK or user.wrong_tries == PER_ACCOUNT:
        entry = Deed("sign-in rests", f"user {user.id}", after={"wrong tries": user.wrong_tries})
        audit.write(session, user.id, entry, now)
