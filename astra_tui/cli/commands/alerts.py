"""``astra alerts``: what is late, left alone or stuck, and who has it."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.options import Call, formatted, reading
from astra_tui.cli.output.printing import Column, Listing, required_keys
from dispatch.queries.wording import moment
from dispatch.reporting.alerts import alerts as every_alert
from dispatch.reporting.row_types import AlertRow

COLUMNS: tuple[Column[AlertRow], ...] = (
    Column("Alert", lambda row: row["kind"].replace("_", " ")),
    Column("No.", lambda row: f"{row['subject']} {row['number']}", whole=True),
    Column("Who", "who"),
    Column("Agent", lambda row: row["agent_name"] or "nobody yet"),
    Column("Since", lambda row: moment(row["since"]), whole=True),
    Column("What", "words"),
)
LISTING = Listing(COLUMNS, required_keys(AlertRow), "key")


@click.command("alerts")
@formatted
@reading
def alerts(call: Call, /) -> None:
    """List what a supervisor has to know: rotten and overdue bookings, and more.

    Those of agents who are away, leads that all agents have seen, agents above a cap or their capacity, and
    issues past their due time. The longest since first, kind by kind.
    """
    with call.desk() as desk:
        call.show_rows(every_alert(desk), LISTING, "no alerts")
