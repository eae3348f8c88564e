"""``astra log``: what was done at the desk, and by whom."""

from __future__ import annotations

from typing import Any

import rich_click as click

from astra_tui.cli.options import AGENT, BOOKING, EVENT, ISSUE, Call, asked_for, filtering, limited, reading
from astra_tui.cli.output.events import EVENT_COLUMNS
from dispatch import queries
from dispatch.desk import event_log
from dispatch.desk.event_filter import EVENT_KEYS, EventFilter
from dispatch.inputs import date_ranges
from dispatch.service.issues import queries as issue_queries


@click.command("log")
@click.option("--booking", type=BOOKING, metavar="BOOKING", help="Only what was done to this booking.")
@click.option("--issue", type=ISSUE, metavar="ISSUE", help="Only what was done to this issue.")
@click.option("--agent", type=AGENT, metavar="AGENT", help="Only what was about this agent.")
@click.option("--actor", "by", metavar="ACTOR", help="Only what this actor did.")
@click.option("--command", metavar="NAME", help="Only commands of this name: booking.claim, or claim.")
@click.option("--since", metavar="TIME", help=f"Only from then on: {date_ranges.EXAMPLES}.")
@click.option("--until", metavar="TIME", help="Only before then; a day alone is still in.")
@click.option(
    "--text", metavar="WORDS", default="", help="Only where every word is in the command or the actor."
)
@click.option("--undone", "is", flag_value="undone", help="Only what was taken back.")
@click.option("--before", type=EVENT, metavar="EVENT", help="Only events older than this one.")
@filtering(EVENT_KEYS)
@limited
@reading
def log(
    call: Call, /, text: str, filter_text: str, before: int | None, limit: int | None, **given: Any
) -> None:
    """List the desk's commands, newest first.

    Times are the terminal's; with Z at the end they are UTC.
    """
    with call.desk() as desk:
        if given["booking"] is not None:
            queries.booking(given["booking"])
        if given["issue"] is not None:
            issue_queries.issue(desk, given["issue"])
        if given["agent"] is not None:
            queries.agent(given["agent"])
        fields, _ = asked_for(desk, EVENT_KEYS, filter_text, text, given.items())
        rows = event_log.page(EventFilter(**fields), limit, before)
    call.tell_all(rows, EVENT_COLUMNS, "nothing like this has been done here")


COMMANDS = {"log": log}
