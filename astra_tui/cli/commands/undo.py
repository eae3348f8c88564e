"""``astra undo`` and ``astra redo``: undo a command, and do it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import rich_click as click

from astra_tui.cli.hints import with_commands
from astra_tui.cli.options import Call, changing, dry_run
from astra_tui.cli.output.printing import line
from astra_tui.cli.output.progress import progress_bar
from astra_tui.cli.value_types import EVENT
from dispatch.operations import undo as undoing
from dispatch.operations.command_list import describe_target, describe_undone
from dispatch.operations.integrity.findings import named
from dispatch.operations.row_types import RefusedRow, UndoPreview, UndoResult
from dispatch.operations.undoing.progress import told_to
from dispatch.queries.wording import moment, plural

R = TypeVar("R", UndoPreview, UndoResult)


@click.command("undo")
@click.argument("event_id", type=EVENT, required=False)
@dry_run
@changing
def undo(call: Call, event_id: int | None, dry_run: bool) -> None:
    """Undo the last command of this shell, or the given EVENT (see astra log)."""
    if dry_run:
        call.show(_in_commands(call.read(undoing.preview, event_id)), _print_target)
    else:
        with _progress():
            result = call.change(undoing.undo, event_id)
        call.show(_in_commands(result), _print)


@click.command("redo")
@click.argument("event_id", type=EVENT, required=False)
@dry_run
@changing
def redo(call: Call, event_id: int | None, dry_run: bool) -> None:
    """Redo the last undo of this shell, or the given EVENT (see astra log).

    EVENT is the undo or what it undid. Without it, nothing else may have been done since.
    """
    if dry_run:
        call.show(_in_commands(call.read(undoing.preview, event_id, redo=True)), _print_target)
    else:
        with _progress():
            result = call.change(undoing.redo, event_id)
        call.show(_in_commands(result), _print)


@contextmanager
def _progress() -> Iterator[None]:
    """Show how far an import or a large file of leads is taken back."""
    with progress_bar("undoing") as bar, told_to(bar):
        yield


def _in_commands(result: R) -> R:
    result["refused"] = with_commands(result["refused"])
    return result


def _print_target(found: UndoPreview) -> None:
    word = "redo" if found["redone"] else "undo"
    when = f"{moment(found['at'])} by {found['actor']}"
    line(f"Would {word}: {describe_target(found)} (event {found['undone_event_id']}, {when})")
    _print_refused(found["refused"])


def _print_refused(refused: list[RefusedRow]) -> None:
    for row in refused:
        line(f"{row['row'].capitalize()} stays: {row['error']['message']}")


def _print(row: UndoResult) -> None:
    what, count = describe_undone(row), plural(row["bookings"], "booking")
    several = f"{count}, " if row["bookings"] > 1 and count not in what else ""
    word = "Redone" if row["redone"] else "Undone"
    line(f"{word}: {what} ({several}event {row['undone_event_id']})")
    for kind, kept in (("agent", row["kept_agents"]), ("booking", row["kept_bookings"])):
        if kept:
            stay = "stays" if len(kept) == 1 else "stay"
            line(named(f"{plural(len(kept), kind)} with work or changes since {stay}", kept))
    if row["kept_events"]:
        what = "changes with work since" if row["command"] == "import" else "commands that cannot be undone"
        line(named(f"{what} stay: events", row["kept_events"]))
    _print_refused(row["refused"])
