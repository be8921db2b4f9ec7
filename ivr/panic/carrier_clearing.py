"""After a panic purge: what the carrier keeps about callers is deleted there, until none is left.

The carrier's own lists say what is left, so nothing is forgotten when a worker ends or a delete
fails; a call in progress can be deleted after its end.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivr.core.carrier import Carrier, Refused, TooFast, Unreachable
from ivr.core.context import AppContext
from ivr.panic import receipts

log = logging.getLogger("hotline.panic")

AGAIN = timedelta(seconds=30)


@dataclass
class CarrierClearing:
    """Deletes recordings, call logs and texts of before the purge; repeating it is harmless."""

    app: AppContext
    carrier: Carrier
    _tried_at: datetime | None = field(default=None, init=False)

    def work(self, now: datetime) -> None:
        """Delete what is left, unless that was tried a moment ago."""
        receipt = receipts.read(self.app.panic)
        if receipt is None or receipt.carrier_done_at or not receipt.is_done_here:
            return
        if receipt.refused or (self._tried_at and now - self._tried_at < AGAIN):
            return
        self._tried_at = now
        try:
            deleted, left = self._clear(receipt.recordings, receipt.at)
        except (Unreachable, TooFast, Refused) as error:
            log.warning("the carrier could not be cleared yet", extra={"why": str(error)})
            return
        receipts.write(
            self.app.panic,
            receipt.but(
                deleted=receipt.deleted + deleted,
                recordings=(),
                carrier_done_at=None if left else now,
            ),
        )

    def _clear(self, named: Iterable[str], before: datetime) -> tuple[int, int]:
        """How much was deleted, and how much the carrier refused for now."""
        calls = [seen for seen in self.carrier.calls_of_ours() if seen.created_at <= before]
        texts = [seen for seen in self.carrier.texts_of_ours() if seen.created_at <= before]
        of_calls = [seen.sid for call in calls for seen in self.carrier.recordings_of(call.sid)]
        done = [
            *(self._delete(self.carrier.forget, sid) for sid in {*named, *of_calls}),
            *(self._delete(self.carrier.forget_text, text.sid) for text in texts),
            *(self._delete(self.carrier.forget_call, call.sid) for call in calls),
        ]
        return sum(done), len(done) - sum(done)

    def _delete(self, forget: Callable[[str], None], sid: str) -> bool:
        try:
            forget(sid)
        except Refused as error:
            log.info("deleted later", extra={"why": str(error)})
            return False
        return True
