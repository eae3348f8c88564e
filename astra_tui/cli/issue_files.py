"""``astra issue open --from``: files of tickets."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from astra_tui.cli.column_options import choice_of, desk_if_any, print_columns, tell_columns
from astra_tui.cli.file_options import FileOptions
from astra_tui.cli.input_files import input_file, title_of
from astra_tui.cli.options import Call
from astra_tui.cli.output.printing import first_lines, line, narrate
from astra_tui.cli.output.progress import progress_bar
from dispatch.batches import record
from dispatch.inputs import validation
from dispatch.queries.wording import plural
from dispatch.service.ticket_files import tickets
from dispatch.service.ticket_files.intake import (
    FilePreview,
    FileResult,
    about_file,
    act_id,
    preview,
    receive_file,
)
from models.issues import CATEGORIES, CHANNELS, TIERS

DEFAULTS = {"channel": CHANNELS, "tier": TIERS, "category": CATEGORIES}


def open_file(call: Call, source_file: str, about: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Open the issues of a file, or show how it is understood.

    ``about`` are the options about the file, ``given`` the fields for rows that have none. Raises
    InvalidInput and DatabaseUnavailable.
    """
    defaults = {
        name: validation.one_of(value, name, accepted)
        for name, accepted in DEFAULTS.items()
        if (value := given.get(name)) is not None
    }
    options = FileOptions(about["encoding"], about["rejects"], about["ok_partial"])
    rejects = None if about["dry_run"] else options.rejected_rows()
    title = title_of(source_file)
    with (
        input_file(source_file, "name a file of tickets") as stream,
        desk_if_any(call) if about["dry_run"] else call.desk() as desk,
        tickets.open_tickets(
            stream, title, options.encoding, choice_of(about, defaults, desk, record.HEAD)
        ) as file,
    ):
        if about["dry_run"] or desk is None:
            seen = preview(file)
            tell_columns(title, file.choices)
            call.show(seen, partial(_print_preview, defaults=defaults))
            return
        with progress_bar("issues") as progress:
            batch = record.Batch(desk, [file.digest], act_id(desk, file), about_file(title, file))
            result = receive_file(desk, file, batch.part, rejects=rejects, progress=progress)
        tell_columns(title, file.choices)
        for note in file.notes:
            narrate(f"{title}: {note}")
        if file.ignored:
            narrate(f"ignored, as issues have no such field: {', '.join(file.ignored)}")
    options.finish(call, rejects, len(result["rejected"]))
    call.show({**result, "undo": batch.head}, partial(_print_file, head=batch.head))


def _print_preview(seen: FilePreview, defaults: Mapping[str, str]) -> None:
    print_columns(seen["columns"], defaults, seen["ignored"])
    for row in seen["rows"]:
        who = ", ".join(filter(None, (row["name"], row["email"], row["phone"])))
        talk = plural(len(row["comments"]), "comment")
        line(f"{row['state']}: {row['subject'] or row['text'][:60]!r}, from {who or 'nobody'}, {talk}")
    acceptable = plural(seen["acceptable"], "issue")
    line(f"{acceptable} acceptable, {len(seen['rejected']):,} not; nothing was written")
    first_lines([f"line {row['line']}: {row['error']}" for row in seen["rejected"]])


def _print_file(result: FileResult, head: int | None) -> None:
    repeated = f" ({result['repeated']:,} of them were already in)" if result["repeated"] else ""
    line(f"{plural(result['accepted'], 'issue')} accepted{repeated}, {len(result['rejected']):,} rejected")
    if head is not None:
        line(f"astra undo {head} takes all of them back")
    told = (*result["rejected"], *result["changed"])
    first_lines([f"line {row['line']}: {row['error']}" for row in told])
