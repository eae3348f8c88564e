"""``astra customer forget``, ``export`` and ``expired``: what the desk holds of a person."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.commands.compact import compacted
from astra_tui.cli.options import Call, changing, dry_run, formatted, reading
from astra_tui.cli.output.events import print_history
from astra_tui.cli.output.printing import Column, Listing, details, line, required_keys
from astra_tui.cli.value_types import CUSTOMER
from astra_tui.user.mentions import clear_filter, remove_mentions
from dispatch import privacy
from dispatch.desk.desk import Desk
from dispatch.operations.backup_record import known_copies
from dispatch.privacy.holdings import LABELS
from dispatch.privacy.row_types import Expired, Export
from dispatch.queries.wording import moment, plural
from models.base import Json
from models.errors import DatabaseUnavailable

customer_number = click.argument("customer_id", type=CUSTOMER)
LONGEST = 36_500

EXPIRED_COLUMNS: tuple[Column[Expired], ...] = (
    Column("Customer", "customer_id", right=True),
    Column("Name", "name"),
    Column("Last", lambda row: moment(row["last_at"]), whole=True),
    Column("Bookings", "bookings", right=True),
    Column("Issues", "issues", right=True),
)
EXPIRED = Listing(EXPIRED_COLUMNS, required_keys(Expired), "customer_id")


@click.command()
@customer_number
@dry_run
@click.option("--later", is_flag=True, help="Leave rewriting the file to astra compact.")
@changing
def forget(call: Call, customer_id: int, dry_run: bool, later: bool) -> None:
    """Erase a customer for good: name, phone, e-mail and all texts.

    Bookings and issues stay, without the person, and so do all figures. Customers merged into this one are
    erased with it. The file is then rewritten, and nobody else can write meanwhile: use --later on a large
    desk. Backups that still hold the customer are listed. Nothing brings a customer back.
    """
    if dry_run:
        row = call.read(lambda desk: _previewed(desk, customer_id))
    else:
        row = _forgotten(call, customer_id, later=later)
    call.show(row, lambda row: _print_erased(row, dry_run))


def _previewed(desk: Desk, customer_id: int) -> Json:
    row: Json = dict(privacy.preview_erasure(customer_id))
    return row | {"backups": _copies(desk, row["customers"])}


def _forgotten(call: Call, customer_id: int, *, later: bool) -> Json:
    texts = call.read(lambda _: privacy.names_of(customer_id))
    row: Json = dict(call.change(privacy.forget, customer_id))
    with call.desk() as desk:
        row["compacted"] = not later and _is_compacted(desk)
        row["drafts"] = [str(file) for file in remove_mentions(desk.database.address, texts)]
        row["backups"] = _copies(desk, row["customers"])
    clear_filter(texts)
    return row


def _is_compacted(desk: Desk) -> bool:
    """Rewrite the file, if that is possible now: the customer is erased anyway."""
    try:
        return bool(compacted(desk)["whole"])
    except DatabaseUnavailable:
        return False


def _copies(desk: Desk, customer_ids: list[int]) -> list[str]:
    return privacy.copies_with(desk, known_copies(desk), customer_ids)


def _print_erased(row: Json, is_preview: bool) -> None:
    rows = ", ".join(plural(number, LABELS[table]) for table, number in row["rows"].items())
    would = "would be erased" if is_preview else "was erased"
    line(f"Customer {row['customer_id']} {would}: {rows}; {plural(row['events'], 'event')}")
    if not is_preview and not row["compacted"]:
        line("Until astra compact has run, unused parts of the file may still hold the values")
    for file in row.get("drafts", ()):
        line(f"Deleted, as it mentioned the customer: {file}")
    for file in row["backups"]:
        line(f"Still holds the customer: {file}")


@click.command()
@customer_number
@reading
def export(call: Call, customer_id: int) -> None:
    """Print everything that the desk holds of a customer, with the whole history."""
    with call.desk() as desk:
        call.show(privacy.export(desk, customer_id), _print_export)


def _print_export(row: Export) -> None:
    line(f"Everything held of customer {row['customer_id']}, {moment(row['exported_at'])}")
    for table, rows in row["rows"].items():
        for one in rows:
            line()
            line(table)
            details(*((name, value) for name, value in one.items() if value not in (None, "", "[]", "{}")))
    line()
    print_history(row["events"])


@click.command()
@click.option("--days", type=click.IntRange(1, LONGEST), metavar="N", help="Instead of the setting's days.")
@formatted
@reading
def expired(call: Call, days: int | None) -> None:
    """List the customers whom the setting retention_days would erase, or another number of days.

    They are those without open work with whom nothing has happened for so long. The sweep erases them.
    """
    with call.desk() as desk:
        kept = days or desk.settings["retention_days"]
        if not kept:
            raise click.UsageError("retention_days is 0: nobody is erased; preview with --days N")
        rows = privacy.expired(desk, kept)
    call.show_rows(rows, EXPIRED, "nobody")
