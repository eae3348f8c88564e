"""Applying a row's changes from a file: the desk's rules hold, only the dates are the file's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypedDict

from dispatch.agents.roster import changed as change_agent
from dispatch.assignment.agent_checks import attending_agent
from dispatch.assignment.assign import find_agent, may_take, save
from dispatch.bookings.lifecycle import booking_at_work, check_open, reassigned
from dispatch.bookings.suitability import misfits, pass_on_unsuited
from dispatch.customers.records import refuse_erased, rename_leads
from dispatch.desk.commands import Command, command, put_back
from dispatch.inputs.layouts import AGENTS, ASSIGNMENTS, BOOKINGS
from models.agents import Agent
from models.base import Json
from models.bookings import CANCELLED, CONFIRMED, PENDING, Assignment, Booking
from models.customers import Customer, Lead
from models.errors import Refused
from models.hints import act

REASON = "an imported file says so"
SETTERS = {"years_of_service": "years", "license_number": "license", "manager_name": "manager"}
"""The names that the roster has for an agent's columns, where they differ."""


class Noted(TypedDict):
    """What is impossible about a changed booking's dates, and why its agent does not suit it any more."""

    fault: str | None
    unsuited: str


NOTHING: Noted = {"fault": None, "unsuited": ""}


@command("import.change", past="updated from a file", undo=put_back, may="desk.keep")
def change_row(running: Command, head: int, kind: str, number: int, desk: Json, file: Json) -> Noted:
    """Give a row the file's values of some columns, as part of the import with this head.

    ``desk`` has the same columns as they were when the files were compared. Raises NotFound, InvalidInput,
    and Refused if a rule of the desk forbids the change, or one of the columns has changed meanwhile.
    """
    running.detail = {"head": head, "kind": kind, "id": number}
    return _CHANGES[kind](running, number, desk, file)


def _change_agent(running: Command, number: int, desk: Json, file: Json) -> Noted:
    agent = Agent.lock(number)
    rated = agent.prior_rating or None
    _check_unchanged(desk, lambda column: rated if column == "rating" else getattr(agent, column))
    given = {SETTERS.get(column, column): "" if value is None else value for column, value in file.items()}
    if "rating" in file and file["rating"] is None:
        given.pop("rating")
        agent.prior_rating, agent.prior_answers = 0.0, 0
        agent.refresh_rating()
    change_agent(running, agent, given)
    return NOTHING


def _change_assignment(running: Command, number: int, desk: Json, file: Json) -> Noted:
    """Correct the customer's name and the terms; another agent gets the booking, while it is Pending."""
    assignment = Assignment.lock(number)
    _check_unchanged(desk, lambda column: getattr(assignment, column))
    lead = Lead.lock(assignment.lead_id)
    refuse_erased(lead.customer_id)
    booking = Booking.get_or_none(Booking.assignment_id == number)
    if booking is not None:
        booking = booking_at_work(running, booking.booking_id)
    agent = _next_agent(booking, file["agent_id"]) if "agent_id" in file else None
    _correct(assignment, lead, file)
    if booking is None:
        running.customer_id = lead.customer_id
    elif agent is None:
        booking.changed_at = running.now
        booking.save()  # always, so that every change has its version
    else:
        reassigned(running, booking, agent, REASON)
    return NOTHING


def _next_agent(booking: Booking | None, agent_id: int) -> Agent:
    if booking is None:
        problem = "its customer was never reached, so nobody can take over"
        raise Refused("no_booking", problem, "the agent stays as it is")
    check_open(booking, waiting_too=True)
    return attending_agent(agent_id)


def _correct(assignment: Assignment, lead: Lead, file: Json) -> None:
    """Correct a lead and its assignment; a customer of the wrong name, and their other leads, as well."""
    given = {column: file[column] for column in ("customer_name", "method", "source") if column in file}
    for column, value in given.items():
        setattr(lead, column, value)
        setattr(assignment, column, value)
    customer = Customer.lock(lead.customer_id)
    wrong = lead.was("customer_name")
    lead.save()
    assignment.save()
    if lead.customer_name != wrong and customer.name == wrong:
        customer.name = lead.customer_name
        customer.save()
        rename_leads(customer.customer_id, [wrong], customer.name)


def _change_booking(running: Command, number: int, desk: Json, file: Json) -> Noted:
    booking = booking_at_work(running, number)
    _check_unchanged(desk, lambda column: getattr(booking, column))
    _check_changeable(booking, file)
    is_reopened = file.get("status") == PENDING
    lead = Lead.lock(booking.lead_id)
    refuse_erased(lead.customer_id)
    misfits_before = misfits(running, booking, lead)
    for column, value in file.items():
        setattr(booking, column, value)
    if booking.package is not None:
        running.desk.values.check_package(booking.destination, booking.package, booking.was("package"))
    _follow_status(running, booking, is_reopened)
    lead.destination, lead.launch_location = booking.destination, booking.launch_location
    lead.save()
    if is_reopened and not (booking.agent_id is not None and may_take(booking.agent_id)):
        find_agent(running, booking)
        return {"fault": booking.date_fault, "unsuited": ""}
    save(running, booking)
    new = misfits(running, booking, lead) - misfits_before if not is_reopened else set()
    return {"fault": booking.date_fault, "unsuited": pass_on_unsuited(running, booking, new)}


def _check_changeable(booking: Booking, file: Json) -> None:
    number = booking.booking_id
    if booking.voided:
        raise Refused("voided", f"booking {number} was entered by mistake")
    if file.get("status") == CONFIRMED and booking.agent_id is None:
        hint = f"{act('booking.reassign', number)} assigns it"
        raise Refused("waiting", f"booking {number} waits for an agent", hint)


def _follow_status(running: Command, booking: Booking, is_reopened: bool) -> None:
    """Set what goes with a booking's status and dates, as closing and reopening do."""
    if booking.status != PENDING:
        booking.follow_up_at = booking.asked_at = None
    if is_reopened:
        booking.claimed_at = booking.progress_at = booking.asked_at = booking.pinned_at = None
        booking.given_at = None if booking.agent_id is None else running.now
        booking.clock_from = running.now
    is_cancelled = booking.status == CANCELLED
    booking.unreachable = booking.unreachable and is_cancelled
    booking.cancel_reason = (booking.cancel_reason or REASON) if is_cancelled else None
    outcome = booking.completed_at or booking.cancelled_at
    booking.date_fault = date_fault(booking.status, outcome, booking.created_at)


def date_fault(status: str, outcome: str | None, assigned_at: str) -> str | None:
    """Describe an outcome dated before its assignment; None if the dates are fine."""
    if outcome is None or outcome >= assigned_at:
        return None
    return f"{status} at {outcome}, before its assignment at {assigned_at}"


def _check_unchanged(desk: Json, now: Callable[[str], Any]) -> None:
    """Raise Refused if one of the columns is no longer as it was compared."""
    for column, value in desk.items():
        if now(column) != value:
            raise Refused("changed_since", f"{column} was changed meanwhile", "import the file again")


_CHANGES: dict[str, Callable[[Command, int, Json, Json], Noted]] = {
    AGENTS: _change_agent,
    ASSIGNMENTS: _change_assignment,
    BOOKINGS: _change_booking,
}
