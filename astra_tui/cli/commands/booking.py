"""``astra booking``: looking at bookings, and moving them along."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.commands.booking_batch import (
    cancel,
    filter_of,
    filtered,
    reassign,
    release,
)
from astra_tui.cli.options import AGENT, Call, booking_number, changing, limited, reading
from astra_tui.cli.output.bookings import tell_line
from astra_tui.cli.output.events import tell_history
from astra_tui.cli.output.printing import Column, details, line
from astra_tui.cli.value_types import (
    DESTINATION,
    LAUNCH,
    METHOD,
    OUTCOME,
    PACKAGE,
    SOURCE,
)
from dispatch import bookings, queries
from dispatch.bookings import editing, follow_ups
from dispatch.desk import event_log
from dispatch.inputs import due_times
from dispatch.queries.next_action import next_action
from dispatch.queries.row_types import BookingRow
from dispatch.queries.wording import booking_state, holder, moment, money, with_next_step
from models.base import Json
from models.errors import InvalidInput


@click.group("booking")
def booking() -> None:
    """List bookings, and claim, confirm, cancel or hand them on."""


COMMANDS = {"booking": booking}
for verb in (release, cancel, reassign):
    booking.add_command(verb)

LIST_COLUMNS: tuple[Column[BookingRow], ...] = (
    Column("Id", "booking_id", right=True),
    Column("Customer", "customer_name"),
    Column("Destination", "destination"),
    Column("Agent", holder),
    Column("Status", booking_state),
    Column("Revenue", lambda row: money(row["total_revenue"]), right=True),
    Column("Changed", lambda row: moment(row["changed_at"]), whole=True),
)
FOLLOW_UP = Column[BookingRow]("Follow-up", lambda row: moment(row["follow_up_at"]), whole=True)
WHEN = "any of: " + due_times.EXAMPLES


@booking.command("list")
@filtered
@click.option("--due", is_flag=True, help="Only those to get back to now; the longest overdue first.")
@click.option(
    "--sort",
    metavar="KEY",
    help="Order: " + ", ".join(queries.BOOKING_SORTS) + "; default changed.",
)
@click.option("--ascending", is_flag=True, help="Lowest or oldest first instead of last.")
@limited
@reading
def list_bookings(
    call: Call, /, given: Json, due: bool, sort: str | None, ascending: bool, limit: int | None
) -> None:
    """List bookings, newest change first."""
    with call.desk() as desk:
        now = desk.now()
        order = _order(sort, due, ascending)
        which = filter_of(desk, given, due_until=now if due else None, **order)
        rows = queries.list_bookings(which, limit)
    promised = any(row["follow_up_at"] for row in rows)
    if not call.as_json:
        rows = [with_next_step(row, now) for row in rows]
    call.tell_all(rows, (*LIST_COLUMNS, FOLLOW_UP) if promised else LIST_COLUMNS, "no such bookings")


def _order(sort: str | None, due: bool, ascending: bool) -> Json:
    if sort is None and due:
        return {"sort": queries.FOLLOW_UP, "descending": False}
    return {"sort": queries.check_sort(sort or "changed"), "descending": not ascending}


@booking.command()
@booking_number
@reading
def show(call: Call, booking_id: int) -> None:
    """Show a booking with its history, and what comes next with it."""
    with call.desk() as desk:
        row = queries.booking(booking_id)
        now = desk.now()
        row["next_action"] = next_action(row, now)
        row["history"] = event_log.events(booking_id=booking_id)[::-1]
    call.tell(row, lambda row: _tell_details(row, booking_state(with_next_step(row, now))))


def _tell_details(row: BookingRow, state: str) -> None:
    times = {key for key in row if key.endswith("_at")}
    amounts = {"destination_revenue", "package_revenue", "total_revenue"}
    hidden = {"history", "agent_id", "agent_name", "voided"}
    pairs: list[tuple[str, object]] = [("agent", holder(row))]
    for key, value in row.items():
        if key in hidden:
            continue
        if key == "status":
            value = state
        elif isinstance(value, str) and key in times:
            value = moment(value)
        elif isinstance(value, float) and key in amounts:
            value = money(value)
        pairs.append((key.removesuffix("_at").replace("_", " "), value))
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
    call.tell(call.change(bookings.claim, booking_id, agent_id), tell_line)


@booking.command()
@booking_number
@changing
def keep(call: Call, booking_id: int) -> None:
    """Answer that a claim is still being worked on."""
    call.tell(call.change(bookings.keep, booking_id), tell_line)


@booking.command()
@booking_number
@click.option("--reason", required=True, help="Why the agent does not take it.")
@changing
def decline(call: Call, booking_id: int, reason: str) -> None:
    """Pass a booking on to the next agent; nobody left, it waits."""
    call.tell(call.change(bookings.decline, booking_id, reason), tell_line)


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
    call.tell(call.change(bookings.contact, booking_id, outcome, text, follow_up), tell_line)


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
    call.tell(call.change(follow_ups.follow_up, booking_id, at), tell_line)


@booking.command()
@booking_number
@click.option("--text", required=True, help="The note.")
@changing
def note(call: Call, booking_id: int, text: str) -> None:
    """Write a note into a booking's history."""
    call.tell(call.change(bookings.note, booking_id, text), tell_line)


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
    call.tell(row, tell_line)


@booking.command()
@booking_number
@changing
def reopen(call: Call, booking_id: int) -> None:
    """Make a closed booking Pending again, its quote kept."""
    call.tell(call.change(bookings.reopen, booking_id), tell_line)


@booking.command()
@booking_number
@click.option("--score", required=True, metavar="1-5", help="The customer's score, 1 to 5.")
@changing
def rate(call: Call, booking_id: int, score: str) -> None:
    """Note the customer's score of a finished booking."""
    call.tell(call.change(bookings.rate, booking_id, score), tell_line)


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
    call.tell(call.change(editing.edit, booking_id, **changes), tell_line)
