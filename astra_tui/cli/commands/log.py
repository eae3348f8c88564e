"""``astra log``: the commands of the desk, and who gave them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice, takewhile
from typing import Any

import rich_click as click

from astra_tui.cli.database import database_path, open_identified
from astra_tui.cli.options import Call, asked_for, filtering, formatted, limited, reading
from astra_tui.cli.output.events import EVENTS, numbered
from astra_tui.cli.output.printing import narrate, put_json_line, put_line
from astra_tui.cli.output.streams import reader_has_gone
from astra_tui.cli.signals import StopSignals
from astra_tui.cli.value_types import AGENT, BOOKING, EVENT, ISSUE, LARGEST_ID
from dispatch import queries
from dispatch.desk import event_log
from dispatch.desk.event_filter import EVENT_KEYS, EventFilter
from dispatch.desk.row_types import EventRow
from dispatch.inputs.times import date_ranges
from dispatch.queries.log_follower import LogFollower
from dispatch.service.issues import queries as issue_queries

LOOK_EVERY_S = 0.25


@click.command("log")
@click.option("--booking", type=BOOKING, help="Only commands on this booking.")
@click.option("--issue", type=ISSUE, help="Only commands on this issue.")
@click.option("--agent", type=AGENT, help="Only commands about this agent.")
@click.option("--actor", "by", metavar="ACTOR", help="Only commands by this actor.")
@click.option("--command", metavar="NAME", help="Only commands of this name: booking.claim, or claim.")
@click.option("--since", metavar="TIME", help=f"Only since this time: {date_ranges.EXAMPLES}.")
@click.option("--until", metavar="TIME", help="Only before this time; a date includes its day.")
@click.option("--text", metavar="WORDS", default="", help="Only with every word in the command or the actor.")
@click.option("--undone", "is", flag_value="undone", help="Only undone commands.")
@click.option("--before", type=EVENT, help="Only events older than this one.")
@click.option(
    "--after",
    type=click.IntRange(0, LARGEST_ID),
    metavar="EVENT",
    help="Only events newer than this one; 0 for all.",
)
@click.option("--follow", is_flag=True, help="Print new events as they happen, until stopped.")
@filtering(EVENT_KEYS)
@limited
@formatted
@reading
def log(
    call: Call,
    /,
    text: str,
    filter_text: str,
    before: int | None,
    after: int | None,
    follow: bool,
    limit: int | None,
    **given: Any,
) -> None:
    """List the desk's commands, newest first.

    Times are in the terminal's zone, or in UTC with a Z at the end. --follow prints the oldest first, with
    --json one object a line; --after the last one continues without a gap.
    """
    if follow and before is not None:
        raise click.UsageError("--before and --follow exclude each other")
    if follow and call.form not in (None, "ndjson"):
        raise click.UsageError("--follow prints lines of text, or of JSON with --json")
    with call.desk() as desk:
        if given["booking"] is not None:
            queries.booking(given["booking"])
        if given["issue"] is not None:
            issue_queries.issue(desk, given["issue"])
        if given["agent"] is not None:
            queries.agent(given["agent"])
        fields, _ = asked_for(desk, EVENT_KEYS, filter_text, text, given.items())
        which = EventFilter(**fields)
        if not follow:
            rows = takewhile(lambda row: row["event_id"] > (after or 0), event_log.each(which, limit, before))
            call.show_rows(rows, EVENTS, "no such commands")
    if follow:
        _follow(call, which, after, limit)


def _follow(call: Call, which: EventFilter, after: int | None, limit: int | None) -> None:
    """Print events as they are committed, until stopped, nobody reads any more, or the limit is reached."""
    path = database_path(call.database)
    shown: Callable[[list[EventRow]], Sequence[object]] = numbered if call.is_for_people else list
    put = put_line if call.is_for_people else put_json_line
    follower = LogFollower(path, lambda: open_identified(path, call.actor, call.actor), which, narrate, shown)
    with StopSignals() as stop, follower:
        follower.begin(after)
        for told in islice(_until(lambda: stop.wait(LOOK_EVERY_S) or reader_has_gone(), follower), limit):
            put(told)


def _until(ended: Callable[[], bool], follower: LogFollower[object]) -> Iterator[object]:
    while not ended():
        yield from follower.news()
