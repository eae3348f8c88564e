"""The desk, away from the UI thread: one thread reads and watches, one writes, two compute figures."""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

from dispatch.bootstrap import open_desk
from dispatch.desk import event_log
from dispatch.desk.accepted_values import AcceptedValues
from dispatch.desk.access.permissions import Person, nobody
from dispatch.desk.desk import Desk
from dispatch.desk.terminal.repeating import Repeating
from dispatch.inputs.filters.filter_reader import Reading
from dispatch.operations import sweep_record
from dispatch.operations.backup_record import is_due
from dispatch.operations.daily_backup import run_if_due
from dispatch.operations.row_types import SweepResult
from dispatch.operations.sweep import sweep
from dispatch.people import sign_in
from dispatch.queries import new_work
from dispatch.queries.new_work import Heard, Restored
from dispatch.service.satisfaction import training
from models.clock import Clock
from models.errors import LOST, DatabaseUnavailable, NotPermitted, Refused
from models.opening import absolute, name_of, place_of, shown

T = TypeVar("T")
PAUSE_S = 0.05
REPEAT_FOR_S = 30.0  # a command whose server is lost
REPEAT_HINT = "try again once it is back; nothing is done twice"
OWN_KEPT = 10_000  # recent events, ours or not, that may still be asked about


class Changes(NamedTuple):
    """Whether anybody has committed, whether it was at another terminal, and a restore of the desk."""

    any: bool
    by_others: bool
    restored: Restored | None = None


class FileReplaced(DatabaseUnavailable):
    """Another file has the database's place now; nothing is read or written until it is loaded."""


