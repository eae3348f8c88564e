"""How many rows a list has, whom a filter's names mean, and how its last word may go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import ClassVar

from textual import events, on

from dispatch.inputs.filter_language import parse
from dispatch.inputs.filter_reader import Keys, Reading, read
from dispatch.queries import filter_answers
from models.errors import InvalidInput
from screens.base.messages import DeskChanged
from screens.shell.desk_screen import Place
from screens.widgets.filter_bar import FilterBar, FilterInput

COUNTING = "counting…"
SLOW_S = 0.2  # a count that takes longer is made again only after a while
REST = 9  # times as long


class Answers(Place):
    """A place with a FilterBar; counts are made beside everything else, so that no key waits for them."""

    KEYS: ClassVar[Keys]

    def __init__(self) -> None:
        super().__init__()
        self.by_view: Mapping[str, int] = {}
        self._changes, self._counted = (
            0,
            -1,
        )  # of the desk: until now, and when views were counted
        self._found: int | None = None
        self._meant = ""
        self._is_narrowed = False

    @on(FilterInput.Changed)
    def _narrowed(self) -> None:
        """Show the key that clears the filter while there is one."""
        if self._is_narrowed != bool(self._typed_text()):
            self._is_narrowed = not self._is_narrowed
            self.refresh_bindings()

    def is_of_use(self, action: str) -> bool:
        return self._is_narrowed if action == "back" else super().is_of_use(action)

    def count_views(self) -> Mapping[str, int]:
        """Count the rows of each view; called beside the reading thread."""
        return {}

    @property
    def knows_views(self) -> bool:
        """Whether the desk is as it was when its views were counted."""
        return self._counted == self._changes

    @on(events.ScreenResume)
    def _views_are_old(self) -> None:
        self._changes += 1

    def on_desk_changed(self, message: DeskChanged) -> None:
        self._changes += 1
        super().on_desk_changed(message)

    def show_counts(self) -> None:
        """Show what has been counted."""

    def forget_found(self) -> None:
        """Drop the count of another list."""
        self._found = None

    def count_beside(self, count: Callable[[], int], known: int | None) -> None:
        """Count the views after a change, and the rows found unless their number is ``known``; show both."""
        text, keys, reading = self._typed_text(), self.KEYS, self.backend.filter_reading()
        self._counts_asked += 1
        asked, changes, views = self._counts_asked, self._changes, self.by_view if self.knows_views else None

        def work() -> tuple[Mapping[str, int], int, str, float]:
            start = time.monotonic()
            by_view = self.count_views() if views is None else views
            found = count() if known is None else known
            return by_view, found, _meant(text, keys, reading), time.monotonic() - start

        def show(counted: tuple[Mapping[str, int], int, str, float]) -> None:
            self.by_view, found, self._meant, took = counted
            self._counted = changes
            if text == self._typed_text() and asked == self._counts_asked:  # not of a list left since
                self._found = found
            self._next_count = time.monotonic() + (REST * took if took > SLOW_S else 0)
            self.show_counts()

        if known is not None:
            self._found = known
        self.show_counts()
        pause = self._next_count - time.monotonic()
        if pause > 0 and self._found is not None:
            self.after_typing(pause, lambda: self.count_beside(count, known), group="count")
        else:
            self.ask_in_turn("counts", work, show, lambda: self.count_beside(count, known))

    _next_count, _counts_asked = 0.0, 0

    def _typed_text(self) -> str:
        return self.query_one(FilterBar).input.value

    def show_found(self, whole: int | None, text: str, *, is_known: bool) -> None:
        """Show how many rows of the view's were found, and whom the names in the text mean."""
        found = COUNTING if self._found is None else f"{self._found:,}"
        if text and whole is not None:
            found = f"{found} of {whole:,}"
        said = f"{self._meant}   {found}" if self._meant and text else found
        self.query_one(FilterBar).show_found(said if is_known else "")

    def complete(self, keys: Keys) -> None:
        """Offer how the last word of the text may go on."""
        bar = self.query_one(FilterBar)
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


def _meant(text: str, keys: Keys, reading: Reading) -> str:
    """Say whom the agents' names in a text mean; "" for a text that cannot be read."""
    try:
        return "  ".join(filter_answers.who_is_meant(read(parse(text), keys, reading)))
    except InvalidInput:
        return ""
