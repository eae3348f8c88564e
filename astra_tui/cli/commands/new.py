"""``astra new``: an empty desk in a file that does not exist yet."""

from __future__ import annotations

import os

import rich_click as click

from astra_tui.cli.database import database_path, opened
from astra_tui.cli.options import Call, bare
from astra_tui.cli.output.printing import line
from models.errors import Refused
from models.opening import shown


@click.command("new")
@click.argument("file", metavar="FILE")
@bare
def new(call: Call, file: str) -> None:
    """Create an empty desk in a new file.

    Only its owner can read it. To work on it, name it: --db FILE, or ASTRA_DATABASE.
    """
    if call.database is not None:
        raise click.UsageError("give the new desk's FILE alone, without --db")
    path = database_path(file)
    taken = Refused("exists", f"{shown(path)} already exists", "choose another name, or open it with --db")
    if os.path.lexists(path):
        raise taken
    with opened(path, call.actor, create=True) as desk:
        if not desk.is_new:  # another process was faster
            raise taken
    call.show({"database": shown(path)}, lambda row: line(f"Made a new desk: {row['database']}"))
