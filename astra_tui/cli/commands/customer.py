"""``astra customer``: find, show, merge and edit customers."""

from __future__ import annotations

from typing import Any

import rich_click as click

from astra_tui.cli.commands import customer_privacy
from astra_tui.cli.options import (
    Call,
    changing,
    filter_reading,
    filtering,
    formatted,
    limited,
    reading,
    verbs,
)
from astra_tui.cli.output.events import print_history
from astra_tui.cli.output.printing import Column, Listing, details, line, required_keys, section
from astra_tui.cli.value_types import CUSTOMER
from dispatch import customers
from dispatch.customers import MOST_FOUND
from dispatch.customers.row_types import (
    ContactRow,
    CustomerCard,
    DuplicatePair,
    IssueLine,
    MergePreview,
    PairApart,
    Suspect,
)
from dispatch.inputs.filters.filter_language import Words, joined, parse, parts_of
from dispatch.inputs.filters.filter_reader import read
from dispatch.queries import customer_index
from dispatch.queries.row_types import BookingRow, CustomerRow
from dispatch.queries.wording import booking_state, moment, money, plural
from dispatch.service import wording as issue_words


@click.group("customer")
def customer() -> None:
    """List, find, show, merge, edit, export and erase customers."""


for command in (customer_privacy.export, customer_privacy.forget, customer_privacy.expired):
    customer.add_command(command)


FIND_COLUMNS: tuple[Column[CustomerRow], ...] = (
    Column("Id", "customer_id", right=True),
    Column("Name", "name"),
    Column("Phone", "phone", whole=True),
    Column("E-mail", "email"),
    Column("Open", "open_bookings", right=True),
    Column("Last booking", "last_booking_id", right=True),
    Column("Booked", lambda row: moment(row["last_booking_at"]), whole=True),
)
FOUND = Listing(FIND_COLUMNS, required_keys(CustomerRow), "customer_id")
ALIKE: Listing[Any] = Listing(
    (*FIND_COLUMNS[:5], Column("Same", "because")), required_keys(Suspect), "customer_id"
)
PAIRS: Listing[DuplicatePair] = Listing(
    (
        Column("Score", lambda row: f"{row['score']:.2f}", right=True),
        Column("Id", lambda row: row["customer"]["customer_id"], right=True),
        Column("Name", lambda row: row["customer"]["name"]),
        Column("Other", lambda row: row["other"]["customer_id"], right=True),
        Column("Name", lambda row: row["other"]["name"]),
        Column("Why", lambda row: ", ".join(row["reasons"])),
    ),
    required_keys(DuplicatePair),
    "pair",
)
BOOKING_COLUMNS: tuple[Column[BookingRow], ...] = (
    Column("Booking", "booking_id", right=True),
    Column("Destination", "destination"),
    Column("Agent", lambda row: row["agent_name"] or "waiting"),
    Column("Status", booking_state),
    Column("Changed", lambda row: moment(row["changed_at"]), whole=True),
)

ISSUE_COLUMNS: tuple[Column[IssueLine], ...] = (
    Column("Issue", "issue_id", right=True),
    Column("Priority", "priority"),
    Column("Status", issue_words.status),
    Column("Category", lambda row: row["category"].replace("_", " ")),
    Column("Opened", lambda row: moment(row["opened_at"]), whole=True),
    Column("Title", "title"),
)

LIMIT = click.IntRange(0, customers.MOST_LISTED)
customer_number = click.argument("customer_id", type=CUSTOMER)


@customer.command()
@click.argument("text", default="")
@filtering(customers.CUSTOMER_KEYS)
@click.option(
    "--limit", type=LIMIT, default=MOST_FOUND, metavar="N", help=f"At most N rows; default {MOST_FOUND}."
)
@formatted
@reading
def find(call: Call, text: str, filter_text: str, limit: int) -> None:
    """Find customers by part of a name, phone or e-mail, or a booking number.

    Every word of TEXT must match, ignoring accents, strokes and case: anywhere if it has three letters or
    more, else at the beginning of a word. Best matches come first; with a filter, the newest.
    """
    if not (text or filter_text):
        raise click.UsageError("give a TEXT or --filter")
    with call.desk() as desk:
        customer_index.prepare(desk)
        wanted = joined("and", [*parts_of(Words(text) if text else None), *parts_of(parse(filter_text))])
        asked = read(wanted, customers.CUSTOMER_KEYS, filter_reading(desk, filter_text))
        rows = customers.filtered(asked, limit)
    call.show_rows(rows, FOUND, "no such customer")


@customer.command("list")
@filtering(customers.CUSTOMER_KEYS)
@limited
@formatted
@reading
def list_customers(call: Call, filter_text: str, limit: int | None) -> None:
    """List the customers, newest first, without those merged into others."""
    with call.desk() as desk:
        if filter_text:
            customer_index.prepare(desk)
        asked = read(parse(filter_text), customers.CUSTOMER_KEYS, filter_reading(desk, filter_text))
        call.show_rows(
            customers.each(asked, limit), FOUND, "no such customers" if filter_text else "none yet"
        )


@customer.command()
@customer_number
@reading
def show(call: Call, customer_id: int) -> None:
    """Show a customer with the leads, bookings and history."""
    with call.desk():
        call.show(customers.card(customer_id), _print_card)


