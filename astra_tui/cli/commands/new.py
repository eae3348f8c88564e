"""``astra new``: an empty desk in a file, or a server's database, that does not exist yet."""

from __future__ import annotations

import os

import rich_click as click

from astra_tui.cli.database import database_path, opened
from astra_tui.cli.options import Call, bare
from astra_tui.cli.output.printing import line
from dispatch.queries.wording import plural
from models.base import Json
from models.errors import Refused
from models.opening import shown


@click.command("new")
@click.argument("file", metavar="FILE")
@click.option(
    "--year-shift", metavar="N", help="Years ahead of today, for good; 0: the present. Default: 56."
)
@click.option("--zone", metavar="ZONE", help="The desk's zone, such as Europe/Berlin.")
@click.option("--country", metavar="CODE", help="The country of phone numbers without a code, such as DE.")
@click.option("--currency", metavar="CODE", help="The currency of all amounts, such as EUR.")
@bare
def new(call: Call, /, file: str, **first: str | None) -> None:
    """Create an empty desk in a new file, or in an empty database of a server.

    Only its owner can read a file. To work on it, name it: --db FILE, or ASTRA_DATABASE. All but the year
    shift can be set later, too: astra set.
    """
    if call.database is not None:
        raise click.UsageError("give the new desk's FILE alone, without --db")
    path = database_path(file)
    taken = Refused("exists", f"{shown(path)} already exists", "choose another name, or open it with --db")
    if os.path.lexists(path):
        raise taken
    with opened(path, call.actor, create=True, first=first) as desk:
        if not desk.is_new:  # another process was faster
            raise taken
        row = {"database": shown(path), **{key: desk.settings[key] for key in first}}
    call.show(row, _print)


def _print(row: Json) -> None:
    line(f"Made a new desk: {row['database']}")
    shift = row["year_shift"]
    line(f"It is {plural(shift, 'year')} ahead of today" if shift else "It is in the present")
