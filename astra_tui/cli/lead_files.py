"""``astra lead add --from``: files of leads."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from astra_tui.cli.options import Call
from astra_tui.cli.output.printing import narrate
from astra_tui.cli.row_files import Progress, RowKind, take_in
from dispatch.assignment.customer_owner import open_words
from dispatch.desk.desk import Desk
from dispatch.inputs import lead_files
from dispatch.inputs.lead_files import LeadFile
from dispatch.leads import file_record
from dispatch.leads.file_intake import FileResult, receive_file
from dispatch.leads.file_lines import OWN_LISTING, KnownFrom
from dispatch.leads.file_preview import FilePreview, PreviewRow, preview
from dispatch.outputs.rejected_rows import RejectedRows
from dispatch.queries.wording import moment
from models.errors import InvalidInput

DEFAULTS = ("method", "source", "destination", "launch", "requests", "priority")


def add_file(
    call: Call,
    source_file: str,
    choices: Mapping[str, str | None],
    about: Mapping[str, Any],
    given: Mapping[str, str | None],
) -> None:
    """Add the leads of a file, or show how it is understood.

    ``choices`` are the policy and what decides about open bookings, ``about`` the options about the file,
    ``given`` the fields for rows that have none. Raises InvalidInput and DatabaseUnavailable.
    """
    run = _run_named(about["run"], again=about["again"])
    if run is not None and not about["dry_run"]:
        narrate(f"run {run}: if it is interrupted, continue with --run {run}")
    take_in(call, _kind(choices, run), source_file, about, defaults_of(given))


def _kind(choices: Mapping[str, str | None], run: str | None) -> RowKind[LeadFile]:
    def receive(desk: Desk, leads: LeadFile, rejects: RejectedRows | None, progress: Progress) -> FileResult:
        return receive_file(desk, leads, **choices, run=run, rejects=rejects, progress=progress)

    return RowKind(
        "lead",
        "a file of leads",
        file_record.HEAD,
        lead_files.open_leads,
        lambda desk, leads: preview(desk(), leads, run=run),
        _described,
        receive,
        _told,
        _foretold,
    )


def defaults_of(given: Mapping[str, str | None]) -> dict[str, str]:
    """Return the fields of the options that are for rows without a value."""
    return {name: value for name in DEFAULTS if (value := given.get(name)) is not None}


def _run_named(run: str | None, *, again: bool) -> str | None:
    if run is not None and not run.strip():
        raise InvalidInput("run", "the run's name is required", "give the one that --again printed")
    if again and run is None:
        return secrets.token_hex(4)  # so that a file can be taken in on purpose a second time
    return run


def _described(row: PreviewRow) -> Iterator[str]:
    fields = ", ".join(value for value in row["lead"].values() if value)
    yield f"line {row['line']}: {fields}"
    yield from (f"  {error}" for error in row["errors"])


def _foretold(seen: FilePreview) -> Iterator[list[str]]:
    yield [_came_from(row) for row in seen["known"]]


def _told(result: FileResult) -> Iterator[list[str]]:
    yield [f"line {row['line']}: {row['note']}" for row in result["customer_notes"]]
    yield [f"line {row['line']}: {open_words(row)}" for row in result["with_open"]]
    yield [_came_from(row) for row in result["known"]]
    if result["warning"]:
        yield [f"warning: {result['warning']}; astra undo {result['event_id']} takes this file back"]


def _came_from(known: KnownFrom) -> str:
    """Say where rows that are in already came from."""
    if known["file"] is None:
        return f"line {known['lines']}: {OWN_LISTING}"
    return f"line {known['lines']}: came in from {known['file']} at {moment(known['at'])}"
