"""A list and the panes that explain its row, in the room there is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from textual.containers import Horizontal
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from screens.widgets.detail_pane import DetailPane

if TYPE_CHECKING:
    from screens.base.app_protocol import Host

SIDE_BY_SIDE, THREE = 100, 160  # columns of the terminal
NARROWEST, WIDEST = 45, 80  # cells of a pane that nobody has moved
LIST_NEEDS = {1: 88, 2: 110}  # cells, before so many panes get more
LEAST = 20  # cells of any of them, wherever the border is moved
LOWEST = 4  # rows
STEP, STEP_ROWS = 4, 2


class Panes(Horizontal):
    """A list, a pane and perhaps a third: below each other, side by side, or one of them alone.

    Below 100 columns, or more for a list of sentences, the pane is under the list, or only on the key of
    zoom where there are fewer rows than it needs; up to 159 it is beside the list; from 160 on there is
    room for the third. The border between list and pane stays where the user has put it.
    """

    DEFAULT_CSS = """
    Panes { height: 1fr; }
    Panes > * { width: 1fr; height: 1fr; }
    Panes.-stacked { layout: vertical; }
    Panes.-stacked > * { height: 3fr; }
    Panes.-stacked > DetailPane { height: 2fr; }
    """

    class Arranged(Message):
        """Other panes are in sight."""

    def __init__(
        self,
        name: str,
        rows_needed: int = 0,
        narrowest: int = NARROWEST,
        list_needs: Mapping[int, int] = LIST_NEEDS,
        side_by_side: int = SIDE_BY_SIDE,
        widest: int = WIDEST,
    ) -> None:
        """``rows_needed`` of the terminal leave room for a pane below.

        A pane has ``narrowest`` to ``widest`` cells, unless somebody moves it. ``list_needs`` are the
        list's cells before its panes get more, by their number; with fewer columns of the terminal than
        ``side_by_side`` the pane is below.
        """
        super().__init__(classes="list-body")
        self._memory = f"{name}.border"
        self._rows_needed, self._narrowest, self._widest = rows_needed, narrowest, widest
        self._list_needs, self._side_by_side = list_needs, side_by_side
        self.zoomed: Widget | None = None
        self._left: Widget | None = None
        self._extents: dict[Widget, tuple[int | None, int | None]] = {}

    def on_mount(self) -> None:
        self._arrange(self.app.size)

    def on_resize(self) -> None:
        self._arrange(self.app.size)

    @property
    def _host(self) -> Host:
        return cast("Host", self.app)

    @property
    def _is_stacked(self) -> bool:
        return self.app.size.width < self._side_by_side

    @property
    def _has_list_alone(self) -> bool:
        return self._is_stacked and self.app.size.height < self._rows_needed

    @property
    def _key(self) -> str:
        return f"{self._memory}.{'rows' if self._is_stacked else 'cells'}"

    def _arrange(self, size: Size) -> None:
        self.set_class(self._is_stacked, "-stacked")
        panes = [*self.query_children(DetailPane)]
        shown = panes if size.width >= THREE else panes[: 0 if self._has_list_alone else 1]
        moved, before = self._host.recall(self._key, 0), [pane for pane in panes if pane.display]
        for pane in panes:
            pane.display = self.zoomed is pane or (self.zoomed is None and pane in shown)
            extent = None if self.zoomed is pane else self._extent(size, max(1, len(shown)), moved)
            rows, cells = (extent, None) if self._is_stacked else (None, extent)
            if self._extents.get(pane) != (cells, rows):  # to set them lays the screen out again
                self._extents[pane] = cells, rows
                pane.styles.width, pane.styles.height = cells, rows
        for child in self.children:
            if child not in panes:
                child.display = self.zoomed in (None, child)
        if [pane for pane in panes if pane.display] != before:
            self.post_message(self.Arranged())

    def _extent(self, size: Size, panes: int, moved: int) -> int | None:
        """Return the cells, or rows if stacked, of each pane; None for the usual share."""
        if self._is_stacked:
            return max(LOWEST, min(moved, self.size.height - LOWEST)) if moved else None
        if moved:
            return max(LEAST, min(moved, (size.width - LEAST) // panes))
        fair = (size.width - self._list_needs[panes]) // panes
        return max(min(self._narrowest, size.width // 3), min(self._widest, fair))

    def zoom(self) -> None:
        """Give all the room to what has the focus; once more gives it back."""
        focused = self.screen.focused
        within = [
            child for child in self.children if focused is not None and child in focused.ancestors_with_self
        ]
        before, self.zoomed = self.zoomed, None
        if before is None:
            pane = self.query_children(DetailPane).first()
            self.zoomed = pane if self._has_list_alone else (within or [*self.children])[0]
        self._arrange(self.app.size)
        if self._has_list_alone:
            self._focus_what_is_shown()

    def _focus_what_is_shown(self) -> None:
        """Pass the focus between the list and the pane that takes turns with it."""
        if self.zoomed is not None:
            self._left = self.screen.focused
            self.zoomed.focus()
        elif self._left is not None:
            self._left.focus()

    def move_border(self, step: int) -> None:
        """Move the border between list and pane by some steps, to the right or down."""
        pane = self.query_children(DetailPane).first()
        now = pane.outer_size.height if self._is_stacked else pane.outer_size.width
        before = self._host.recall(self._key, 0) or now
        by = STEP_ROWS if self._is_stacked else STEP
        if self.zoomed is None and before:
            least = LOWEST if self._is_stacked else LEAST
            self._host.remember(self._key, max(least, before - step * by))
            self._arrange(self.app.size)
