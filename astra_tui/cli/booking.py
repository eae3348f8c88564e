"""``astra booking``: looking at bookings, and moving them along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import rich_click as click

from astra_tui.cli.candidates import DESTINATION, LAUNCH, METHOD, OUTCOME, PACKAGE, SOURCE, STATUS
from astra_tui.cli.options import (
    AGENT,
    Call,
    booking_number,
    booking_numbers,
    changing,
    dry_run,
    limited,
    reading,
)
from astra_tui.cli.output import Column, details, line, local, money
from astra_tui.cli.shown import tell_history
from dispatch import batch, bookings, edits, follow_ups, logbook, moments, timers, views
from dispatch.desk import Desk
from dispatch.next_action import next_action
from dispatch.search import prepare
from models.bookings import STATUSES
from models.errors import InvalidInput

Row = Mapping[str, Any]


@click.group("booking")
def booking() -> None:
    """List bookings, and claim, confirm, cancel or hand them on."""


COMMANDS = {"booking": booking}

REFUSED = 1  # exit code
LIST_COLUMNS = (
    Column("Id", "booking_id", right=True),
    Column("Customer", "customer_name"),
    Column("Destination", "destination"),
    Column("Agent", lambda row: _holder(row)),
    Column("Status", lambda row: _state(row)),
    Column("Revenue", lambda row: money(row["total_revenue"]), right=True),
    Column("Changed", lambda row: local(row["changed_at"]), whole=True),
)
FOLLOW_UP = Column("Follow-up", lambda row: local(row["follow_up_at"]), whole=True)
WHEN = "any of: " + moments.EXAMPLES


def _holder(row: Row) -> str:
    return "waiting" if row["agent_id"] is None else f"{row['agent_name']} ({row['agent_id']})"


def _state(row: Row) -> str:
    if row["voided"]:
        return "Cancelled, a mistake"
    if row["status"] != "Pending" or not row["claimed_at"]:
        return str(row["status"])
    if row["unattended"]:
        return "Pending, unattended"
    return "Pending, still on it?" if row["asked_at"] else "Pending, claimed"


def _tell_line(row: Row) -> None:
    line(
        f"Booking {row['booking_id']}: {row['customer_name']}, {row['destination']}, "
        f"{_state(row)}, {_holder(row)}"
        + (", above the agent's capacity" if row.get("over_capacity") else "")
        + (f", follow-up {local(row['follow_up_at'])}" if row["follow_up_at"] else "")
    )


@booking.command("list")
@click.option(
    "--status", type=STATUS, metavar="STATUS", help="Only Pending, Confirmed or Cancelled ones, in any case."
)
@click.option("--agent", "agent_id", type=AGENT, metavar="AGENT", help="Only those of this agent.")
@click.option("--destination", type=DESTINATION, metavar="NAME", help="Only those that go there.")
@click.option("--unclaimed", is_flag=True, help="Only those that their agent has not claimed yet.")
@click.option("--waiting", is_flag=True, help="Only those without an agent.")
@click.option("--due", is_flag=True, help="Only those to get back to now; the longest overdue first.")
@click.option("--asked", is_flag=True, help="Only claims whose agent was asked: still on it?")
@click.option("--text", default="", help="Only those with this in the customer, destination or number.")
@click.option(
    "--sort",
    metavar="KEY",
    help="Order: " + ", ".join(views.BOOKING_SORTS) + "; default changed.",
)
@click.option("--ascending", is_flag=True, help="Lowest or oldest first instead of last.")
@limited
@reading
def list_bookings(
    call: Call,
    /,
    status: str | None,
    agent_id: int | None,
    destination: str | None,
    due: bool,
    sort: str | None,
    ascending: bool,
    limit: int | None,
    **filters: Any,
) -> None:
    """List bookings, newest change first."""
    with call.desk() as desk:
        if agent_id is not None:
            views.agent(agent_id)
        which = views.BookingFilter(
            status=_status(status),
            agent_id=agent_id,
            destination=_destination(desk, destination),
            due_until=desk.now() if due else None,
            **_order(sort, due, ascending),
            **filters,
        )
        if which.text:
            prepare(desk)
        rows = views.bookings(which, limit)
    promised = any(row["follow_up_at"] for row in rows)
    call.tell_all(rows, (*LIST_COLUMNS, FOLLOW_UP) if promised else LIST_COLUMNS, "no such bookings")


def _order(sort: str | None, due: bool, ascending: bool) -> dict[str, Any]:
    if sort is None and due:
        return {"sort": views.FOLLOW_UP, "descending": False}
    return {"sort": views.check_sort(sort or "changed"), "descending": not ascending}


def _status(given: str | None) -> str | None:
    if given is None:
        return None
    for status in STATUSES:
        if given.strip().casefold() == status.casefold():
            return status
    raise InvalidInput("status", f"{given!r} is not a status", "accepted: " + ", ".join(STATUSES))


def _destination(desk: Desk, given: str | None) -> str | None:
    if given is None:
        return None
    known = {name.casefold(): name for name in desk.values.of("destination")}
    return known.get(given.strip().casefold()) or desk.values.check("destination", given)


@booking.command()
@booking_number
@reading
def show(call: Call, booking_id: int) -> None:
    """Show a booking with its history, and what comes next with it."""
    with call.desk() as desk:
        row = views.booking(booking_id)
        row["next_action"] = next_action(row, desk.now())
        row["history"] = logbook.events(booking_id=booking_id)[::-1]
    call.tell(row, _tell_details)


def _tell_details(row: Row) -> None:
    times = {key for key in row if key.endswith("_at")}
    amounts = {"destination_revenue", "package_revenue", "total_revenue"}
    hidden = {"history", "agent_id", "agent_name", "voided"}
    pairs: list[tuple[str, object]] = [("agent", _holder(row))]
    for key, value in row.items():
        if key in hidden:
            continue
        shown = local(value) if key in times else money(value) if key in amounts else value
        pairs.append((key.removesuffix("_at").replace("_", " "), shown))
    details(pairs)
    line()
    tell_history(row["history"])


@booking.command()
@booking_number
@click.option(
    "--agent", "agent_id", type=AGENT, required=True, metavar="AGENT", help="The agent who takes it on."
)
@changing
def claim(call: Call, booking_id: int, agent_id: int) -> None:
    """Claim a booking for the agent who has it; with the setting pull, also another's unclaimed one."""
    call.tell(call.change(bookings.claim, booking_id, agent_id), _tell_line)


