"""A table with signs before its rows: the cursor without the focus, what was picked, and what has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.segment import Segment
from rich.style import Style
from textual.coordinate import Coordinate
from textual.strip import Strip
from textual.timer import Timer

from screens.base.textual_internals import SegmentTable
from screens.widgets.table_messages import content_of

CURSOR = "▌"  # before the row of the cursor, in a table without the focus
PICKED = "✓"  # before what somebody has marked
MARK, MARKED_S = "•", 6.0  # before what others changed, and how long
OWN_MARK, OWN_MARKED_S = "›", 2.0  # the same for one's own command

Rows = Mapping[str, Mapping[str, Any]]


class SignedTable(SegmentTable):
    """A table whose rows have keys, with a sign before the first cell of some.

    While it ``marks_changes``, rows that are new or have changed get a mark, until the next key or for a few
    seconds.
    """

    COMPONENT_CLASSES = {"live-table--changed"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.marks_changes = False
        self._changed: set[str] = set()
        self._own: set[str] = set()
        self._picked: frozenset[str] = frozenset()
        self._mark_timer: Timer | None = None

    def pick(self, keys: Iterable[str]) -> None:
        """Show these rows as marked by somebody."""
        self._picked = frozenset(keys)
        self.refresh()

    def mark_changes(self, before: Rows, now: Rows) -> None:
        """Mark the rows that are new or have changed."""
        self._changed &= now.keys()
        if not self.marks_changes:
            return
        self._changed |= {
            key for key, row in now.items() if key not in before or content_of(before[key]) != content_of(row)
        }
        if self._mark_timer is not None:
            self._mark_timer.stop()
        self._mark_timer = self.set_timer(MARKED_S, self.unmark)

    def mark_own(self, key: object) -> None:
        """Mark the row that the user's own command has just changed, for a moment."""
        self._own = {str(key)}
        self.set_timer(OWN_MARKED_S, self.unmark_own)
        self.refresh()

    def unmark_own(self) -> None:
        if self._own:
            self._own.clear()
            self.refresh()

    def unmark(self) -> None:
        """Remove the marks of changes, which have been seen."""
        self.unmark_own()
        if self._changed:
            self._changed.clear()
            self.refresh()

    def on_key(self) -> None:
        self.unmark()

    def render_line(self, y: int) -> Strip:
        """Render a line; the sign takes the blank before the first cell, so that nothing moves."""
        strip = super().render_line(y)
        row = y - self.header_height + round(self.scroll_y)
        has_signs = self._changed or self._picked or self._own or not self.has_focus
        if not has_signs or y < self.header_height or row >= self.row_count or self.scroll_x:
            return strip
        key = self.coordinate_to_cell_key(Coordinate(row, 0)).row_key.value
        here = {key} if row == self.cursor_row and self.can_focus and not self.has_focus else ()
        signs = ((PICKED, self._picked), (OWN_MARK, self._own), (MARK, self._changed), (CURSOR, here))
        sign = next((sign for sign, marked in signs if key in marked), "")
        if not sign:
            return strip
        ground = next((segment.style for segment in strip if segment.style), Style.null())
        style = ground + self.get_component_rich_style("live-table--changed", partial=True)
        return Strip.join([Strip([Segment(sign, style)]), strip.crop(1)])
