"""The filter of the log."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from peewee import Expression, ModelSelect

from dispatch.desk.undo_chain import UNDO, undone_events
from dispatch.inputs.filters.filter_language import Node
from dispatch.inputs.filters.filter_reader import (
    Exact,
    Fields,
    Key,
    Keys,
    Moment,
    Number,
    Who,
    at,
    condition,
    table,
)
from dispatch.inputs.times import date_ranges
from models.agents import is_named
from models.audit import Event, EventBooking, EventIssue, LogLine, last_line
from models.customer_index import MOST_WORDS

Line = type[Event] | type[LogLine]
IS: dict[str, Any] = {"undone": lambda _: {"undone": True}, "all": lambda _: {"everything": True}}


def _keys(line: Line) -> Keys:
    """Return the keys of the log, for events or for their lines."""
    return table(
        Key("booking", Number(), "booking it changed", field="booking_id"),
        Key("issue", Number(), "issue it changed", field="issue_id"),
        Key("agent", Who(is_named, listed="agent"), "agent it was about", line.agent_id, "agent_id"),
        Key("by", Exact(), "who did it", field="actor", also=("actor",)),
        Key("command", Exact(), "booking.claim, or claim alone", field="command"),
        Key("is", Fields(IS), "undone; all: every act of the clock too"),
        Key("since", at(date_ranges.since), "from then on", field="since"),
        Key("until", at(date_ranges.until), "before then; a day alone is included", field="until"),
        Key("at", Moment(), "when it was done", line.at, also=("when",)),
        Key("number", Number(), "event number", line.event_id, also=("event",)),
    )


EVENT_KEYS, LINE_KEYS = _keys(Event), _keys(LogLine)


@dataclass(frozen=True)
class EventFilter:
    """A selection of events; a booking's and an issue's include those that changed it among others.

    ``since`` and ``until`` are stored times, from and before. ``command`` may omit its noun (``claim``).
    Every word of ``text`` is part of the command or the actor. ``undone``: only undone events. ``where`` is
    the rest of a filter text. ``everything``: no list may fold some of it. ``without``: no event of that
    actor.
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
    where: Node | None = None
    everything: bool = False
    without: str | None = None

    def numbers(self, before: int | None = None, after: int | None = None) -> Any:
        """Return a query of these events' ids (``event_id``), before or after one of them.

        A rare actor or command is found through the lines, and among the newest events without lines.
        """
        after = after or 0
        if self.booking_id is not None or self.issue_id is not None or self.undone:
            return self._among(Event, after, before).where(*self._by_row())
        if not self._by_line(Event):
            return self._among(Event, after, before)
        last = last_line()  # one lower bound only: of two SQLite takes the first, and may read all for it
        lined = self._among(LogLine, after, before).where(LogLine.event_id <= last)
        return lined + self._among(Event, max(after, last), before)

    def _among(self, line: Line, after: int, before: int | None) -> ModelSelect[Any]:
        query = line.select(line.event_id).where(line.event_id > after, *self._by_line(line))
        return query if before is None else query.where(line.event_id < before)

    def _by_row(self) -> list[Expression]:
        """Return the conditions only the event itself can answer; each has an index of its own."""
        conditions: list[Expression] = []
        if self.booking_id is not None:
            beside = EventBooking.select(EventBooking.event_id).where(
                EventBooking.booking_id == self.booking_id
            )
            conditions.append((Event.booking_id == self.booking_id) | Event.event_id.in_(beside))
        if self.issue_id is not None:
            among = EventIssue.select(EventIssue.event_id).where(EventIssue.issue_id == self.issue_id)
            conditions.append((Event.issue_id == self.issue_id) | Event.event_id.in_(among))
        if self.undone:
            conditions += [Event.event_id.in_(undone_events()), Event.command != UNDO]
        return conditions

    def _by_line(self, line: Line) -> list[Expression]:
        """Return the conditions that an event's line can answer too."""
        conditions: list[Expression] = []
        if self.agent_id is not None:
            conditions.append(line.agent_id == self.agent_id)
        if self.actor is not None:
            conditions.append(line.actor == self.actor)
        if self.command is not None:
            command = self.command.lower()
            same: Expression = line.command == command
            conditions.append(same if "." in command else same | line.command.endswith("." + command))
        if self.without is not None:
            conditions.append(line.actor != self.without)
        conditions += _of_words(line, self.text)
        if self.since is not None:
            conditions.append(line.at >= self.since)
        if self.until is not None:
            conditions.append(line.at < self.until)
        if self.where is not None:
            keys, of_fields = EVENT_KEYS if line is Event else LINE_KEYS, partial(_of_fields, line)
            conditions.append(condition(self.where, keys, partial(_of_words, line), of_fields))
        return conditions


def _of_words(line: Line, text: str) -> list[Expression]:
    return [line.command.contains(word) | line.actor.contains(word) for word in text.split()[:MOST_WORDS]]


def _of_fields(line: Line, fields: dict[str, Any]) -> list[Expression]:
    """Return the conditions for these fields of a filter; for an event only, by its number."""
    which = EventFilter(**fields)
    by_row = which._by_row()
    among = [line.event_id.in_(Event.select(Event.event_id).where(*by_row))] if by_row else []
    return among + which._by_line(line) or [line.event_id > 0]  # is:all
