"""A list that is narrowed and ordered: by the words of its filter, its views, and a column."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Generic

from textual import on

from dispatch.inputs.filters.filter_reader import Keys
from dispatch.queries import filter_answers
from screens.base.keys import TITLES, with_keys
from screens.fields.type_ahead import next_of
from screens.shell.row_actions import Done, RowActions
from screens.widgets.columns import Row
from screens.widgets.filter_bar import FilterBar, FilterInput
from screens.widgets.live_table import LiveTable
from screens.widgets.view_tabs import ViewTabs


class FilteredList(RowActions[Row, Done], Generic[Row, Done]):
    """A list with a FilterBar whose words are completed, with views, and with an order.

    Clicks on the line of the views and on headers do what the keys do.
    """

    KEYS: ClassVar[Keys]
    """The keys of the filter."""

    VIEWS: ClassVar[Sequence[str]] = ()

    view = ""

    def is_of_use(self, action: str) -> bool:
        """The key that clears the filter is shown while there is one."""
        return bool(self.query_one(FilterBar).input.value) if action == "back" else super().is_of_use(action)

    def complete(self) -> None:
        """Offer how the last word of the text may go on."""
        bar, keys = self.query_one(FilterBar), self.KEYS
        word = bar.input.word

        def offer(offered: list[tuple[str, str]]) -> None:
            if bar.input.word == word:
                bar.offer(offered)

        self.ask_newest("completions", lambda: filter_answers.completions(word, keys), offer)

    @on(FilterInput.TakeAsked)
    def _complete_word(self) -> None:
        """Complete the last word; what is typed meanwhile waits."""
        field, keys = self.query_one(FilterBar).input, self.KEYS
        word = field.word
        self.ask_newest("take", lambda: filter_answers.completions(word, keys), field.take, opens=True)

    def view_in_sight(self) -> str:
        """Return the name of the view that is listed, as far as the text leaves it."""
        return self.view

    @abstractmethod
    def choose_view(self, view: str) -> None:
        """List a view."""

    @property
    @abstractmethod
    def sorted_by(self) -> str:
        """What the list is sorted by."""

    @abstractmethod
    def order_by(self, sort: str) -> None:
        """Sort by something else, in the order in which that usually is."""

    @abstractmethod
    def action_reverse(self) -> None:
        """Turn the order round."""

    def say_the_view_stays(self) -> None:
        """Say how to leave a view: escape clears what was typed, and the view that was chosen stays."""
        if self.VIEWS and self.view_in_sight() != self.VIEWS[0]:
            way = with_keys(self.app, f"{{{self.NAME}.view}} changes it")
            self.say(f"{TITLES[self.NAME]} stays at {self.view_in_sight()}: {way}")

    def action_sort(self) -> None:
        self.order_by(next_of(self.table.sorts_shown, self.sorted_by))

    @on(LiveTable.SortAsked)
    def _header_clicked(self, message: LiveTable.SortAsked) -> None:
        if message.sort == self.sorted_by:
            self.action_reverse()
        else:
            self.order_by(message.sort)

    @on(ViewTabs.OrderAsked)
    def _order_clicked(self) -> None:
        self.action_reverse()

    @on(ViewTabs.Chosen)
    def _view_clicked(self, message: ViewTabs.Chosen) -> None:
        self.choose_view(message.view)

    def action_next_view(self) -> None:
        self.choose_view(next_of(self.VIEWS, self.view_in_sight()))

    def action_previous_view(self) -> None:
        self.choose_view(next_of(self.VIEWS[::-1], self.view_in_sight()))
