"""What the API answers about open items: what is open, and taking one."""

from __future__ import annotations

from console.api import problems
from console.api.api_models import Item, Items
from console.base.current_user import Visitor
from console.base.outcomes import NotTheirs, Refused
from console.web import item_visibility
from console.web.item_visibility import Listed
from console.work import open_item_actions
from ivr.core.context import AppContext


def items(app: AppContext, visitor: Visitor) -> Items:
    """The open items that somebody may know of."""
    return Items(items=[_item(each) for each in item_visibility.listed(app, visitor)])


def take(app: AppContext, visitor: Visitor, item_id: str) -> Item:
    """The owner of the token becomes the owner of the item."""
    try:
        open_item_actions.take(app, visitor, item_id)
        return _item(item_visibility.one(app, visitor, item_id))
    except NotTheirs:
        raise problems.not_there() from None
    except Refused as refusal:
        raise problems.conflict(str(refusal)) from None


def _item(listed: Listed) -> Item:
    row = listed.row
    return Item(
        id=row.id, number=row.number, kind=row.kind, need=row.need, language=row.language,
        opened_at=row.opened_at, due_at=row.due_at, level=row.level, owner=listed.owner,
        is_late=listed.is_late, is_mine=listed.is_mine, may_take=listed.may_take,
    )  # fmt: skip
