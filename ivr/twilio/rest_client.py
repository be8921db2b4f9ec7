"""Twilio's REST API as a `Carrier`: short timeouts, no retries, plain errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.twiml.voice_response import VoiceResponse

from ivr.core.carrier import Condition, Ordered, Refused, Seen, TooFast, Unreachable
from ivr.twilio import account_standing, error_codes
from ivr.twilio.links import Links
from ivr.twilio.number_setup import Numbers, differences
from ivr.twilio.rest_http import CarrierHttp, Credentials
from ivr.twilio.sids import SID
from ivr.twilio.twiml import TALK_SECONDS

LIVE = ("queued", "ringing", "in-progress")
GONE = frozenset({20404, 21220, 16022})
"""Error codes of a resource that is gone, or a call or conference that has ended."""
DRILL_KEYS = "wwww1wwwwwwww1"
"""Keys of a drill: English, then the emergency; each `w` waits half a second."""
DRILL_SECONDS = 75
_LISTED = 50
"""At most so many resources are looked at for a finding of `check`."""
_TEXTS_AT_ONCE = 200
_T = TypeVar("_T")


class TwilioCarrier:
    """The carrier as the worker uses it."""

    def __init__(
        self, known: Credentials, numbers: Numbers, links: Links, requests: CarrierHttp
    ) -> None:
        self._numbers, self._number = numbers, numbers.hotline
        self._links, self._requests = links, requests
        self._account, self._auth = known.account, (known.user, known.secret)
        self._client = known.client(requests)

    @property
    def is_away(self) -> bool:
        """Whether requests are suspended because the carrier failed too often."""
        return self._requests.is_away

    def answers(self) -> bool:
        """Fetch the account itself, which changes nothing."""
        try:
            with _plainly():
                self._client.api.accounts(self._account).fetch()
        except (Unreachable, TooFast, Refused):
            return False
        return True

    def ring(self, number: str, token: str, seconds: int, *, gate: bool = False) -> Ordered:
        """Call a phone; the URLs of the offer and the status carry the token."""
        if number == self._number:
            raise Refused("our own number")  # it would call ourselves, without end
        digits = self._numbers.digits.get(number)
        url = self._links.leg(token, *(["gate"] if gate else []))
        with _plainly():
            made = self._client.calls.create(
                to=number,
                from_=self._number,
                **({"send_digits": digits} if digits else {}),
                url=url,
                fallback_url=url if gate else self._links.leg(token, "fallback"),
                timeout=seconds,
                time_limit=TALK_SECONDS,
                status_callback=self._links.leg(token, "status"),
                status_callback_event=["initiated", "ringing", "answered", "completed"],
            )
            return Ordered(str(made.sid), timedelta(milliseconds=int(made.queue_time or 0)))

    def calls_to(self, number: str, since: datetime) -> list[Seen]:
        """Calls to this number created since `since`; queued calls have no start time yet."""
        with _plainly():
            found = self._client.calls.list(to=number, from_=self._number, limit=50)
            return [seen for seen in map(_seen, found) if seen.created_at >= since]

    def is_live(self, sid: str) -> bool:
        """Whether this call is in progress; False for a string that is not a SID."""
        if not SID.match(sid):
            return False
        with _plainly():
            return bool(_or_none(lambda: self._client.calls(sid).fetch().status) in LIVE)

    def ask_again(self, sid: str, token: str) -> None:
        """Send an answered leg back to its offer; end a leg that is not answered."""
        if not SID.match(sid):
            return
        with _plainly():
            sent = _or_none(lambda: self._client.calls(sid).update(url=self._links.leg(token)))
            if sent is None:
                self.hang_up(sid)

    def hang_up(self, sid: str) -> None:
        """End a call; 404 and "not in progress" mean that it has already ended."""
        if not SID.match(sid):
            return
        with _plainly():
            _or_none(lambda: self._client.calls(sid).update(status="completed"))

    def announce(self, conference_sid: str, leg_sid: str, name: str) -> bool:
        """Have a participant fetch a document of ours."""
        if not (SID.match(conference_sid) and SID.match(leg_sid)):
            return False
        there = self._client.conferences(conference_sid).participants(leg_sid)
        url = self._links.announcement(name)
        with _plainly():
            told = _or_none(lambda: there.update(announce_url=url, announce_method="POST"))
        return told is not None

    def dequeue(self, queue_sid: str, sid: str) -> None:
        """Never a redirect of the call: a late one would pull the caller out of the room."""
        if not (SID.match(queue_sid) and SID.match(sid)):
            return
        with _plainly():
            member = self._client.queues(queue_sid).members(sid)
            _or_none(lambda: member.update(url=self._links.resumed()))

    def end_sittings(self, name: str, but: str | None = None) -> bool:
        """The list may miss a conference for about two seconds after it began."""
        with _plainly():
            found = [each for each in self._open_conferences(name) if each.sid != but]
            for conference in found:
                _or_none(partial(conference.update, status="completed"))
            return bool(found)

    def sittings(self) -> list[str]:
        """Conferences in progress; who waits alone in one asks us again every few seconds."""
        with _plainly():
            found = self._client.conferences.list(status="in-progress", limit=200)
            return [str(conference.friendly_name) for conference in found]

    def lonely(self) -> list[str]:
        """A conference with one leg in it has the status "init", or had two of them before."""
        with _plainly():
            return [
                str(conference.friendly_name)
                for status in ("init", "in-progress")
                for conference in self._client.conferences.list(status=status, limit=200)
                if len(_or_none(partial(conference.participants.list, limit=2)) or []) < 2
            ]

    def labels_in(self, name: str) -> set[str]:
        """A conference with one leg in it has not begun: its status is not "in-progress"."""
        with _plainly():
            return {
                str(participant.label)
                for conference in self._open_conferences(name)
                for participant in _or_none(partial(conference.participants.list, limit=20)) or []
            }

    def _open_conferences(self, name: str) -> list[Any]:
        found = self._client.conferences.list(friendly_name=name, limit=20)
        return [conference for conference in found if conference.status != "completed"]

    def send_on(self, sid: str, seat: str | None) -> None:
        """Redirect a call; one that has ended needs nothing."""
        if not SID.match(sid):
            return
        url = self._links.seat(seat, "found", 0) if seat else self._links.resumed()
        with _plainly():
            _or_none(lambda: self._client.calls(sid).update(url=url))

    def recordings_of(self, call_sid: str) -> list[Seen]:
        """The recordings made of a call."""
        if not SID.match(call_sid):
            return []
        with _plainly():
            found = self._client.recordings.list(call_sid=call_sid, limit=20)
            return [_seen(recording) for recording in found]

    def recordings_since(self, at: datetime) -> list[Seen]:
        """Every recording of the account made since `at`, also of other applications."""
        with _plainly():
            found = self._client.recordings.list(date_created_after=at, limit=200)
            return [seen for seen in map(_seen, found) if seen.created_at >= at]

    def is_call_of_ours(self, sid: str) -> bool:
        """Whether one end of this call is one of our numbers."""
        if not SID.match(sid):
            return False
        with _plainly():
            call = _or_none(lambda: self._client.calls(sid).fetch())
        # the library keeps the field `from` under this name, since that is a word of the language
        return call is not None and bool({call.to, call._from} & self._ours)

    def others(self) -> tuple[int, int]:
        """Numbers of the account besides ours, and recordings of the last day of their calls."""
        with _plainly():
            numbers = self._client.incoming_phone_numbers.list(limit=_LISTED)
        foreign = sum(each.phone_number not in self._ours for each in numbers)
        yesterday = self.recordings_since(datetime.now(UTC) - timedelta(days=1))[:_LISTED]
        calls = {seen.call_sid for seen in yesterday}
        return foreign, sum(not self.is_call_of_ours(sid) for sid in calls)

    @property
    def _ours(self) -> set[str]:
        return {number for number in (self._numbers.hotline, self._numbers.drill) if number}

    def fetch(self, recording_sid: str) -> bytes | None:
        """The audio, from a URL that we build; a URL from a form is never used."""
        if not SID.match(recording_sid):
            raise Refused("not a recording SID")
        path = f"/2010-04-01/Accounts/{self._account}/Recordings/{recording_sid}.wav"
        answer = self._requests.send("GET", path, self._auth)
        if answer.is_redirect:
            answer = self._requests.follow(answer)
        if answer.status_code == 404:
            return None
        if answer.status_code != 200:
            raise Unreachable(str(answer.status_code))
        expected = answer.headers.get("content-length")
        if expected is not None and int(expected) != answer.num_bytes_downloaded:
            raise Unreachable("cut off")
        return answer.content

    def forget(self, recording_sid: str) -> None:
        """Delete a recording; one that is gone is fine."""
        if not SID.match(recording_sid):
            return
        with _plainly():
            _or_none(lambda: self._client.recordings(recording_sid).delete())

    def forget_call(self, sid: str) -> None:
        """Delete a call's log. Twilio refuses while the call is in progress (20009)."""
        with _plainly():
            _or_none(lambda: self._client.calls(sid).delete())

    def forget_text(self, sid: str) -> None:
        """Delete a text; one that is gone is fine. Twilio refuses while it is being sent."""
        if not SID.match(sid):
            return  # it came without one, so it has a name of ours
        with _plainly():
            _or_none(lambda: self._client.messages(sid).delete())

    def texts_before(self, instant: datetime) -> list[str]:
        """Texts sent or received before then, also replies, whose SIDs are never told to us."""
        with _plainly():
            listed = partial(
                self._client.messages.list, date_sent_before=instant, limit=_TEXTS_AT_ONCE
            )
            return [seen.sid for seen in self._of_ours(listed)]

    def calls_of_ours(self) -> list[Seen]:
        """Calls to or from our numbers, of the whole account's history."""
        with _plainly():
            return self._of_ours(self._client.calls.list)

    def texts_of_ours(self) -> list[Seen]:
        """Texts to or from our numbers, of the whole account's history."""
        with _plainly():
            return self._of_ours(self._client.messages.list)

    def _of_ours(self, listed: Callable[..., list[Any]]) -> list[Seen]:
        found = (
            thing
            for number in self._ours
            for end in ("to", "from_")
            for thing in listed(**{end: number})
        )
        return list({seen.sid: seen for seen in map(_seen, found)}.values())

    def call_ourselves(self, number: str) -> str:
        """Call the hotline from another number of ours, choose English, choose an emergency,
        wait."""
        waiting = VoiceResponse()
        waiting.pause(length=DRILL_SECONDS)
        with _plainly():
            made = self._client.calls.create(
                to=self._number, from_=number, send_digits=DRILL_KEYS, twiml=str(waiting)
            )
            return str(made.sid)

    def condition(self) -> Condition:
        """How our numbers are set at the carrier, and its clock against ours."""
        with _plainly():
            found = tuple(differences(self._client, self._numbers))
            account = tuple(account_standing.faults(self._client, self._account, self._number))
            return Condition(found, self._requests.clock_seconds, account)

    def unregistered(self) -> tuple[str, ...]:
        """Whether the number is in a verified campaign, or verified as a toll-free one."""
        with _plainly():
            return tuple(account_standing.unregistered(self._client, self._number))

    def limits(self) -> tuple[str, ...]:
        """Whether the account has a business profile and may call the United States."""
        with _plainly():
            return tuple(account_standing.limits(self._client))

    def text(self, number: str, body: str, token: str) -> str:
        """Send an SMS."""
        with _plainly():
            made = self._client.messages.create(
                to=number,
                from_=self._number,
                body=body,
                status_callback=self._links.text_status(token),
            )
            return str(made.sid)

    def texts_to(self, number: str, since: datetime) -> list[Seen]:
        """Texts to this number created since `since`."""
        with _plainly():
            found = self._client.messages.list(to=number, from_=self._number, limit=50)
            return [seen for seen in map(_seen, found) if seen.created_at >= since]


def _seen(thing: Any) -> Seen:
    created = thing.date_created or datetime.now(UTC)
    return Seen(
        sid=thing.sid,
        created_at=created if created.tzinfo else created.replace(tzinfo=UTC),
        seconds=int(getattr(thing, "duration", 0) or 0),
        call_sid=getattr(thing, "call_sid", "") or "",
        text=getattr(thing, "body", "") or "",
    )


def _or_none(ask: Callable[[], _T]) -> _T | None:
    """None when the resource is gone or no longer live."""
    try:
        return ask()
    except TwilioRestException as error:
        if error.status == 404 or error.code in GONE:
            return None
        raise


@contextmanager
def _plainly() -> Iterator[None]:
    """Translate the library's errors once: refused, too fast, or no clear answer."""
    try:
        yield
    except TwilioRestException as error:
        if error.status == 429:
            raise TooFast(str(error.code)) from error
        if 400 <= error.status < 500:
            code = str(error.code or error.status)
            raise Refused(code, error_codes.trouble(code)) from error
        raise Unreachable(str(error.status)) from error
    except (TwilioException, ValueError) as error:
        # ValueError: the answer is not JSON, such as a redirect or a proxy's page
        raise Unreachable(type(error).__name__) from error
