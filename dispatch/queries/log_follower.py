"""Following the log: each event once, in the order of the commits, whatever happens to the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Generic, Self, TypeVar

from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.desk.event_filter import EventFilter
from dispatch.desk.event_log import last_event
from dispatch.desk.row_types import EventRow
from dispatch.queries.new_work import RESTORE
from models.errors import DatabaseUnavailable, InvalidInput
from models.hints import act
from models.opening import place_of

T = TypeVar("T")

AT_ONCE = 500
FINAL = ("newer_database",)
"""Errors that end the following; after any other one the next look tries again."""


class LogFollower(Generic[T]):
    """Reads new events of a desk for as long as the block runs.

    Ids are given under the write lock, so their order is that of the commits: everything up to the newest one
    is there, and nothing later goes below it. A restore writes its event beyond all ids that were ever seen.
    ``tell`` gets what a person should know: that the desk was restored, that another file has its place.
    ``shown`` makes of events what is yielded of them, one for each; it may read the desk.
    """

    def __init__(
        self,
        path: Path | str,
        opened: Callable[[], Desk],
        which: EventFilter,
        tell: Callable[[str], object],
        shown: Callable[[list[EventRow]], Sequence[T]],
    ) -> None:
        self._path = path
        self._opened = opened
        self._which = which
        self._tell = tell
        self._shown = shown
        self._desk: Desk | None = None
        self._file = place_of(path)
        self._version = -1
        self._problem = ""
        self._desk_id: str | None = None
        self.after = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def begin(self, after: int | None) -> None:
        """Follow from an event on, or from now on. Raises InvalidInput for one that is still to come."""
        desk = self._open()
        with desk.reading():
            newest = last_event()
        if after is not None and after > newest:
            problem = f"event {after} does not exist yet: the newest is {newest}"
            raise InvalidInput("after", problem, f"{act('log')} shows the newest event")
        self.after = newest if after is None else after
        self._desk_id = desk.settings.desk_id

    def news(self) -> Iterator[T]:
        """Yield what was committed since the last look, oldest first; mostly one cheap question.

        Raises DatabaseUnavailable only for what no later look could change, and NotPermitted once who
        follows may no longer read the desk.
        """
        try:
            yield from self._news()
        except (DatabaseUnavailable, OSError) as error:
            if isinstance(error, DatabaseUnavailable) and error.code in FINAL:
                raise
            self._close()
            self._tell_state(f"{self._path} cannot be read: {_reason(error)}; trying again")
        else:
            self._tell_state("")

    def _news(self) -> Iterator[T]:
        desk = self._present()
        version = desk.data_version()
        if version == self._version:
            return
        with desk.reading():
            desk.staff.check_admitted(desk.now())
            newest = last_event()
        while True:
            with desk.reading():
                rows = event_log.page(self._which, AT_ONCE, after=self.after)[::-1]
                shown = self._shown(rows)
            for row, one in zip(rows, shown, strict=True):
                if row["command"] == RESTORE:
                    self._tell(f"The desk was restored by {row['actor']}: event {row['event_id']}")
                self.after = row["event_id"]
                yield one
            if len(rows) < AT_ONCE:
                break
        self.after, self._version = max(self.after, newest), version

    def _present(self) -> Desk:
        """Return the desk in the file that is at the path now."""
        if self._desk is not None and not self._file.replaced():
            return self._desk
        had = self._desk is not None or self._problem
        self._close()
        desk = self._open()
        if had:
            self._notice(desk)
        return desk

    def _notice(self, desk: Desk) -> None:
        """Tell of another file, and begin where it ends if it has less, or is another desk's."""
        with desk.reading():
            newest = last_event()
        if desk.settings.desk_id != self._desk_id:
            self._tell(f"Another desk is at {self._path} now: following that one from event {newest} on")
            self.after, self._desk_id = newest, desk.settings.desk_id
        elif newest < self.after:
            self._tell(f"An older file of the desk is at {self._path} now: it ends at event {newest}")
            self.after = newest

    def _open(self) -> Desk:
        desk = self._desk = self._opened()
        self._file.take()
        self._version = -1
        return desk

    def _close(self) -> None:
        desk, self._desk = self._desk, None
        if desk is not None:
            with suppress(OSError):
                if self._file.replaced():
                    self._file.set_log_aside()  # the new file must not get the log of the old one
            desk.close()

    def _tell_state(self, problem: str) -> None:
        """Tell once that the desk cannot be read, and once that it can again."""
        if bool(problem) != bool(self._problem):
            self._tell(problem or f"{self._path} can be read again")
        self._problem = problem


def _reason(error: DatabaseUnavailable | OSError) -> str:
    return error.message if isinstance(error, DatabaseUnavailable) else error.strerror or str(error)
