"""How gunicorn lets web processes go and come without dropping a request.

It keeps the listening socket while they change (HUP), gives each request under way the carrier's
own patience, and renews a process before it grows too large.
"""

from __future__ import annotations

import resource
from typing import Any

graceful_timeout = 15
"""Seconds; Twilio waits as long for an answer."""
keepalive = 0
"""A request on a kept connection to a process that is being replaced would wait for nobody."""
max_requests = 20_000
max_requests_jitter = 2_000
LARGEST_KILOBYTES = 512 * 1024


def post_request(worker: Any, _request: Any, _environment: Any, _response: Any) -> None:
    """A process that has grown too large finishes what it has and is replaced."""
    if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > LARGEST_KILOBYTES:
        worker.log.warning("a web process has grown too large and is renewed")
        worker.alive = False
