"""Marking rows of a list, and changing all marked ones at once."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from rich.text import Text
from textual import on

from dispatch.queries.wording import plural
from screens.base.keys import MARKS, ROW_ACTIONS, with_keys
from screens.dialogs.form import FormModal
from screens.dialogs.panel import Panel
from screens.shell.row_actions import Done, RowActions, on_chosen
from screens.widgets.columns import Row
from screens.widgets.key_line import KeyLine
from screens.widgets.live_table import LiveTable

MANY = 50  # that are marked only after a question
MOST_MARKED = 2_000  # changed in one commit, for which others wait: half a second

MARKING = frozenset(binding.action for binding in MARKS)

Form = Callable[[Sequence[int]], FormModal[Any]]


class MarkedList(RowActions[Row, Done]):
    """A list of rows of which some are marked; some of its keys then apply to those.

    Marks go by the rows' numbers, so that they outlive refreshing, paging and another filter.
    """

    NOUN: ClassVar[str]
    """What a row is: "booking"."""

    FOR_MARKED: ClassVar[Sequence[str]]
    """The actions that are for the marked rows, where some are."""

    KEYS_OF_MARKED: ClassVar[str]
    """These actions with their keys by id, for the line below the filter."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._marks: dict[int, None] = {}
        self._last_mark: int | None = None

    @abstractmethod
    def describe_batch(self, result: Any, participle: str) -> Text:
        """List what became of each row."""

    def on_mount(self) -> None:
        self.table.picks = True

    def show_marks(self) -> None:
        """Show the marks, and which verbs are for them; a subclass shows their number too."""
        self.table.pick(map(str, self._marks))
        self.query_one(KeyLine).row_changed()

    def marked_text(self) -> Text | None:
        """Say how many rows are marked, and the keys for them; None without any."""
        if not self._marks:
            return None
        line = Text(f"{len(self._marks)} marked ✓", "bold")
        return line.append(with_keys(self.app, self.KEYS_OF_MARKED), "dim")

    def _mark(self, numbers: Sequence[int]) -> None:
        wanted = dict.fromkeys([*self._marks, *numbers])
        if len(wanted) > MOST_MARKED:
            self.say(f"At most {MOST_MARKED:,} {self.NOUN}s can be marked at once", severity="warning")
            return
        self._marks = wanted
        self._last_mark = numbers[-1] if numbers else self._last_mark
        self.show_marks()

    def unmark_all(self) -> bool:
        """Remove every mark; return whether there were any."""
        had = bool(self._marks)
        self._marks, self._last_mark = {}, None
        self.show_marks()
        return had

    def _toggle(self, number: int) -> None:
        if number in self._marks:
            del self._marks[number]
            self.show_marks()
        else:
            self._mark([number])

    @on(LiveTable.PickAsked)
    def _clicked(self, message: LiveTable.PickAsked) -> None:
        self._toggle(int(message.key))

    @on_chosen
    def action_mark(self, row: Row) -> None:
        self._toggle(row[self.NUMBER])
        self.table.action_cursor_down()

    @on_chosen
    def action_mark_range(self, row: Row) -> None:
        ids = [shown[self.NUMBER] for shown in self.table.rows_shown]
        here = ids.index(row[self.NUMBER])
        start = ids.index(self._last_mark) if self._last_mark in ids else here
        first, last = sorted((start, here))
        chosen = ids[first : last + 1]
        self._mark(chosen if start <= here else chosen[::-1])

    def mark_all_of(self, find: Callable[[int], list[int]]) -> None:
        """Mark what ``find`` returns for a limit, up to the limit of marks."""

        def then(found: list[int]) -> None:
            if len(found) > MANY:
                count = plural(min(len(found), MOST_MARKED), self.NOUN)
                self.host.ask_again("mark.all", f"mark {count}", partial(mark, found))
            else:
                mark(found)

        def mark(found: list[int]) -> None:
            self._marks = dict.fromkeys(found[:MOST_MARKED])
            self._last_mark = None
            self.show_marks()
            more = f", the first {MOST_MARKED:,} only" if len(found) > MOST_MARKED else ""
            self.say(f"Marked {plural(len(self._marks), self.NOUN)}{more}")

        self.host.ask(lambda: find(MOST_MARKED + 1), then, opens=True)

    def is_possible(self, action: str) -> bool:
        if self._marks and action in ROW_ACTIONS and action not in MARKING:
            return action in self.FOR_MARKED
        return super().is_possible(action)

    def deal(self, word: str, form: Form, with_one: Callable[[], None]) -> None:
        """Open a form for the marked rows, or act ``with_one`` where none is marked."""
        ids = tuple(self._marks)
        if ids:
            self.open_made(lambda: form(ids), partial(self._dealt, word))
        else:
            with_one()

    def _dealt(self, word: str, result: Mapping[str, Any]) -> None:
        """Say what happened to each; refused rows stay marked."""
        done = {row[self.NUMBER] for row in result["results"] if row["ok"]}
        self._marks = {number: None for number in self._marks if number not in done}
        self.show_marks()
        if result["refused"]:
            panel = Panel(f"{word}: row by row", self.describe_batch(result, word.lower()))
            self.call_later(self.open, panel)
        else:
            self.say_done(f"{word} {plural(result['done'], self.NOUN)}")
