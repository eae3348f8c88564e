"""Importing files: what would come of it is shown first, and the same key again does it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, Label, Static

from dispatch.desk.desk import Desk
from models.errors import DeskError, InvalidInput
from screens.base.keys import key
from screens.dialogs.command_modal import CommandModal
from screens.dialogs.modal import buttons

Row = dict[str, Any]

ABOUT = (
    "SQL text, CSV or JSON lines of agents, assignments and bookings, in any order; agents alone will do. "
    "Put a path with blanks in quotes."
)
ROWS_TOLD = 20
KINDS = ("agents", "assignments", "bookings")


class ImportFiles(CommandModal[Row]):
    """Takes the files' paths; closes with what was written, or None on escape."""

    AT_WORK = ""  # the lines above say how far it is
    STILL_AT_WORK = "one moment: the desk is still reading"
    BINDINGS = [
        key("import.close", "escape", "Close", "Close without importing"),
        key(
            "import.go",
            "f9",
            "Check/import",
            "Check the files and write nothing; once they are checked, import them",
            priority=True,
        ),
    ]

    @dataclass
    class Progressed(Message):
        """The desk is so far."""

        told: str

    def __init__(self) -> None:
        super().__init__("Import files")
        self._checked = ""

    def body(self) -> ComposeResult:
        yield Static(ABOUT, id="about")
        with Horizontal(classes="field"):
            yield Label("Files")
            yield Input(placeholder="agents.csv assignments.csv bookings.csv", compact=True, id="paths")
        with VerticalScroll(id="preview", can_focus=False):
            yield Static(id="told")
        yield Static(id="problem")
        yield from buttons(("go", "Check"), ("close", "Close"))

    @property
    def _typed(self) -> str:
        return self.query_one("#paths", Input).value.strip()

    @on(Input.Changed)
    def _relabel(self) -> None:
        is_checked = bool(self._checked) and self._checked == self._typed
        self.query_one("#go", Button).label = Content("Import" if is_checked else "Check")

    @on(Input.Submitted)
    def action_go(self) -> None:
        if self._busy:
            return
        typed = self._typed
        dry_run = typed != self._checked
        self._tell("")

        def work(desk: Desk) -> Row:
            return self.host.importing(paths_in(typed), dry_run, self._report)(desk)

        self._send(work, partial(self._show_preview, typed) if dry_run else None)

    def _report(self, done: int, total: int, what: str) -> None:
        """Called in the writing thread."""
        self.post_message(self.Progressed(f"{what}: {done:,}" + (f" of {total:,}" if total else "")))

    @on(Progressed)
    def _progressed(self, message: Progressed) -> None:
        if self._busy:
            self._show(message.told)

    def _show_preview(self, typed: str, result: Row) -> None:
        self._busy = False
        self._checked = typed
        self._show(preview(result))
        self._relabel()

    def _refused(self, error: DeskError) -> None:
        super()._refused(error)
        self._show("")

    def _show(self, text: str) -> None:
        self.query_one("#told", Static).update(Content(text))


def paths_in(typed: str) -> list[Path]:
    """The files that somebody typed, or dropped onto the terminal. Raises InvalidInput."""
    try:
        names = [typed] if Path(typed).is_file() else shlex.split(typed)
    except ValueError as error:
        raise InvalidInput("paths", f"the paths cannot be read: {error}", "close the quotes") from error
    if not names:
        raise InvalidInput("paths", "no file is named", "type its path, or drop it here")
    return [Path(name).expanduser() for name in names]


def counted(result: Row) -> str:
    """``1 agent, 450 assignments, 412 bookings``."""
    return ", ".join(f"{result[kind]:,} {kind if result[kind] != 1 else kind[:-1]}" for kind in KINDS)


def preview(result: Row) -> str:
    """What an import would do, in lines."""
    lines = [f"Would write {counted(result)}."]
    unchanged = sum(result["unchanged"].values())
    if unchanged:
        lines.append(f"{unchanged:,} rows are on the desk already.")
    for kind, told in (("quarantined", "kept out"), ("flagged", "taken with a fault")):
        rows = result[kind]
        if rows:
            lines.append(f"{len(rows):,} {told}:")
            lines += [f"  {row['file']}, row {row['row']}: {row['reason']}" for row in rows[:ROWS_TOLD]]
        if len(rows) > ROWS_TOLD:
            lines.append(
                f"  and {len(rows) - ROWS_TOLD:,} more: astra import --dry-run --json lists them all"
            )
    lines.append("The same key again imports.")
    return "\n".join(lines)
