"""The rows of an event that an undo restores, and those that stay: they have changed since, for one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from peewee import IntegrityError

from dispatch import customers
from dispatch.agents.cover import CoverUndo
from dispatch.agents.holidays import HolidayUndo
from dispatch.agents.planned_absences import AbsenceUndo
from dispatch.agents.undo_rules import AgentUndo
from dispatch.assignment.caps import CapUndo
from dispatch.bookings.dispositions import DispositionUndo
from dispatch.bookings.undo_rules import BookingUndo
from dispatch.customers.undo_rules import ApartUndo, ContactUndo, CustomerUndo, LeadUndo
from dispatch.desk.commands import AUDITED, TABLES, Command
from dispatch.desk.undo_chain import command_of, undone_by
from dispatch.desk.undo_rules import FOLLOWS, UndoRules
from dispatch.operations.command_list import describe_subject, every_command
from dispatch.operations.configuration import SETTING
from dispatch.operations.row_types import RefusedRow, SettingChange
from dispatch.service.issues.undo_rules import IssueUndo
from dispatch.views.undo_rules import ViewUndo
from models.agents import Agent
from models.audit import Event
from models.base import BaseModel, Json, tuples
from models.bookings import Assignment, Booking
from models.caps import Cap
from models.customers import Apart, ContactPoint, Customer, Lead
from models.dispositions import Disposition
from models.errors import DeskError, Refused
from models.hints import act
from models.holidays import Holiday
from models.issues import Issue, Survey
from models.planned_absences import Cover, PlannedAbsence
from models.triggers import loads_gathered
from models.views import SavedView

RULES: dict[type[BaseModel], UndoRules[Any]] = dict.fromkeys(AUDITED, UndoRules())
RULES |= {
    Booking: BookingUndo(),
    Agent: AgentUndo(),
    Issue: IssueUndo(),
    Customer: CustomerUndo(),
    ContactPoint: ContactUndo(),
    Apart: ApartUndo(),
    Lead: LeadUndo(),
    SavedView: ViewUndo(),
    Cap: CapUndo(),
    Disposition: DispositionUndo(),
    PlannedAbsence: AbsenceUndo(),
    Cover: CoverUndo(),
    Holiday: HolidayUndo(),
}

HANDED_ON = ("issue.drain", "issue.let_go")
"""The commands by which the desk finds an agent for an issue."""
SUBJECTS = (Booking, Issue, Agent, Customer)

Check = Callable[[str, BaseModel], None]


@dataclass
class Ahead:
    """What a preview of several undos counts as done: nothing is written, so it is only held here."""

    rows: dict[str, BaseModel] = field(default_factory=dict)
    undone: set[tuple[int, str]] = field(default_factory=set)
    settings: Json = field(default_factory=dict)

    def row(self, key: str) -> BaseModel:
        return self.rows[key] if key in self.rows else _row(key)

    def set_back(self, event: Event, change: SettingChange) -> None:
        """Count a setting as changed."""
        self.undone.add((event.event_id, change["key"]))
        self.settings[change["key"]] = change["new"]

    def take_back(self, event: Event, rows: dict[str, BaseModel]) -> None:
        """Count rows of an event as restored. One that it made has no older event to be checked for."""
        before: dict[str, Json] = json.loads(event.before or "{}")
        for key, row in rows.items():
            self.undone.add((event.event_id, key))
            if key in before:
                RULES[type(row)].restore(row, before[key])
            self.rows[key] = row


@dataclass
class Found:
    """The rows of an event to restore, by their keys, and those that stay."""

    rows: dict[str, BaseModel]
    refused: list[RefusedRow] = field(default_factory=list)


def find(event: Event, ahead: Ahead | None = None, *, is_part: bool = False) -> Found:
    """Return the rows of an event that can be restored, and those that cannot.

    ``is_part`` of the undo of an import: nobody has changed the rows since, so the log is not asked.
    Raises Refused for the first that cannot, unless the command's rows are undone one by one; then only if
    there is no other.
    """
    ahead = ahead or Ahead()
    before: dict[str, Json] = json.loads(event.before or "{}")
    after: dict[str, Json] = json.loads(event.after or "{}")
    rows = {key: ahead.row(key) for key in after}
    agents = {rows[key]._pk: old for key, old in before.items() if isinstance(rows[key], Agent)}

    def check_customer(_: str, row: BaseModel) -> None:
        customers.refuse_erased(_customer_of(row))

    def check_untouched(key: str, row: BaseModel) -> None:
        _check_untouched(event, key, row, after[key] if key in before else {}, ahead)

    def check_rules(key: str, row: BaseModel) -> None:
        RULES[type(row)].check(row, before.get(key), rows, agents)

    checks = (check_customer, check_rules) if is_part else (check_customer, check_untouched, check_rules)
    errors: dict[str, DeskError] = {}
    for check in checks:
        errors |= _errors(check, rows, is_row_by_row=_is_row_by_row(event))
        rows = {key: row for key, row in rows.items() if key not in errors}
    if errors and not any(isinstance(row, SUBJECTS) for row in rows.values()):
        raise next(iter(errors.values()))
    return Found(rows, [_refused(event, key, error) for key, error in errors.items()])


def _is_row_by_row(event: Event) -> bool:
    known = every_command().get(command_of(event))
    return known is not None and known.undo.row_by_row


def _errors(check: Check, rows: dict[str, BaseModel], *, is_row_by_row: bool) -> dict[str, DeskError]:
    errors: dict[str, DeskError] = {}
    for key, row in rows.items():
        try:
            check(key, row)
        except DeskError as error:
            if not is_row_by_row:
                raise
            errors[key] = error
    return errors


def _refused(event: Event, key: str, error: DeskError) -> RefusedRow:
    return {"row": _name(key), "event_id": event.event_id, "error": error.as_json()}


def refusals(event: Event, error: DeskError) -> list[RefusedRow]:
    """Return the refusal of an event as a whole, once for each row that it is about."""
    return [
        {"row": row, "event_id": event.event_id, "error": error.as_json()}
        for row in subjects(event, json.loads(event.after or "{}"))
    ]


def subjects(event: Event, keys: Any) -> list[str]:
    """Name the bookings, issues and agents among an event's rows, or else the customers or its setting."""
    named = {kind: [_name(key) for key in keys if TABLES[key.rsplit(":", 1)[0]] is kind] for kind in SUBJECTS}
    found = named[Booking] + named[Issue] + named[Agent] or named[Customer]
    return found or [_setting(event) or describe_subject(vars(event)["__data__"])]


