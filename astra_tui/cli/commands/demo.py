"""``astra demo``: a desk with invented work to explore."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from astra_tui.cli.database import database_to_create, opened
from astra_tui.cli.options import Call, reading
from astra_tui.cli.output.printing import line
from astra_tui.cli.output.progress import progress_bar
from astra_tui.user import throw_away
from dispatch.operations.row_types import DemoResult
from dispatch.queries.wording import plural
from models.opening import shown
from seeds.demo.demo import AGENTS, BOOKINGS, MOST_AGENTS, MOST_BOOKINGS, make_demo

AGENTS_HELP = f"Number of agents; default {AGENTS}."
BOOKINGS_HELP = f"Number of bookings; default {BOOKINGS}."


@click.command("demo")
@click.option("--no-open", is_flag=True, help="Only create the desk; do not open the application.")
@click.option("--agents", type=click.IntRange(1, MOST_AGENTS), default=AGENTS, metavar="N", help=AGENTS_HELP)
@click.option(
    "--bookings", type=click.IntRange(0, MOST_BOOKINGS), default=BOOKINGS, metavar="N", help=BOOKINGS_HELP
)
@reading
def demo(call: Call, no_open: bool, agents: int, bookings: int) -> None:
    """Create a demo desk and open it; without --db in a temporary file.

    A demo that was interrupted is finished when it is run again with the same --db.
    """
    database = call.database
    if database is None:
        database = throw_away.new_file()
    path = database_to_create(database)
    with opened(path, call.actor, create=True) as desk, progress_bar("bookings") as progress:
        made = make_demo(desk, agents=agents, bookings=bookings, with_issues=True, progress=progress)
    call.show({"database": shown(path), **made}, lambda _: _print(made, path))
    if not no_open:
        call.surroundings.exit_code = call.surroundings.open_application(database, call.actor)


def _print(made: DemoResult, path: Path | str) -> None:
    if made["resumed"] is not None:
        line(f"Finished the demo that was interrupted (event {made['resumed']})")
    line(
        f"{plural(made['agents'], 'agent')}, {plural(made['assignments'], 'assignment')} and "
        f"{plural(made['bookings'], 'booking')} in {shown(path)}"
    )
    line(f"{plural(made['issues'], 'issue')} at the service desk")
