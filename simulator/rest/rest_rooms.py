"""REST: conferences with their participants."""

from datetime import datetime, timedelta

from flask import Blueprint, request
from werkzeug.wrappers import Response

from simulator.base.json_answers import Refusal, answer, missing
from simulator.calling import room_announcements
from simulator.calling.account import Account
from simulator.calling.conferences import Participant, Room
from simulator.rest import resources
from simulator.rest.resources import page
from simulator.rest.rest_accounts import account_blueprint, check_parameters, check_url
from simulator.twiml.steps import Goto
from simulator.twiml.twiml_rules import words

CONFERENCE_PARAMETERS = words("Status AnnounceUrl AnnounceMethod")
PARTICIPANT_PARAMETERS = words(
    "Muted Hold HoldUrl HoldMethod AnnounceUrl AnnounceMethod WaitUrl WaitMethod BeepOnExit "
    "EndConferenceOnExit Coaching CallSidToCoach"
)


def blueprint(carrier: Account) -> Blueprint:
    """The routes."""
    routes = account_blueprint(carrier, "conferences")
    _conference_routes(carrier, routes)
    _participant_routes(carrier, routes)
    return routes


def _listed_instant(carrier: Account) -> datetime:
    """The instant whose state the lists show."""
    return carrier.clock.now() - timedelta(seconds=carrier.assumed.rest_lag_seconds)


def _find_room(carrier: Account, sid: str) -> Room:
    room = carrier.conferences.find(sid)
    if room is None:
        raise missing(f"/Conferences/{sid}.json")
    return room


def _conference_routes(carrier: Account, routes: Blueprint) -> None:
    @routes.get("/Conferences.json")
    def list_conferences() -> Response:
        asked, then = request.args, _listed_instant(carrier)
        found = [
            room
            for room in carrier.conferences
            if room.created_at <= then
            and asked.get("FriendlyName", room.name) == room.name
            and asked.get("Status", room.status_at(then)) == room.status_at(then)
        ]
        return page("conferences", reversed(found), resources.conference)

    @routes.get("/Conferences/<sid>.json")
    def fetch_conference(sid: str) -> Response:
        return answer(resources.conference(_find_room(carrier, sid)))

    @routes.post("/Conferences/<sid>.json")
    def update_conference(sid: str) -> Response:
        room = _find_room(carrier, sid)
        check_parameters(carrier, CONFERENCE_PARAMETERS)
        if not room.is_open:
            raise Refusal(400, 20001, f"Conference {sid} has ended and cannot be updated")
        if request.form.get("Status") == "completed":
            room.close()
        _announce(room)
        return answer(resources.conference(room))


def _participant_routes(carrier: Account, routes: Blueprint) -> None:
    def find(sid: str, call: str) -> Participant:
        for participant in _find_room(carrier, sid).participants:
            if call in {participant.leg.sid, participant.label}:
                return participant
        raise missing(f"/Conferences/{sid}/Participants/{call}.json")

    @routes.get("/Conferences/<sid>/Participants.json")
    def list_participants(sid: str) -> Response:
        room, then = _find_room(carrier, sid), _listed_instant(carrier)
        is_live = room.status_at(then) != "completed"
        found = [one for one in room.everybody if is_live and one.was_in(then)]
        return page("participants", found, resources.participant)

    @routes.post("/Conferences/<sid>/Participants.json")
    def create_participant(sid: str) -> Response:
        if "AsyncAmd" in request.form:
            raise Refusal(400, 21263, "AsyncAmd is not supported for participants")
        if not _find_room(carrier, sid).is_open:
            raise Refusal(400, 16022, f"Conference {sid} has ended")
        raise Refusal(400, 20001, "this simulator rings participants only by POST Calls")

    @routes.get("/Conferences/<sid>/Participants/<call>.json")
    def fetch_participant(sid: str, call: str) -> Response:
        return answer(resources.participant(find(sid, call)))

    @routes.post("/Conferences/<sid>/Participants/<call>.json")
    def update_participant(sid: str, call: str) -> Response:
        participant = find(sid, call)
        check_parameters(carrier, PARTICIPANT_PARAMETERS)
        was_held = participant.hold
        for name in ("Muted", "Hold"):
            if name in request.form:
                _switch(participant, name, request.form[name].lower() == "true")
        _announce(participant.room, participant)
        if "EndConferenceOnExit" in request.form and not was_held:
            participant.ends = request.form["EndConferenceOnExit"].lower() == "true"
        return answer(resources.participant(participant))

    @routes.delete("/Conferences/<sid>/Participants/<call>.json")
    def remove_participant(sid: str, call: str) -> Response:
        participant = find(sid, call)
        participant.is_kicked = True
        participant.leg.end("completed", "removed from the conference over REST")
        return Response(status=204)


def _switch(participant: Participant, name: str, on: bool) -> None:
    """Mute or hold a participant, or end it; who is held hears HoldUrl once."""
    event = {"Muted": "mute", "Hold": "hold"}[name]
    setattr(participant, name.lower(), on)
    participant.room.listen()
    participant.room.tell(f"participant-{event if on else 'un' + event}", participant.told())
    if name == "Hold" and on and (url := check_url("HoldUrl")):
        goto = Goto(url, request.form.get("HoldMethod", "GET"))
        room_announcements.announce(participant.room, goto, participant, tells_end=False)


def _announce(room: Room, only: Participant | None = None) -> None:
    """Play the request's AnnounceUrl, if it has one. Raises Refusal before the conference began."""
    url = check_url("AnnounceUrl")
    if not url:
        return
    if not room.has_begun:
        raise Refusal(400, 20001, f"Conference {room.sid} is not in progress: nothing is announced")
    room_announcements.announce(room, Goto(url, request.form.get("AnnounceMethod", "POST")), only)
