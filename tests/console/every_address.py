"""Every address of the console, and whoever asks for it: what tests of all of them share."""

from __future__ import annotations

import secrets

from werkzeug.routing import Rule

from console.base.permissions import OTHER_DOORS
from models.staff.users import Role
from tests.coordinator import Coordinator
from tests.hotline import Hotline


def visitor(hotline: Hotline, role: Role | None) -> Coordinator:
    """Somebody new with this role, signed in; without one, a stranger before the door."""
    if role is None:
        return Coordinator(hotline, "nobody", "").opens("/sign-in")
    return hotline.has_user(secrets.token_hex(4), role).signs_in()


def rules(hotline: Hotline) -> list[Rule]:
    """Every address of the app but those with a guard of their own."""
    found = hotline.app.url_map.iter_rules()
    return [rule for rule in found if rule.endpoint.partition(".")[0] not in OTHER_DOORS]
