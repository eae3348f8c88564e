"""A Desk: one database with its clock, settings and actor."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Literal, Self, TypeVar
from weakref import ref

from peewee import DatabaseError, DataError, IntegrityError, InterfaceError, ProgrammingError

from dispatch.desk import settings
from dispatch.desk.accepted_values import AcceptedValues, create_values
from dispatch.desk.access.staff import Staff
from dispatch.desk.event_log import last_event
from dispatch.desk.rules import Rules
from dispatch.desk.terminal.account import default_actor, process_account
from dispatch.desk.terminal.repeating import Repeating
from dispatch.desk.terminal.shell_session import default_session
from dispatch.inputs import validation
from models import engine, opening
from models.calendars import show_desk
from models.caps import CapsOfDesk
from models.clock import Clock, shift_years, to_text
from models.engine import Active, Engine
from models.errors import DatabaseUnavailable, InvalidInput
from models.ramp import parse_ramp

YEAR_SHIFT = 56
NO_SETTINGS: Mapping[str, str | None] = MappingProxyType({})

DESK_ACTOR = "sweeper"
"""The actor of the desk's own commands; a person's undo skips them."""

OUR_MISTAKES = (IntegrityError, ProgrammingError, DataError)  # not the file's

T = TypeVar("T")


class _Rehearsed(Exception):
    """The end of a rehearsal: everything is rolled back."""


def person(actor: str) -> str:
    """Return the name of who acts. Raises InvalidInput if it is no name, or the desk's own."""
    name = validation.name(actor, "actor")
    if name.casefold() == DESK_ACTOR:
        problem = f"{name} is the desk's own name"
        raise InvalidInput("actor", problem, "give your own: --as NAME, or ASTRA_ACTOR")
    return name


class _AtWork(threading.local):
    """The state of one thread's commands: a batch holds one connection, and so one thread."""

    request_id: str | None = None
    actor: str | None = None
    ago = timedelta()
    depth = 0
    waits_for_disk = True
    batch_head: int | None = None
    rehearses = False
    last_event: int | None = None


def _outside(clock: Clock) -> datetime:
    moment = clock()
    return moment if moment.tzinfo is None else moment.astimezone(UTC)


def _stored_time(clock: Clock, year_shift: int, at_work: _AtWork) -> str:
    return to_text(shift_years(_outside(clock), year_shift) - at_work.ago)


def _reread(desk_of: ref[Desk]) -> None:
    if (desk := desk_of()) is not None:
        desk.follow_settings()


class _Reading(Active):
    """What Desk.reading() describes; a class, as every command enters one."""

    __slots__ = ()

    def __exit__(self, *failure: object) -> None:
        super().__exit__(*failure)
        error = failure[1]
        if error is None:
            return
        if isinstance(error, OUR_MISTAKES) and not self._database.is_explained(error):
            return
        if isinstance(error, OverflowError):
            raise InvalidInput("number", "number is too large", "no row has such a number") from error
        if isinstance(error, (DatabaseError, InterfaceError, MemoryError)):
            raise self._database.refusal(error) from error


class _Inner(Active):
    """A transaction inside another; a class, as every lead of a file enters one."""

    __slots__ = ("_at_work",)

    def __init__(self, database: Engine, at_work: _AtWork) -> None:
        super().__init__(database)
        self._at_work = at_work

    def __enter__(self) -> Engine:
        self._at_work.depth += 1
        return super().__enter__()

    def __exit__(self, *error: object) -> None:
        self._at_work.depth -= 1
        super().__exit__(*error)


