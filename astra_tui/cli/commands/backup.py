"""``astra backup``: a whole, checked copy of the desk."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.options import Call, reading
from astra_tui.cli.output.printing import line
from dispatch.desk.commands import require
from dispatch.operations import backup as backing_up
from dispatch.operations.row_types import BackupResult
from dispatch.queries.wording import plural

UNSOUND = 1


@click.command("backup")
@click.argument("file", type=click.Path(), required=False)
@click.option("--keep", type=click.IntRange(min=1), metavar="N", help="Delete automatic backups beyond N.")
@click.option("--force", is_flag=True, help="Overwrite FILE if it exists.")
@reading
def backup(call: Call, file: str | None, keep: int | None, force: bool) -> None:
    """Copy the desk into one FILE while others work, and check the copy.

    Without FILE: into the folder backups beside the desk, named by the time; into your own data if the desk
    is on a server. Exit code 1 if the doctor finds something wrong in the copy, which is kept. astra restore
    puts it back.
    """
    with call.desk() as desk:
        require(desk, "desk.keep")
        made = backing_up.backup(desk, file, keep=keep, force=force)
    call.show(made, _print)
    if not made["checked"]:
        call.surroundings.exit_code = UNSOUND


def _print(row: BackupResult) -> None:
    line(
        f"{plural(row['bookings'], 'booking')}, up to event {row['last_event']}, "
        f"in {row['file']} ({row['bytes']:,} bytes)"
    )
    if row["checked"]:
        line("Checked: the copy is sound")
    else:
        line("WRONG: the copy is complete, but the desk itself has faults, which astra doctor lists:")
        for problem in row["findings"]:
            line(f"  {problem}")
    for old in row["deleted"]:
        line(f"Deleted: {old}")
