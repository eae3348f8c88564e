"""A long list with an input that filters it; only a window of it is held at any length."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar, Generic, NamedTuple

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from dispatch.queries import filter_answers
from dispatch.views.row_types import ViewRow
from models.errors import InvalidInput
from screens.base import keys
from screens.base.keys import with_keys
from screens.base.list_window import PAGE, ListWindow, Which
from screens.base.messages import DeskChanged
from screens.shell.detailed_list import DetailedList
from screens.shell.filtered_list import FilteredList
from screens.shell.list_count import COUNTING, ListCount
from screens.shell.panes import Panes
from screens.shell.row_actions import Done
from screens.shell.saved_views import ViewedList
from screens.widgets.columns import Column, Row
from screens.widgets.detail_pane import Detail, DetailPane
from screens.widgets.filter_bar import LAST_VALID, FilterBar
from screens.widgets.live_table import LiveTable
from screens.widgets.view_tabs import ViewTabs
from screens.wording.text import CARE, no_matches

TYPING_PAUSE_S = 0.15


class Described(NamedTuple, Generic[Row]):
    """The row that the cursor is expected on, and what the panes say about it."""

    row: Row | None
    details: list[Detail]


class Held(NamedTuple, Generic[Row]):
    """What was read of a list; without a row ``described`` the panes stay as they are."""

    window: ListWindow[Any, Row]
    rows: list[Row]
    described: Described[Row] | None = None


class PagedList(
    DetailedList[Row, Done], FilteredList[Row, Done], ViewedList[Row, Done], Generic[Which, Row, Done]
):
    """A place with ``#filter`` and one LiveTable of which a ListWindow is held.

    A subclass reads what is typed (``parse``) in the present view and order, gives the list without a filter
    (``_unfiltered``), counts what a filter finds, and says why the list is empty.
    """

    COLUMNS: ClassVar[tuple[Column[Any], ...]]
    HINT: ClassVar[str]
    """What can be typed into the filter."""

    EMPTY: ClassVar[str]
    """Why there are no rows at all; keys go by their ids."""

    HAS_ASIDE: ClassVar[bool] = False
    """Whether a wide terminal shows a third column."""

    AGED: ClassVar[str] = ""
    """The key of a row's time whose age is shown, if any."""

    def __init__(self, window: ListWindow[Which, Row]) -> None:
        super().__init__()
        self._window = window
        self._listed: Which | None = None
        self.list_count: ListCount[Which] = ListCount(self, window.which)
        self._misread = ""
        self._sought: int | None = None
        self._described: Row | None = None
        self._is_read = False
        self.view = self.VIEWS[0] if self.VIEWS else ""

    @abstractmethod
    def parse(self, text: str) -> Which:
        """Parse a filter text. Raises InvalidInput."""

    @abstractmethod
    def _unfiltered(self) -> Which:
        """Return the filter of an empty text."""

    @abstractmethod
    def count(self, which: Which) -> int:
        """Count the rows that a filter finds; called beside the reading thread."""

    def count_views(self) -> Mapping[str, int]:
        """Count the rows of each view; called beside the reading thread."""
        return {}

    def who_is_meant(self, text: str) -> Callable[[], str]:
        """Return the query that says which agents the names in a text mean."""
        keys, reading = self.KEYS, self.backend.filter_reading()
        return lambda: filter_answers.names_meant(text, keys, reading)

    def without_view(self, text: str) -> str:
        """Return a text without the words that take the place of the view. Raises InvalidInput."""
        return text

    def order(self) -> str:
        """Describe the order for the line of the views."""
        return ""

    def body(self) -> ComposeResult:
        if self.VIEWS:
            yield ViewTabs()
        yield FilterBar(self.HINT)
        with self.panes():
            with Vertical():
                yield LiveTable(self.COLUMNS, self.NUMBER, sorts=False, id=self.NAME)
            yield DetailPane()
            if self.HAS_ASIDE:
                yield DetailPane(classes="aside")

    def panes(self) -> Panes:
        """Return what holds the list and its panes."""
        return Panes(self.NAME)

    @property
    def _filter(self) -> Which:
        return self._window.which

    @property
    def _text(self) -> str:
        return self.query_one("#filter", Input).value

    def look_up(self) -> Callable[[], Any]:
        """Read the rows, and what the panes say of the one to be under the cursor: one paint for both."""
        read = self._window.held if self._sought is None else partial(self._window.at, self._sought)
        is_listed, describe, dressed = self._filter == self._listed, self.describing(), self.dressed
        current = self.table.current if is_listed else None
        self._is_read = False

        def work() -> Held[Row]:
            window, rows = read()
            wanted = [row for row in rows if self._number(row) == self._number(current)] or rows
            row = next(iter(dressed(wanted[:1])), None)
            return Held(window, rows, Described(row, describe(row)))

        return work

    def show(self, data: Held[Row]) -> None:
        rows = self._take(data)
        self.list_count.ask(self._known(rows))
        self.query_one(FilterBar).show_message(self._message(rows))
        if data.described is not None:
            self._is_read = True
            self._show_described(*data.described)

    def _show_described(self, row: Row | None, details: list[Detail]) -> None:
        """Fill the panes, unless the cursor is on another row than expected."""
        current = self.table.current
        if self._number(current) == self._number(row):
            self.forget_asked("detail")
            self._described = current
            self.fill_panes(details)
        else:
            self.show_detail()

    def _number(self, row: Row | None) -> int | None:
        return None if row is None else row[self.NUMBER]

    def cursor_moved(self) -> None:
        if self.table.current is not self._described:
            self._described = None
            self.show_detail()

    def seek(self, window: ListWindow[Which, Row], number: int) -> None:
        """List a window's rows with the cursor on the one that has this number."""
        self.forget_act()
        self._window, self._listed, self._sought = window, None, number
        self.reload(opens=True)

    def everything_in(self, table: LiveTable[Any]) -> Callable[[], Iterable[Row]]:
        if table is not self.table:
            return super().everything_in(table)
        window, dressed = self._window, self.dressed
        return lambda: (row for each in window.everything() for row in dressed([each]))

    def moments_shown(self) -> Iterable[str]:
        return [row[self.AGED] for row in self.table.rows_shown] if self.AGED else ()

    def show_ages(self) -> None:
        rows = self.dressed(self.table.rows_shown)
        self.table.show_rows(rows, more_above=self._window.anchor is not None)
        self.show_detail()  # the pane says how old its row is, too

    def dressed(self, rows: list[Row]) -> list[Row]:
        """Return the rows with values that depend on the time."""
        return rows

    def _take(self, data: Held[Row]) -> list[Row]:
        """Put the rows into the table; a different list is shown from its top."""
        self._sought, self._window, held = None, data.window, data.rows
        rows = self.dressed(held)
        is_another_list, self._listed = self._filter != self._listed, self._filter
        if is_another_list:
            self.list_count = self.list_count.of_another(self._filter, self._text.strip())
        self.table.marks_changes &= not is_another_list
        self.table.show_rows(rows, more_above=self._window.anchor is not None)
        if is_another_list:
            self.table.move_cursor(row=0)
        return rows

    def show_only(self, text: str, view: str = "") -> None:
        """List what a filter text asks for, in place of the present list; of all, or in a view."""
        self.view = view or next(iter(self.VIEWS), "")
        with self.prevent(Input.Changed):
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
        self.view = next(iter(self.VIEWS), "")
        which: Any = self._unfiltered()
        wanted = ({name: view[name] for name in ("sort", "descending")} if view["sort"] else {}).items()
        order = {name: value for name, value in wanted if hasattr(which, name)}
        self._window = replace(self._window, which=replace(which, **order))
        with self.prevent(Input.Changed):
            self.query_one("#filter", Input).value = view["filter"]
        self._list(self._parsed(view["filter"]) or self._filter)

    @on(Input.Changed, "#filter")
    def _typed(self) -> None:
        self.complete()
        self.after_typing(TYPING_PAUSE_S, lambda: self.apply_typed(opens=False))

    @on(Input.Submitted, "#filter")
    def _filtered(self) -> None:
        self.apply_typed()
        self.table.focus()

    def apply_typed(self, *, opens: bool = True) -> None:
        """List what the filter's text asks for; if that is refused, the list stays."""
        before = self._misread
        which = self._parsed(self._text)
        if which is not None:
            self._use(which, opens=opens)
        if self._misread != before:
            self._say_listed(self.table.rows_shown)

    def _parsed(self, text: str) -> Which | None:
        """Parse a text; None if it is refused, which is told until another is typed."""
        self._misread = ""
        try:
            return self.parse(text)
        except InvalidInput as error:
            self._misread = keys.refusal(self.app, error)
            return None

    @on(LiveTable.NearEnd)
    def _load_further(self) -> None:
        """Add a page; all rows are read again if that is under way already: the desk has changed."""
        rows = self.table.rows_shown
        if len(rows) >= self._window.limit:
            following = self._window = self._window.further(rows)
            self.reload((lambda: Held(*following.with_page(rows))) if self._is_read else None)

    @on(LiveTable.NearStart)
    def _load_back(self) -> None:
        if self._window.anchor is not None:
            window, rows = self._window, self.table.rows_shown
            self.reload(lambda: Held(*window.back(rows).held()))

    def action_filter(self) -> None:
        self.query_one("#filter", Input).focus()

    def action_back(self) -> None:
        """Clear what was typed, and go back to the list; the view that was chosen stays."""
        was_misread, self._misread = bool(self._misread), ""
        if not self._text and self.focused is self.table and self._filter == self._unfiltered():
            self.say_the_view_stays()
        with self.prevent(Input.Changed):
            self.query_one("#filter", Input).value = ""
        self._use(self._unfiltered())
        if was_misread:
            self._say_listed(self.table.rows_shown)
        self.table.focus()

    def choose_view(self, view: str) -> None:
        """List a view; the text stays but for words that would take its place."""
        self.view, text = view, ""
        if self._parsed(self._text) is not None:
            text = self.without_view(self._text)
        with self.prevent(Input.Changed):
            self.query_one("#filter", Input).value = text
        self._list(self._parsed(text) or self._unfiltered())

    def _use(self, which: Which, *, opens: bool = True) -> None:
        if which != self._filter:
            self._list(which, opens=opens)

    def _list(self, which: Which, *, opens: bool = True) -> None:
        self.forget_act()
        self._window = replace(self._window, which=which, anchor=None, limit=PAGE)
        self.refresh_bindings()
        self.reload(opens=opens)

    # what is said about the list

    @on(events.ScreenResume)
    @on(DeskChanged)
    def _views_may_be_others(self) -> None:
        self.list_count.views.desk_changed()

    def _known(self, rows: list[Row]) -> int | None:
        """Return the number of rows of the list if it need not be counted."""
        views = self.list_count.views
        if self._window.anchor is None and len(rows) < self._window.limit and self._rows_are_counted():
            return len(rows)
        return views.rows.get(self.view) if views.are_current and self._filter == self._unfiltered() else None

    def _rows_are_counted(self) -> bool:
        """Return whether each row of the list counts as one."""
        return True

    def show_counts(self) -> None:
        """Show the views with their counts, whom the names in the filter mean, and how many rows it finds."""
        count = self.list_count
        by_view, found = count.views.rows, COUNTING if count.found is None else f"{count.found:,}"
        if self.VIEWS:
            here = self.view_in_sight()
            self.query_one(ViewTabs).show(self.VIEWS, here, by_view, self.order(), label=self.label())
        if count.text and self.view in by_view:
            found = f"{found} of {by_view[self.view]:,}"
        found += self.beside_count(by_view)
        said = f"{count.meant}   {found}" if count.meant else found
        self.query_one(FilterBar).show_found(LAST_VALID if self._misread else said)

    def beside_count(self, by_view: Mapping[str, int]) -> str:
        """Return what is said beside the number of rows, if anything."""
        return ""

    def label(self) -> str:
        """Return what stands for a view that is none of them."""
        return "Mixed"

    def _say_listed(self, rows: list[Row]) -> None:
        self.show_counts()
        self.query_one(FilterBar).show_message(self._message(rows))

    def _message(self, rows: list[Row]) -> Text:
        """Return the answer below the filter: what is wrong with the text, or why there are no rows."""
        if self._misread:
            return Text(self._misread, f"bold {CARE}")
        if rows:
            return Text()
        if self._text or self._filter != self._unfiltered():
            return Text(no_matches(self._text, self.KEYS), "dim")
        if self.VIEWS and self.view != self.VIEWS[0]:
            way = with_keys(self.app, f"{{{self.NAME}.view}} changes the view")
            return Text(f"Nothing in {self.view}: {way}", "dim")
        return Text(with_keys(self.app, self.EMPTY), "dim")
