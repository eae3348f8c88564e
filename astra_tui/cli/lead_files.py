"""``astra lead add --from``: files of leads."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any

from astra_tui.cli.column_options import choice_of, print_columns, tell_columns
from astra_tui.cli.file_options import FileOptions
from astra_tui.cli.input_files import input_file, title_of
from astra_tui.cli.options import Call
from astra_tui.cli.output.printing import first_lines, line, narrate
from astra_tui.cli.output.progress import progress_bar
from dispatch.desk.desk import Desk
from dispatch.inputs import lead_files
from dispatch.inputs.lead_files import LeadFile
from dispatch.leads import file_record
from dispatch.leads.file_intake import FileResult, receive_file
from dispatch.leads.file_lines import KnownFrom
from dispatch.leads.file_preview import FilePreview, preview
from dispatch.queries.wording import moment, plural
from models.errors import InvalidInput

DEFAULTS = ("method", "source", "destination", "launch", "requests")


def add_file(
    call: Call,
    source_file: str,
    policy: str | None,
    about: Mapping[str, Any],
    given: Mapping[str, str | None],
) -> None:
    """Add the leads of a file, or show how it is understood.

    ``about`` are the options about the file, ``given`` the fields for rows that have none. Raises
    InvalidInput and DatabaseUnavailable.
    """
    defaults = {name: value for name in DEFAULTS if (value := given.get(name)) is not None}
    options = FileOptions(about["encoding"], about["rejects"], about["ok_partial"])
    run = _run_named(about["run"], again=about["again"])
    rejects = None if about["dry_run"] else options.rejected_rows()
    title = title_of(source_file)
    with (
        input_file(source_file, "name a file of leads") as stream,
        call.desk() as desk,
        lead_files.open_leads(
            stream, title, options.encoding, choice_of(about, defaults, desk, file_record.HEAD)
        ) as leads,
    ):
        if about["dry_run"]:
            _show_preview(call, desk, leads, defaults, run)
            return
        if run is not None:
            narrate(f"run {run}: if it is interrupted, continue with --run {run}")
        with progress_bar("leads") as progress:
            result = receive_file(desk, leads, policy=policy, run=run, rejects=rejects, progress=progress)
        tell_columns(title, leads.choices)
        for note in leads.notes:
            narrate(f"{title}: {note}")
        if leads.ignored:
            narrate(f"ignored, as leads have no such field: {', '.join(leads.ignored)}")
    first_lines([f"line {row['line']}: {row['note']}" for row in result["customer_notes"]], narrate)
    first_lines([_came_from(row) for row in result["known"]], narrate)
    if result["warning"]:
        narrate(f"warning: {result['warning']}; astra undo {result['event_id']} takes this file back")
    options.finish(call, rejects, len(result["rejected"]))
    call.show(result, _print_file)


def _came_from(known: KnownFrom) -> str:
    """Say where rows that are in already came from."""
    return f"line {known['lines']}: came in from {known['file']} at {moment(known['at'])}"


def _run_named(run: str | None, *, again: bool) -> str | None:
    if run is not None and not run.strip():
        raise InvalidInput("run", "the run's name is required", "give the one that --again printed")
    if again and run is None:
        return secrets.token_hex(4)  # so that a file can be taken in on purpose a second time
    return run


def _show_preview(
    call: Call, desk: Desk, leads: LeadFile, defaults: Mapping[str, str], run: str | None
) -> None:
    seen = preview(desk, leads, run=run)
    tell_columns(leads.name, leads.choices)
    first_lines([_came_from(row) for row in seen["known"]], narrate)
    call.show(seen, partial(_print_preview, defaults=defaults))


def _print_preview(seen: FilePreview, defaults: Mapping[str, str]) -> None:
    print_columns(seen["columns"], defaults, seen["ignored"])
    for row in seen["rows"]:
        fields = ", ".join(value for value in row["lead"].values() if value)
        line(f"line {row['line']}: {fields}")
        first_lines(row["errors"])
    repeated = f" ({seen['repeated']:,} of them are already in)" if seen["repeated"] else ""
    acceptable = plural(seen["acceptable"], "lead")
    line(f"{acceptable} acceptable{repeated}, {len(seen['rejected']):,} not; nothing was written")
    first_lines([f"line {row['line']}: {row['error']}" for row in seen["rejected"]])


def _print_file(result: FileResult) -> None:
    repeated = f" ({result['repeated']:,} of them were already in)" if result["repeated"] else ""
    line(f"{plural(result['accepted'], 'lead')} accepted{repeated}, {len(result['rejected']):,} rejected")
    first_lines([f"line {row['line']}: {row['error']}" for row in result["rejected"]])
