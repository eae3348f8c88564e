"""Taking back a command: a new command that writes the inverse, so nothing is ever deleted."""

from __future__ import annotations

import json
from collections.abc import Collection

from peewee import IntegrityError, ModelSelect

from dispatch import queries
from dispatch.agents.handover import to_the_desk
from dispatch.assignment.agent_checks import working_agent
from dispatch.desk.commands import TABLES, Command, command
from dispatch.operations.row_types import LastCommand, UndoResult
from dispatch.service.issues import undo as taken_back
from models.agents import GONE, Agent
from models.audit import Event
from models.base import BaseModel, Json, tuples
from models.bookings import CANCELLED, PENDING, Assignment, Booking
from models.customers import Customer, Lead
from models.errors import NotFound, Refused
from models.issues import HELD, Issue, Survey
from models.triggers import loads_gathered

MISTAKE = "entered by mistake"
NEVER_UNDONE = {
    "import": "an import is not undone; take the backup of before",
    "setting.set": "settings are not undone; set the value again",
    "value.add": "an accepted value stays, once it may have been used",
    "weights.use": "weights are not undone; use the others again",
    "weights.learn": "a version of the weights stays; use another one",
    "doctor.repair": "a repair only counts anew",
    "issue.reply": "what a customer was told, or told us, stays said",
    "issue.note": "a note stays in the conversation; write another one",
    "issue.escalate": "people were told; astra issue settle closes it, with the reason",
    "issue.acknowledge": "people rely on it; astra issue escalate raises it again",
    "issue.settle": "it was closed with a reason; astra issue escalate raises it again",
    "issue.let_go": "the desk did it; astra issue reassign hands an issue on",
    "issue.drain": "the desk did it; astra issue reassign hands an issue on",
    "issue.sweep": "the clock did it",
    "issue.train": "a model is only trained anew",
}
FOLLOWS = ("changed_at", "version", "assignment_id")  # written by every save, or never taken back


@command("undo")
def undo(running: Command, event_id: int | None = None) -> UndoResult:
    """Take back one event: the actor's last command, or the one named.

    Raises NotFound when there is nothing to undo, Refused when the command cannot be taken back or
    one of its rows has changed since.
    """
    event = _event(event_id) if event_id is not None else _last_of(running.desk.actor)
    if event.command in NEVER_UNDONE:
        raise Refused(
            "not_undoable", f"event {event.event_id} is {event.command}", NEVER_UNDONE[event.command]
        )
    over = _put_back(running, event)
    if over:
        running.detail["over_capacity"] = over
    running.undoes = event.event_id
    running.booking_id, running.agent_id = event.booking_id, event.agent_id
    running.customer_id, running.issue_id = event.customer_id, event.issue_id
    running.detail["command"] = event.command
    return {
        "undone_event_id": event.event_id,
        "command": event.command,
        "booking_id": event.booking_id,
        "agent_id": event.agent_id,
        "customer_id": event.customer_id,
        "issue_id": event.issue_id,
        "over_capacity": over,
        "bookings": len(_bookings_of(event)),
        "booking": queries.booking(event.booking_id) if event.booking_id is not None else None,
    }


def _bookings_of(event: Event) -> list[str]:
    """The keys of the bookings that a command changed or made."""
    of_table = f"{Booking._meta.table_name}:"
    return [key for key in json.loads(event.after or "{}") if key.startswith(of_table)]


def _put_back(running: Command, event: Event) -> list[int]:
    """Write the inverse of every row of an event; returns the agents who are above their capacity by it."""
    before: dict[str, Json] = json.loads(event.before or "{}")
    after: dict[str, Json] = json.loads(event.after or "{}")
    rows = {key: _row(key) for key in after}
    for key, row in rows.items():
        _check_untouched(event, key, row, after[key])
    back = {rows[key]._pk for key, row in before.items() if "left_at" in row and row["left_at"] is None}
    for key, row in rows.items():
        _check_holder(row, before.get(key), back, among=rows)
    _write_inverse(running, rows, before)
    running.may_free = True
    return _over_capacity(rows)


def _write_inverse(running: Command, rows: dict[str, BaseModel], before: dict[str, Json]) -> None:
    with loads_gathered():
        for key, row in rows.items():
            if isinstance(row, Issue):
                taken_back.put_back(running, row, before.get(key))
            elif key in before:
                _restore(running, row, before[key])
            else:
                _retire(running, row)
    _check_attended(rows)
    for row in rows.values():
        if isinstance(row, Agent) and row.presence in GONE and row.left_at is None:
            to_the_desk(running, row, only_unclaimed=True)  # as when somebody goes


def last_command(actor: str) -> LastCommand | None:
    """What ``undo`` would take back for this actor, or None."""
    query = _undoable().where(Event.actor == actor).limit(1)
    for event in query:
        return LastCommand(
            event_id=event.event_id,
            command=event.command,
            booking_id=event.booking_id,
            issue_id=event.issue_id,
        )
    return None


def _undoable() -> ModelSelect[Event]:
    """Events that are no undo and have not been undone, newest first."""
    undone = Event.select(Event.undoes).where(Event.undoes.is_null(False))
    return (
        Event.select()
        .where(Event.undoes.is_null(), Event.event_id.not_in(undone))
        .order_by(Event.event_id.desc())
    )


def _last_of(actor: str) -> Event:
    for event in _undoable().where(Event.actor == actor).limit(1):
        return event
    raise Refused("nothing_to_undo", f"{actor} has done nothing that could be undone")


