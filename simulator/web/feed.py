"""The news that the page follows, as a stream or by polling."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict

from simulator.base.json_answers import Json
from simulator.base.pretty import laid_out
from simulator.base.records import Entry, LegEntry, as_json
from simulator.calling.account import Account
from simulator.scenario.stage import Stage
from simulator.web import control_json

MOST_ENTRIES = 500
LONGEST_TEXT = 20_000
HEARTBEAT_SECONDS = 1.0
REST_SECONDS = 0.05
"""News that come faster than this are sent together."""


def news(stage: Stage, since: int | None) -> Json:
    """What happened from a position on, the legs concerned, and the state of the stage.

    Only the latest entries, without a position or if there are more than `MOST_ENTRIES`.
    """
    carrier = stage.carrier
    everything = carrier.journal_file.everything
    end = len(everything)
    first = max(end - MOST_ENTRIES, min(since or 0, end), 0)
    entries = everything[first:end]
    concerned = {entry.leg for entry in entries if isinstance(entry, LegEntry)}
    if since is None:
        concerned |= {leg.sid for leg in carrier.legs.values() if leg.is_live}
    return {
        "journal": carrier.journal_file.name,
        "first": first,
        "next": end,
        "entries": [_shown(carrier, first + n, entry) for n, entry in enumerate(entries)],
        "legs": [
            control_json.state(carrier.recordings, carrier.legs[sid])
            for sid in concerned
            if sid in carrier.legs
        ],
        "habits": control_json.habits(carrier.phones),
        "texts": [
            {"number": number, "from": text.from_, "body": text.body, "at": text.at.isoformat()}
            for number, phone in carrier.phones.items()
            for text in phone.texts[-3:]
        ],
        "problems": [asdict(problem) for problem in carrier.problems[-20:]],
        "scene": stage.shown(),
    }


def _shown(carrier: Account, position: int, entry: Entry) -> Json:
    told: Json = json.loads(as_json(entry))
    if isinstance(entry, LegEntry) and entry.heard is not None and entry.leg in carrier.legs:
        told["spoken"] = json.loads(as_json(carrier.legs[entry.leg].heard[entry.heard]))
    if isinstance(told.get("text"), str):
        told["text"] = laid_out(told["text"][:LONGEST_TEXT])
    return {"id": position, **told}


def stream(stage: Stage, since: int | None) -> Iterator[bytes]:
    """Server-sent events with the news, and a heartbeat while there is none."""
    carrier, position = stage.carrier, since
    while carrier.is_serving:
        with carrier.lock:
            told = news(stage, position)
        position = int(told["next"])
        yield f"id: {position}\ndata: {json.dumps(told)}\n\n".encode()
        if carrier.journal_file.wait_beyond(position, HEARTBEAT_SECONDS):
            time.sleep(REST_SECONDS)
