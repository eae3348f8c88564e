"""The desk that is served: who may come in, and the token that each visitor's application gets.

Each question opens the desk for itself, in one thread: passwords are checked one after the other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from dispatch.bootstrap import open_desk
from dispatch.desk.access.staff import SignedIn
from dispatch.desk.desk import Desk
from dispatch.people import sign_in, tokens
from models.errors import DeskError, Refused
from models.opening import name_of

T = TypeVar("T")

MOST_WAITING = 20
TOKEN_DAYS = 1
NOTE = "browser"


class ServedDesk:
    """A desk's file, as the pages need it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = name_of(str(path))
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="astra-door")
        self._waiting = 0

    def close(self) -> None:
        self._thread.shutdown()

    async def is_open(self) -> bool:
        """Return whether the desk has no users. Raises DatabaseUnavailable."""
        return await self._in_thread(self._is_open)

    async def sign_in(self, login: str, password: str) -> SignedIn:
        """Check a name and a password. Raises NotPermitted, and Refused where too many wait already."""
        if self._waiting >= MOST_WAITING:
            raise Refused("busy", "Too many people are signing in", "try again in a moment")
        return await self._in_thread(lambda: self._sign_in(login, password))

    async def begin(self, session: SignedIn) -> str:
        """Return the text of a token for the application of who has signed in. Raises DeskError."""
        return await self._in_thread(lambda: self._begin(session))

    async def finish(self, token: str) -> None:
        """Revoke the token of an application that has ended."""
        await self._in_thread(lambda: self._finish(token))

    async def desk_id(self) -> str:
        """Return what tells this desk from others."""
        return await self._in_thread(self._desk_id)

    def _is_open(self) -> bool:
        with self._desk() as desk, desk.reading():
            return desk.staff.is_open

    def _desk_id(self) -> str:
        with self._desk() as desk, desk.reading():
            return desk.settings.desk_id or "desk"

    def _sign_in(self, login: str, password: str) -> SignedIn:
        with self._desk() as desk:
            return sign_in.sign_in(desk, login, password)

    def _begin(self, session: SignedIn) -> str:
        with self._desk() as desk:
            sign_in.resume(desk, session)
            return tokens.make_token(desk, days=TOKEN_DAYS, note=NOTE)["token"]

    def _finish(self, token: str) -> None:
        with suppress(DeskError), self._desk() as desk:  # it was revoked already, or will expire
            session = sign_in.by_token(desk, token)
            if session.token_id is not None:
                tokens.revoke(desk, session.token_id)

    @contextmanager
    def _desk(self) -> Iterator[Desk]:
        desk = open_desk(self.path)
        try:
            yield desk
        finally:
            desk.close()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        finally:
            self._waiting -= 1
