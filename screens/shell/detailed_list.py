"""A list with a pane for the row under the cursor."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from rich.text import Text
from textual import getters, on
from textual.widgets import DataTable, Static

from screens.shell.row_actions import Done, RowActions
from screens.widgets.columns import Row
from screens.widgets.detail_pane import Detail, DetailPane


class DetailedList(RowActions[Row, Done]):
    """A place with a LiveTable, a DetailPane, and a headline that describes the list."""

    NOTHING: ClassVar[str]
    """What the pane says where nothing is chosen."""

    headline = getters.query_one(".headline", Static)

    @abstractmethod
    def detail_of(self, row: Row) -> Detail:
        """Describe a row in full; called in the reading thread."""

    def show_detail(self) -> None:
        """Fill the pane; when the cursor has moved on meanwhile, the answer is dropped."""
        row = self.table.current

        def query() -> Detail:
            return ("", Text(self.NOTHING)) if row is None else self.detail_of(row)

        self.ask_newest("detail", query, lambda detail: self.query_one(DetailPane).show(detail))

    @on(DataTable.RowHighlighted)
    def _moved(self, message: DataTable.RowHighlighted) -> None:
        if message.data_table is self.table:
            self.show_detail()