def _setting(event: Event) -> str:
    """Name the setting that an event changed."""
    return f"setting {json.loads(event.detail or '{}')['key']}" if command_of(event) == SETTING else ""


def _name(key: str) -> str:
    table, number = key.rsplit(":", 1)
    return f"{TABLES[table].label} {number}"


def restore(running: Command, event: Event, rows: dict[str, BaseModel]) -> list[int]:
    """Write the inverse of rows of an event; return the agents left above their capacity."""
    before: dict[str, Json] = json.loads(event.before or "{}")
    with loads_gathered():
        for key, row in rows.items():
            _write_inverse(running, row, before.get(key))
    holders = {RULES[type(row)].finish(running, row) for row in rows.values()}
    running.may_free = True
    agents = [Agent.lock(agent_id) for agent_id in sorted(filter(None, holders))]
    return [agent.agent_id for agent in agents if agent.held > agent.capacity]


def _write_inverse(running: Command, row: BaseModel, before: Json | None) -> None:
    try:
        with running.desk.database.savepoint():
            RULES[type(row)].put_back(running, row, before)
    except IntegrityError as error:
        raise Refused(
            "changed_since",
            f"{row.label} {row._pk} cannot be put back: {error}",
            "another row took its place; change that one first",
        ) from error


def _customer_of(row: BaseModel) -> int | None:
    """The customer whom a row belongs to, if any."""
    if isinstance(row, Survey):
        row = Issue.lock(row.issue_id)
    elif isinstance(row, Booking | Assignment):
        row = Lead.lock(row.lead_id)
    return row.customer_id if isinstance(row, Customer | Lead | Issue) else None


def _row(key: str) -> BaseModel:
    table, identifier = key.rsplit(":", 1)
    return TABLES[table].lock(int(identifier))


def _check_untouched(event: Event, key: str, row: BaseModel, after: Json, ahead: Ahead) -> None:
    """Refuse if the row has changed since, even if another command changed it back.

    ``after`` has the values that the event wrote; none for a row that it made.
    """
    changed = [
        column for column, value in after.items() if column not in FOLLOWS and getattr(row, column) != value
    ]
    is_untouched = RULES[type(row)].is_surely_untouched(row, after)
    later = None if is_untouched else _later_change(event, key, ahead, is_new=not after)
    if changed or later is not None:
        by = (
            f" by event {later.event_id}, {later.command} of {later.actor}"
            if later
            else f" ({', '.join(changed)})"
        )
        raise Refused(
            "changed_since",
            f"{row.label} {row._pk} has changed since event {event.event_id}{by}",
            f"undo the later command first; {act('log')} shows it",
        )


def _later_change(event: Event, key: str, ahead: Ahead, *, is_new: bool) -> Event | None:
    """The oldest later command that changed the same row and was not undone.

    An undo of such a command does not count; an undo of an earlier command does. Of a row that the event
    made, it is no change that the desk gave it to an agent: that is not yet work on it.
    """
    since = (Event.event_id > event.event_id) & Event.after.contains(f'"{key}":')
    if is_new:
        since &= Event.command.not_in(HANDED_ON)
    links = dict(tuples(Event.select(Event.event_id, Event.undoes).where(since).order_by(Event.event_id)))
    undone = {*undone_by(links, of_row=_name(key))} | {
        number for number in links if (number, key) in ahead.undone
    }
    for number, undoes in links.items():
        if number not in undone and undoes not in links:
            later: Event = Event.get_by_id(number)
            return later
    return None
