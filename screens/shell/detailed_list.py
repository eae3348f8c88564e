"""A list with a pane for the row under the cursor."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.widgets import DataTable

from screens.shell.panes import Panes
from screens.shell.row_actions import Done, RowActions
from screens.widgets.columns import Row
from screens.widgets.detail_pane import Detail, DetailPane


class DetailedList(RowActions[Row, Done]):
    """A place with a LiveTable and a DetailPane."""

    NOTHING: ClassVar[str]
    """What the pane says where nothing is chosen."""

    @abstractmethod
    def detail_of(self, row: Row) -> Detail:
        """Describe a row in full; called in the reading thread."""

    def detail_beside(self, row: Row) -> Detail:
        """Describe the same without what ``aside_of`` tells, where that is in sight."""
        return self.detail_of(row)

    def aside_of(self, row: Row) -> Detail:
        """Describe what a wide terminal shows beside the pane; called in the reading thread."""
        raise NotImplementedError

    @property
    def shows_aside(self) -> bool:
        return len([pane for pane in self.query(DetailPane) if pane.display]) > 1

    def show_detail(self) -> None:
        """Fill the pane; when the cursor has moved on meanwhile, the answer is dropped."""
        row, describe = self.table.current, self.describing()
        self.ask_newest("detail", lambda: describe(row), self.fill_panes)

    def describing(self) -> Callable[[Row | None], list[Detail]]:
        """Return what describes a row for the panes in sight; it is run in the reading thread."""
        is_beside = self.shows_aside

        def describe(row: Row | None) -> list[Detail]:
            if row is None:
                return [("", Text(self.NOTHING)), ("", Text())]
            if is_beside:
                return [self.detail_beside(row), self.aside_of(row)]
            return [self.detail_of(row)]

        return describe

    def fill_panes(self, details: list[Detail]) -> None:
        """Show a text in each pane, as far as there are any."""
        for pane, detail in zip(self.query(DetailPane), details, strict=False):
            pane.show(detail)

    @on(Panes.Arranged)
    def _arranged(self) -> None:
        if self.is_laid_out:
            self.show_detail()

    def action_zoom(self) -> None:
        """Give all the room to the list or pane in focus; once more gives it back."""
        for panes in self.query(Panes):
            panes.zoom()

    def action_border(self, step: int) -> None:
        """Move the border between list and pane."""
        for panes in self.query(Panes):
            panes.move_border(step)

    @on(DataTable.RowHighlighted)
    def _moved(self, message: DataTable.RowHighlighted) -> None:
        if message.data_table is self.table:
            self.cursor_moved()

    def cursor_moved(self) -> None:
        """Describe the row that the cursor is on now."""
        self.show_detail()
