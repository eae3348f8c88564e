"""``astra log``: what was done at the desk, and by whom."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.options import (
    AGENT,
    BOOKING,
    EVENT,
    ISSUE,
    Call,
    filter_option,
    filter_reading,
    limited,
    reading,
)
from astra_tui.cli.output.events import EVENT_COLUMNS
from dispatch import queries
from dispatch.desk import event_log
from dispatch.desk.event_filter import EVENT_KEYS, EventFilter
from dispatch.inputs import date_ranges
from dispatch.inputs.filter_keys import asked, narrowed
from dispatch.service.issues import queries as issue_queries
from models.clock import local_offset


@click.command("log")
@click.option(
    "--booking", "booking_id", type=BOOKING, metavar="BOOKING", help="Only what was done to this booking."
)
@click.option("--issue", "issue_id", type=ISSUE, metavar="ISSUE", help="Only what was done to this issue.")
@click.option("--agent", "agent_id", type=AGENT, metavar="AGENT", help="Only what was about this agent.")
@click.option("--actor", "by", metavar="ACTOR", help="Only what this actor did.")
@click.option(
    "--command", "name", metavar="NAME", help="Only commands of this name: booking.claim, or claim."
)
@click.option("--since", metavar="TIME", help=f"Only from then on: {date_ranges.EXAMPLES}.")
@click.option("--until", metavar="TIME", help="Only before then; a day alone is still in.")
@click.option(
    "--text", metavar="WORDS", default="", help="Only where every word is in the command or the actor."
)
@click.option("--undone", is_flag=True, help="Only what was taken back.")
@click.option("--before", type=EVENT, metavar="EVENT", help="Only events older than this one.")
@filter_option(lambda: EVENT_KEYS)
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
    text: str,
    undone: bool,
    before: int | None,
    filter_text: str,
    limit: int | None,
) -> None:
    """List the desk's commands, newest first.

    Times are the terminal's; with Z at the end they are UTC.
    """
    with call.desk() as desk:
        start, end = date_ranges.between(since, until, desk.now(), local_offset())
        if booking_id is not None:
            queries.booking(booking_id)
        if issue_id is not None:
            issue_queries.issue(desk, issue_id)
        if agent_id is not None:
            queries.agent(agent_id)
        which = EventFilter(booking_id, agent_id, by, name, start, end, text, undone, issue_id)
        taken = [key for key, value in vars(which).items() if value]
        which = narrowed(which, asked(filter_text, EVENT_KEYS, filter_reading(desk), taken))
        rows = event_log.page(which, limit, before)
    call.tell_all(rows, EVENT_COLUMNS, "nothing like this has been done here")


COMMANDS = {"log": log}
