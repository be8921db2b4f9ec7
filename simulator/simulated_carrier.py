"""The carrier: an account, the stage on which people play with it, its HTTP side and its server."""

import ssl
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from simulator.base.clock import Clock, RealClock, VirtualClock
from simulator.base.records import Journal
from simulator.calling.account import Account
from simulator.delivery.courier import Courier
from simulator.delivery.faults import Faults
from simulator.scenario.stage import Stage
from simulator.telephony.exchange import Setup
from simulator.web.http_api import HttpApi
from simulator.web.server import WEBHOOK_THREADS, Server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

ACCOUNT_SID = "AC" + "5ca1ab1e" * 4
AUTH_TOKEN = "simulated-auth-token"  # noqa: S105 - opens nothing but the simulator itself
WEBHOOK_SECONDS = 15.0


class Carrier(Account):
    """Plays Twilio for one account, with any number of lines and phones."""

    def __init__(
        self,
        clock: Clock | None = None,
        account_sid: str = ACCOUNT_SID,
        auth_token: str = AUTH_TOKEN,
        http: httpx.Client | None = None,
        *,
        base_url: str = "https://api.twilio.com",
        journal_path: Path | str | None = None,
        journal_in_memory: bool = True,
        seed: int = 0,
        patience: float = 1.0,
    ) -> None:
        path = Path(journal_path) if journal_path else None
        client = http or httpx.Client(timeout=WEBHOOK_SECONDS)
        setup = Setup(
            clock or RealClock(),
            Journal(path, in_memory=journal_in_memory),
            Courier(client, auth_token, patience),
            Faults(seed),
            account_sid,
            auth_token,
            base_url,
        )
        super().__init__(setup)
        self.stage = Stage(self)

    @cached_property
    def wsgi(self) -> "WSGIApplication":
        """Twilio's REST API and the simulator's own control API, as a WSGI application."""
        return HttpApi(self.stage)

    def serve(
        self, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
    ) -> Server:
        """Start a real HTTP server with its own threads; port 0 chooses a free port."""
        if isinstance(self.clock, VirtualClock):
            raise RuntimeError("a server needs a real clock")
        server = Server(self.wsgi, self.work, self.stop_serving, host, port, tls)
        self.is_serving = True
        self.base_url = server.url
        self.outbox.use_threads(WEBHOOK_THREADS)
        server.start()
        return server

    def stop_serving(self) -> None:
        """Stop the threads of webhooks."""
        self.outbox.close()
        self.is_serving = False
