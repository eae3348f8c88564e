"""``astra assignment``: which agents got which leads."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.options import Call, formatted, limited, reading
from astra_tui.cli.output.printing import Column, Listing, required_keys
from astra_tui.cli.value_types import AGENT
from dispatch import queries
from dispatch.queries.row_types import AssignmentRow
from dispatch.queries.wording import moment


@click.group("assignment")
def assignment() -> None:
    """List assignments of leads to agents."""


LIST_COLUMNS: tuple[Column[AssignmentRow], ...] = (
    Column("Id", "assignment_id", right=True),
    Column("Lead", "lead_id", right=True),
    Column("Customer", "customer_name"),
    Column("Agent", lambda row: row["agent_name"] or "waiting"),
    Column("Contact", "method"),
    Column("Source", "source"),
    Column("Assigned", lambda row: moment(row["assigned_at"]), whole=True),
)
LISTING = Listing(LIST_COLUMNS, required_keys(AssignmentRow), "assignment_id")


@assignment.command("list")
@click.option("--agent", "agent_id", type=AGENT, help="Only those that this agent has now.")
@limited
@formatted
@reading
def list_assignments(call: Call, agent_id: int | None, limit: int | None) -> None:
    """List assignments, newest first. A lead that waits for its first agent has none."""
    with call.desk():
        call.show_rows(queries.each_assignment(agent_id, limit), LISTING, "no assignments")
