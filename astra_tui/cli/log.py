"""``astra log``: what was done at the desk, and by whom."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.options import BOOKING, Call, limited, reading
from astra_tui.cli.shown import EVENT_COLUMNS
from dispatch import views


@click.command("log")
@click.option(
    "--booking", "booking_id", type=BOOKING, metavar="BOOKING", help="Only what was done to this booking."
)
@click.option("--actor", "by", metavar="ACTOR", help="Only what this actor did.")
@limited
@reading
def log(call: Call, booking_id: int | None, by: str | None, limit: int | None) -> None:
    """List the desk's commands, newest first."""
    with call.desk():
        if booking_id is not None:
            views.booking(booking_id)
        rows = views.events(limit=limit, booking_id=booking_id, actor=by)
    call.tell_all(rows, EVENT_COLUMNS, "nothing has been done here yet")


COMMANDS = {"log": log}
