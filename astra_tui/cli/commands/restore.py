"""``astra restore``: the desk as of a backup."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import rich_click as click

from astra_tui.cli.database import database_to_create, open_identified
from astra_tui.cli.options import Call, changing, dry_run
from astra_tui.cli.output.printing import line
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk, person
from dispatch.desk.terminal.account import default_actor
from dispatch.operations import restore as restoring
from dispatch.operations.command_list import describe_event
from dispatch.operations.row_types import Lost, RestoreResult
from dispatch.queries.wording import moment, plural


@click.command("restore")
@click.argument("file", type=click.Path())
@click.option("--other-desk", is_flag=True, help="Accept the backup of another desk.")
@dry_run
@changing
def restore(call: Call, file: str, other_desk: bool, dry_run: bool) -> None:
    """Restore the desk from a backup FILE; open applications and other commands switch to it.

    The desk as it is now is first copied to the folder where backups go. --dry-run shows what would be lost.
    """
    actor = person(default_actor() if call.actor is None else call.actor)
    path = database_to_create(call.database)
    done = restoring.restore(
        partial(_opened, path, call.actor, actor),
        path,
        Path(file),
        other_desk=other_desk,
        dry_run=dry_run,
        request_id=call.checked_request_id(),
    )
    call.show(done, _print)


def _opened(desk_path: Path | str, named: str | None, actor: str, path: Path | str) -> Desk:
    """Open the desk or the copy of a backup; who restores has to be known to the desk."""
    return open_identified(path, actor, named) if path == desk_path else open_desk(path, actor=actor)


def _print(row: RestoreResult) -> None:
    would = "would be restored" if row["dry_run"] else "restored"
    line(f"{row['database']} {would} from {row['file']}, up to event {row['last_event']}")
    _print_lost(row["lost"], "would be lost" if row["dry_run"] else "lost")
    if row["kept"]:
        line(f"The desk as it was: {row['kept']}")
    for problem in row["findings"]:
        line(f"WRONG: {problem}")
    if row["findings"]:
        line("astra doctor --repair corrects what can be recounted")


def _print_lost(lost: Lost, word: str) -> None:
    if lost["events"] is None:
        line("What the desk had since then is unknown: it is missing, or cannot be read")
        return
    counts = [
        plural(lost["leads"] or 0, "lead"),
        plural(lost["bookings"] or 0, "booking"),
        plural(lost["issues"] or 0, "issue"),
    ]
    line(f"{plural(lost['events'], 'event')} {word}, with {', '.join(counts)} made since")
    for event in lost["newest"]:
        line(f"  {event['event_id']} {moment(event['at'])} {event['actor']}: {describe_event(event)}")
    if lost["come_back"]:
        numbers = ", ".join(map(str, lost["come_back"]))
        line(f"Erased since, and back with it: customers {numbers}; erase them again: astra customer forget")
    if lost["events"] > len(lost["newest"]):
        line(f"  and {lost['events'] - len(lost['newest']):,} older ones")
