"""``astra export``: everything on the desk, as CSV files or a workbook."""

from __future__ import annotations

import os

import rich_click as click

from astra_tui.cli.options import Call, reading
from astra_tui.cli.output.printing import line, narrate
from astra_tui.cli.output.progress import progress_bar
from dispatch.outputs.workbooks import ENDING, MOST_CHARACTERS
from dispatch.queries.wording import plural
from seeds.exporting import workbook
from seeds.exporting.exporter import ExportResult
from seeds.exporting.tables import TABLES


@click.command("export")
@click.argument("path", metavar="FOLDER|FILE.xlsx")
@click.option("--what", default="", metavar="TABLES", help=f"Some of: {','.join(TABLES)}; default all.")
@click.option("--force", is_flag=True, help="Replace a folder or workbook that holds nothing but an export.")
@reading
def export(call: Call, path: str, what: str, force: bool) -> None:
    """Write the desk's tables into a new FOLDER, one CSV file each, or as the sheets of a workbook.

    All are of one moment. astra import makes the same desk of them elsewhere: docs/outputs.md says what stays
    behind. Texts that a spreadsheet would run as formulas get an apostrophe, which the import takes off.
    """
    with call.desk() as desk, progress_bar("rows") as progress:
        result = workbook.export(desk, path, what, force=force, progress=progress)
    for file in result["files"]:
        if file["cut"]:
            cells = plural(file["cut"], "text")
            narrate(f"{file['table']}: {cells} cut to the {MOST_CHARACTERS:,} characters that a cell holds")
    call.show(result, _print)


def _print(result: ExportResult) -> None:
    for file in result["files"]:
        note = "" if file["imported"] else ", not imported"
        name = file["table"] if file["file"].lower().endswith(ENDING) else file["file"]
        line(f"{name}: {plural(file['rows'], 'row')}{note}")
    books = {file["file"] for file in result["files"] if file["file"].lower().endswith(ENDING)}
    line(f"in {os.path.join(result['folder'], *books)}")
