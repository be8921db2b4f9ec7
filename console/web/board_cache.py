"""The board of each app, computed once for all who look within the same moment."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from flask import current_app
from flask.blueprints import BlueprintSetupState

from console.base.routes import bp
from console.web import board_state
from console.web.board_state import Board
from ivr.core.context import AppContext
from ivr.launch import launch_list
from routing.duty import coverage
from routing.duty.coverage import Gap
from routing.duty.duty import Duty
from routing.person import Responder

_MOMENT = timedelta(seconds=2)
_GAP_HOLDS = timedelta(minutes=1)  # finding gaps walks every rule, and a minute changes little


class Boards:
    """The last board, kept for a moment: many who look cost no more than one."""

    def __init__(self, app: AppContext) -> None:
        self._app = app
        self._one_at_a_time = threading.Lock()
        self._last: Board | None = None
        self._gap: tuple[datetime, Duty, Gap | None] | None = None

    def now(self) -> Board:
        """The board of this moment."""
        with self._one_at_a_time:
            at = self._app.clock()
            if self._last is None or not timedelta() <= at - self._last.at < _MOMENT:
                with self._app.database.reading() as session:
                    self._last = board_state.look(session, self._app, self._next_gap, at)
            return self._last

    def look_again(self) -> None:
        """Something was switched just now: the next look is a fresh one."""
        with self._one_at_a_time:
            self._last = None

    def _next_gap(self, duty: Duty, responders: Sequence[Responder], at: datetime) -> Gap | None:
        if self._gap is None or self._gap[1] != duty or at - self._gap[0] >= _GAP_HOLDS:
            gaps = coverage.gaps(
                duty,
                responders,
                since=at,
                until=at + launch_list.LOOK_AHEAD,
                languages=tuple(self._app.shipped_prompts.languages),
            )
            self._gap = (at, duty, _most_urgent([gap for gap in gaps if gap.start > at]))
        return self._gap[2]


@bp.record
def _keep_boards(setup: BlueprintSetupState) -> None:
    """Each app has its own."""
    setup.app.extensions["hotline_boards"] = Boards(setup.app.extensions["hotline"])


def boards() -> Boards:
    """The boards of the app that answers this request."""
    found: Boards = current_app.extensions["hotline_boards"]
    return found


def _most_urgent(gaps: Collection[Gap]) -> Gap | None:
    """The first hour without anybody; failing that, the first language that is missing."""
    nobody = [gap for gap in gaps if gap.language is None]
    return min(nobody or gaps, key=lambda gap: gap.start, default=None)