@customer.command()
@click.argument("keep_id", metavar="KEEP", type=CUSTOMER)
@click.argument("other_id", metavar="OTHER", type=CUSTOMER)
@click.option(
    "--take",
    type=click.Choice(customers.TAKEN),
    multiple=True,
    help="Make OTHER's phone or e-mail the main one, where both have one.",
)
@click.option("--dry-run", is_flag=True, help="Only show what would move.")
@changing
def merge(call: Call, keep_id: int, other_id: int, take: tuple[str, ...], dry_run: bool) -> None:
    """Merge two customers: KEEP gets everything that OTHER has.

    All phone numbers and e-mail addresses are kept, and the better tier. astra undo reverses it.
    """
    if dry_run:
        with call.desk():
            call.show(customers.preview_merge(keep_id, other_id), _print_merge)
    else:
        call.show(call.change(customers.merge, keep_id, other_id, take), _print_line)


@customer.command()
@customer_number
@formatted
@reading
def similar(call: Call, customer_id: int) -> None:
    """List possible duplicates of a customer, likeliest first."""
    rows = call.read(lambda _: customers.similar(customer_id))
    call.show_rows(rows, ALIKE, "nobody like this customer")


@customer.command()
@click.option(
    "--limit",
    type=LIMIT,
    default=customers.PAGE,
    metavar="N",
    help=f"At most N pairs; default {customers.PAGE}.",
)
@click.option("--offset", type=click.IntRange(0), default=0, metavar="N", help="Leave out the first N pairs.")
@formatted
@reading
def duplicates(call: Call, limit: int, offset: int) -> None:
    """List possible duplicates among all customers, likeliest first, and why.

    astra customer merge makes two customers one; astra customer apart keeps two who are not the same.
    """
    rows = call.read(lambda _: customers.duplicates(limit, offset))
    call.show_rows(rows, PAIRS, "no possible duplicates")


@customer.command()
@customer_number
@click.argument("other_id", metavar="OTHER", type=CUSTOMER)
@click.option("--again", is_flag=True, help="They may be one after all: offer them again.")
@changing
def apart(call: Call, customer_id: int, other_id: int, again: bool) -> None:
    """Remember that two customers are not the same: they are no more offered as duplicates."""
    row = call.change(customers.keep_apart, customer_id, other_id, apart=not again)
    call.show(row, _print_apart)


def _print_apart(row: PairApart) -> None:
    state = "are not the same" if row["apart"] else "may be one again"
    line(f"Customers {row['customer_id']} and {row['other_id']} {state}")


def _print_merge(preview: MergePreview) -> None:
    keep, other = (f"{row['name']} ({row['customer_id']})" for row in (preview["keep"], preview["other"]))
    details(
        ("kept", keep),
        ("merged", other),
        ("moves", plural(preview["leads"], "lead")),
        ("taken over", ", ".join(preview["takes_over"].values())),
        ("also theirs", ", ".join(preview["asks"].values())),
        ("tier", preview["tier"]),
        ("do not contact", "yes" if preview["do_not_contact"] else None),
    )


def _print_line(row: CustomerRow) -> None:
    mark = "do not contact" if row["do_not_contact"] else ""
    parts = [row["name"], row["phone"], row["email"], plural(row["open_bookings"], "open booking"), mark]
    line(f"Customer {row['customer_id']}: {', '.join(filter(None, parts))}")


def _print_card(row: CustomerCard) -> None:
    details(
        ("customer", f"{row['name']} ({row['customer_id']})"),
        ("merged into", row["merged_into"]),
        ("merged from", ", ".join(map(str, row["merged"]))),
        *((contact["kind"], _reach(contact)) for contact in row["contacts"]),
        ("do not contact", "yes" if row["do_not_contact"] else None),
        ("tier", row["tier"]),
        ("total value", money(row["total_value"]) if row["total_value"] else None),
        ("issues", row["previous_issues"] or None),
        ("satisfaction", row["satisfaction"]),
        ("preferred channel", row["preferred_channel"]),
        ("known since", moment(row["created_at"])),
        ("open bookings", row["open_bookings"]),
    )
    section(BOOKING_COLUMNS, row["bookings"])
    section(ISSUE_COLUMNS, row["issues"])
    if row["events"]:
        line()
        print_history(row["events"][::-1])


def _reach(contact: ContactRow) -> str:
    """Write a contact as it is compared, and as it was typed if that differs."""
    typed = f" ({contact['typed']})" if contact["typed"] else ""
    return f"{contact['value']}{typed}" + (f", {contact['note']}" if contact["note"] else "")


verbs(customer, customer_number, _print_line)(
    customers.edit,
    "Change the given details of a customer.",
    click.option("--name", help="The customer's name; also changes leads with the old name."),
    click.option("--phone", help="Main phone number; empty clears it."),
    click.option("--email", help="Main e-mail address; empty clears it."),
    click.option(
        "--add",
        multiple=True,
        metavar="CONTACT",
        help="A further phone number or e-mail, such as 'work: 0171 1'. Can be given several times.",
    ),
    click.option(
        "--remove",
        multiple=True,
        metavar="CONTACT",
        help="Remove a phone number or e-mail. Can be given several times.",
    ),
    click.option(
        "--do-not-contact/--may-contact",
        "do_not_contact",
        default=None,
        help="Whether the customer must not be contacted.",
    ),
    click.option(
        "--tier", metavar="TIER", help="bronze, silver, gold, platinum or enterprise; empty clears it."
    ),
)
