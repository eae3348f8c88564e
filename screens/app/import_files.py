"""Importing files: the first press previews, the same key again imports."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Label, Static

from dispatch.desk.desk import Desk
from dispatch.operations.changed_rows.wording import described_difference
from dispatch.operations.row_types import DemoResult, ImportResult
from dispatch.queries.wording import plural
from models.errors import DeskError
from screens.base.keys import key
from screens.base.messages import Progressed
from screens.base.textual_internals import rename_action
from screens.dialogs.command_modal import CommandModal
from screens.dialogs.modal import HOLDS_TEXT, buttons
from screens.dialogs.typed_paths import paths_in

ABOUT = (
    "CSV, JSON, SQL or .xlsx files of agents, assignments and bookings, in any order; agents alone will do. "
    "Quote a path that contains spaces."
)
MOST_ROWS = 20


class ImportFiles(CommandModal[ImportResult]):
    """Ask for the files' paths; closes with what was written, or None on escape."""

    NOTHING_DONE = "Nothing imported"
    AT_WORK = ""  # the lines above show the progress
    STILL_AT_WORK = "One moment: still reading the files"
    BINDINGS = [
        key("import.close", "escape", "Close", "Close without importing"),
        key("import.go", "f9", "Check", "Check the files; once checked, import them", priority=True),
    ]

    def __init__(self) -> None:
        super().__init__("Import files")
        self._checked = ""

    def why_it_stays(self) -> str:
        return super().why_it_stays() or (HOLDS_TEXT if self.query_one("#paths", Input).value else "")

    def body(self) -> ComposeResult:
        yield Static(ABOUT, id="about")
        with Horizontal(classes="field"):
            yield Label("Files")
            yield Input(placeholder="agents.csv assignments.csv bookings.csv", compact=True, id="paths")
        yield Static(id="problem")
        with VerticalScroll(id="preview", can_focus=False):
            yield Static(id="told")
        yield from buttons(("go", "Check"), ("close", "Close"))

    @property
    def _typed(self) -> str:
        return self.query_one("#paths", Input).value.strip()

    @on(Input.Changed)
    def _relabel(self) -> None:
        is_checked = bool(self._checked) and self._checked == self._typed
        word = "Import" if is_checked else "Check"
        self.query_one("#go", Button).label = Content(word)
        rename_action(self, "go", word)
        self.refresh_bindings()

    @on(Input.Submitted)
    def action_go(self) -> None:
        if self._busy:
            return
        typed = self._typed
        dry_run = typed != self._checked
        self._show_note("")

        def work(desk: Desk) -> ImportResult:
            return self.host.importing(paths_in(typed), dry_run, self._report)(desk)

        self._send(work, partial(self._show_preview, typed) if dry_run else None)

    def _report(self, done: int, total: int, what: str) -> None:
        """Post the progress; called in the writing thread."""
        self.post_message(Progressed(f"{what}: {done:,}" + (f" of {total:,}" if total else "")))

    @on(Progressed)
    def _progressed(self, message: Progressed) -> None:
        if self._busy:
            self._show(message.text)

    def _show_preview(self, typed: str, result: ImportResult) -> None:
        self._busy = False
        self._checked = typed
        self._show(preview(result))
        self._relabel()

    def _refused(self, error: DeskError) -> None:
        super()._refused(error)
        self._show("")

    def _show(self, text: str) -> None:
        self.query_one("#told", Static).update(Content(text))


def counted(result: ImportResult | DemoResult) -> str:
    """Format counts: ``1 agent, 450 assignments, 412 bookings``."""
    agents, assignments = plural(result["agents"], "agent"), plural(result["assignments"], "assignment")
    return f"{agents}, {assignments}, {plural(result['bookings'], 'booking')}"


def preview(result: ImportResult) -> str:
    """Describe what an import would do, in lines."""
    lines = [f"Would import {counted(result)}."]
    if result["resumed"] is not None:
        lines.append(f"This continues the import that was interrupted (event {result['resumed']}).")
    lines += result["notes"]
    lines += [
        f"{Path(file).name}: columns as in {said['file']}; in a shell, astra import --map changes that"
        for file, said in result["remembered"].items()
    ]
    unchanged = sum(result["unchanged"].values())
    if unchanged:
        lines.append(f"{unchanged:,} rows are on the desk already.")
    for differences, told in (
        (result["different"], "changed in the files: astra import --update applies it"),
        (result["conflicts"], "changed in the files and on the desk; they stay as they are"),
    ):
        if differences:
            lines.append(f"{len(differences):,} {told}:")
            lines += [f"  {described_difference(row)}" for row in differences[:MOST_ROWS]]
    for rows, verb in (
        (result["quarantined"], "rejected"),
        (result["flagged"], "accepted with a warning"),
    ):
        if rows:
            lines.append(f"{len(rows):,} {verb}:")
            lines += [
                f"  {Path(row['file']).name}, row {row['row']}: {row['reason']}" for row in rows[:MOST_ROWS]
            ]
        if len(rows) > MOST_ROWS:
            lines.append(
                f"  and {len(rows) - MOST_ROWS:,} more: astra import --dry-run --json lists them all"
            )
    lines.append("Press the same key again to import.")
    return "\n".join(lines)
