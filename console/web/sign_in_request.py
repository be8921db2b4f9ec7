"""What a form that signs somebody in is sent with: its browser, and the page to go on to."""

from __future__ import annotations

from flask import request, url_for

from console.auth.sign_in import Browser

_BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
_SYSTEMS = ("iPhone", "iPad", "Android", "Windows", "Mac OS", "Linux")


def browser() -> Browser:
    """Where this request comes from: the network, and a browser's name to recognise it by."""
    address = request.remote_addr or ""
    network = ":".join(address.split(":")[:4]) if ":" in address else address
    agent = request.headers.get("User-Agent", "")
    kind = next((name for name in _BROWSERS if name in agent), "")
    system = next((name for name in _SYSTEMS if name in agent), "")
    return Browser(network, f"{kind} {system}".strip())


def own_page() -> str:
    """The page that was asked for before the sign-in; only a page of ours, never another host."""
    wanted = request.values.get("then", "")
    own = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted
    return wanted if own else url_for("console.home")
