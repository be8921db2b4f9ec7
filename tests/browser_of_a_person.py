"""A browser that is told by Web Push: its keys, and what it reads of a post to its push service."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.coordinator import Coordinator
from tests.mail_server import PostServer

SECRET_BYTES = b"sixteen bytes ok"


@dataclass
class PushedBrowser:
    """A browser whose push service is a server of this machine."""

    service: PostServer
    name: str = "one"
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def endpoint(self) -> str:
        """Where its notices go."""
        return f"{self.service.url}&browser={self.name}"

    def turned_on_by(self, visitor: Coordinator, endpoint: str | None = None) -> Coordinator:
        """What the page sends when its owner presses the button."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        visitor.opens("/account").posts(
            "/account/browsers",
            endpoint=self.endpoint if endpoint is None else endpoint,
            p256dh=base64.urlsafe_b64encode(point).decode().rstrip("="),
            auth=base64.urlsafe_b64encode(SECRET_BYTES).decode().rstrip("="),
            csrf=visitor.token,
        )
        return visitor.opens("/account")

    @property
    def shows(self) -> list[dict[str, str]]:
        """The notices that it shows, oldest first."""
        return [
            json.loads(http_ece.decrypt(post.body, private_key=self.key, auth_secret=SECRET_BYTES))
            for post in self.service.posts
        ]
