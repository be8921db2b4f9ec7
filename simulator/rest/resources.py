"""Twilio's REST resources as JSON, and the pages of a list."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TypeVar
from urllib.parse import urlencode

from flask import request
from werkzeug.wrappers import Response

from simulator.base.json_answers import Json, Refusal, answer
from simulator.base.numbers import Line
from simulator.calling.call_recordings import Recording
from simulator.calling.conferences import Participant, Room
from simulator.calling.queues import Member, Queue
from simulator.telephony.legs import Leg
from simulator.telephony.messages import Message
from simulator.telephony.network import Network

T = TypeVar("T")
DEFAULT_PAGE = 50
MOST_PER_PAGE = 1000


def page(name: str, things: Iterable[T], shown: Callable[[T], Json]) -> Response:
    """One page of a list, as the request's Page and PageSize ask."""
    everything = list(things)
    number = request.args.get("Page", 0, type=int)
    size = min(request.args.get("PageSize", DEFAULT_PAGE, type=int), MOST_PER_PAGE)
    chosen = everything[number * size : (number + 1) * size]
    more = len(everything) > (number + 1) * size
    body = {
        name: [shown(thing) for thing in chosen],
        "page": number,
        "page_size": size,
        "start": number * size,
        "end": number * size + max(len(chosen) - 1, 0),
        "uri": _page_uri(number, size),
        "first_page_uri": _page_uri(0, size),
        "previous_page_uri": _page_uri(number - 1, size) if number else None,
        "next_page_uri": _page_uri(number + 1, size) if more else None,
    }
    return answer(body)


def _page_uri(number: int, size: int) -> str:
    kept = [(key, value) for key, value in request.args.items(multi=True)]
    asked = [(key, value) for key, value in kept if key not in {"Page", "PageSize"}]
    return f"{request.path}?{urlencode([*asked, ('PageSize', size), ('Page', number)])}"


def in_time(name: str, instant: datetime) -> bool:
    """Whether an instant passes the request's date filters: `Name`, `Name>`, `Name<`."""
    exact, after, before = (request.args.get(name + sign) for sign in ("", ">", "<"))
    if exact and not exact.startswith(instant.date().isoformat()):
        return False
    if after and instant < _instant(after):
        return False
    return not (before and instant > _instant(before))


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal(400, 20001, f"not a date: {text}") from error
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def date(instant: datetime | None) -> str | None:
    """An instant as Twilio writes it."""
    return format_datetime(instant) if instant else None


def path(network: Network, rest: str) -> str:
    """A resource's `uri`."""
    return f"/2010-04-01/Accounts/{network.account_sid}/{rest}"


def call(leg: Leg) -> Json:
    """A Call. Source of the fields: Twilio's OpenAPI file, twilio_api_v2010."""
    network, number = leg.carrier, leg.line
    uri = path(network, f"Calls/{leg.sid}")
    return {
        "sid": leg.sid,
        "date_created": date(leg.created_at),
        "date_updated": date(leg.ended_at or leg.answered_at or leg.created_at),
        "parent_call_sid": leg.parent.sid if leg.parent else None,
        "account_sid": network.account_sid,
        "to": leg.to,
        "to_formatted": leg.to,
        "from": leg.from_,
        "from_formatted": leg.from_,
        "phone_number_sid": number.sid if number else None,
        "status": "queued" if leg.status == "initiated" else leg.status,
        "start_time": None if leg.status == "queued" else date(leg.created_at),
        "end_time": date(leg.ended_at),
        "duration": str(leg.duration) if leg.ended_at else None,
        "price": None,
        "price_unit": "USD",
        "direction": leg.direction,
        "answered_by": leg.answered_by,
        "api_version": "2010-04-01",
        "annotation": None,
        "forwarded_from": leg.extra.get("ForwardedFrom"),
        "group_sid": None,
        "caller_name": leg.extra.get("CallerName"),
        "queue_time": str(leg.queue_time_ms),
        "trunk_sid": None,
        "uri": f"{uri}.json",
        "subresource_uris": {"recordings": f"{uri}/Recordings.json"},
    }


def recording(kept: Recording) -> Json:
    """A Recording."""
    network = kept.leg.carrier
    done = kept.status == "completed"
    return {
        "sid": kept.sid,
        "account_sid": network.account_sid,
        "call_sid": kept.leg.sid,
        "conference_sid": None,
        "api_version": "2010-04-01",
        "date_created": date(kept.start),
        "date_updated": date(kept.end or kept.start),
        "start_time": date(kept.start),
        "duration": str(kept.seconds) if done else "-1",
        "channels": 1,
        "source": kept.source,
        "status": kept.status,
        "error_code": None,
        "price": None,
        "price_unit": "USD",
        "encryption_details": None,
        "media_url": kept.url,
        "uri": path(network, f"Recordings/{kept.sid}.json"),
    }


