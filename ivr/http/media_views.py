"""Files for the carrier and browsers: prompts and stored messages."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

from flask import Response, abort, request, send_from_directory

from ivr.core.live_prompts import LIVE
from ivr.http import parts, webhook_guard
from models.calls import spoken_names, voicemails
from models.prompts import announcements, prompt_versions
from prompts.recordings import fingerprints

_ID = re.compile("[0-9a-f]{32}")
_FOR_EVER = "public, max-age=31536000, immutable"
_FOR_A_MINUTE = "public, max-age=60"


@webhook_guard.blueprint.get("/audio/prompt/<path:file>")
def prompt(file: str) -> Response:
    """A recorded prompt, with its transcript for people who cannot hear it.

    Called by: `<Play>` of any call, and the console's players.
    Answers: a WAV file, cached for ever if the address names its content; 404 without one.
    """
    speech = parts.current().speech
    folder, inner = speech.prompts.recordings, file.removeprefix(f"{LIVE}/")
    answer = _shipped(folder, file) if inner == file else _made_here(inner.removesuffix(".wav"))
    words = speech.words_in(file)
    if words:
        answer.headers["X-Transcript"] = quote(words)
        if len(Path(file).parts) > 1 and inner == file:
            answer.headers["Content-Language"] = Path(file).parts[0]
    return answer


def _shipped(folder: Path, file: str) -> Response:
    """A recording of this release; during a deploy, an address may name the content of another."""
    answer = send_from_directory(folder.resolve(), file, mimetype="audio/wav")
    named, ours = request.args.get("sha256"), fingerprints(folder).get(file)
    answer.headers["Cache-Control"] = _FOR_EVER if named and named == ours else _FOR_A_MINUTE
    return answer


def _made_here(sound_id: str) -> Response:
    """A recording made here, from this host's disk or else from the database."""
    app, words = parts.current().app, None
    audio = app.live_prompts.sound_at_hand(sound_id) if _ID.fullmatch(sound_id) else None
    if audio is None:
        with app.database.reading() as session:
            audio = prompt_versions.sound(session, sound_id)
            words = announcements.words_of(session, sound_id)
    if audio is None:
        abort(404)
    cached = {"Cache-Control": _FOR_EVER, "X-Content-Type-Options": "nosniff"}
    if words:
        cached["X-Transcript"] = quote(words)
    return Response(audio, mimetype="audio/wav", headers=cached)


@webhook_guard.blueprint.get("/audio/message/<token>")
def message(token: str) -> Response:
    """A stored message, for the holder of this link.

    Called by: `<Play>` of a responder's leg, within ten minutes.
    Answers: a WAV file that no cache may keep; 404 for a forged or expired link.
    """
    ours = parts.current()
    message_id = ours.links.message_in(token)
    if message_id is None:
        abort(404)
    with ours.app.database.reading() as session:
        audio = voicemails.sound_of(session, message_id) or spoken_names.sound_of(
            session, message_id
        )
    if audio is None:
        abort(404)
    return Response(audio, mimetype="audio/wav", headers={"Cache-Control": "no-store"})