@booking.command()
@booking_number
@changing
def keep(call: Call, booking_id: int) -> None:
    """Answer that a claim is still being worked on."""
    call.tell(call.change(timers.keep, booking_id), _tell_line)


@booking.command()
@booking_numbers
@dry_run
@changing
def release(call: Call, booking_ids: tuple[int, ...], dry_run: bool) -> None:
    """Give up the claim of one or several bookings; they stay with their agents."""
    _one_or_all(call, booking_ids, dry_run, bookings.release, batch.release)


@booking.command()
@booking_number
@click.option("--reason", required=True, help="Why the agent does not take it.")
@changing
def decline(call: Call, booking_id: int, reason: str) -> None:
    """Pass a booking on to the next agent; nobody left, it waits."""
    call.tell(call.change(bookings.decline, booking_id, reason), _tell_line)


@booking.command()
@booking_number
@click.option(
    "--outcome",
    type=OUTCOME,
    required=True,
    metavar="OUTCOME",
    help="What came of it: " + " or ".join(bookings.OUTCOMES) + ".",
)
@click.option("--text", help="A note on what was said.")
@click.option("--follow-up", metavar="WHEN", help="When to try again, " + WHEN + ".")
@changing
def contact(call: Call, booking_id: int, outcome: str, text: str | None, follow_up: str | None) -> None:
    """Note an attempt to reach the customer."""
    call.tell(call.change(bookings.contact, booking_id, outcome, text, follow_up), _tell_line)


@booking.command("follow-up")
@booking_number
@click.option("--at", metavar="WHEN", help="When, " + WHEN + ".")
@click.option("--clear", is_flag=True, help="Take the follow-up off.")
@changing
def set_follow_up(call: Call, booking_id: int, at: str | None, clear: bool) -> None:
    """Set when to get back to a customer, in the terminal's own zone."""
    if (at is None) != clear:
        raise click.UsageError("give either --at or --clear")
    if at is not None and not at.strip():
        raise InvalidInput("time", "the time is empty", "--clear takes the follow-up off")
    call.tell(call.change(follow_ups.follow_up, booking_id, at), _tell_line)


@booking.command()
@booking_number
@click.option("--text", required=True, help="The note.")
@changing
def note(call: Call, booking_id: int, text: str) -> None:
    """Write a note into a booking's history."""
    call.tell(call.change(bookings.note, booking_id, text), _tell_line)


