"""The desk, away from the UI thread: one thread reads and watches, one thread writes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from dispatch.desk import Desk
from models.clock import Clock

T = TypeVar("T")


class Backend:
    """Runs queries and commands of a Desk in its two threads; each thread has its own connection.

    Commands run one after the other in the order they were given, and a slow query never holds
    one up. ``open()`` comes first; everything raises DeskError as the desk does.
    """

    def __init__(self, path: str, clock: Clock | None, actor: str | None) -> None:
        self._path = path
        self._clock = clock
        self._actor = actor
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="astra-read")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="astra-write")
        self._seen_version: int | None = None
        self._desk: Desk | None = None

    @property
    def desk(self) -> Desk:
        """The open desk; its settings, values and clock may be read from any thread."""
        if self._desk is None:
            raise RuntimeError("the desk is not open yet")
        return self._desk

    async def open(self) -> Desk:
        """Open the desk and read its lists. Raises DatabaseUnavailable."""

        def work() -> Desk:
            desk = Desk.open(self._path, clock=self._clock, actor=self._actor, create=True)
            with desk.reading():
                desk.values.reload()
            return desk

        self._desk = await self._in(self._reader, work)
        return self._desk

    async def read(self, query: Callable[[], T]) -> T:
        """Run a query in the reading thread."""

        def work() -> T:
            with self.desk.reading():
                return query()

        return await self._in(self._reader, work)

    async def run(self, command: Callable[[Desk], T]) -> T:
        """Run a command in the writing thread; it commits before this returns."""
        return await self._in(self._writer, lambda: command(self.desk))

    async def has_changed(self) -> bool:
        """Has anybody, here or elsewhere, committed since the last call? The first call says yes."""

        def work() -> int:
            # data_version compares only within one connection, and the reading thread never writes
            return self.desk.data_version()

        version = await self._in(self._reader, work)
        changed = version != self._seen_version
        self._seen_version = version
        return changed

    async def close(self) -> None:
        """Finish what is under way and close both connections."""
        for executor in (self._writer, self._reader):
            if self._desk is not None:
                await self._in(executor, self._desk.close)
            executor.shutdown(wait=True)

    @staticmethod
    async def _in(executor: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(executor, work)