def message(network: Network, kept: Message) -> Json:
    """A Message."""
    return {
        "sid": kept.sid,
        "account_sid": network.account_sid,
        "messaging_service_sid": None,
        "api_version": "2010-04-01",
        "body": kept.body,
        "from": kept.from_,
        "to": kept.to,
        "direction": kept.direction,
        "status": kept.status,
        "error_code": kept.error_code,
        "error_message": None,
        "num_media": "0",
        "num_segments": str(kept.segments),
        "price": None,
        "price_unit": "USD",
        "date_created": date(kept.created_at),
        "date_updated": date(kept.created_at),
        "date_sent": None if kept.status == "queued" else date(kept.created_at),
        "uri": path(network, f"Messages/{kept.sid}.json"),
        "subresource_uris": {"media": path(network, f"Messages/{kept.sid}/Media.json")},
    }


def queue(network: Network, kept: Queue) -> Json:
    """A Queue."""
    return {
        "sid": kept.sid,
        "friendly_name": kept.name,
        "account_sid": network.account_sid,
        "current_size": len(kept.members),
        "average_wait_time": kept.average_wait,
        "max_size": kept.max_size,
        "date_created": date(kept.created_at),
        "date_updated": date(kept.created_at),
        "uri": path(network, f"Queues/{kept.sid}.json"),
        "subresource_uris": {"members": path(network, f"Queues/{kept.sid}/Members.json")},
    }


def member(waiting: Member) -> Json:
    """A Member of a queue."""
    network = waiting.leg.carrier
    return {
        "queue_sid": waiting.queue.sid,
        "call_sid": waiting.leg.sid,
        "date_enqueued": date(waiting.since),
        "position": waiting.queue.position(waiting),
        "wait_time": waiting.seconds,
        "uri": path(network, f"Queues/{waiting.queue.sid}/Members/{waiting.leg.sid}.json"),
    }


def conference(room: Room) -> Json:
    """A Conference."""
    network = room.exchange
    return {
        "sid": room.sid,
        "account_sid": network.account_sid,
        "friendly_name": room.name,
        "api_version": "2010-04-01",
        "date_created": date(room.created_at),
        "date_updated": date(room.created_at),
        "region": "us1",
        "status": room.status,
        "reason_conference_ended": room.why_ended,
        "call_sid_ending_conference": room.ended_by.leg.sid if room.ended_by else None,
        "uri": path(network, f"Conferences/{room.sid}.json"),
        "subresource_uris": {
            "participants": path(network, f"Conferences/{room.sid}/Participants.json"),
        },
    }


def participant(one: Participant) -> Json:
    """A Participant of a conference."""
    network, room = one.room.exchange, one.room
    return {
        "account_sid": network.account_sid,
        "call_sid": one.leg.sid,
        "conference_sid": room.sid,
        "label": one.label or None,
        "muted": one.muted,
        "hold": one.hold,
        "coaching": False,
        "status": "connected",
        "start_conference_on_enter": one.starts,
        "end_conference_on_exit": one.ends,
        "date_created": date(one.leg.created_at),
        "date_updated": date(one.leg.created_at),
        "uri": path(network, f"Conferences/{room.sid}/Participants/{one.leg.sid}.json"),
    }


def line(network: Network, number: Line) -> Json:
    """An IncomingPhoneNumber."""
    return {
        "sid": number.sid,
        "account_sid": network.account_sid,
        "friendly_name": number.friendly_name or number.number,
        "phone_number": number.number,
        "api_version": "2010-04-01",
        "voice_url": number.voice_url,
        "voice_method": number.voice_method,
        "voice_fallback_url": number.voice_fallback_url,
        "voice_fallback_method": number.voice_fallback_method,
        "voice_caller_id_lookup": False,
        "status_callback": number.status_callback,
        "status_callback_method": number.status_callback_method,
        "sms_url": number.sms_url,
        "sms_method": number.sms_method,
        "sms_fallback_url": number.sms_fallback_url,
        "sms_fallback_method": number.sms_fallback_method,
        "capabilities": {"voice": True, "sms": True, "mms": True, "fax": False},
        "status": "in-use",
        "date_created": date(number.bought_at),
        "date_updated": date(number.bought_at),
        "uri": path(network, f"IncomingPhoneNumbers/{number.sid}.json"),
    }