@booking.command()
@booking_number
@click.option("--package", type=PACKAGE, metavar="NAME", help="What was sold; else as quoted.")
@click.option("--destination-revenue", metavar="AMOUNT", help="Revenue of the trip; else as quoted.")
@click.option("--package-revenue", metavar="AMOUNT", help="Revenue of the package; else as quoted.")
@changing
def confirm(
    call: Call,
    booking_id: int,
    package: str | None,
    destination_revenue: str | None,
    package_revenue: str | None,
) -> None:
    """Confirm a Pending booking: the customer travels."""
    row = call.change(bookings.confirm, booking_id, package, destination_revenue, package_revenue)
    call.tell(row, _tell_line)


@booking.command()
@booking_numbers
@click.option("--reason", required=True, help="Why the customer does not travel.")
@dry_run
@changing
def cancel(call: Call, booking_ids: tuple[int, ...], reason: str, dry_run: bool) -> None:
    """Cancel one or several Pending bookings."""
    _one_or_all(call, booking_ids, dry_run, bookings.cancel, batch.cancel, reason)


@booking.command()
@booking_numbers
@click.option(
    "--to", "to_agent_id", type=AGENT, required=True, metavar="AGENT", help="The agent who gets it."
)
@click.option("--reason", required=True, help="Why it changes hands.")
@dry_run
@changing
def reassign(call: Call, booking_ids: tuple[int, ...], to_agent_id: int, reason: str, dry_run: bool) -> None:
    """Give one or several Pending bookings to another agent, unclaimed.

    It may be more than the agent's capacity: then it is told as an override.
    """
    _one_or_all(call, booking_ids, dry_run, bookings.reassign, batch.reassign, to_agent_id, reason)


def _one_or_all(
    call: Call,
    booking_ids: tuple[int, ...],
    is_preview: bool,
    one: Callable[..., Row],
    several: Callable[..., dict[str, Any]],
    *given: Any,
) -> None:
    """Change one booking and print it, or several in one go, with a result for each."""
    if len(booking_ids) == 1 and not is_preview:
        call.tell(call.change(one, booking_ids[0], *given), _tell_line)
        return
    if is_preview:
        with call.desk() as desk:
            result = batch.preview(desk, lambda: several(desk, booking_ids, *given))
    else:
        result = call.change(several, booking_ids, *given)
    call.tell(result, lambda result: _tell_batch(result, is_preview))
    if not result["done"]:
        call.surroundings.exit_code = REFUSED


def _tell_batch(result: dict[str, Any], is_preview: bool) -> None:
    for row in result["results"]:
        if row["ok"]:
            _tell_line(row["booking"])
        else:
            line(f"Booking {row['booking_id']}: refused, {row['error']['message']}")
    would = "would be done" if is_preview else "done"
    line(f"{result['done']} {would}, {result['refused']} refused")


@booking.command()
@booking_number
@changing
def reopen(call: Call, booking_id: int) -> None:
    """Make a closed booking Pending again, its quote kept."""
    call.tell(call.change(bookings.reopen, booking_id), _tell_line)


@booking.command()
@booking_number
@click.option("--score", required=True, metavar="1-5", help="The customer's score, 1 to 5.")
@changing
def rate(call: Call, booking_id: int, score: str) -> None:
    """Note the customer's score of a finished booking."""
    call.tell(call.change(bookings.rate, booking_id, score), _tell_line)


@booking.command()
@booking_number
@click.option("--name", help="The customer's name.")
@click.option("--phone", help="Telephone number; an empty one clears it.")
@click.option("--email", help="E-mail address; an empty one clears it.")
@click.option("--method", type=METHOD, metavar="NAME", help="How the customer got in touch.")
@click.option("--source", type=SOURCE, metavar="NAME", help="Where the lead came from.")
@click.option("--destination", type=DESTINATION, metavar="NAME", help="Where the trip goes.")
@click.option("--launch", type=LAUNCH, metavar="NAME", help="The launch location.")
@click.option("--requests", metavar="TEXT", help="What the customer asked for; an empty text clears it.")
@click.option("--package", type=PACKAGE, metavar="NAME", help="The package in the quote.")
@click.option("--destination-revenue", metavar="AMOUNT", help="The trip's price in the quote.")
@click.option("--package-revenue", metavar="AMOUNT", help="The package's price in the quote.")
@changing
def edit(call: Call, /, booking_id: int, **changes: str | None) -> None:
    """Change what is given: customer, request, or the quote while Pending."""
    call.tell(call.change(edits.edit, booking_id, **changes), _tell_line)
