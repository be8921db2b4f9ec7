"""What tests of all addresses of the console share: the addresses, and a visitor of each role."""

from __future__ import annotations

import secrets

from werkzeug.routing import Rule

from console.base.permissions import OTHER_DOORS
from models.staff.users import Role
from tests.coordinator import Coordinator
from tests.hotline import Hotline


def visitor(hotline: Hotline, role: Role | None) -> Coordinator:
    """A new user with this role, signed in; without a role, a visitor who is not signed in."""
    if role is None:
        return Coordinator(hotline, "nobody", "").opens("/sign-in")
    return hotline.has_user(secrets.token_hex(4), role).signs_in()


def rules(hotline: Hotline) -> list[Rule]:
    """Every address of the app, except those with a guard of their own."""
    found = hotline.app.url_map.iter_rules()
    return [rule for rule in found if rule.endpoint.partition(".")[0] not in OTHER_DOORS]
