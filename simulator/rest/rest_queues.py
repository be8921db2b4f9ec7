"""REST: queues with their members."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from simulator.base.json_answers import Refusal, answer, missing
from simulator.calling.account import Account
from simulator.calling.interpreter import Redirected
from simulator.calling.queues import Member, Queue
from simulator.rest import resources
from simulator.rest.resources import page
from simulator.rest.rest_accounts import account_blueprint, check_url
from simulator.twiml.steps import Goto


def blueprint(carrier: Account) -> Blueprint:
    """The routes."""
    routes = account_blueprint(carrier, "queues")
    _queue_routes(carrier, routes)
    _member_routes(carrier, routes)
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
