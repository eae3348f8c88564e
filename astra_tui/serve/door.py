"""The door: who may ask at all, by Host and Origin, and the headers of every answer.

A page of another site can make a browser ask this server, on loopback too, and can have its own name lead
here. So every request has to name the public address, and what comes from a page has to come from ours.
"""

from __future__ import annotations

from typing import NamedTuple

from aiohttp import web

from astra_tui.serve.address import Public
from dispatch.inputs import validation

OUR_SITES = frozenset({"same-origin", "none"})  # none: typed, or a bookmark
WRONG_HOST = 421


class Turned(NamedTuple):
    """Why a request is turned away: the status, a code for the log, and what was wrong, quoted."""

    status: int
    code: str
    what: str


def turned_away(request: web.Request, public: Public) -> Turned | None:
    """Return why a request is turned away; None if it is let in."""
    hosts = request.headers.getall("Host", [])
    if [host.lower() for host in hosts] != [public.host]:
        return Turned(WRONG_HOST, "host", validation.excerpt(", ".join(hosts)))
    origins = request.headers.getall("Origin", [])
    if origins and origins != [public.origin]:
        return Turned(web.HTTPForbidden.status_code, "origin", validation.excerpt(", ".join(origins)))
    if not origins and (request.method != "GET" or _is_upgrade(request)):
        return Turned(web.HTTPForbidden.status_code, "origin", "none")
    site = request.headers.get("Sec-Fetch-Site", "none")
    if site not in OUR_SITES and not _is_link(request):
        return Turned(web.HTTPForbidden.status_code, "site", validation.excerpt(site))
    return None


def _is_upgrade(request: web.Request) -> bool:
    return "Upgrade" in request.headers


def _is_link(request: web.Request) -> bool:
    """Return whether somebody follows a link from another page, in a tab and not in a frame."""
    asked = request.headers
    return (asked.get("Sec-Fetch-Mode"), asked.get("Sec-Fetch-Dest")) == ("navigate", "document")


def headers_of(public: Public) -> dict[str, str]:
    """Return the headers that every answer has."""
    # the terminal writes its styles into the page, so those inside it have to be allowed
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self';"
        f" img-src 'self' data:; connect-src 'self' {public.socket_origin};"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        # none at all would make the browser hide the origin of our own form
        "Referrer-Policy": "same-origin",
        "Server": "astra",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
