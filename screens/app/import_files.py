"""Importing files: what would come of it is shown first, and the same key again does it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, Label, Static

from dispatch.desk.desk import Desk
from dispatch.operations.row_types import DemoResult, ImportResult
from models.errors import DeskError, InvalidInput
from screens.dialogs.modal import Modal
from screens.widgets.key_line import KeyLine
from screens.wording.text import plural, refusal

if TYPE_CHECKING:
    from screens.base.app_protocol import Host

ROWS_TOLD = 20


class ImportFiles(Modal[ImportResult | None]):
    """Takes the files' paths; closes with what was written, or None on escape."""

    DEFAULT_CSS = """
    ImportFiles { align: center middle; background: $background 60%; }
    ImportFiles > #form {
        width: 76; max-width: 96%; height: auto; max-height: 90%; padding: 0 1;
        border: round $primary; border-title-style: bold; background: $surface;
    }
    ImportFiles #about { height: auto; color: $text-muted; margin-bottom: 1; }
    ImportFiles #field { height: 1; }
    ImportFiles #field > Label { width: 8; color: $text-muted; }
    ImportFiles #field > Input { width: 1fr; }
    ImportFiles #preview { height: auto; max-height: 10; margin-top: 1; }
    ImportFiles #problem { height: auto; min-height: 1; color: $text-error; text-style: bold; }
    ImportFiles #buttons { height: 1; align-horizontal: right; }
    ImportFiles #buttons Button { margin-left: 2; }
    """
    BINDINGS = [
        Binding("escape", "close", "Close", id="import.close", tooltip="Close without importing"),
        Binding(
            "f9",
            "go",
            "Check/import",
            id="import.go",
            tooltip="Check the files and write nothing; once they are checked, import them",
            priority=True,
        ),
    ]

    class Progressed(Message):
        """The desk is so far."""

        def __init__(self, told: str) -> None:
            super().__init__()
            self.told = told

    def __init__(self) -> None:
        super().__init__()
        self._checked = ""
        self._is_busy = False

    @property
    def host(self) -> Host:
        return cast("Host", self.app)

    def compose(self) -> ComposeResult:
        with Vertical(id="form"):
            yield Static(
                Content(
                    "SQL text, CSV or JSON lines of agents, assignments and bookings, in any order; "
                    "agents alone will do. Put a path with blanks in quotes."
                ),
                id="about",
            )
            with Horizontal(id="field"):
                yield Label("Files")
                yield Input(placeholder="agents.csv assignments.csv bookings.csv", compact=True, id="paths")
            with VerticalScroll(id="preview", can_focus=False):
                yield Static(Content(""), id="told")
            yield Static(Content(""), id="problem")
            with Horizontal(id="buttons"):
                yield Button("Check", id="go", variant="primary", compact=True)
                yield Button("Close", id="close", compact=True)
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#form").border_title = Content("Import files")

    @property
    def _typed(self) -> str:
        return self.query_one("#paths", Input).value.strip()

    @on(Input.Changed)
    def _relabel(self) -> None:
        is_checked = bool(self._checked) and self._checked == self._typed
        self.query_one("#go", Button).label = Content("Import" if is_checked else "Check")

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def action_go(self) -> None:
        if self._is_busy:
            return
        typed, self._is_busy = self._typed, True
        dry_run = typed != self._checked
        self._tell(problem="")

        def work(desk: Desk) -> ImportResult:
            return self.host.importing(paths_in(typed), dry_run, self._report)(desk)

        then = (lambda result: self._show_preview(typed, result)) if dry_run else self._done
        self.host.perform(work, then, self._refused)

    def _report(self, done: int, total: int, what: str) -> None:
        """Called in the writing thread."""
        self.post_message(self.Progressed(f"{what}: {done:,}" + (f" of {total:,}" if total else "")))

    @on(Progressed)
    def _progressed(self, message: Progressed) -> None:
        if self._is_busy:
            self._tell(told=message.told)

    def _show_preview(self, typed: str, result: ImportResult) -> None:
        self._is_busy = False
        self._checked = typed
        self._tell(told=preview(result))
        self._relabel()

    def _done(self, result: ImportResult) -> None:
        self._is_busy = False
        self.leave(result)

    def _refused(self, error: DeskError) -> None:
        self._is_busy = False
        self._tell(told="", problem=refusal(error))

    def _tell(self, told: str | None = None, problem: str | None = None) -> None:
        for name, text in (("told", told), ("problem", problem)):
            if text is not None:
                self.query_one(f"#{name}", Static).update(Content(text))

    @on(Button.Pressed, "#close")
    def action_close(self) -> None:
        if self._is_busy:
            self._tell(problem="one moment: the desk is still reading")
        else:
            self.leave()


def paths_in(typed: str) -> list[Path]:
    """The files that somebody typed, or dropped onto the terminal. Raises InvalidInput."""
    try:
        names = [typed] if Path(typed).is_file() else shlex.split(typed)
    except ValueError as error:
        raise InvalidInput("paths", f"the paths cannot be read: {error}", "close the quotes") from error
    if not names:
        raise InvalidInput("paths", "no file is named", "type its path, or drop it here")
    return [Path(name).expanduser() for name in names]


def counted(result: ImportResult | DemoResult) -> str:
    """``1 agent, 450 assignments, 412 bookings``."""
    counts = (
        (result["agents"], "agent"),
        (result["assignments"], "assignment"),
        (result["bookings"], "booking"),
    )
    return ", ".join(plural(number, noun) for number, noun in counts)


def preview(result: ImportResult) -> str:
    """What an import would do, in lines."""
    lines = [f"Would write {counted(result)}."]
    unchanged = sum(result["unchanged"].values())
    if unchanged:
        lines.append(f"{unchanged:,} rows are on the desk already.")
    for rows, told in ((result["quarantined"], "kept out"), (result["flagged"], "taken with a fault")):
        if rows:
            lines.append(f"{len(rows):,} {told}:")
            lines += [f"  {row['file']}, row {row['row']}: {row['reason']}" for row in rows[:ROWS_TOLD]]
        if len(rows) > ROWS_TOLD:
            lines.append(
                f"  and {len(rows) - ROWS_TOLD:,} more: astra import --dry-run --json lists them all"
            )
    lines.append("The same key again imports.")
    return "\n".join(lines)
