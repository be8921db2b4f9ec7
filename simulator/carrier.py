"""The carrier: its numbers, the phones of the world, its agenda, and everything that happened."""

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from simulator import delivery, interpreter
from simulator.agenda import Agenda
from simulator.clock import Clock, VirtualClock
from simulator.conferences import Conferences
from simulator.faults import Faults
from simulator.interpreter import Goto
from simulator.legs import Direction, Fallback, Leg, StatusPlan
from simulator.messages import Messages
from simulator.numbers import Line, new_sid
from simulator.phones import Phone
from simulator.queues import Queues
from simulator.recordings import Recordings
from simulator.records import Journal, Problem, RestEntry, WebhookEntry
from simulator.scripts import Script
from simulator.webhooks import Answer, Courier, Purpose, Webhook

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from simulator.server import Server
