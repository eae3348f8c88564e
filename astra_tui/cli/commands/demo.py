"""``astra demo``: a desk full of made-up work, to look around in."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import rich_click as click

from astra_tui.cli.database import database_to_create, opened
from astra_tui.cli.options import Call, reading
from astra_tui.cli.output.printing import line, plural
from astra_tui.cli.output.progress import progress_bar
from seeds.demo.demo import AGENTS, BOOKINGS, MOST_AGENTS, MOST_BOOKINGS, make_demo
from seeds.demo.issues import make_issues


@click.command("demo")
@click.option("--no-open", is_flag=True, help="Only make the desk; do not open the application.")
@click.option(
    "--agents",
    type=click.IntRange(1, MOST_AGENTS),
    default=AGENTS,
    metavar="N",
    help=f"How many agents; default {AGENTS}.",
)
@click.option(
    "--bookings",
    type=click.IntRange(0, MOST_BOOKINGS),
    default=BOOKINGS,
    metavar="N",
    help=f"How many bookings; default {BOOKINGS}.",
)
@reading
def demo(call: Call, no_open: bool, agents: int, bookings: int) -> None:
    """Make a demo desk and open it; without --db in a throw-away file."""
    database = call.database
    if database is None:
        database = str(Path(tempfile.mkdtemp(prefix="astra-demo-")) / "demo.db")
    path = database_to_create(database)
    with opened(path, call.actor, create=True) as desk, progress_bar("bookings") as progress:
        made = make_demo(desk, agents=agents, bookings=bookings, progress=progress)
        issues = make_issues(desk)
    call.tell({"database": str(path)} | made | {"issues": issues}, _tell)
    if not no_open:
        call.surroundings.exit_code = call.surroundings.open_application(database, call.actor)


COMMANDS = {"demo": demo}


def _tell(result: dict[str, Any]) -> None:
    line(
        f"{plural(result['agents'], 'agent')}, {plural(result['assignments'], 'assignment')} and "
        f"{plural(result['bookings'], 'booking')} in {result['database']}"
    )
    line(f"{plural(result['issues'], 'issue')} at the service desk")
