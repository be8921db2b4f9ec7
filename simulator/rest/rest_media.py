"""REST: recordings and their sound."""

import gzip
from collections.abc import Iterable

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from simulator.audio import telephone_sound
from simulator.base.json_answers import Refusal, answer, missing
from simulator.calling.account import Account
from simulator.calling.call_recordings import Recording
from simulator.rest import resources
from simulator.rest.resources import page
from simulator.rest.rest_accounts import account_blueprint
from simulator.rest.rest_calls import find_leg


def blueprint(carrier: Account) -> Blueprint:
    """The routes."""
    routes = account_blueprint(carrier, "media")

    @routes.get("/Recordings.json")
    def listed() -> Response:
        return _page(carrier.recordings, request.args.get("CallSid"))

    @routes.get("/Calls/<call>/Recordings.json")
    def of_call(call: str) -> Response:
        return _page(carrier.recordings, find_leg(carrier, call).sid)

    @routes.get("/Recordings/<name>")
    def fetch(name: str) -> Response:
        sid, _, ending = name.partition(".")
        recording = _find(carrier, sid)
        if ending == "json":
            return answer(resources.recording(recording))
        if ending not in {"", "wav", "mp3"}:
            raise missing(name)
        if elsewhere := carrier.faults.recordings.redirect_to:
            return redirect(f"{elsewhere}/media/{name}")
        return _sound(carrier, recording, ending)

    @routes.delete("/Recordings/<sid>.json")
    def delete(sid: str) -> Response:
        _find(carrier, sid)
        faults = carrier.faults.recordings
        if faults.deletes_fail > 0:
            faults.deletes_fail -= 1
            raise Refusal(500, 20500, "Internal Server Error")
        carrier.recordings.delete(sid)
        return Response(status=204)

    return routes


def unsigned(carrier: Account) -> Blueprint:
    """The host that redirected media comes from; it must not be sent the account's secret."""
    routes = Blueprint("unsigned media", __name__, url_prefix="/media")

    @routes.get("/<name>")
    def fetch(name: str) -> Response:
        if request.authorization:
            raise Refusal(400, 20001, "credentials sent to another host")
        sid, _, ending = name.partition(".")
        return _sound(carrier, _find(carrier, sid), ending)

    return routes


def _find(carrier: Account, sid: str) -> Recording:
    recording = carrier.recordings.find(sid)
    if recording is None:
        raise missing(f"/Recordings/{sid}.json")
    return recording


def _page(recordings: Iterable[Recording], call: str | None) -> Response:
    found = [
        recording
        for recording in recordings
        if call in {None, recording.leg.sid} and resources.in_time("DateCreated", recording.start)
    ]
    return page("recordings", reversed(found), resources.recording)


def _sound(carrier: Account, recording: Recording, ending: str) -> Response:
    """The sound; missing while it is not ready, and changed by the injected faults."""
    faults = carrier.faults.recordings
    if recording.status != "completed":
        raise missing(recording.sid)
    if recording.misses_left > 0:
        recording.misses_left -= 1
        raise missing(recording.sid)
    sound = recording.wav()
    kept = sound[: len(sound) // 2] if faults.short or faults.cut else sound
    kept = b"<html>not a sound</html>" if faults.garbled else kept
    kept = telephone_sound.wav([], recording.start, recording.start) if faults.empty else kept
    kind = "audio/mpeg" if ending == "mp3" else "audio/x-wav"
    response = Response(kept, mimetype=kind)
    if faults.gzipped:
        response.set_data(gzip.compress(kept))
        response.headers["Content-Encoding"] = "gzip"
    if faults.cut:  # the connection breaks: less arrives than Content-Length announces
        response.headers["Content-Length"] = str(len(sound))
    return response
