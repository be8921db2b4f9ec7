"""REST: queues with their members, and conferences with their participants."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from simulator.base.json_answers import Refusal, answer, missing
from simulator.calling import room_announcements
from simulator.calling.account import Account
from simulator.calling.conferences import Participant, Room
from simulator.calling.interpreter import Redirected
from simulator.calling.queues import Member, Queue
from simulator.rest import resources
from simulator.rest.resources import page
from simulator.rest.rest_accounts import account_blueprint, check_url
from simulator.twiml.steps import Goto


def blueprint(carrier: Account) -> Blueprint:
    """The routes."""
    routes = account_blueprint(carrier, "rooms")
    _queue_routes(carrier, routes)
    _member_routes(carrier, routes)
    _conference_routes(carrier, routes)
    _participant_routes(carrier, routes)
    return routes


def _find_queue(carrier: Account, sid: str) -> Queue:
    queue = carrier.queues.find(sid)
    if queue is None:
        raise missing(f"/Queues/{sid}.json")
    return queue


def _queue_routes(carrier: Account, routes: Blueprint) -> None:
    @routes.get("/Queues.json")
    def list_queues() -> Response:
        return page("queues", carrier.queues, lambda queue: resources.queue(carrier, queue))

    @routes.post("/Queues.json")
    def create_queue() -> Response:
        name = request.form.get("FriendlyName", "")
        if not 1 <= len(name) <= 64:
            raise Refusal(400, 20001, "FriendlyName has 1..64 characters")
        queue = carrier.queues.named(name)
        queue.max_size = request.form.get("MaxSize", queue.max_size, type=int)
        return answer(resources.queue(carrier, queue), 201)

    @routes.get("/Queues/<sid>.json")
    def fetch_queue(sid: str) -> Response:
        return answer(resources.queue(carrier, _find_queue(carrier, sid)))

    @routes.delete("/Queues/<sid>.json")
    def delete_queue(sid: str) -> Response:
        queue = _find_queue(carrier, sid)
        if queue.members:
            raise Refusal(400, 22002, "a queue with members cannot be deleted")
        carrier.queues.delete(queue)
        return Response(status=204)


def _member_routes(carrier: Account, routes: Blueprint) -> None:
    def find(queue: Queue, sid: str) -> Member:
        for member in queue.members:
            if sid in {member.leg.sid, "Front"}:
                return member
        raise missing(f"/Queues/{queue.sid}/Members/{sid}.json")

    @routes.get("/Queues/<sid>/Members.json")
    def list_members(sid: str) -> Response:
        return page("queue_members", _find_queue(carrier, sid).members, resources.member)

    @routes.get("/Queues/<sid>/Members/<call>.json")
    def fetch_member(sid: str, call: str) -> Response:
        return answer(resources.member(find(_find_queue(carrier, sid), call)))

    @routes.post("/Queues/<sid>/Members/<call>.json")
    def dequeue_member(sid: str, call: str) -> Response:
        member = find(_find_queue(carrier, sid), call)
        url = check_url("Url")
        if not url:
            raise Refusal(400, 21205, "Url is required")
        shown = resources.member(member)
        member.queue.remove(member)
        goto = Goto(url, request.form.get("Method", "POST"))
        member.leg.routine.interrupt(Redirected(goto))
        return answer(shown)


def _find_room(carrier: Account, sid: str) -> Room:
    room = carrier.conferences.find(sid)
    if room is None:
        raise missing(f"/Conferences/{sid}.json")
    return room


def _conference_routes(carrier: Account, routes: Blueprint) -> None:
    @routes.get("/Conferences.json")
    def list_conferences() -> Response:
        asked = request.args
        found = [
            room
            for room in carrier.conferences
            if asked.get("FriendlyName", room.name) == room.name
            and asked.get("Status", room.status) == room.status
        ]
        return page("conferences", reversed(found), resources.conference)

    @routes.get("/Conferences/<sid>.json")
    def fetch_conference(sid: str) -> Response:
        return answer(resources.conference(_find_room(carrier, sid)))

    @routes.post("/Conferences/<sid>.json")
    def update_conference(sid: str) -> Response:
        room = _find_room(carrier, sid)
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
        room = _find_room(carrier, sid)
        return page("participants", room.participants, resources.participant)

    @routes.get("/Conferences/<sid>/Participants/<call>.json")
    def fetch_participant(sid: str, call: str) -> Response:
        return answer(resources.participant(find(sid, call)))

    @routes.post("/Conferences/<sid>/Participants/<call>.json")
    def update_participant(sid: str, call: str) -> Response:
        participant = find(sid, call)
        for name, event in (("Muted", "mute"), ("Hold", "hold")):
            if name in request.form:
                setattr(participant, name.lower(), request.form[name].lower() == "true")
                participant.room.tell(event, participant.told())
        _announce(participant.room, participant)
        if "EndConferenceOnExit" in request.form:
            participant.ends = request.form["EndConferenceOnExit"].lower() == "true"
        return answer(resources.participant(participant))

    @routes.delete("/Conferences/<sid>/Participants/<call>.json")
    def remove_participant(sid: str, call: str) -> Response:
        participant = find(sid, call)
        participant.is_kicked = True
        participant.leg.end("completed", "removed from the conference over REST")
        return Response(status=204)


def _announce(room: Room, only: Participant | None = None) -> None:
    """Play the request's AnnounceUrl, if it has one. Raises Refusal before the conference began."""
    url = check_url("AnnounceUrl")
    if not url:
        return
    if not room.has_begun:
        raise Refusal(400, 20001, f"Conference {room.sid} is not in progress: nothing is announced")
    room_announcements.announce(room, Goto(url, request.form.get("AnnounceMethod", "POST")), only)
