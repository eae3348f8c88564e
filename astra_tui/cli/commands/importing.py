"""``astra import``: agents, assignments and bookings from another system's files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import rich_click as click

from astra_tui.cli.database import database_path, opened
from astra_tui.cli.options import Call, reading
from astra_tui.cli.output.printing import line
from astra_tui.cli.output.progress import progress_bar
from dispatch.desk.desk import Desk
from dispatch.operations.row_types import ImportResult
from dispatch.queries.wording import plural
from models.errors import InvalidInput
from seeds.importing.importer import import_files

ROWS_SHOWN = 20


@click.command("import")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--dry-run", is_flag=True, help="Read and check everything, and write nothing.")
@reading
def import_(call: Call, paths: tuple[str, ...], dry_run: bool) -> None:
    """Import SQL, CSV or JSONL files of agents, assignments and bookings, in any order.

    What the desk has already is left as it is: an import that was stopped is simply repeated.
    """
    files = [_readable(path) for path in paths]
    with _desk(call, dry_run) as desk, progress_bar("rows") as progress:
        result = import_files(desk, files, dry_run=dry_run, progress=progress)
    call.tell(result, _tell)


COMMANDS = {"import": import_}


def _readable(path: str) -> Path:
    """A file that can be opened, told before a new desk is made. Raises InvalidInput."""
    try:
        with Path(path).open("rb"):
            return Path(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidInput("file", f"{path} cannot be read: {reason}", "name files to import") from error


@contextmanager
def _desk(call: Call, dry_run: bool) -> Iterator[Desk]:
    """The desk to import into; a rehearsal for a desk that does not exist yet gets an empty one."""
    if dry_run and not database_path(call.database).exists():
        with (
            tempfile.TemporaryDirectory(prefix="astra-") as folder,
            opened(Path(folder) / "desk.db", call.actor, create=True) as desk,
        ):
            yield desk
        return
    with call.desk(create=not dry_run) as desk:
        yield desk


def _tell(result: ImportResult) -> None:
    agents, assignments = plural(result["agents"], "agent"), plural(result["assignments"], "assignment")
    kept_out = plural(len(result["quarantined"]), "row")
    line(f"{agents}, {assignments}, {plural(result['bookings'], 'booking')}; {kept_out} quarantined")
    for row in result["quarantined"][:ROWS_SHOWN]:
        line(f"  {row['file']}, row {row['row']}: {row['reason']}")
    if len(result["quarantined"]) > ROWS_SHOWN:
        line(f"  ... and {len(result['quarantined']) - ROWS_SHOWN:,} more: --json lists them all")
    if result.get("flagged"):
        line(f"{plural(len(result['flagged']), 'row')} imported with a fault: --json lists them")
