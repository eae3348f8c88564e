"""Widgets of Textual that Astra reaches into."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.content import Content
from textual.coordinate import Coordinate
from textual.geometry import Size
from textual.widgets import DataTable, Input, RadioSet, Select, Static, TextArea
from textual.widgets._select import SelectCurrent
from textual.widgets.data_table import RowKey


def highlighted_index(radio_set: RadioSet) -> int | None:
    """Return the index of the button that the arrows have reached."""
    return radio_set._selected


def forget_pressed(radio_set: RadioSet) -> None:
    """Let no button count as pressed; the button itself has been switched off before."""
    radio_set._pressed_button = None


def show_text_cursor(field: object, *, shown: bool) -> None:
    """Show or hide the cursor of a field in focus: below a modal it would look like the one to type at."""
    if isinstance(field, Input | TextArea):
        if shown:
            field._restart_blink()
        else:
            field._pause_blink(visible=False)


def show_in_select(select: Select[Any], line: Content | None, placeholder: Content) -> None:
    """Show a line in a closed Select, or the placeholder for None; both as they are, without markup."""
    current = select.query_one(SelectCurrent)
    current.placeholder = placeholder  # type: ignore[assignment]  # its Static takes any content
    current.update(Select.NULL if line is None else line)


class Leaf(Static):
    """A text that a layout gives another size asks for no further layout: nothing is inside."""

    def _size_updated(
        self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True
    ) -> bool:
        return super()._size_updated(size, virtual_size, container_size, layout=False)


class SegmentTable(DataTable[Text]):
    """A table whose cells are drawn by ``segments()``, in a fraction of DataTable's time.

    Its columns have widths and its rows are of one line: no cell is measured.
    """

    def _update_dimensions(self, new_rows: Iterable[RowKey]) -> None:
        super()._update_dimensions(())

    def resize(self, height: int) -> None:
        """Take a number of lines at once, before DataTable counts them when it is idle.

        Only the scroll bar follows: nobody else's place depends on it, and the screen is not laid out again.
        """
        size = self.virtual_size.with_height(height)
        if size != self.virtual_size:
            self.set_reactive(DataTable.virtual_size, size)
            self._scroll_update(size)

    def segments(self, cell: Text, width: int) -> list[Segment] | None:
        """Return the cell in its own style as one line of a width, or None to leave it to DataTable."""
        return None

    def _render_cell(
        self,
        row_index: int,
        column_index: int,
        base_style: Style,
        width: int,
        cursor: bool = False,
        hover: bool = False,
    ) -> list[list[Segment]]:
        """Return DataTable's rendering of a cell; cached until the cell changes."""
        if row_index < 0 or column_index < 0:  # a header
            return super()._render_cell(row_index, column_index, base_style, width, cursor, hover)
        cell = self.get_cell_at(Coordinate(row_index, column_index))
        made: Any = self._cell_render_cache
        about = (row_index, column_index, width, base_style, cursor, hover, self._pseudo_class_state)
        known: Text | None
        lines: list[list[Segment]]
        known, lines = made.get(about, (None, []))
        if known is not cell:
            segments = self.segments(cell, width)
            if segments is None:
                return super()._render_cell(row_index, column_index, base_style, width, cursor, hover)
            ground = base_style + Style.from_meta({"row": row_index, "column": column_index})
            lines = [self._styled(segments, ground, cursor, hover)]
            made[about] = cell, lines
        return lines

    def _styled(self, segments: list[Segment], ground: Style, cursor: bool, hover: bool) -> list[Segment]:
        by_css = self.cursor_foreground_priority == "css", self.cursor_background_priority == "css"
        under, over = self._get_styles_to_render_cell(
            False, False, False, hover, cursor, self.show_cursor, self._show_hover_cursor, *by_css
        )
        return list(Segment.apply_style(segments, ground + under, over))
