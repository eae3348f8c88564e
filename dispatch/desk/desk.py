"""A Desk: one database, its clock, its settings, and who is at work."""

from __future__ import annotations

import getpass
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, timedelta
from pathlib import Path
from typing import Self, TypeVar

from peewee import DatabaseError, DataError, IntegrityError, InterfaceError, ProgrammingError

from dispatch.desk import settings
from dispatch.desk.accepted_values import AcceptedValues, create_values
from dispatch.desk.rules import Rules
from models import database as db
from models.clock import Clock, shift_years, to_text, utc_now
from models.errors import InvalidInput

YEAR_SHIFT = 56

T = TypeVar("T")


class _Rehearsed(Exception):
    """The end of a rehearsal: everything is rolled back."""


def default_actor() -> str:
    """Who is at work when nobody says so: ASTRA_ACTOR, else the login name."""
    actor = os.environ.get("ASTRA_ACTOR", "").strip()
    if actor:
        return actor
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without a password database
        return "unknown"


class _AtWork(threading.local):
    """What belongs to the commands of one thread: a batch holds one connection, and so one thread."""

    request_id: str | None = None
    actor: str | None = None
    ago = timedelta()
    depth = 0


class _Inner(db.Active):
    """A transaction inside another; a class, as every lead of a file enters one."""

    __slots__ = ("_at_work",)

    def __init__(self, database: db.DeskDatabase, at_work: _AtWork) -> None:
        super().__init__(database)
        self._at_work = at_work

    def __enter__(self) -> db.DeskDatabase:
        self._at_work.depth += 1
        return super().__enter__()

    def __exit__(self, *error: object) -> None:
        self._at_work.depth -= 1
        super().__exit__(*error)


class Desk:
    """The open desk that every command and screen works on; one connection a thread.

    ``actor`` signs the events, ``request_id`` makes the next command of this thread safe to repeat.
    ``heard`` is told the id of every event that a command of this desk writes, before it commits.
    """

    def __init__(self, database: db.DeskDatabase, clock: Clock, actor: str, rules: Rules) -> None:
        self.database = database
        self.rules = rules
        self._actor = actor
        self.settings = settings.Settings(rules.settings)
        self.values = AcceptedValues()
        self.heard: Callable[[int], object] | None = None
        self._clock = clock
        self._at_work = _AtWork()
        database.chooser = rules.choose_agent

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        clock: Clock | None = None,
        actor: str | None = None,
        create: bool = False,
        year_shift: int = YEAR_SHIFT,
        rules: Rules,
    ) -> Self:
        """Open the desk in a file, made and migrated where needed. Raises DatabaseUnavailable."""
        database, version = db.connect(Path(path), create=create)
        desk = cls(database, clock or utc_now, actor or default_actor(), rules)
        try:
            with desk.reading():
                if version < db.SCHEMA_VERSION:
                    db.migrate(database, lambda: desk._furnish(year_shift))
                desk.settings.refresh()
        except BaseException:  # whatever ends it, an interrupt too: nobody else has the desk to close it
            desk.close()
            raise
        return desk

    def _furnish(self, year_shift: int) -> None:
        """Give a new file its settings and accepted values; an older one has them."""
        if not settings.exist():
            settings.create(year_shift)
            create_values()

    def close(self) -> None:
        """Close this thread's connection."""
        if not self.database.is_closed():
            self.database.close()

    @property
    def actor(self) -> str:
        """Who signs the events of this thread's commands."""
        return self._at_work.actor or self._actor

    @actor.setter
    def actor(self, actor: str) -> None:
        self._actor = actor

    @property
    def request_id(self) -> str | None:
        return self._at_work.request_id

    @request_id.setter
    def request_id(self, request_id: str | None) -> None:
        self._at_work.request_id = request_id

    @property
    def in_transaction(self) -> bool:
        """Is a command, or a batch of them, at work in this thread?"""
        return self._at_work.depth > 0

    @property
    def in_batch(self) -> bool:
        """Does the command at work share its transaction with others?"""
        return self._at_work.depth > 1

    def now(self) -> str:
        """The desk's present moment: UTC, shifted by the desk's years."""
        moment = self._clock()
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC)
        return to_text(shift_years(moment, self.settings["year_shift"]) - self._at_work.ago)

    def data_version(self) -> int:
        """A number that changes whenever another connection commits; compare within one thread."""
        with self.reading():
            return int(self.database.pragma("data_version"))

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Queries inside the block go to this desk; driver errors become DatabaseUnavailable."""
        with self.database.active():
            try:
                yield
            except (IntegrityError, ProgrammingError, DataError):
                raise  # a mistake of ours, not of the file
            except OverflowError as error:
                raise InvalidInput(
                    "number", "a number has more than 64 bits", "no row has such a one"
                ) from error
            except (DatabaseError, InterfaceError) as error:
                raise db.unavailable(error, self.database.path) from error

    def transaction(self) -> AbstractContextManager[object]:
        """The write lock for one command; a transaction inside another is part of that one."""
        return _Inner(self.database, self._at_work) if self._at_work.depth else self._outermost()

    @contextmanager
    def _outermost(self) -> Iterator[None]:
        with self.reading():
            try:
                with self.database.transaction():
                    self._at_work.depth = 1
                    self.settings.begin()
                    if self.settings.due_at is not None:
                        self.rules.before_command(self)
                    yield
            except BaseException:  # whatever ended it, an interrupt too, what was set is rolled back
                self.settings.forget()
                self.values.forget()
                raise
            finally:
                self._at_work.depth = 0

    def rehearse(self, run: Callable[[], T]) -> T:
        """What a command would answer: it is run and rolled back, whatever it has written."""
        answer: list[T] = []
        with suppress(_Rehearsed), self.request(None), self.transaction():
            answer.append(run())
            raise _Rehearsed
        return answer[0]

    @contextmanager
    def acting_as(self, actor: str) -> Iterator[None]:
        """Let another name sign the events of the commands inside the block."""
        outer, self._at_work.actor = self._at_work.actor, actor
        try:
            yield
        finally:
            self._at_work.actor = outer

    @contextmanager
    def earlier(self, ago: timedelta) -> Iterator[None]:
        """Let the commands inside the block be of so long ago: for a made-up story, never for real work."""
        outer, self._at_work.ago = self._at_work.ago, ago
        try:
            yield
        finally:
            self._at_work.ago = outer

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Several commands in one commit, for files: a refused one leaves the others standing."""
        with self.transaction():
            yield

    @contextmanager
    def request(self, request_id: str | None) -> Iterator[Self]:
        """Give the commands inside the block a request id: repeated, they return the first result."""
        outer, self._at_work.request_id = self._at_work.request_id, request_id
        try:
            yield self
        finally:
            self._at_work.request_id = outer
