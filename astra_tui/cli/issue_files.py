"""``astra issue open --from``: files of tickets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from astra_tui.cli.options import Call
from astra_tui.cli.row_files import Progress, RowKind, take_in
from dispatch.desk.desk import Desk
from dispatch.inputs import validation
from dispatch.outputs.rejected_rows import RejectedRows
from dispatch.queries.wording import plural
from dispatch.service.ticket_files.intake import HEAD, FileResult, preview, receive_file
from dispatch.service.ticket_files.tickets import Ticket, TicketFile
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
    take_in(call, TICKETS, source_file, about, defaults)


def _described(row: Ticket) -> Iterator[str]:
    who = ", ".join(filter(None, (row["name"], row["email"], row["phone"])))
    talk = plural(len(row["comments"]), "comment")
    yield f"{row['state']}: {row['subject'] or row['text'][:60]!r}, from {who or 'nobody'}, {talk}"


def _receive(desk: Desk, file: TicketFile, rejects: RejectedRows | None, progress: Progress) -> FileResult:
    return receive_file(desk, file, rejects=rejects, progress=progress)


def _told(result: FileResult) -> Iterator[list[str]]:
    yield [f"line {row['line']}: {row['error']}" for row in result["changed"]]


TICKETS = RowKind(
    "issue",
    "a file of tickets",
    HEAD,
    TicketFile.open,
    lambda _, tickets: preview(tickets),
    _described,
    _receive,
    _told,
)
