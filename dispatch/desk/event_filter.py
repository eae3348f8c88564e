"""What the log is narrowed down by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from peewee import Expression, ModelSelect

from models.audit import Event, EventBooking, LogLine, last_line


@dataclass(frozen=True)
class EventFilter:
    """Which events; a booking's are also those that changed it beside others.

    ``since`` and ``until`` are stored times; the first is in, the second out.
    ``command`` may leave out its noun (``claim``). Every word of ``text`` is a part of the command or of
    the actor. ``undone``: only what was taken back.
    """

    booking_id: int | None = None
    agent_id: int | None = None
    actor: str | None = None
    command: str | None = None
    since: str | None = None
    until: str | None = None
    text: str = ""
    undone: bool = False
    issue_id: int | None = None

    def numbers(self, before: int | None = None, after: int | None = None) -> Any:
        """A query of these events' ids (``event_id``), of those before or after one of them.

        A seldom actor or command is found by the lines, and in the newest events that have none yet.
        """
        after = after or 0
        if self.booking_id is not None or self.issue_id is not None or self.undone:
            return self._among(Event, after, before).where(*self._by_row())
        if not self._by_line(Event):
            return self._among(Event, after, before)
        last = last_line()  # one bound from below: of two SQLite takes the first, and may read all for it
        lined = self._among(LogLine, after, before).where(LogLine.event_id <= last)
        return lined + self._among(Event, max(after, last), before)

    def _among(self, line: type[Event] | type[LogLine], after: int, before: int | None) -> ModelSelect[Any]:
        query = line.select(line.event_id).where(line.event_id > after, *self._by_line(line))
        return query if before is None else query.where(line.event_id < before)

    def _by_row(self) -> list[Expression]:
        """What only the event itself tells; each has an index of its own."""
        conditions: list[Expression] = []
        if self.booking_id is not None:
            beside = EventBooking.select(EventBooking.event_id).where(
                EventBooking.booking_id == self.booking_id
            )
            conditions.append((Event.booking_id == self.booking_id) | Event.event_id.in_(beside))
        if self.issue_id is not None:
            conditions.append(Event.issue_id == self.issue_id)
        if self.undone:
            undoing = Event.alias()
            conditions.append(
                Event.event_id.in_(undoing.select(undoing.undoes).where(undoing.undoes.is_null(False)))
            )
        return conditions

    def _by_line(self, line: type[Event] | type[LogLine]) -> list[Expression]:
        """What an event's line tells as well."""
        conditions: list[Expression] = []
        if self.agent_id is not None:
            conditions.append(line.agent_id == self.agent_id)
        if self.actor is not None:
            conditions.append(line.actor == self.actor)
        if self.command is not None:
            same: Expression = line.command == self.command
            conditions.append(
                same if "." in self.command else same | line.command.endswith("." + self.command)
            )
        conditions += [line.command.contains(word) | line.actor.contains(word) for word in self.text.split()]
        if self.since is not None:
            conditions.append(line.at >= self.since)
        if self.until is not None:
            conditions.append(line.at < self.until)
        return conditions