class Backend:
    """Run queries and commands of a Desk in two threads, each with its own connection.

    Commands run one after the other in the order given, and a slow query never delays one. Slow
    work, such as thousands of scores or a training, goes ``beside`` both. Call ``open()``
    first; everything raises DeskError as the desk does.

    ``path`` is what opens the desk; ``address`` is its name for people, ``name`` a short one.
    ``values`` are the accepted values as last read, for the UI thread: unlike the desk's own, which
    a refused command discards, they never query the database. ``own_events`` are the
    ids of the latest events written by commands of this application, ``last_own_event`` the last of them.
    ``unswept_since`` is when the desk was last swept, by anybody, if that is too long ago, and ``absence``
    the words for it as the desk was opened. ``change_signal`` is a file that can be read from once somebody
    else commits; None: look regularly.
    ``is_open`` while the desk has no users; else ``person`` is who has signed in, as of the last look, or
    ``not_admitted`` why nobody is. ``identify`` signs in whom the process belongs to.
    """

    def __init__(
        self,
        path: str,
        clock: Clock | None,
        actor: str | None,
        identify: Callable[[Desk], object] | None = None,
    ) -> None:
        self.path = absolute(path)
        self.address, self.name = shown(self.path), name_of(self.path)
        self._clock = clock
        self._actor, self._identify = actor, identify
        self.is_open = True
        self.person: Person | None = None
        self.not_admitted: NotPermitted | None = None
        self._session = f"application {secrets.token_hex(4)}"
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="astra-read")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="astra-write")
        self._beside = ThreadPoolExecutor(2, thread_name_prefix="astra-beside")
        self.closing = threading.Event()
        self._repeating = Repeating(REPEAT_FOR_S, self.closing, lambda _: REPEAT_HINT)
        self._looking_at_staff = threading.Lock()
        self.values = AcceptedValues()
        self.own_events: set[int] = set()
        self.last_own_event = 0
        self._seen_version: int | None = None
        self._seen_event = 0
        self._file = place_of(self.path)
        self._desk: Desk | None = None
        self._at_work_beside: set[Callable[[], Any]] = set()
        self.replaced: FileReplaced | None = None
        self.unswept_since = self.absence = ""
        self.change_signal: int | None = None

    @property
    def desk(self) -> Desk:
        """The open desk; its settings and clock may be read from any thread."""
        if self._desk is None:
            raise RuntimeError("the desk is not open yet")
        return self._desk

    def filter_reading(self, my_agent_id: int | None = None) -> Reading:
        """The current values by which a filter text is read."""
        values, now = self.values, self.desk.now()
        return Reading(now, values.of, my_agent_id, known=values.known, settings=self.desk.settings)

    async def open(self) -> Desk:
        """Open the desk and read its lists. Raises DatabaseUnavailable."""
        self._desk = await self._in(self._reader, lambda: self._open(create=True))
        return self._desk

    def _open(self, *, create: bool) -> Desk:
        desk = open_desk(
            self.path, clock=self._clock, actor=self._actor, session=self._session, create=create
        )
        with desk.reading():
            self.values.reload()
        self.absence, self.unswept_since = sweep_record.absence(desk), ""
        desk.heard = self._hear
        if not desk.database.is_file:
            desk.repeating = self._repeating
        self._file.take()
        known = self._desk
        if known is not None and known.settings.desk_id == desk.settings.desk_id:
            sign_in.resume(desk, known.staff.signed_in)
        elif self._identify is not None:
            self._identify(desk)
        self._look_at_staff(desk)
        return desk

    def open_another(self) -> Desk:
        """Open the desk once more, for whoever works beside the application. Raises DatabaseUnavailable."""
        return open_desk(self.path, clock=self._clock, actor=self._actor, session=self._session, create=False)

    def _look_at_staff(self, desk: Desk) -> None:
        """Read who may see the desk; one thread at a time, so that the last look is the newest."""
        with self._looking_at_staff, desk.reading():
            desk.staff.forget()
            is_open, person, error = desk.staff.is_open, None, None
            if not is_open:
                try:
                    person = desk.staff.person(desk.now())
                except NotPermitted as refusal:
                    error = refusal
            self.is_open, self.person, self.not_admitted = is_open, person, error

    async def sign_in(self, login: str, password: str) -> Person:
        """Sign in in the writing thread. Raises DeskError."""

        def work(desk: Desk) -> Person:
            sign_in.sign_in(desk, login, password)
            self._look_at_staff(desk)
            if self.person is None:
                raise nobody()
            return self.person

        return await self.run(work)

    def sign_out(self) -> None:
        """End the session: commands are refused from now on."""
        sign_in.sign_out(self.desk)
        with self._looking_at_staff:
            self.person, self.not_admitted = None, nobody()

    def _hear(self, event_id: int) -> None:
        self.own_events.add(event_id)
        self.last_own_event = event_id

    async def read(self, query: Callable[[], T]) -> T:
        """Run a query in the reading thread."""

        def work() -> T:
            self._check_file()
            with self.desk.reading():
                return query()

        return await self._in(self._reader, lambda: _once_more(work))

    async def beside(self, query: Callable[[], T]) -> T:
        """Run slow work in a thread and with a connection of its own, so that no other answer waits for it.

        Work that takes seconds should check ``closing`` now and then, and give up.
        """

        def work() -> T:
            self._at_work_beside.add(work)
            try:
                self._check_file()
                with self.desk.reading():
                    return query()
            finally:
                self.desk.close()  # none is left to a file that is replaced
                self._at_work_beside.discard(work)

        return await self._in(self._beside, work)

    async def run(self, command: Callable[[Desk], T]) -> T:
        """Run a command in the writing thread; it commits before this returns.

        If the server is lost it waits for it to come back, but not for long.
        """
        asked_at = time.monotonic()

        def once() -> T:
            with self.desk.reading():
                return command(self.desk)

        def work() -> T:
            self._check_file()
            return once() if self.desk.repeating is None else self._repeating.call(once, asked_at)

        return await self._in(self._writer, work)

    async def sweep(self) -> SweepResult | None:
        """Do what is due, in the writing thread; its changes count as made by others.

        The training and the daily backup are made beside it, as they take longer. None if a process that
        sweeps all the time has just done all of it.
        """

        def work(desk: Desk) -> SweepResult | None:
            if sweep_record.is_left_to_sweeper(desk):
                return None
            heard, desk.heard = desk.heard, None
            try:
                return sweep(desk)
            finally:
                desk.heard = heard

        done = await self.run(work)
        if done is None:
            return None
        if await self.read(lambda: is_due(self.desk)):
            made = await self.beside(lambda: run_if_due(self.desk))
            done["backups"], done["backup_problem"] = made
        if await self.read(training.is_due):
            learned = await self.beside(lambda: training.run_if_due(self.desk, self._check_open))
            done["trained"], done["training_problem"] = learned
        return done

    def _check_open(self) -> None:
        if self.closing.is_set():
            raise Refused("stopped", "Astra was closed")

    async def changes(self) -> Changes:
        """Return what was committed, here or elsewhere, since the last call; the first call always does."""

        def work() -> Changes:
            self._check_file()
            # data_version compares only within one connection, and the reading thread never writes
            version = self.desk.data_version()
            self.change_signal = self.desk.database.change_signal()
            is_first, changed = self._seen_version is None, version != self._seen_version
            if not changed:
                return Changes(False, False)
            heard = self._listen()
            self._look_at_staff(self.desk)
            self._seen_version = version
            if is_first or not heard.is_restored:
                return Changes(True, heard.by_others and not is_first)
            with self.desk.reading():
                return Changes(True, heard.by_others, new_work.last_restore())

        return await self._in(self._reader, lambda: _once_more(work))

    def _listen(self) -> Heard:
        """Return what was written since the last call."""
        before = self._seen_event
        with self.desk.reading():
            newest = event_log.last_event()
            heard = new_work.heard_since(before, self.own_events)
        self._seen_event = newest
        for event_id in [*self.own_events]:  # the writing thread may add to it meanwhile
            if event_id <= before - OWN_KEPT:
                self.own_events.discard(event_id)
        return heard

    async def close(self) -> None:
        """Finish what is under way, except work running beside, and close the connections."""
        self.closing.set()
        self._beside.shutdown(wait=False, cancel_futures=True)
        with suppress(DatabaseUnavailable):
            self._check_file()  # a new file must not get the log of the old one when that is closed
        for executor in (self._writer, self._reader):
            if self._desk is not None:
                await self._in(executor, self._desk.close)
            executor.shutdown(wait=True)

    def _check_file(self) -> None:
        # a connection to a file that was deleted or replaced keeps working, and all it writes is lost
        if self.replaced is not None:
            raise self.replaced
        try:
            how = self._file.replaced() if self._desk is not None else ""
        except OSError as error:
            raise DatabaseUnavailable(
                "no_database",
                f"lost the database file {self.address} ({error.strerror})",
                "put the file back where it was",
            ) from error
        if how:
            self._file.set_log_aside()
            self.replaced = FileReplaced("replaced", f"{self.address} was {how} by another file")
            raise self.replaced

    async def load_replacement(self) -> bool:
        """Open the file that has the path now; return whether it is the same desk.

        All connections to the old file are closed before: they would share the log of the new one. Raises
        DatabaseUnavailable.
        """
        while self._at_work_beside:
            await asyncio.sleep(PAUSE_S)
        for executor in (self._writer, self._reader):
            await self._in(executor, self.desk.close)
        known = self.desk.settings.desk_id
        self._desk = await self._in(self._reader, lambda: self._open(create=False))
        self.replaced, self._seen_version = None, None
        return known == self._desk.settings.desk_id

    @staticmethod
    async def _in(executor: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(executor, work)


def _once_more(query: Callable[[], T]) -> T:
    """Read, and if the connection is lost meanwhile, read again with a new one."""
    try:
        return query()
    except DatabaseUnavailable as error:
        if error.code != LOST:
            raise
    return query()
