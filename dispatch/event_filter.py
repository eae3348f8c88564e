"""What the log is narrowed down by."""

from __future__ import annotations

from dataclasses import dataclass

from peewee import Expression

from models.audit import Event, EventBooking


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

    def conditions(self) -> list[Expression]:
        """The same for a query of Event."""
        conditions = [Event.event_id.is_null(False)]
        if self.booking_id is not None:
            beside = EventBooking.select(EventBooking.event_id).where(
                EventBooking.booking_id == self.booking_id
            )
            conditions.append((Event.booking_id == self.booking_id) | Event.event_id.in_(beside))
        for column, wanted in (
            (Event.agent_id, self.agent_id),
            (Event.actor, self.actor),
            (Event.issue_id, self.issue_id),
        ):
            if wanted is not None:
                conditions.append(column == wanted)
        if self.command is not None:
            same: Expression = Event.command == self.command
            conditions.append(
                same if "." in self.command else same | Event.command.endswith("." + self.command)
            )
        conditions += [
            Event.command.contains(word) | Event.actor.contains(word) for word in self.text.split()
        ]
        if self.since is not None:
            conditions.append(Event.at >= self.since)
        if self.until is not None:
            conditions.append(Event.at < self.until)
        if self.undone:
            undoing = Event.alias()
            conditions.append(
                Event.event_id.in_(undoing.select(undoing.undoes).where(undoing.undoes.is_null(False)))
            )
        return conditions
