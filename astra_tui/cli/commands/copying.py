"""``astra copy``: the whole desk in another place, on either engine."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.database import opened, place_of, warn_of_password
from astra_tui.cli.options import Call, dry_run, naming_desks
from astra_tui.cli.output.printing import line
from astra_tui.cli.output.progress import progress_bar
from dispatch.operations.desk_copy import copy_desk
from dispatch.operations.row_types import CopyResult
from dispatch.queries.wording import plural
from models.opening import open_read_only


@click.command("copy")
@click.argument("source", type=click.Path())
@click.argument("target", type=click.Path())
@dry_run
@naming_desks
def copy(call: Call, source: str, target: str, dry_run: bool) -> None:
    """Copy the whole desk SOURCE, as of one moment, into a new file or an empty database TARGET.

    Either is a path, or postgresql://HOST/DATABASE, or service=NAME. Afterwards every row is compared. The
    source stays as it is: whoever goes on working there is not in the copy.
    """
    place, where = place_of(source), place_of(target)
    warn_of_password(where)
    open_read_only(place).close()  # an older desk is not to be updated by being copied
    with opened(place, call.actor) as desk, progress_bar("rows") as progress:
        done = copy_desk(desk, where, dry_run=dry_run, progress=progress)
    call.show(done, _print)


def _print(row: CopyResult) -> None:
    would = "would be copied" if row["dry_run"] else "copied"
    tables = sum(map(bool, row["tables"].values()))
    line(f"{plural(row['rows'], 'row')} of {plural(tables, 'table')} {would} from {row['source']}")
    line(f"to {row['target']}")
    if row["digest"]:
        line(f"Compared: every row is the same ({row['digest']})")
