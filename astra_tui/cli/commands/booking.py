"""``astra booking``: list, show and change bookings."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.commands.booking_batch import (
    WHEN,
    cancel,
    filter_of,
    filtered,
    follow_up,
    priority,
    reassign,
    release,
)
from astra_tui.cli.options import FACT_OPTIONS, Call, booking_number, formatted, limited, reading, verbs
from astra_tui.cli.output.bookings import print_line, stepped, unusual_priority
from astra_tui.cli.output.events import print_history
from astra_tui.cli.output.printing import Column, Listing, details, line
from astra_tui.cli.value_types import AGENT, DESTINATION, LAUNCH, METHOD, OUTCOME, PACKAGE, PRIORITY, SOURCE
from dispatch import bookings, queries
from dispatch.bookings import editing
from dispatch.desk import event_log
from dispatch.queries.next_steps import limits_of, next_action, with_step, with_steps
from dispatch.queries.row_types import BookingRow
from dispatch.queries.wording import booking_state, holder, kept, moment, money, step_words, with_next_step
from models.base import Json
from models.priorities import PRIORITIES


@click.group("booking")
def booking() -> None:
    """List, claim, confirm, cancel or reassign bookings."""


for batch_verb in (release, cancel, reassign, follow_up, priority):
    booking.add_command(batch_verb)
verb = verbs(booking, booking_number, print_line, stepped)

LIST_COLUMNS: tuple[Column[BookingRow], ...] = (
    Column("Id", "booking_id", right=True),
    Column("Customer", "customer_name"),
    Column("Destination", "destination"),
    Column("Agent", holder),
    Column("Status", booking_state),
    Column("Revenue", lambda row: money(row["total_revenue"]), right=True),
    Column("Changed", lambda row: moment(row["changed_at"]), whole=True),
    Column("Priority", unusual_priority, whole=True, sparse=True),
    Column("Follow-up", lambda row: moment(row["follow_up_at"]), whole=True, sparse=True),
)
LISTING = Listing(LIST_COLUMNS, (*queries.BOOKING_ROW, "next_step", "next_step_at"), "booking_id")


@booking.command("list")
@filtered
@click.option("--due", is_flag=True, help="Only due follow-ups; the longest overdue first.")
@click.option("--overdue", is_flag=True, help="Only those whose first contact or follow-up is overdue.")
@click.option("--rotten", is_flag=True, help="Only claims that nobody has worked on for too long.")
@click.option("--sort", metavar="KEY", help=f"Order: {', '.join(queries.BOOKING_SORTS)}; default changed.")
@click.option("--ascending", is_flag=True, help="Lowest or oldest first.")
@limited
@formatted
@reading
def list_bookings(
    call: Call,
    /,
    given: Json,
    due: bool,
    overdue: bool,
    rotten: bool,
    sort: str | None,
    ascending: bool,
    limit: int | None,
) -> None:
    """List bookings, newest change first."""
    with call.desk() as desk:
        now = desk.now()
        limits = limits_of(desk.settings, now)
        late: Json = {"due_until": now if due else None}
        late |= {"overdue": limits if overdue else None, "rotten": limits if rotten else None}
        which = filter_of(desk, given, **late, **_order(sort, due, ascending))
        rows = with_steps(queries.each_booking(which, limit), limits)
        if call.is_for_people:
            seen = set(queries.seen_by_all())
            rows = (with_next_step(row | {"seen_by_all": row["booking_id"] in seen}, now) for row in rows)
        call.show_rows(rows, LISTING, "no such bookings")


def _order(sort: str | None, due: bool, ascending: bool) -> Json:
    if sort is None and due:
        return {"sort": queries.FOLLOW_UP, "descending": False}
    return {"sort": queries.check_sort(sort or "changed"), "descending": not ascending}


@booking.command()
@booking_number
@reading
def show(call: Call, booking_id: int) -> None:
    """Show a booking with its next step and its history."""
    with call.desk() as desk:
        row = queries.booking(booking_id)
        now = desk.now()
        row |= with_step(row, limits_of(desk.settings, now))
        row["next_action"] = next_action(row, now)
        row["history"] = event_log.events(booking_id=booking_id)[::-1]
        (told,) = queries.with_seen([with_next_step(row, now)])
        call.show(row, lambda row: _print_details(row, booking_state(told)))


def _print_details(row: BookingRow, state: str) -> None:
    times = {key for key in row if key.endswith("_at")}
    amounts = {"destination_revenue", "package_revenue", "total_revenue"}
    hidden = {"history", "agent_id", "agent_name", "pinned_at", "voided", "next_step_at"}
    pairs: list[tuple[str, object]] = [("agent", holder(row))]
    if words := kept(row, row["history"]):
        pairs.append(("kept", words))
    for key, value in row.items():
        if key in hidden:
            continue
        if key == "status":
            value = state
        elif key == "next_step":
            value = step_words(row)
        elif isinstance(value, str) and key in times:
            value = moment(value)
        elif isinstance(value, float) and key in amounts:
            value = money(value)
        pairs.append((key.removesuffix("_at").replace("_", " "), value))
    details(*pairs)
    line()
    print_history(row["history"])


verb(
    bookings.claim,
    "Claim a booking for its agent; with the setting pull, also another agent's unclaimed one.",
    click.option("--agent", "agent_id", type=AGENT, required=True, help="The agent who takes it on."),
)
verb(bookings.keep, "Keep a claim: the agent is still working on it.")
verb(
    bookings.decline,
    "Pass a booking on to the next agent; if there is none, it waits.",
    click.option("--reason", required=True, help="Why the agent does not take it."),
)
verb(
    bookings.contact,
    "Record an attempt to reach the customer.",
    click.option(
        "--outcome",
        type=OUTCOME,
        required=True,
        help="The result, such as reached or no_answer; astra disposition list shows them all.",
    ),
    click.option("--text", help="A note on the call."),
    click.option(
        "--follow-up",
        metavar="WHEN",
        help="When to try again instead of what the outcome says: none, or " + WHEN + ".",
    ),
    click.option("--anyway", is_flag=True, help="Even if the customer must not be contacted."),
)


verb(
    bookings.note,
    "Write a note into a booking's history.",
    click.option("--text", required=True, help="The note."),
)
verb(
    bookings.confirm,
    "Confirm a Pending booking: the customer travels. One that nobody has claimed is claimed for its agent.",
    click.option("--package", type=PACKAGE, help="The package sold; default: as quoted."),
    click.option("--destination-revenue", metavar="AMOUNT", help="Revenue of the trip; default: as quoted."),
    click.option("--package-revenue", metavar="AMOUNT", help="Revenue of the package; default: as quoted."),
)
verb(bookings.reopen, "Make a closed booking Pending again, with its quote.")
verb(
    bookings.rate,
    "Record the customer's score of a closed booking.",
    click.option("--score", required=True, metavar="1-5", help="The customer's score, 1 to 5."),
)
verb(
    editing.edit,
    "Change the given details: customer, request, or the quote and priority while Pending.",
    click.option("--name", help="The customer's name."),
    click.option("--phone", help="Telephone number; an empty one clears it."),
    click.option("--email", help="E-mail address; an empty one clears it."),
    click.option("--method", type=METHOD, help="How the customer got in touch."),
    click.option("--source", type=SOURCE, help="Where the lead came from."),
    click.option("--destination", type=DESTINATION, help="Where the trip goes."),
    click.option("--launch", type=LAUNCH, help="The launch location."),
    click.option("--requests", metavar="TEXT", help="The customer's requests; an empty text clears them."),
    click.option("--priority", type=PRIORITY, help="Any of: " + ", ".join(PRIORITIES) + "."),
    *FACT_OPTIONS,
    click.option("--package", type=PACKAGE, help="The package in the quote."),
    click.option("--destination-revenue", metavar="AMOUNT", help="The trip's price in the quote."),
    click.option("--package-revenue", metavar="AMOUNT", help="The package's price in the quote."),
)
