"""``astra export``: everything on the desk, as CSV files."""

from __future__ import annotations

import rich_click as click

from astra_tui.cli.options import Call, reading
from astra_tui.cli.output.printing import line
from astra_tui.cli.output.progress import progress_bar
from dispatch.queries.wording import plural
from seeds.exporting.exporter import ExportResult, export_folder
from seeds.exporting.tables import TABLES


@click.command("export")
@click.argument("folder", metavar="FOLDER")
@click.option("--what", default="", metavar="TABLES", help=f"Some of: {','.join(TABLES)}; default all.")
@click.option("--force", is_flag=True, help="Replace a folder that holds nothing but an export.")
@reading
def export(call: Call, folder: str, what: str, force: bool) -> None:
    """Write the desk's tables into a new FOLDER, one CSV file each, all of one moment.

    astra import FOLDER makes the same desk of them elsewhere: docs/outputs.md says what stays behind. Texts
    that a spreadsheet would run as formulas get an apostrophe, which the import takes off.
    """
    with call.desk() as desk, progress_bar("rows") as progress:
        result = export_folder(desk, folder, what, force=force, progress=progress)
    call.show(result, _print)


def _print(result: ExportResult) -> None:
    for file in result["files"]:
        note = "" if file["imported"] else ", not imported"
        line(f"{file['file']}: {plural(file['rows'], 'row')}{note}")
    line(f"in {result['folder']}")
