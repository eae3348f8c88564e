"""``astra log``: the commands of the desk, and who gave them."""

from __future__ import annotations

from typing import Any

import rich_click as click

from astra_tui.cli.options import Call, asked_for, filtering, limited, reading
from astra_tui.cli.output.events import event_columns
from astra_tui.cli.value_types import AGENT, BOOKING, EVENT, ISSUE
from dispatch import queries
from dispatch.desk import event_log
from dispatch.desk.event_filter import EVENT_KEYS, EventFilter
from dispatch.inputs import date_ranges
from dispatch.reporting.event_sentences import names_in
from dispatch.service.issues import queries as issue_queries


@click.command("log")
@click.option("--booking", type=BOOKING, help="Only commands on this booking.")
@click.option("--issue", type=ISSUE, help="Only commands on this issue.")
@click.option("--agent", type=AGENT, help="Only commands about this agent.")
@click.option("--actor", "by", metavar="ACTOR", help="Only commands by this actor.")
@click.option("--command", metavar="NAME", help="Only commands of this name: booking.claim, or claim.")
@click.option("--since", metavar="TIME", help=f"Only since then: {date_ranges.EXAMPLES}.")
@click.option("--until", metavar="TIME", help="Only before then; a date includes its day.")
@click.option("--text", metavar="WORDS", default="", help="Only with every word in the command or the actor.")
@click.option("--undone", "is", flag_value="undone", help="Only undone commands.")
@click.option("--before", type=EVENT, help="Only events older than this one.")
@filtering(EVENT_KEYS)
@limited
@reading
def log(
    call: Call, /, text: str, filter_text: str, before: int | None, limit: int | None, **given: Any
) -> None:
    """List the desk's commands, newest first.

    Times are in the terminal's zone, or in UTC with a Z at the end.
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
        names = names_in(rows)
    call.show_rows(rows, event_columns(names), "no such commands")
