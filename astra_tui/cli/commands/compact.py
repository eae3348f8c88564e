"""``astra compact``: rewrite the desk's file."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.options import Call, reading
from astra_tui.cli.output.printing import line
from dispatch.desk.commands import require
from dispatch.desk.desk import Desk
from dispatch.operations.backup_record import known_copies
from dispatch.privacy import leftovers
from dispatch.privacy.leftovers import copies_with_erased
from models.base import Json


@click.command("compact")
@reading
def compact(call: Call) -> None:
    """Rewrite the desk's file without unused space, so that erased data is gone from it.

    Others can read meanwhile, but their commands wait, and are refused after five seconds: run it on a large
    desk when nobody works. Backups that still hold erased customers are listed.
    """
    with call.desk() as desk:
        require(desk, "desk.keep")
        row = compacted(desk)
        row["backups"] = copies_with_erased(desk, known_copies(desk))
    call.show(row, _print_compacted)


def _print_compacted(row: Json) -> None:
    line(compacted_words(row))
    for file in row["backups"]:
        line(f"Still holds erased customers: {file}")


def compacted(desk: Desk) -> Json:
    """Rewrite the file; return its size before and after, in bytes."""
    database = desk.database
    before = database.size()
    is_whole = leftovers.compact(desk)
    return {
        "database": database.address,
        "bytes_before": before,
        "bytes": database.size(),
        "whole": is_whole,
    }


def compacted_words(row: Json) -> str:
    """Describe what a rewriting has done."""
    if not row["whole"]:
        return "The file was rewritten, but its log is in use: run astra compact again"
    return f"{row['database']} was rewritten: {row['bytes']:,} bytes, {row['bytes_before']:,} before"
