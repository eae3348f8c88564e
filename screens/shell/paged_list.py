"""A long list with an input that filters it; only a window of it is held at any length."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar, Generic

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from dispatch.views.row_types import ViewRow
from models.errors import InvalidInput
from screens.base.keys import with_keys
from screens.base.list_window import PAGE, ListWindow, Which
from screens.shell.detailed_list import DetailedList
from screens.shell.row_actions import Done
from screens.shell.saved_views import ViewedList
from screens.widgets.columns import Column, Row
from screens.widgets.detail_pane import DetailPane
from screens.widgets.live_table import LiveTable
from screens.widgets.steady_text import SteadyText
from screens.wording.text import CARE, refusal

Held = tuple[ListWindow[Any, Row], list[Row]]
TYPING_PAUSE_S = 0.15


class PagedList(DetailedList[Row, Done], ViewedList[Row, Done], Generic[Which, Row, Done]):
    """A place with ``#filter`` and one LiveTable of which a ListWindow is held.

    A subclass reads what is typed (``parse``), gives the list without a filter (``_unfiltered``), and
    describes the rows in the headline.
    """

    COLUMNS: ClassVar[tuple[Column[Any], ...]]
    HINT: ClassVar[str]
    """What can be typed into the filter."""

    def __init__(self, window: ListWindow[Which, Row]) -> None:
        super().__init__()
        self._window = window
        self._listed: Which | None = None
        self._misread = ""
        self._sought: int | None = None

    @abstractmethod
    def parse(self, text: str) -> Which:
        """Parse a filter text. Raises InvalidInput."""

    @abstractmethod
    def _unfiltered(self) -> Which:
        """Return the filter of an empty text."""

    @abstractmethod
    def _describe(self, rows: list[Row]) -> None:
        """Describe the list in the headline."""

    def body(self) -> ComposeResult:
        with Horizontal(classes="list-body"):
            with Vertical():
                yield SteadyText(classes="headline")
                yield Input(placeholder=self.HINT, compact=True, id="filter")
                yield LiveTable(self.COLUMNS, self.NUMBER, id=self.NAME)
            yield DetailPane()

    @property
    def _filter(self) -> Which:
        return self._window.which

    def look_up(self) -> Callable[[], Any]:
        return self._window.held if self._sought is None else partial(self._window.at, self._sought)

    def show(self, data: Held[Row]) -> None:
        self._say_listed(self._take(data))
        self.show_detail()

    def seek(self, window: ListWindow[Which, Row], number: int) -> None:
        """List a window's rows with the cursor on the one that has this number."""
        self._window, self._listed, self._sought = window, None, number
        self.reload(opens=True)

    def everything_in(self, table: LiveTable[Any]) -> Callable[[], Iterable[Row]]:
        if table is not self.table:
            return super().everything_in(table)
        window, dressed = self._window, self.dressed
        return lambda: (row for each in window.everything() for row in dressed([each]))

    def dressed(self, rows: list[Row]) -> list[Row]:
        """Return the rows with values that depend on the time."""
        return rows

    def _take(self, data: Held[Row]) -> list[Row]:
        """Put the rows into the table; a different list is shown from its top."""
        self._sought, (self._window, held) = None, data
        rows = self.dressed(held)
        is_another_list, self._listed = self._filter != self._listed, self._filter
        self.table.marks_changes &= not is_another_list
        self.table.show_rows(rows, more_above=self._window.anchor is not None)
        if is_another_list:
            self.table.move_cursor(row=0)
        return rows

    def show_only(self, text: str) -> None:
        """List what a filter text asks for, in place of the present list."""
        self.query_one("#filter", Input).value = text
        self._window = replace(self._window, which=self._unfiltered())
        self._list(self._parsed(text) or self._filter)

    def whole_text(self) -> str:
        """Return the filter text that lists the same without a view. Raises InvalidInput."""
        return self.query_one("#filter", Input).value.strip()

    def present_view(self) -> ViewRow:
        which: Any = self._filter
        sort, descending = getattr(which, "sort", ""), getattr(which, "descending", False)
        return self.view_now(self.whole_text(), sort, descending=descending)

    def apply_view(self, view: ViewRow) -> None:
        """List what a saved view says: its text is in the filter, so that nothing is hidden."""
        which: Any = self._unfiltered()
        wanted = ({name: view[name] for name in ("sort", "descending")} if view["sort"] else {}).items()
        order = {name: value for name, value in wanted if hasattr(which, name)}
        self._window = replace(self._window, which=replace(which, **order))
        with self.prevent(Input.Changed):
            self.query_one("#filter", Input).value = view["filter"]
        self._list(self._parsed(view["filter"]) or self._filter)

    @on(Input.Changed, "#filter")
    def _typed(self) -> None:
        self.after_typing(TYPING_PAUSE_S, lambda: self.apply_typed(opens=False))

    @on(Input.Submitted, "#filter")
    def _filtered(self) -> None:
        self.apply_typed()
        self.table.focus()

    def apply_typed(self, *, opens: bool = True) -> None:
        """List what the filter's text asks for; if that is refused, the list stays."""
        before = self._misread
        which = self._parsed(self.query_one("#filter", Input).value)
        if which is not None:
            self._use(which, opens=opens)
        if self._misread != before:
            self._say_listed(self.table.rows_shown)

    def _parsed(self, text: str) -> Which | None:
        """Parse a text; None if it is refused, which the headline shows until another is typed."""
        self._misread = ""
        try:
            return self.parse(text)
        except InvalidInput as error:
            self._misread = refusal(error)
            return None

    def _say_listed(self, rows: list[Row]) -> None:
        if self._misread:
            self.headline.update(Text(self._misread, f"bold {CARE}"))
        else:
            self._describe(rows)

    @on(LiveTable.NearEnd)
    def _load_further(self) -> None:
        rows = self.table.rows_shown
        if len(rows) >= self._window.limit:
            self._window = self._window.further(rows)
            self.reload()

    @on(LiveTable.NearStart)
    def _load_back(self) -> None:
        if self._window.anchor is not None:
            window, rows = self._window, self.table.rows_shown
            self.reload(lambda: window.back(rows).held())

    def action_filter(self) -> None:
        self.query_one("#filter", Input).focus()

    def action_back(self) -> None:
        """Clear what was typed first, then go back to the list."""
        was_misread, self._misread = bool(self._misread), ""
        self.query_one("#filter", Input).value = ""
        self._use(self._unfiltered())
        if was_misread:
            self._say_listed(self.table.rows_shown)
        self.table.focus()

    def _use(self, which: Which, *, opens: bool = True) -> None:
        if which != self._filter:
            self._list(which, opens=opens)

    def _list(self, which: Which, *, opens: bool = True) -> None:
        self._window = replace(self._window, which=which, anchor=None, limit=PAGE)
        self.reload(opens=opens)

    def show_listed(self, line: Text, rows: list[Row], how: str, empty: str) -> None:
        """Show in the headline how many rows are listed and ``how``, or why none; keys go by their ids."""
        if rows:
            line.append(f"  {len(rows)} shown{self._more(rows)}  ·  {with_keys(self.app, how)}", "dim")
        elif self._filter == self._unfiltered():
            line.append(f"  {with_keys(self.app, empty)}", "dim")
        else:
            line.append("  No matches. Esc clears the filter", "dim")
        self.headline.update(line)

    def _more(self, rows: list[Row]) -> str:
        """Say in which direction the list goes on beyond the rows held."""
        above = "above" if self._window.anchor else ""
        below = "below" if len(rows) >= self._window.limit else ""
        return ", more " + " and ".join(filter(None, (above, below))) if above or below else ""
