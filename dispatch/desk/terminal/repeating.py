"""Commands on a desk that can be lost for a while: done once, however often the connection is lost.

Each gets a request id of its own. If the connection is lost it is repeated under that id, which answers the
recorded result where the commit was durable and only its answer was lost.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from models.errors import LOST, DatabaseUnavailable

R = TypeVar("R")

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 1.0
KEPT_FOR_S = 600.0
"""How long the same command, given again, is a repeat of one that was given up, and no other."""


class Asked(Protocol):
    """What takes a command's request id: a desk."""

    @property
    def request_id(self) -> str | None: ...
    def request(self, request_id: str | None, /) -> AbstractContextManager[object]: ...


class Repeating(threading.local):
    """How one process repeats its commands, with what each thread has under way.

    A command is given up once it has been lost for ``patience_s``, or when ``over`` is set. What is said
    then has the hint that ``hint`` makes of its request id. Given again soon, it still has that id.
    ``is_first_try`` while nobody can have used the id of the command under way.
    """

    is_first_try = False
    has_begun = False
    """Whether a transaction has begun since ``call``, so that something may be written."""
    _until: float | None = None

    def __init__(self, patience_s: float, over: threading.Event, hint: Callable[[str], str]) -> None:
        self._patience_s, self._over, self._hint = patience_s, over, hint
        self._given: dict[str, str] = {}
        self._given_up: dict[str, tuple[str, float]] = {}

    def call(self, work: Callable[[], R], since: float) -> R:
        """Run something that gives commands, and wait for the server if it is lost before the first.

        ``since`` is when it was asked for, on the monotonic clock. What is lost behind a command is not
        repeated from the start, but if it is asked for again, the commands that were done are not.
        """
        self._until = since + self._patience_s
        self._given.clear()
        try:
            return self._repeated(lambda: self._from_the_start(work), lambda: not self.has_begun)
        except DatabaseUnavailable as error:
            if error.code == LOST:
                for command, request in self._given.items():
                    self._give_up(command, request)
            raise
        finally:
            self._until = None

    def _from_the_start(self, work: Callable[[], R]) -> R:
        self.has_begun = False
        return work()

    def run(self, desk: Asked, command: str, once: Callable[[], R]) -> R:
        """Run one command, ``command`` being what tells it from others. Raises DeskError."""
        request = desk.request_id or self._earlier(command)
        self.is_first_try = request is None
        given = self._given[command] = request or secrets.token_hex(10)

        def again() -> bool:
            self.is_first_try = False
            return True

        try:
            with desk.request(given):
                return self._repeated(once, again)
        except DatabaseUnavailable as error:
            if error.code != LOST:
                raise
            self._give_up(command, given)
            raise DatabaseUnavailable(LOST, error.message, self._hint(given)) from error
        finally:
            self.is_first_try = False

    def _give_up(self, command: str, request: str) -> None:
        self._given_up[command] = request, time.monotonic() + KEPT_FOR_S

    def _earlier(self, command: str) -> str | None:
        """Return the id under which a command was given up lately, if it was."""
        request, until = self._given_up.pop(command, (None, 0.0))
        return request if time.monotonic() < until else None

    def _repeated(self, work: Callable[[], R], may_repeat: Callable[[], bool]) -> R:
        until, pause = self._until, FIRST_PAUSE_S
        while True:
            try:
                return work()
            except DatabaseUnavailable as error:
                until = until or time.monotonic() + self._patience_s
                is_late = time.monotonic() > until or self._over.is_set()
                if error.code != LOST or is_late or not may_repeat():
                    raise
            self._over.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)
