"""A table that is refreshed under the cursor: rows are compared by key, never cleared and refilled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.text import Text
from textual import events
from textual.message import Message
from textual.widgets import DataTable

Row = dict[str, Any]
PADDING = 2  # one blank on each side of a cell
CLOSE = 10  # rows from an end at which more is asked for


@dataclass(frozen=True)
class Column:
    """One column: how a row's cell reads, how wide it is, and how soon it goes when space is short.

    ``drop`` 0 stays always; of the others the highest goes first. ``grows`` takes what is left.
    ``sort`` is the name of the order that a click on the header asks for.
    """

    key: str
    label: str
    width: int
    cell: Callable[[Row], str | Text]
    drop: int = 0
    grows: bool = False
    right: bool = False
    sort: str = ""


class LiveTable(DataTable[Text]):
    """Shows rows in the order given, keeping cursor and scroll on the row they were on."""

    DEFAULT_CSS = """
    LiveTable { height: 1fr; background: $surface; scrollbar-size-horizontal: 0; }
    LiveTable > .datatable--header { background: $panel; color: $foreground; text-style: bold; }
    """

    class NearEnd(Message):
        """The cursor or the view came near the last row: there may be more to load."""

    class NearStart(Message):
        """The same for the first row."""

    class SortAsked(Message):
        """A header was clicked."""

        def __init__(self, sort: str) -> None:
            super().__init__()
            self.sort = sort

    def __init__(self, columns: Sequence[Column], key: str, *, cursor: bool = True, **kwargs: Any) -> None:
        super().__init__(cursor_type="row" if cursor else "none", **kwargs)
        self.can_focus = cursor
        self._specs = tuple(columns)
        self._key = key
        self._rows: dict[str, Row] = {}
        self._anchors: dict[str, Text] = {}
        self._marked = ""
        self._shown: tuple[tuple[str, int], ...] = ()

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        if not self.row_count:
            return None
        key = self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value
        return self._rows.get(key or "")

    @property
    def rows_shown(self) -> list[Row]:
        """The rows in their order on screen."""
        return list(self._rows.values())

    def on_resize(self, event: events.Resize) -> None:
        self._lay_out()

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        self._look_out(event.cursor_row, event.cursor_row)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._look_out(int(new_value), int(new_value) + self.size.height)

    def _look_out(self, first: int, last: int) -> None:
        if self.row_count and last >= self.row_count - CLOSE:
            self.post_message(self.NearEnd())
        elif self.row_count and first <= CLOSE:
            self.post_message(self.NearStart())

    def on_data_table_header_selected(self, event: DataTable.HeaderSelected) -> None:
        event.stop()
        spec = next(spec for spec in self._specs if spec.key == event.column_key.value)
        if spec.sort:
            self.post_message(self.SortAsked(spec.sort))

    def mark_sort(self, sort: str, descending: bool) -> None:
        """Show in the header which column the rows are sorted by."""
        marked = f"{sort}{'▾' if descending else '▴'}"
        if marked != self._marked:
            self._marked = marked
            self._lay_out(again=True)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Make the table show exactly these rows, in this order."""
        wanted = {str(row[self._key]): row for row in rows}
        if not self.columns:
            self._rows = wanted
            return
        here = self._cursor_key()
        index = self.cursor_row
        for key in [key for key in self._rows if key not in wanted]:
            self.remove_row(key)
            self._anchors.pop(key, None)
        for key, row in wanted.items():
            self._put(key, row)
        order = {id(self._anchors[key]): position for position, key in enumerate(wanted)}
        self._rows = wanted
        self.sort(self._first_column(), key=lambda cell: order[id(cell)])
        self._keep_cursor(here, index)

    def _put(self, key: str, row: Row) -> None:
        if key not in self._anchors:
            self._add(key, row)
        elif self._rows.get(key) != row:
            cells = self._cells(row)
            for (column, _), cell in zip(self._shown, cells, strict=True):
                self.update_cell(key, column, cell)
            self._anchors[key] = cells[0]

    def _add(self, key: str, row: Row) -> None:
        cells = self._cells(row)
        self._anchors[key] = cells[0]
        self.add_row(*cells, key=key)

    def _cells(self, row: Row) -> list[Text]:
        shown = {key for key, _ in self._shown}
        return [_as_cell(spec, row) for spec in self._specs if spec.key in shown]

    def _first_column(self) -> str:
        return self._shown[0][0]

    def _cursor_key(self) -> str | None:
        if not self.row_count:
            return None
        return self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value

    def _keep_cursor(self, key: str | None, index: int) -> None:
        if not self.can_focus:
            return
        if key is not None and key in self._rows:
            row = self.get_row_index(key)
            if row != self.cursor_row:
                # the row moved, not the person: follow it without jumping the view when it is in sight
                self.move_cursor(row=row, scroll=index > 0)
        elif self.row_count:
            self.move_cursor(row=min(index, self.row_count - 1))

    def _lay_out(self, *, again: bool = False) -> None:
        # room for the scrollbar is kept whether it is there or not, so that its coming moves nothing
        width = self.outer_size.width - self.gutter.width - self.styles.scrollbar_size_vertical
        shown = fitting_columns(self._specs, width)
        if shown == self._shown and not again:
            return
        here, index = self._cursor_key(), self.cursor_row
        self._shown = shown
        self._anchors.clear()
        self.clear(columns=True)
        labels = {spec.key: spec for spec in self._specs}
        for key, column_width in shown:
            self.add_column(self._header(labels[key]), key=key, width=column_width)
        for key, row in self._rows.items():
            self._add(key, row)
        self._keep_cursor(here, index)

    def _header(self, spec: Column) -> Text:
        mark = self._marked[-1:] if spec.sort and self._marked[:-1] == spec.sort else ""
        return Text(spec.label + mark, justify="right" if spec.right else "left", no_wrap=True)


def _as_cell(spec: Column, row: Row) -> Text:
    value = spec.cell(row)
    text = value if isinstance(value, Text) else Text(value)
    text.no_wrap = True
    text.overflow = "ellipsis"
    text.justify = "right" if spec.right else "left"
    return text


def fitting_columns(specs: Sequence[Column], width: int) -> tuple[tuple[str, int], ...]:
    """Which columns fit into a width, and how wide each is then."""
    kept = list(specs)
    while len(kept) > 1 and sum(spec.width + PADDING for spec in kept) > width:
        dropped = max(kept, key=lambda spec: spec.drop)
        if dropped.drop == 0:
            break
        kept.remove(dropped)
    spare = max(0, width - sum(spec.width + PADDING for spec in kept))
    growing = [spec for spec in kept if spec.grows]
    share = spare // len(growing) if growing else 0
    return tuple((spec.key, spec.width + (share if spec.grows else 0)) for spec in kept)
