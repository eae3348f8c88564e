"""``astra log``: what was done at the desk, and by whom."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.options import AGENT, BOOKING, ISSUE, Call, Moment, limited, reading
from astra_tui.cli.shown import EVENT_COLUMNS
from dispatch import views
from dispatch.service import views as service_views


@click.command("log")
@click.option(
    "--booking", "booking_id", type=BOOKING, metavar="BOOKING", help="Only what was done to this booking."
)
@click.option("--issue", "issue_id", type=ISSUE, metavar="ISSUE", help="Only what was done to this issue.")
@click.option("--agent", "agent_id", type=AGENT, metavar="AGENT", help="Only what was about this agent.")
@click.option("--actor", "by", metavar="ACTOR", help="Only what this actor did.")
@click.option("--command", "name", metavar="NAME", help="Only commands of this name: booking.claim.")
@click.option("--since", type=Moment(), metavar="TIME", help="Only from then on: 2082-11-22, or with a time.")
@click.option(
    "--until", type=Moment(closing=True), metavar="TIME", help="Only before then; a date alone is still in."
)
@limited
@reading
def log(
    call: Call,
    booking_id: int | None,
    issue_id: int | None,
    agent_id: int | None,
    by: str | None,
    name: str | None,
    since: str | None,
    until: str | None,
    limit: int | None,
) -> None:
    """List the desk's commands, newest first.

    Times are the terminal's; with Z at the end they are UTC.
    """
    with call.desk() as desk:
        if booking_id is not None:
            views.booking(booking_id)
        if issue_id is not None:
            service_views.issue(desk, issue_id)
        if agent_id is not None:
            views.agent(agent_id)
        rows = views.log(views.EventFilter(booking_id, agent_id, by, name, since, until, issue_id), limit)
    call.tell_all(rows, EVENT_COLUMNS, "nothing has been done here yet")


COMMANDS = {"log": log}
