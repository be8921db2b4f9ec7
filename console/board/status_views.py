"""Page: whether the line is open, for everybody. It sets no cookie and runs no script."""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug.wrappers import Response as AnyResponse

from console.auth import cookies
from console.base.routes import bp, context
from console.web import board_cache
from console.web.board_state import FREE, Board
from console.web.render import show
from models.core.database import Away
from prompts.language import digit_groups


@dataclass(frozen=True)
class Status:
    """What everybody may know of the line; it counts nobody and names nobody."""

    is_open: bool
    """People on duty can be rung."""
    is_busy: bool
    """A surge is on, or more callers wait than people are free."""
    languages: tuple[str, ...]
    """The languages that somebody on duty speaks."""


@bp.get("/status")
def public_status() -> AnyResponse:
    cookies.leave_none()
    number = context().numbers.hotline
    try:
        found = _of(board_cache.boards().now())
    except Away:
        found = None
    answer = show(
        "board/status.html",
        200 if found else 503,
        line=found,
        number=number,
        shown=" ".join(digit_groups(number)),
        offered=context().shipped_prompts.languages,
    )
    answer.headers["Refresh"] = "60"
    return answer


def _of(board: Board) -> Status:
    free = sum(person.doing == FREE for person in board.on_duty)
    return Status(
        is_open=board.is_ready,
        is_busy=board.surge_ends_at is not None or len(board.waiting) > free,
        languages=tuple(code for code, number in board.spoken.items() if number),
    )
