"""A long list with an input that filters it: only a window of it is held, whatever its length."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Generic, TypeVar

from rich.text import Text
from textual import on
from textual.widgets import Input, Static

from models.errors import InvalidInput
from screens.base.list_window import PAGE, ListWindow
from screens.shell.desk_screen import Place
from screens.widgets.live_table import LiveTable
from screens.wording.text import CARE, refusal

Row = dict[str, Any]
Which = TypeVar("Which")
Held = tuple[ListWindow[Any], list[Row]]
TYPING_PAUSE_S = 0.15


class PagedList(Place, Generic[Which]):
    """A place with ``#filter`` and one LiveTable of which a ListWindow is held.

    A subclass reads what is typed (``parse``), says what is listed when nothing is (``_unfiltered``), puts
    rows into the table in ``show`` by ``_take``, and has a ``headline`` for them.
    """

    def __init__(self, window: ListWindow[Which]) -> None:
        super().__init__()
        self._window = window
        self._listed: Which | None = None
        self._misread = ""

    @abstractmethod
    def parse(self, text: str) -> Which:
        """What a filter text asks for. Raises InvalidInput."""

    @abstractmethod
    def _unfiltered(self) -> Which:
        """What is listed without a filter text."""

    @abstractmethod
    def headline(self, rows: list[Row]) -> Text:
        """The line above the list."""

    @property
    def table(self) -> LiveTable:
        return self.query_one(LiveTable)

    @property
    def _filter(self) -> Which:
        return self._window.which

    def look_up(self) -> Callable[[], Held]:
        return self._window.held

    def dressed(self, rows: list[Row]) -> list[Row]:
        """The rows with what the moment makes of them."""
        return rows

    def _take(self, data: Held) -> list[Row]:
        """Put the rows into the table; another list than before is looked at from its top."""
        self._window, held = data
        rows = self.dressed(held)
        is_another_list, self._listed = self._filter != self._listed, self._filter
        self.table.marks_changes &= not is_another_list
        self.table.show_rows(rows, more_above=self._window.anchor is not None)
        if is_another_list:
            self.table.move_cursor(row=0)
        return rows

    def show_only(self, text: str) -> None:
        """List what a filter text asks for, whatever was listed before."""
        self.query_one("#filter", Input).value = text
        self._window = replace(self._window, which=self._unfiltered())
        self._list(self._parsed(text) or self._filter)

    @on(Input.Changed, "#filter")
    def _typed(self) -> None:
        # a worker that the next key cancels, so that a fast typist asks the database once
        self.run_worker(self._apply_after_pause(), group="typing", exclusive=True)

    async def _apply_after_pause(self) -> None:
        await asyncio.sleep(TYPING_PAUSE_S)
        self.apply_typed(opens=False)

    @on(Input.Submitted, "#filter")
    def _filtered(self) -> None:
        self.apply_typed()
        self.table.focus()

    def apply_typed(self, *, opens: bool = True) -> None:
        """List what the filter's text asks for; where that is refused, the list stays."""
        before = self._misread
        which = self._parsed(self.query_one("#filter", Input).value)
        if which is not None:
            self._use(which, opens=opens)
        if self._misread != before:
            self._describe(self.table.rows_shown)

    def _parsed(self, text: str) -> Which | None:
        """What a text asks for; None if it is refused, which the headline says until another is typed."""
        self._misread = ""
        try:
            return self.parse(text)
        except InvalidInput as error:
            self._misread = refusal(error)
            return None

    def _describe(self, rows: list[Row]) -> None:
        line = Text(self._misread, f"bold {CARE}") if self._misread else self.headline(rows)
        self.query_one(".headline", Static).update(line)

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

            def query() -> Held:
                return window.back(rows).held()

            self.reload(query)

    def action_filter(self) -> None:
        self.query_one("#filter", Input).focus()

    def action_back(self) -> None:
        """First clear what was typed, then go back to the list."""
        self.query_one("#filter", Input).value = self._misread = ""
        self._use(self._unfiltered())
        self.table.focus()

    def _use(self, which: Which, *, opens: bool = True) -> None:
        if which != self._filter:
            self._list(which, opens=opens)

    def _list(self, which: Which, *, opens: bool = True) -> None:
        self._window = replace(self._window, which=which, anchor=None, limit=PAGE)
        self.reload(opens=opens)

    def more(self, rows: list[Row]) -> str:
        """Where the list goes on beyond the rows that are held."""
        above = "above" if self._window.anchor else ""
        below = "below" if len(rows) >= self._window.limit else ""
        return ", more " + " and ".join(filter(None, (above, below))) if above or below else ""