def _event(event_id: int) -> Event:
    event = Event.get_or_none(Event.event_id == event_id)
    if event is None:
        raise NotFound("event", event_id, "astra log shows them")
    if event.undoes is not None:
        raise Refused("not_undoable", f"event {event_id} is itself an undo", "repeat the command instead")
    later = Event.get_or_none(Event.undoes == event_id)
    if later is not None:
        raise Refused("already_undone", f"event {event_id} was undone at {later.at} by {later.actor}")
    return event


def _row(key: str) -> BaseModel:
    table, identifier = key.rsplit(":", 1)
    return TABLES[table].lock(int(identifier))


def _check_untouched(event: Event, key: str, row: BaseModel, after: Json) -> None:
    """Refuse if the row was changed since, even if it was changed back by another command."""
    changed = [
        column for column, value in after.items() if column not in FOLLOWS and getattr(row, column) != value
    ]
    later = None if _surely_untouched(row, after) else _later_change(event, key)
    if changed or later is not None:
        by = (
            f" by event {later.event_id}, {later.command} of {later.actor}"
            if later
            else f" ({', '.join(changed)})"
        )
        raise Refused(
            "changed_since",
            f"{row.label} {row._pk} has changed since event {event.event_id}{by}",
            "undo the later command first, or change it by hand (astra log)",
        )


def _surely_untouched(row: BaseModel, after: Json) -> bool:
    """Can be told without a look at the log, which has no index of rows."""
    if isinstance(row, Booking | Issue):
        return bool(row.version == after.get("version", 1))
    # leads and assignments change with their booking; a customer who came with a lead stays in any case
    return not isinstance(row, Agent | Customer) or (isinstance(row, Customer) and not after)


def _later_change(event: Event, key: str) -> Event | None:
    """The oldest command since that changed the same row and still stands.

    An undo that took such a command back is none; one that took back an earlier command is.
    """
    since = (Event.event_id > event.event_id) & Event.after.contains(f'"{key}":')
    undone = Event.select(Event.undoes).where(Event.undoes > event.event_id)
    taken_back = Event.undoes.in_(Event.select(Event.event_id).where(since))
    query = Event.select().where(since, Event.event_id.not_in(undone), Event.undoes.is_null() | ~taken_back)
    later: Event | None = query.order_by(Event.event_id).first()
    return later


def _check_holder(row: BaseModel, before: Json | None, back: set[int], among: Collection[str]) -> None:
    """Refuse what would leave a Pending booking with an agent who is not here, nor ``back`` by this."""
    if isinstance(row, Booking) and before is not None:
        holder = before.get("agent_id", row.agent_id)
        if before.get("status", row.status) == PENDING and holder is not None and holder not in back:
            working_agent(holder)
    if isinstance(row, Issue) and before is not None and before.get("agent_id") is not None:
        working_agent(before["agent_id"])
    if isinstance(row, Agent) and row.left_at is None and (before is None or before.get("left_at")):
        held = Booking.select(Booking.booking_id).where(
            Booking.agent_id == row.agent_id, Booking.status == PENDING
        )
        issues = Issue.select(Issue.issue_id).where(Issue.agent_id == row.agent_id, Issue.status.in_(HELD))
        keys = [f"{Booking._meta.table_name}:{booking_id}" for (booking_id,) in tuples(held)]
        keys += [f"{Issue._meta.table_name}:{issue_id}" for (issue_id,) in tuples(issues)]
        if any(key not in among for key in keys):
            raise Refused(
                "holds_work",
                f"{row.name} ({row.agent_id}) has been given work since, and would have to leave",
                "reassign it first",
            )


def _check_attended(rows: dict[str, BaseModel]) -> None:
    """Refuse what has given unclaimed work to an agent who is away by now."""
    for row in rows.values():
        if isinstance(row, Booking) and row.status == PENDING and row.agent_id and not row.claimed_at:
            holder = Agent.lock(row.agent_id)
            if holder.presence in GONE:
                raise Refused(
                    "agent_away",
                    f"booking {row.booking_id} would go back to {holder.name}, who is {holder.presence}",
                    f"astra booking reassign {row.booking_id} --to AGENT --reason ...",
                )


def _over_capacity(rows: dict[str, BaseModel]) -> list[int]:
    """The agents who hold more than their capacity by what was given back to them."""
    holders = {
        row.agent_id
        for row in rows.values()
        if isinstance(row, Booking) and row.status == PENDING and row.agent_id is not None
    }
    agents = [Agent.lock(agent_id) for agent_id in sorted(holders)]
    return [agent.agent_id for agent in agents if agent.held > agent.capacity]


def _restore(running: Command, row: BaseModel, before: Json) -> None:
    for column, value in before.items():
        if column not in FOLLOWS:
            setattr(row, column, value)
    if isinstance(row, Agent):
        row.refresh_rating()
    _save(running, row)


def _retire(running: Command, row: BaseModel) -> None:
    """The inverse of making a row: it stays, marked, and counts in no figure."""
    if isinstance(row, Booking):
        row.status = CANCELLED
        row.cancelled_at = running.now
        row.cancel_reason = MISTAKE
        row.voided = True
        row.given_at = None  # it counts in no rate: nobody was ever given it
    elif isinstance(row, Agent):
        row.left_at = running.now
    elif not isinstance(row, Customer | Lead | Assignment | Survey):
        raise TypeError(f"no inverse for a new {row.label}")
    _save(running, row)


def _save(running: Command, row: BaseModel) -> None:
    if isinstance(row, Booking):
        row.changed_at = running.now
    try:
        row.save()
    except IntegrityError as error:
        raise Refused(
            "changed_since",
            f"{row.label} {row._pk} cannot be put back: {error}",
            "another row has taken its place meanwhile; change that one first",
        ) from error
