"""A table that is refreshed under the cursor: rows are compared by key, never cleared and refilled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Generic

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding
from textual.coordinate import Coordinate
from textual.widgets import DataTable

from screens.widgets.cells import as_cell, is_one_line, longest, rendered, same
from screens.widgets.columns import DOWN, UP, Column, OwnOrder, Row, fitting_columns
from screens.widgets.movable import IN_TABLES
from screens.widgets.signed_table import SignedTable
from screens.widgets.table_messages import TableMessages

FEW = 20  # rows that are removed one by one; with more it is faster to refill the rest
CLOSE = 10  # rows from an end at which more is asked for
HEADER, RIGHT_BUTTON = -1, 3


class LiveTable(SignedTable, TableMessages, Generic[Row]):
    """A table that keeps cursor and scroll on the row they were on."""

    BINDINGS = [
        Binding("home", "scroll_top", "Top", show=False),
        Binding("end", "scroll_bottom", "Bottom", show=False),
        *IN_TABLES,
    ]
    DEFAULT_CSS = """
    LiveTable { height: 1fr; background: $surface; scrollbar-size-horizontal: 0; }
    LiveTable > .live-table--changed { color: $accent; text-style: bold; }
    """

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        key: str,
        *,
        cursor: bool = True,
        sorts: bool | None = None,
        **kwargs: Any,
    ) -> None:
        """Without ``sorts``, a table none of whose columns names an order sorts its rows itself."""
        super().__init__(cursor_type="row" if cursor else "none", **kwargs)
        self.can_focus = cursor
        self.specs = tuple(columns)
        self._by_key = {spec.key: spec for spec in columns}
        self._own_choice: tuple[str, ...] = ()
        self._needs: dict[str, int] = {}
        self._left_out: frozenset[str] = frozenset()
        self._key = key
        self._rows: dict[str, Row] = {}
        self._anchors: dict[str, Text] = {}
        self._marked = ""
        self._sorts = not any(spec.sort for spec in columns) if sorts is None else sorts
        self._own_order = OwnOrder()
        self._given: Sequence[Row] = ()
        self._at_start = True
        self._shown: tuple[tuple[str, int], ...] = ()
        self.picks = False
        """Whether clicks ask for marking a row."""

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        if not self.columns:  # not laid out yet, but keys may be typed ahead
            return next(iter(self._rows.values()), None)
        return self._rows.get(self._cursor_key() or "")

    @property
    def rows_shown(self) -> list[Row]:
        """The rows in their order on screen."""
        return list(self._rows.values())

    @property
    def chosen(self) -> tuple[str, ...]:
        """The columns' keys in their order, as far as there is room for them."""
        usual = tuple(spec.key for spec in self.specs if not spec.extra)
        return tuple(key for key in self._own_choice or usual if key not in self._left_out)

    @property
    def left_out(self) -> list[Column[Row]]:
        """The chosen columns that there is no room for."""
        return [spec for spec in self.chosen_columns if spec.key not in dict(self._shown)]

    @property
    def sorts_shown(self) -> list[str]:
        """The orders of the visible headers, from left to right."""
        return list(dict.fromkeys(sort for key, _ in self._shown if (sort := self._by_key[key].sort)))

    def names_in_sight(self) -> list[str]:
        """Name the rows in sight by kind and number, "booking 12"; none of a table that is not shown."""
        if not self.region:
            return []
        top, kind = round(self.scroll_y), self._key.removesuffix("_id")
        return [f"{kind} {key}" for key in islice(self._rows, top, top + self._height)]

    def shows_sort(self, sort: str) -> bool:
        """Return whether a visible header belongs to this order."""
        return any(self._by_key[key].sort == sort for key, _ in self._shown)

    def choose(self, keys: Sequence[str]) -> None:
        """Show these columns in this order, as far as they are known; the usual ones if none is."""
        self._own_choice = tuple(key for key in dict.fromkeys(keys) if key in self._by_key)
        self.draw_again()

    def draw_again(self) -> None:
        """Make all cells again: their form has changed, not the rows."""
        if self._shown:
            self._lay_out(again=True)

    def leave_out(self, keys: Iterable[str]) -> None:
        """Do not show these columns for now, even if they are chosen: they say nothing at present."""
        if frozenset(keys) != self._left_out:
            self._left_out = frozenset(keys)
            if self._shown:
                self._lay_out()

    @property
    def own_choice(self) -> tuple[str, ...]:
        """The columns that the user chose, none if they are the usual ones."""
        return self._own_choice

    @property
    def chosen_columns(self) -> list[Column[Row]]:
        """The same as columns, whether there is room for them or not."""
        return [self._by_key[key] for key in self.chosen]

    def on_click(self, event: events.Click) -> None:
        row = event.style.meta.get("row", HEADER)
        if self.picks and row > HEADER and (event.ctrl or event.x == 0):
            self.move_cursor(row=row)
            self.post_message(self.PickAsked(self._cursor_key() or ""))
        elif event.button == RIGHT_BUTTON and row == HEADER:
            self.post_message(self.ColumnsAsked(self))
        else:
            return
        event.prevent_default()
        event.stop()

    def on_resize(self, event: events.Resize) -> None:
        self._needs.clear()  # of all rows since the last one, so that columns seldom move meanwhile
        self._lay_out()
        self._look_out()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._look_out()

    def _look_out(self) -> None:
        """Ask for more where the rows in sight are near an end."""
        first, last = int(self.scroll_y), int(self.scroll_y) + self._height
        if self.row_count and last >= self.row_count - CLOSE:
            self.post_message(self.NearEnd())
        if self.row_count and first <= CLOSE:
            self.post_message(self.NearStart())

    def on_data_table_header_selected(self, event: DataTable.HeaderSelected) -> None:
        event.stop()
        key = str(event.column_key.value)
        if self._sorts:
            self._sort_by(OwnOrder(key, self._own_order == OwnOrder(key)))
        elif self._by_key[key].sort:
            self.post_message(self.SortAsked(self._by_key[key].sort))

    def sort_next(self) -> None:
        """Sort by the next visible column; after the last one comes the order the rows were given in."""
        if self._sorts:
            self._sort_by(self._own_order.next_of([key for key, _ in self._shown if self._by_key[key].label]))

    def sort_reverse(self) -> None:
        """Turn the table's own order round."""
        self._sort_by(self._own_order.turned)

    def _sort_by(self, order: OwnOrder) -> None:
        self._own_order = order
        self.show_rows(self._given, more_above=not self._at_start)
        self._lay_out(again=True)
        self.move_cursor(row=0)

    def stand_at(self, key: object) -> None:
        """Put the cursor on the row with this key, if it is there."""
        if str(key) in self._anchors:
            self.move_cursor(row=self.get_row_index(str(key)))

    def mark_sort(self, sort: str, descending: bool) -> None:
        """Show in the header which column the rows are sorted by."""
        marked = f"{sort}{DOWN if descending else UP}"
        if marked != self._marked:
            self._marked = marked
            self._lay_out(again=True)

    def show_rows(self, rows: Sequence[Row], *, more_above: bool = False) -> None:
        """Make the table show exactly these rows, in this order.

        A view of the very first row stays there, so that a new one is seen; not so where the list
        goes on above (``more_above``).
        """
        self._at_start, was_at_start = not more_above, self._at_start
        self._given, rows = rows, self._own_order.sorted(rows, self._by_key)
        wanted = {str(row[self._key]): row for row in rows}
        if not self.columns:
            self._rows = wanted
            return
        self.mark_changes(self._rows, wanted)
        if wanted == self._rows and [*wanted] == [*self._rows]:
            return  # an unchanged table would be painted again: 30 ms for nothing
        with self._staying(wanted, follow_top=was_at_start):
            self._take_off([key for key in self._rows if key not in wanted])
            for key, row in wanted.items():
                self._put(key, row)
            if [*self._anchors] != [*wanted]:
                self._put_in_order([*wanted])
        self._lay_out()  # a text may be longer than all before

    @property
    def fills_cursor(self) -> bool:
        """Whether the cursor is a bar: only the list in focus has one."""
        return self.has_focus

    def _styled(self, segments: list[Segment], ground: Style, cursor: bool, hover: bool) -> list[Segment]:
        """Style a cell; only the table in focus has a bar, elsewhere a mark is before the row."""
        return super()._styled(segments, ground, cursor and self.fills_cursor, hover)

    def segments(self, cell: Text, width: int) -> list[Segment] | None:
        return rendered(cell, width, self.cell_padding, self.app.console) if is_one_line(cell) else None

    def _take_off(self, keys: list[str]) -> None:
        if len(keys) > FEW:  # DataTable goes through all rows for each that is removed
            self._anchors.clear()
            self.clear()
            return
        for key in keys:
            self.remove_row(key)
            self._anchors.pop(key)

    def _put(self, key: str, row: Row) -> None:
        if key not in self._anchors:
            self._add(key, row)
        elif self._rows.get(key) != row:
            cells = self._cells(row)
            for (column, _), old, cell in zip(self._shown, self.get_row(key), cells, strict=True):
                if not same(old, cell):
                    self.update_cell(key, column, cell)
            self._anchors[key] = self.get_cell(key, self._shown[0][0])

    def _put_in_order(self, keys: list[str]) -> None:
        order = {id(self._anchors[key]): position for position, key in enumerate(keys)}
        self.sort(self._shown[0][0], key=lambda cell: order[id(cell)])
        self._anchors = {key: self._anchors[key] for key in keys}

    def _add(self, key: str, row: Row) -> None:
        cells = self._cells(row)
        self._anchors[key] = cells[0]
        self.add_row(*cells, key=key)

    def _cells(self, row: Row) -> list[Text]:
        cells = [as_cell(self._by_key[key], row) for key, _ in self._shown]
        for (key, _), cell in zip(self._shown, cells, strict=True):
            self._needs[key] = max(self._needs.get(key, 0), cell.cell_len)
        return cells

    def _cursor_key(self) -> str | None:
        if not self.row_count:
            return None
        return self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value

    @contextmanager
    def _staying(self, wanted: dict[str, Row], *, follow_top: bool = True) -> Iterator[None]:
        """Change the rows inside the block; cursor and view return to where they were."""
        key = self._cursor_key() if self.can_focus else None
        index, top, painted = self.cursor_row, round(self.scroll_y), self._painted()
        in_sight = [*painted[-1]]
        self.set_reactive(DataTable.cursor_coordinate, Coordinate(0, 0))  # so that nothing follows it
        yield
        self._rows = wanted
        places = {name: place for place, name in enumerate(wanted)}
        row = places.get(key or "", max(0, min(index, len(places) - 1)))
        marks = ([key] if key in in_sight else []) + in_sight
        kept = next((mark for mark in marks if mark in places), None)
        if kept is not None and (top or not follow_top):
            top = places[kept] - in_sight.index(kept)
        if self.can_focus and (key in in_sight or kept is None):
            top = max(min(top, row), row - self._height + 1)
        self._stand(row, top)
        if painted != self._painted():  # rows that come below those in sight paint nothing
            self.refresh()
        if self.can_focus and self.row_count and self._cursor_key() != key:
            self.post_message(
                self.RowHighlighted(self, row, self.coordinate_to_cell_key(Coordinate(row, 0)).row_key)
            )
        self._look_out()

    def _painted(self) -> tuple[int, int, dict[str, Row]]:
        """Return the place of the cursor, the first line in sight, and the rows in sight."""
        top = round(self.scroll_y)
        return self.cursor_row, top, dict(islice(self._rows.items(), top, top + self._height))

    @property
    def _height(self) -> int:
        """The number of rows in sight."""
        return max(0, self.scrollable_content_region.height - self.header_height)

    def _stand(self, row: int, top: int) -> None:
        self.set_reactive(DataTable.cursor_coordinate, Coordinate(row, 0))
        self.resize(self.row_count + self.header_height)  # scrolling needs it now
        self.scroll_to(y=top, animate=False, force=True, immediate=True)

    def _lay_out(self, *, again: bool = False) -> None:
        # room for the scrollbar is kept whether it is there or not, so that its coming moves nothing
        # (which is why the frame alone is taken off: the widget's own gutter has a shown scrollbar in it)
        width = self.outer_size.width - self.styles.gutter.width - self.styles.scrollbar_size_vertical
        specs = self.chosen_columns
        self._needs |= longest(specs, self._rows.values(), self._needs)
        shown = fitting_columns(specs, width, own_choice=bool(self._own_choice), needs=self._needs)
        if shown == self._shown and not again:
            return
        with self._staying(self._rows):
            self._shown = shown
            self._anchors.clear()
            self.clear(columns=True)
            for key, column_width in shown:
                self.add_column(self._header(self._by_key[key], column_width), key=key, width=column_width)
            for key, row in self._rows.items():
                self._add(key, row)
        self.refresh()

    def _header(self, spec: Column[Row], width: int) -> Text:
        mark = self._marked[-1:] if spec.sort and self._marked[:-1] == spec.sort else ""
        mark = (DOWN if self._own_order.descending else UP) if self._own_order.key == spec.key else mark
        label = spec.label[: width - len(mark)]
        return Text(label + mark, justify="right" if spec.right else "left", no_wrap=True)
