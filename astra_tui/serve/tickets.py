"""Tickets: each lets one visitor start one application, once and soon."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from typing import NamedTuple

from dispatch.desk.access.staff import SignedIn

GOOD_FOR_S = 60.0
BYTES = 32
MOST = 1_000
"""Unused tickets; the oldest are dropped."""


class Ticket(NamedTuple):
    """Who may come in; nobody in particular on an open desk."""

    session: SignedIn | None
    good_until: float


class Tickets:
    """The tickets that were given out and not used; only their digests are kept."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._unused: dict[bytes, Ticket] = {}

    def issue(self, session: SignedIn | None) -> str:
        """Return the text of a new ticket."""
        now = self._monotonic()
        self._unused = {key: one for key, one in self._unused.items() if one.good_until > now}
        while len(self._unused) >= MOST:
            del self._unused[next(iter(self._unused))]
        text = secrets.token_urlsafe(BYTES)
        self._unused[_digest(text)] = Ticket(session, now + GOOD_FOR_S)
        return text

    def is_good(self, text: str) -> bool:
        """Return whether a ticket could be used now."""
        found = self._unused.get(_digest(text))
        return found is not None and found.good_until > self._monotonic()

    def use(self, text: str) -> Ticket | None:
        """Return a ticket and forget it; None if it was used before, is too old or was never given out."""
        found = self._unused.pop(_digest(text), None)
        return found if found is not None and found.good_until > self._monotonic() else None


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()
