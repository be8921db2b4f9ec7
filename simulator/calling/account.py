"""The account: everything that Twilio keeps for one customer, and what each TwiML verb does."""

from collections.abc import Mapping
from functools import partial

from simulator.calling import call_control, call_setup, meters, say_and_gather
from simulator.calling.call_recordings import Recordings, record
from simulator.calling.conference_legs import dial_conference
from simulator.calling.conferences import Conferences
from simulator.calling.dial import Noun, dial, dial_numbers
from simulator.calling.meters import Meters
from simulator.calling.queues import Queues, dial_queue, enqueue
from simulator.telephony.exchange import Exchange, Setup
from simulator.telephony.legs import Leg, Verb
from simulator.telephony.messages import Messages
from simulator.telephony.phones import Phone


class Account(Exchange):
    """An exchange that executes TwiML, and keeps queues, conferences, recordings and texts."""

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self.queues = Queues(self)
        self.conferences = Conferences(self)
        self.recordings = Recordings(self)
        self.messages = Messages(self)
        self.verbs = self._verb_scripts()

    def _verb_scripts(self) -> Mapping[str, Verb]:
        nouns: Mapping[str, Noun] = {
            "Number": partial(dial_numbers, self, self.recordings),
            "Queue": partial(dial_queue, self.queues, self.recordings),
            "Conference": partial(dial_conference, self.conferences),
        }
        return {
            "Say": say_and_gather.say,
            "Play": say_and_gather.play,
            "Pause": say_and_gather.pause,
            "Gather": say_and_gather.gather,
            "Record": partial(record, self, self.recordings),
            "Dial": partial(dial, self, nouns),
            "Enqueue": partial(enqueue, self, self.queues),
            "Leave": call_control.at_once(call_control.leave),
            "Redirect": call_control.at_once(call_control.redirect),
            "Reject": call_control.at_once(call_control.reject),
            "Hangup": call_control.at_once(call_control.hang_up),
        }

    @property
    def meters(self) -> Meters:
        """What no run of the hotline should show, measured up to now."""
        return meters.read(self, self.conferences)

    def take_call(self, phone: Phone, number: str, shown: str, extra: Mapping[str, str]) -> Leg:
        """A phone calls a number of the account; `shown` is its caller ID."""
        return call_setup.arrive(self, phone, number, shown, extra)

    def take_text(self, phone: Phone, number: str, body: str) -> None:
        """A phone sends an SMS to a number of the account."""
        self.messages.receive(phone, number, body)
