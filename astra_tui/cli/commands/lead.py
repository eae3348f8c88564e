"""``astra lead``: new leads, one by one or from a file, and a list of all."""

from __future__ import annotations

from functools import partial
from typing import Any

import rich_click as click

from astra_tui.cli.column_options import naming_columns
from astra_tui.cli.file_options import FILE_OPTIONS as EVERY_FILE
from astra_tui.cli.file_options import instead_of_file, reading_files, without_file
from astra_tui.cli.options import (
    FACT_OPTIONS,
    Call,
    changing,
    formatted,
    lead_options,
    limited,
    reading,
    with_parameters,
)
from astra_tui.cli.output.printing import Column, Listing, line, narrate, required_keys
from astra_tui.cli.value_types import CUSTOMER, ON_OPEN, POLICY, PRIORITY
from dispatch import queries
from dispatch.leads import intake
from dispatch.queries.row_types import ListedLead
from dispatch.queries.wording import moment
from models.base import Json
from models.priorities import PRIORITIES

REQUIRED = ("name", "method", "source", "destination", "launch")
OF_ONE = ("name", "phone", "email")
FILE_OPTIONS = {"again": "--again", "run": "--run"} | EVERY_FILE


@click.group("lead")
def lead() -> None:
    """Add leads, which are assigned at once, and list them."""


LIST_COLUMNS: tuple[Column[ListedLead], ...] = (
    Column("Id", "lead_id", right=True),
    Column("Customer", "customer_name"),
    Column("Phone", "phone", whole=True),
    Column("E-mail", "email"),
    Column("Contact", "method"),
    Column("Source", "source"),
    Column("Destination", "destination"),
    Column("Launch", "launch_location"),
    Column("Received", lambda row: moment(row["received_at"]), whole=True),
    Column("Requests", "requests", sparse=True),
)
LISTING = Listing(LIST_COLUMNS, required_keys(ListedLead), "lead_id")


@lead.command("list")
@limited
@formatted
@reading
def list_leads(call: Call, limit: int | None) -> None:
    """List the leads as they were entered, newest first."""
    with call.desk():
        call.show_rows(queries.each_lead(limit), LISTING, "no leads yet")


@lead.command()
@click.option("--name", help="The customer's name.")
@partial(with_parameters, parameters=lead_options(required=False))
@click.option("--phone", help="Phone number; the same one is the same customer.")
@click.option("--email", help="E-mail address; the same one is the same customer.")
@click.option(
    "--customer", metavar="ID", type=CUSTOMER, help="The lead belongs to this customer, whatever its name."
)
@click.option("--new-customer", is_flag=True, help="A new customer, even if the phone or e-mail is known.")
@click.option("--priority", type=PRIORITY, help="Any of: " + ", ".join(PRIORITIES) + "; default MEDIUM.")
@partial(with_parameters, parameters=FACT_OPTIONS)
@click.option("--policy", type=POLICY, help="Use this policy instead of the desk's.")
@click.option(
    "--on-open",
    type=ON_OPEN,
    help="If the customer has an open booking: assign as for somebody new, give to its agent, or refuse.",
)
@click.option(
    "--from",
    "source_file",
    metavar="FILE",
    help="Add leads of a CSV, JSON, SQL or .xlsx file; - reads stdin.",
)
@click.option("--again", is_flag=True, help="With --from: add rows that are in already once more.")
@click.option("--run", metavar="RUN", help="With --from: continue an interrupted run of --again.")
@naming_columns
@click.option("--dry-run", is_flag=True, help="With --from: only show how the file is understood.")
@reading_files
@changing
def add(
    call: Call,
    /,
    policy: str | None,
    source_file: str | None,
    customer: int | None,
    new_customer: bool,
    on_open: str | None,
    **given: Any,
) -> None:
    """Add one lead, or a file of leads, and assign it.

    A row is taken in once, whatever file holds it: a file that was interrupted, or in which a row was
    corrected, can simply be added again. One astra undo removes all leads of a file. Its columns are known
    by the names that most programs use; --map names others, and --method, --source, --destination, --launch,
    --requests and --priority are for rows that have none.
    """
    about = {name: given.pop(name) for name in FILE_OPTIONS}
    if source_file is None:
        without_file(about, FILE_OPTIONS)
        if new_customer and customer is not None:
            raise click.UsageError("--new-customer and --customer exclude each other")
        choices = {"policy": policy, "on_open": on_open}
        _add_one(call, choices, given, intake.NEW_CUSTOMER if new_customer else customer)
        return
    one = {"customer": customer, "new-customer": new_customer or None, "request-id": call.request_id}
    instead_of_file({name: given[name] for name in OF_ONE} | one, "lead")
    from astra_tui.cli.lead_files import add_file  # slow to import, and one lead does not need it

    add_file(call, source_file, {"policy": policy, "on_open": on_open}, about, given)


def _add_one(
    call: Call, choices: dict[str, str | None], fields: dict[str, str | None], customer: intake.Whose
) -> None:
    missing = [f"--{name}" for name in REQUIRED if fields[name] is None]
    if missing:
        raise click.UsageError(f"missing: {', '.join(missing)} (or --from FILE)")
    whose = () if customer is None else (customer,)
    given: Json = fields | choices
    result = call.change(intake.receive_noted, *whose, **given)
    if note := result["customer_note"]:
        narrate(note)
    if warning := result.get("trip_note"):
        narrate(warning)
    if known := intake.known_words(result):
        narrate(known)
    call.show(result, _print_one)


def _print_one(row: intake.LeadResult) -> None:
    where = f"goes to {row['agent_name']} ({row['agent_id']})" if row["agent_id"] is not None else "waits"
    line(f"Lead {row['lead_id']} {where}, booking {row['booking_id']}: {row['reason']}")
