"""The desk, away from the UI thread: one thread reads and watches, one thread writes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from dispatch.desk import Desk
from dispatch.values import AcceptedValues
from models.clock import Clock
from models.errors import DatabaseUnavailable

T = TypeVar("T")


class FileReplaced(DatabaseUnavailable):
    """Another file has the database's path now."""


class Backend:
    """Runs queries and commands of a Desk in its two threads; each thread has its own connection.

    Commands run one after the other in the order they were given, and a slow query never holds
    one up. ``open()`` comes first; everything raises DeskError as the desk does.

    ``values`` are the accepted values as last read, for the UI thread: unlike the desk's own, which
    a refused command makes forget, they never ask the database by themselves.
    """

    def __init__(self, path: str, clock: Clock | None, actor: str | None) -> None:
        self._path = path
        self._clock = clock
        self._actor = actor
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="astra-read")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="astra-write")
        self.values = AcceptedValues()
        self._seen_version: int | None = None
        self._file: tuple[int, int] | None = None
        self._desk: Desk | None = None

    @property
    def desk(self) -> Desk:
        """The open desk; its settings and clock may be read from any thread."""
        if self._desk is None:
            raise RuntimeError("the desk is not open yet")
        return self._desk

    async def open(self) -> Desk:
        """Open the desk and read its lists. Raises DatabaseUnavailable."""

        def work() -> Desk:
            desk = Desk.open(self._path, clock=self._clock, actor=self._actor, create=True)
            with desk.reading():
                self.values.reload()
            self._file = self._identity()
            return desk

        self._desk = await self._in(self._reader, work)
        return self._desk

    async def read(self, query: Callable[[], T]) -> T:
        """Run a query in the reading thread."""

        def work() -> T:
            self._identity()  # a connection would go on reading a file that was deleted
            with self.desk.reading():
                return query()

        return await self._in(self._reader, work)

    async def run(self, command: Callable[[Desk], T]) -> T:
        """Run a command in the writing thread; it commits before this returns."""

        def work() -> T:
            self._check_file()
            return command(self.desk)

        return await self._in(self._writer, work)

    async def has_changed(self) -> bool:
        """Has anybody, here or elsewhere, committed since the last call? The first call says yes."""

        def work() -> int:
            self._check_file()
            # data_version compares only within one connection, and the reading thread never writes
            return self.desk.data_version()

        try:
            version = await self._in(self._reader, work)
        except FileReplaced:
            await self._reconnect()
            return True
        changed = version != self._seen_version
        self._seen_version = version
        return changed

    async def close(self) -> None:
        """Finish what is under way and close both connections."""
        for executor in (self._writer, self._reader):
            if self._desk is not None:
                await self._in(executor, self._desk.close)
            executor.shutdown(wait=True)

    def _identity(self) -> tuple[int, int]:
        try:
            status = os.stat(self._path)
        except OSError as error:
            raise DatabaseUnavailable(
                "no_database",
                f"{self._path} cannot be found any more ({error.strerror})",
                "put the file back where it was",
            ) from error
        return status.st_dev, status.st_ino

    def _check_file(self) -> None:
        # a connection goes on with a deleted file as if nothing had happened, and all it writes is lost
        if self._identity() != self._file:
            raise FileReplaced(
                "replaced", f"{self._path} was replaced by another file", "look again, then repeat it"
            )

    async def _reconnect(self) -> None:
        """Open the file that now has the path; each thread closes its own connection to the old one."""
        for executor in (self._writer, self._reader):
            await self._in(executor, self.desk.close)
        self._file, self._seen_version = self._identity(), None

    @staticmethod
    async def _in(executor: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(executor, work)