class Desk:
    """The open desk that every command and screen works on; one connection per thread.

    ``actor`` signs the events; ``account`` is who really runs the process, ``session`` the terminal that the
    events come from. ``request_id`` makes the next command of this thread safe to repeat. ``heard`` gets the
    id of every event that this desk's commands write, unless they are rehearsed, before it commits.
    ``is_new`` if opening it made it; ``has_committed`` once a command is done. With ``repeating``, commands
    are repeated if the connection is lost.
    """

    def __init__(self, database: Engine, clock: Clock, actor: str, rules: Rules, session: str) -> None:
        self.database = database
        self.rules = rules
        self._actor = actor
        self.account = process_account()
        self.session = session
        self.values, self.staff = AcceptedValues(), Staff()
        # weak, as whoever drops a desk closes its database
        self.settings = settings.Settings(rules.settings, changed=partial(_reread, ref(self)))
        self.heard: Callable[[int], object] | None = None
        self.repeating: Repeating | None = None
        self.is_new, self.has_committed = False, False
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
        first: Mapping[str, str | None] = NO_SETTINGS,
        session: str | None = None,
        rules: Rules,
    ) -> Self:
        """Open a desk, created and migrated if necessary; a new one has the ``first`` settings.

        Raises DatabaseUnavailable, and InvalidInput for an actor who is nobody, or a setting.
        """
        given = settings.first_values(rules.settings, first)
        signs = person(default_actor() if actor is None else actor)
        database, version = opening.connect(path, create=create)
        desk = cls(database, clock or database.clock, signs, rules, session or default_session())
        try:
            with desk.reading():
                if version < engine.SCHEMA_VERSION:
                    database.upgrade(lambda: desk._furnish(year_shift, given))
                database.seal()
                desk.settings.refresh()
            if desk.settings.desk_id is None:
                desk._receive_id()
        except BaseException:  # on any failure, interrupts included: nobody else can close it
            desk.close()
            raise
        return desk

    def _furnish(self, year_shift: int, given: Mapping[str, str]) -> None:
        """Give a new file its settings and accepted values."""
        if not settings.exist():
            settings.create(year_shift, self.rules.settings, given)
            create_values()
            self.is_new = True

    def follow_settings(self) -> None:
        """Read again what goes with settings of another version: a restored desk may have shorter lists."""
        self.values.forget()
        self.staff.forget()
        shift = self.database.year_shift = self.settings["year_shift"]
        self.database.country = self.settings["country"]
        show_desk(shift)
        now = partial(_stored_time, self._clock, shift, self._at_work)
        self.database.now = now
        self.database.caps = CapsOfDesk(self.settings["zone"], shift, now, parse_ramp(self.settings["ramp"]))

    def _receive_id(self) -> None:
        """Give a desk of an earlier Astra its id; one that cannot be written now gets it another time."""
        with suppress(DatabaseUnavailable), self.reading():
            with self.database.transaction():
                if settings.recall(settings.DESK_ID) is None:
                    settings.remember(settings.DESK_ID, settings.new_desk_id())
            self.settings.forget()
            self.settings.refresh()

    def close(self) -> None:
        """Close this thread's connection."""
        if not self.database.is_closed():
            self.database.close()

    @property
    def why_read_only(self) -> str:
        """Return why the desk can only be read, or ""."""
        return self.database.why_read_only

    @property
    def actor(self) -> str:
        """Return who signs the events of this thread's commands."""
        return self._at_work.actor or self._actor

    @actor.setter
    def actor(self, actor: str) -> None:
        self._actor = person(actor)

    @property
    def request_id(self) -> str | None:
        return self._at_work.request_id

    @request_id.setter
    def request_id(self, request_id: str | None) -> None:
        self._at_work.request_id = request_id

    @property
    def is_first_try(self) -> bool:
        """Return whether nobody can have used the request id before."""
        return self.repeating is not None and self.repeating.is_first_try

    @property
    def in_transaction(self) -> bool:
        """Return whether a command or a batch is running in this thread."""
        return self._at_work.depth > 0

    @property
    def in_batch(self) -> bool:
        """Return whether the running command shares its transaction with others."""
        return self._at_work.depth > 1

    @property
    def last_event(self) -> int:
        """Return the newest event as the running command sees it; 0 before the first."""
        if self._at_work.last_event is None:
            self._at_work.last_event = last_event()
        return self._at_work.last_event

    @last_event.setter
    def last_event(self, event_id: int | None) -> None:
        """Note an event of this thread's transaction; None if some may have been rolled back."""
        self._at_work.last_event = event_id

    def now(self) -> str:
        """Return the desk's current time: UTC, shifted by the desk's years."""
        return _stored_time(self._clock, self.settings["year_shift"], self._at_work)

    def real_time(self) -> datetime:
        """Return the time outside: UTC, in this year."""
        return _outside(self._clock)

    @contextmanager
    def reading_copy(self, path: Path) -> Iterator[Self]:
        """Open a copy of a desk without changing the file; inside the block it can be queried.

        Raises DatabaseUnavailable.
        """
        copy = type(self)(opening.open_read_only(path), self._clock, self.actor, self.rules, self.session)
        try:
            with copy.reading():
                copy.settings.refresh()
                yield copy
        finally:
            copy.close()

    def data_version(self) -> int:
        """Return a number that changes whenever another connection commits; compare within one thread."""
        with self.reading():
            return self.database.data_version()

    def reading(self) -> AbstractContextManager[object]:
        """Run the block's queries on this desk; driver errors become DatabaseUnavailable."""
        return _Reading(self.database)

    def transaction(self) -> AbstractContextManager[object]:
        """Take the write lock for one command; a nested transaction joins the outer one."""
        return _Inner(self.database, self._at_work) if self._at_work.depth else self._outermost()

    @contextmanager
    def _outermost(self) -> Iterator[None]:
        with self.reading():
            self.database.wait_for_disk(wanted=self._is_durable and self._at_work.waits_for_disk)
            try:
                with self.database.transaction():
                    self._at_work.depth = 1
                    if self.repeating is not None:
                        self.repeating.has_begun = True
                    self.database.check_schema()
                    self.last_event = self.settings.begin()
                    if self.settings.due_at is not None and self.settings.due_at <= self.now():
                        self.rules.before_command(self)
                    yield
                self.has_committed = True
            except BaseException:  # on any failure, interrupts included, settings are rolled back
                self.settings.forget()
                self.follow_settings()
                raise
            finally:
                self._at_work.depth = 0

    def tidy(self) -> None:
        """Let the database tidy up, while nothing else is going on."""
        with self.reading():
            self.database.tidy()

    def rehearse(self, run: Callable[[], T]) -> T:
        """Return a command's result, then roll back everything it wrote."""
        answer: list[T] = []
        with (
            suppress(_Rehearsed),
            self.request(None),
            self._with_changed("rehearses", True),
            self.transaction(),
        ):
            answer.append(run())
            raise _Rehearsed
        return answer[0]

    def tell_written(self, event_id: int) -> None:
        """Let ``heard`` know of an event, unless it is about to be rolled back with a rehearsal."""
        if self.heard is not None and not self._at_work.rehearses:
            self.heard(event_id)

    def acting_as(self, actor: str) -> AbstractContextManager[Self]:
        """Let another actor sign the events of the commands inside the block."""
        return self._with_changed("actor", actor)

    def earlier(self, ago: timedelta) -> AbstractContextManager[Self]:
        """Date the commands inside the block back: for demo data, never for real work."""
        return self._with_changed("ago", ago)

    def request(self, request_id: str | None) -> AbstractContextManager[Self]:
        """Give the commands inside the block a request id: repeats return the first result."""
        return self._with_changed("request_id", request_id)

    def in_batch_of(self, head: int) -> AbstractContextManager[Self]:
        """Let the events of the commands inside the block name the head of their batch."""
        return self._with_changed("batch_head", head)

    @property
    def batch_head(self) -> int | None:
        """Return the head of the batch that this thread's commands belong to, if any."""
        return self._at_work.batch_head

    @contextmanager
    def _with_changed(
        self,
        name: Literal["actor", "ago", "request_id", "waits_for_disk", "batch_head", "rehearses"],
        value: object,
    ) -> Iterator[Self]:
        """Change one thing about this thread's commands inside the block."""
        outer = getattr(self._at_work, name)
        setattr(self._at_work, name, value)
        try:
            yield self
        finally:
            setattr(self._at_work, name, outer)

    @property
    def _is_durable(self) -> bool:
        return bool(self.settings["durability"] == "full")

    @contextmanager
    def flushed_once(self) -> Iterator[None]:
        """Let the commits inside the block wait for the disk together, at its end, however it ends."""
        try:
            with self._with_changed("waits_for_disk", False):
                yield
        finally:
            if self._is_durable:
                self.database.flush()

    def batch(self) -> AbstractContextManager[object]:
        """Commit several commands at once, for files: a refused one leaves the others intact."""
        return self.transaction()
