"""How the last word of a filter may go on."""

from __future__ import annotations

from typing import ClassVar

from textual import on

from dispatch.inputs.filter_reader import Keys
from dispatch.queries import filter_answers
from screens.shell.desk_screen import Place
from screens.widgets.filter_bar import FilterBar, FilterInput


class FilterWords(Place):
    """A place with a FilterBar whose words are completed."""

    KEYS: ClassVar[Keys]
    """The keys of the filter."""

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
