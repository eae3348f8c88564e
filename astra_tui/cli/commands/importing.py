"""``astra import``: agents, assignments and bookings from files of another system or desk."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import rich_click as click

from astra_tui.cli.column_options import as_last_time, choice_of, naming_columns
from astra_tui.cli.database import database_path, opened
from astra_tui.cli.file_options import FileOptions, reading_files
from astra_tui.cli.input_files import opened_file
from astra_tui.cli.options import Call, reading
from astra_tui.cli.output.printing import first_lines, line, narrate
from astra_tui.cli.output.progress import progress_bar
from dispatch.desk.desk import Desk
from dispatch.inputs.times.moments import ORDERS
from dispatch.operations import import_record
from dispatch.operations.changed_rows.wording import described_difference
from dispatch.operations.row_types import ImportResult
from dispatch.queries.wording import plural
from models.opening import is_there, shown
from seeds.importing.importer import import_files
from seeds.importing.row_rules import Notation
from seeds.importing.sources import files_of


@click.command("import")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--dry-run", is_flag=True, help="Read and check everything; write nothing.")
@click.option("--update", is_flag=True, help="Change rows of the desk that differ in the files.")
@partial(naming_columns, condition="")
@click.option("--dates", type=click.Choice(ORDERS), help="How 01/03/2081 is meant: day or month first.")
@click.option("--decimal", type=click.Choice((".", ",")), default=".", help="The decimal sign of amounts.")
@reading_files
@reading
def import_(
    call: Call,
    /,
    paths: tuple[str, ...],
    dry_run: bool,
    update: bool,
    dates: str | None,
    decimal: str,
    encoding: str | None,
    rejects: str | None,
    ok_partial: bool,
    **about: Any,
) -> None:
    """Import CSV, JSON, SQL or .xlsx files of agents, assignments and bookings, in any order.

    A folder that astra export wrote has all of a desk's tables, customers and leads too. Rows already on
    the desk stay as they are. Those that have changed in the files since they were imported are listed, and
    changed with --update; those that the desk has changed as well are only listed. An interrupted import is
    finished when it is run again, or undone with astra undo. Columns with other names are said with --map,
    and read like that again in files with the same header.
    """
    files = [_readable(file) for path in paths for file in files_of(path)]
    given = FileOptions(encoding, rejects, ok_partial)
    refused = given.rejected_rows()
    with _desk(call, dry_run) as desk, progress_bar("rows") as progress:
        result = import_files(
            desk,
            files,
            dry_run,
            progress,
            encoding=encoding,
            notation=Notation(dates, decimal),
            rejects=refused,
            update=update,
            choice=choice_of(about, {}, desk, import_record.HEAD),
        )
    for file, remembered in result["remembered"].items():
        narrate(f"{file}: {as_last_time(remembered)}")
    for note in result["notes"]:
        narrate(note)
    left = [*result["quarantined"], *result["conflicts"], *([] if update else result["different"])]
    given.finish(call, refused, len(left))
    if call.as_json:
        result["database"] = shown(database_path(call.database))
    call.show(result, _print)


def _readable(path: str | Path) -> Path:
    """Check, before a new desk is created, that a file can be opened. Raises InvalidInput."""
    with opened_file(str(path), "name files to import"):
        return Path(path)


@contextmanager
def _desk(call: Call, dry_run: bool) -> Iterator[Desk]:
    """Open the desk to import into; a dry run for a missing desk gets an empty one."""
    if dry_run and not is_there(database_path(call.database)):
        with (
            tempfile.TemporaryDirectory(prefix="astra-") as folder,
            opened(Path(folder) / "desk.db", call.actor, create=True) as desk,
        ):
            yield desk
        return
    with call.desk(create=not dry_run, says_made=call.is_for_people) as desk:
        yield desk


def _print(result: ImportResult) -> None:
    if result["resumed"] is not None:
        line(f"Continued the import that was interrupted (event {result['resumed']})")
    agents, assignments = plural(result["agents"], "agent"), plural(result["assignments"], "assignment")
    rejected = plural(len(result["quarantined"]), "row")
    line(f"{agents}, {assignments}, {plural(result['bookings'], 'booking')}; {rejected} rejected")
    first_lines([f"{row['file']}, row {row['row']}: {row['reason']}" for row in result["quarantined"]])
    _print_differences(result)
    if result.get("flagged"):
        line(f"{plural(len(result['flagged']), 'row')} accepted with a warning: --json lists them")
    first_lines([f"booking {row['id']}: {row['reason']}" for row in result["unsuited"]])


def _print_differences(result: ImportResult) -> None:
    unchanged = sum(result["unchanged"].values())
    if unchanged:
        line(f"{plural(unchanged, 'row')} unchanged")
    updated = sum(result["updated"].values())
    if updated:
        line(f"{plural(updated, 'row')} updated")
    elif result["different"]:
        line(f"{plural(len(result['different']), 'row')} changed in the files; --update applies it")
        first_lines(list(map(described_difference, result["different"])))
    if result["conflicts"]:
        line(f"{plural(len(result['conflicts']), 'row')} changed in the files and on the desk; left alone")
        first_lines(list(map(described_difference, result["conflicts"])))
