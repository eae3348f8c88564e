"""Choosing a table's columns: which are shown, their order, and which one sorts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static
from textual.widgets.option_list import Option

from screens.base.keys import key
from screens.dialogs.modal import Modal
from screens.widgets.live_table import LiveTable
from screens.widgets.movable import Options


class Columns(Modal[None]):
    """A checklist of a table's columns; the table below follows it, and ``changed`` gets the choice."""

    FRAME = "columns"
    BINDINGS = [
        key("columns.close", "escape", "Close", "Back to the list"),
        key(
            "columns.toggle",
            "space,enter",
            "Show/hide",
            "Show or hide the highlighted column",
            "show_or_hide",
        ),
        key("columns.earlier", "minus,shift+up", "Earlier", "Move left", "move(-1)"),
        key("columns.later", "plus,shift+down", "Later", "Move right", "move(1)"),
        key("columns.sort", "s", "Sort", "Sort by the column; again reverses"),
        key("columns.reset", "r", "Reset", "Restore the default columns"),
    ]

    def __init__(self, table: LiveTable[Any], changed: Callable[[list[str]], None]) -> None:
        super().__init__("Columns")
        self._table = table
        self._changed = changed
        self._specs = {spec.key: spec for spec in table.specs}
        self._order = self._ordered()

    def _ordered(self) -> list[str]:
        """Return the shown columns in their order, then the others."""
        shown = list(self._table.chosen)
        return shown + [key for key in self._specs if key not in shown]

    def body(self) -> ComposeResult:
        yield Options(compact=True, markup=False)
        yield Static(id="told")

    def on_mount(self) -> None:
        self._fill()

    @property
    def _here(self) -> int:
        return self.query_one(Options).highlighted or 0

    def _fill(self, highlighted: int = 0) -> None:
        chosen = self._table.chosen
        marked = (f"{'✓' if key in chosen else ' '} {self._label(key)}" for key in self._order)
        options = self.query_one(Options)
        options.set_options(Option(Content(line)) for line in marked)
        options.highlighted = highlighted
        left_out = [self._label(spec.key) for spec in self._table.left_out]
        self._show_note(f"No room at this width: {', '.join(left_out)}" if left_out else "")

    def _show_note(self, text: str) -> None:
        self.query_one("#told", Static).update(Content(text))

    def _label(self, key: str) -> str:
        return self._specs[key].title or self._specs[key].label

    def _use(self, keys: list[str], highlighted: int = 0) -> None:
        self._table.choose(keys)
        self._changed(keys)
        self._fill(highlighted)

    @on(Options.OptionSelected)
    def action_show_or_hide(self) -> None:
        key, chosen = self._order[self._here], set(self._table.chosen)
        wanted = [one for one in self._order if (one in chosen) != (one == key)]
        if wanted:
            self._use(wanted, self._here)
        else:
            self._show_note("Keep at least one column")

    def action_move(self, step: int) -> None:
        here, there = self._here, self._here + step
        if 0 <= there < len(self._order):
            chosen = self._table.chosen
            self._order.insert(there, self._order.pop(here))
            self._use([key for key in self._order if key in chosen], there)

    def action_sort(self) -> None:
        sort = self._specs[self._order[self._here]].sort
        if sort:
            self._table.post_message(LiveTable.SortAsked(sort))
        else:
            self._show_note("This column cannot be sorted")

    def action_reset(self) -> None:
        self._table.choose([])
        self._changed([])
        self._order = self._ordered()
        self._fill()
