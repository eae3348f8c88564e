"""``astra lead``: new leads, one by one or from a file."""

from __future__ import annotations

import secrets
from functools import partial

import rich_click as click

from astra_tui.cli.file_options import FileOptions, reading_files
from astra_tui.cli.input_files import input_file, title_of
from astra_tui.cli.options import Call, changing, lead_options, with_parameters
from astra_tui.cli.output.printing import first_lines, line, narrate
from astra_tui.cli.output.progress import progress_bar
from astra_tui.cli.value_types import CUSTOMER, POLICY
from dispatch.inputs import lead_files
from dispatch.leads import intake
from dispatch.leads.file_intake import FileResult, receive_file
from dispatch.queries.wording import plural
from models.base import Json
from models.errors import InvalidInput

REQUIRED = ("name", "method", "source", "destination", "launch")


@click.group("lead")
def lead() -> None:
    """Add leads; they are assigned at once."""


@lead.command()
@click.option("--name", help="The customer's name.")
@partial(with_parameters, parameters=lead_options(required=False))
@click.option("--phone", help="Phone number; the same one is the same customer.")
@click.option("--email", help="E-mail address; the same one is the same customer.")
@click.option(
    "--customer", metavar="ID", type=CUSTOMER, help="The lead belongs to this customer, whatever its name."
)
@click.option("--new-customer", is_flag=True, help="A new customer, even if the phone or e-mail is known.")
@click.option("--policy", type=POLICY, help="Use this policy instead of the desk's.")
@click.option(
    "--from", "source_file", metavar="FILE", help="Add a CSV, JSON or SQL file of leads; - reads stdin."
)
@click.option("--again", is_flag=True, help="With --from: add a file that was added before.")
@click.option("--run", metavar="RUN", help="With --from: continue an interrupted run of --again.")
@reading_files
@changing
def add(
    call: Call,
    /,
    policy: str | None,
    source_file: str | None,
    again: bool,
    run: str | None,
    customer: int | None,
    new_customer: bool,
    encoding: str | None,
    rejects: str | None,
    ok_partial: bool,
    **fields: str | None,
) -> None:
    """Add one lead, or a file of leads, and assign it.

    A file's lines are taken in once: an interrupted run can simply be repeated.
    """
    if source_file is None:
        if again or ok_partial or (run, encoding, rejects) != (None, None, None):
            names = "--again, --run, --encoding, --rejects and --ok-partial"
            raise click.UsageError(f"{names} go with --from FILE")
        if new_customer and customer is not None:
            raise click.UsageError("--new-customer and --customer exclude each other")
        _add_one(call, policy, fields, intake.NEW_CUSTOMER if new_customer else customer)
        return
    for name, value in (*fields.items(), ("customer", customer), ("request-id", call.request_id)):
        if value is not None:
            raise click.UsageError(f"--{name} and --from exclude each other: the file has the leads")
    if new_customer:
        raise click.UsageError("--new-customer and --from exclude each other: it is for one lead")
    if run is not None and not run.strip():
        raise InvalidInput("run", "the run's name is required", "give the one that --again printed")
    if again and run is None:
        run = secrets.token_hex(4)  # so that a file can be taken in on purpose a second time
    given = FileOptions(encoding, rejects, ok_partial)
    _add_file(call, source_file, policy, run, given)


def _add_one(call: Call, policy: str | None, fields: dict[str, str | None], customer: intake.Whose) -> None:
    missing = [f"--{name}" for name in REQUIRED if fields[name] is None]
    if missing:
        raise click.UsageError(f"missing: {', '.join(missing)} (or --from FILE)")
    whose = () if customer is None else (customer,)
    given: Json = fields
    result = call.change(intake.receive, *whose, policy=policy, **given)
    if note := result.get("customer_note"):
        narrate(note)
    call.show(result, _print_one)


def _print_one(row: intake.LeadResult) -> None:
    where = f"goes to {row['agent_name']} ({row['agent_id']})" if row["agent_id"] is not None else "waits"
    line(f"Lead {row['lead_id']} {where}, booking {row['booking_id']}: {row['reason']}")


def _add_file(call: Call, source_file: str, policy: str | None, run: str | None, given: FileOptions) -> None:
    rejects = given.rejected_rows()
    with (
        input_file(source_file, "name a CSV, JSON or SQL file") as stream,
        lead_files.open_leads(stream, title_of(source_file), given.encoding) as leads,
    ):
        if run is not None:
            narrate(f"run {run}: if it is interrupted, continue with --run {run}")
        with call.desk() as desk, progress_bar("leads") as progress:
            result = receive_file(desk, leads, policy=policy, run=run, rejects=rejects, progress=progress)
        for note in leads.notes:
            narrate(f"{title_of(source_file)}: {note}")
        if leads.ignored:
            narrate(f"ignored, as leads have no such field: {', '.join(leads.ignored)}")
    given.finish(call, rejects, len(result["rejected"]))
    call.show(result, _print_file)


def _print_file(result: FileResult) -> None:
    repeated = f" ({result['repeated']:,} of them were already in)" if result["repeated"] else ""
    line(f"{plural(result['accepted'], 'lead')} accepted{repeated}, {len(result['rejected']):,} rejected")
    first_lines([f"line {row['line']}: {row['error']}" for row in result["rejected"]])
