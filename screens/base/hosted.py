"""The base of places and modals: what the application around them does for them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual import events, on
from textual.notifications import SeverityLevel
from textual.screen import ModalScreen
from textual.widgets import Input, TextArea

from models.errors import DeskError
from screens.base.contrast import READABLE_TEXT
from screens.base.textual_internals import SteadyScreen, show_text_cursor

if TYPE_CHECKING:
    from textual.filter import LineFilter

    from screens.base.app_protocol import Host
    from screens.base.backend import Backend

Result = TypeVar("Result")
T = TypeVar("T")


class Hosted(SteadyScreen[Result]):
    """A screen that asks the desk, waits for somebody who types, and opens modals."""

    NO_PASTE: ClassVar[str] = "Paste works in fields only"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._tickets: Counter[str] = Counter()
        self._under_way: set[str] = set()
        self._asked_again: dict[str, Callable[[], object]] = {}

    @property
    def host(self) -> Host:
        """The application, as far as screens know it."""
        return cast("Host", self.app)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Leave what shows through from below a modal as faint as it is meant to be."""
        return [each for each in super().get_line_filters() if each is not READABLE_TEXT]

    @property
    def backend(self) -> Backend:
        return self.host.backend

    @property
    def is_laid_out(self) -> bool:
        """Return whether the widgets are there: an answer may come early, or while the application ends."""
        return self.is_attached and self.is_mounted and self.app.is_running

    def is_possible(self, action: str) -> bool:
        """Return whether a verb can be done now with what is under the cursor; its key is dim otherwise."""
        return True

    def can_do(self, action: str) -> bool:
        """Return whether a key can do something now: a verb of this place, or one of the application."""
        return self.host.is_redoable if action == "redo" else self.is_possible(action)

    def is_of_use(self, action: str) -> bool:
        """Return whether a verb belongs to what is shown here at all; the key line leaves the others out."""
        return True

    def on_paste(self, event: events.Paste) -> None:
        """Say where a paste works, if nothing here took it."""
        if not isinstance(self.focused, Input | TextArea):
            self.say(self.NO_PASTE, severity="warning")

    def unsaved(self) -> str:
        """A sentence on what was typed here and not sent yet, or ""."""
        return ""

    def say(self, text: str, *, severity: SeverityLevel = "information") -> None:
        """Say something on the message line; the text may hold anything that a person typed."""
        self.host.tell(text, severity=severity)

    def say_done(self, text: str, brief: str = "") -> None:
        """Say what a command given here did, with the key that undoes it; ``brief`` on a short line."""
        self.host.tell_done(text, brief)

    def in_sight(self) -> frozenset[str]:
        """Name the rows that can be seen, each as "booking 12"."""
        return frozenset()

    @on(events.ScreenSuspend)
    def _hide_text_cursor(self) -> None:
        show_text_cursor(self.focused, shown=False)

    @on(events.ScreenResume)
    def _show_text_cursor(self) -> None:
        show_text_cursor(self.focused, shown=True)

    @on(events.ScreenResume)
    @on(events.DescendantFocus)
    def _show_messages(self) -> None:
        self.host.show_messages()

    def open(self, modal: ModalScreen[T | None], then: Callable[[T], object] | None = None) -> None:
        """Open a modal, unless another is already open; ``then`` gets its result, if it has one."""

        def closed(result: T | None) -> None:
            if result is not None and then is not None:
                then(result)

        if self.app.screen is self:
            self.app.push_screen(modal, closed)

    def open_made(
        self, make: Callable[[], ModalScreen[T | None]], then: Callable[[T], object] | None = None
    ) -> None:
        """Open a modal that is made in the reading thread; ``then`` gets its result, if it has one."""
        self.host.ask(make, lambda modal: self.open(modal, then), opens=True)

    def ask_newest(
        self,
        about: str,
        query: Callable[[], T],
        then: Callable[[T], object],
        refused: Callable[[DeskError], object] | None = None,
        *,
        opens: bool = False,
        beside: bool = False,
    ) -> None:
        """Ask the desk; an answer is dropped after a newer question of its kind, or without widgets."""
        self._tickets[about] += 1
        ticket = self._tickets[about]

        def work() -> T | None:
            return query() if ticket == self._tickets[about] else None  # else nobody waits for it any more

        def answered(answer: T | None) -> None:
            if ticket == self._tickets[about] and self.is_laid_out:
                then(cast("T", answer))

        self.host.ask(work, answered, refused, opens=opens, beside=beside)

    def ask_in_turn(
        self,
        about: str,
        query: Callable[[], T],
        then: Callable[[T], object],
        again: Callable[[], object],
        refused: Callable[[DeskError], object] | None = None,
        *,
        opens: bool = False,
    ) -> None:
        """Ask beside everything else; of the questions of one kind that come meanwhile the last is asked.

        ``again`` asks this one: it may be about another list than the one that is under way.
        """
        if about in self._under_way:
            self._asked_again[about] = again
            return
        self._under_way.add(about)
        self._asked_again.pop(about, None)

        def work() -> T:
            try:
                return query()
            finally:
                self._under_way.discard(about)

        def answered(answer: T) -> None:
            if self.is_laid_out:
                then(answer)
            following = self._asked_again.pop(about, None)
            if following is not None:
                following()

        self.host.ask(work, answered, refused, opens=opens, beside=True)

    def forget_asked(self, *about: str) -> None:
        """Drop what is under way or waits for its turn: the question no longer applies."""
        self._tickets.update(about)
        for each in about:
            self._asked_again.pop(each, None)

    def after_typing(self, pause_s: float, work: Callable[[], object], *, group: str = "typing") -> None:
        """Call something once typing pauses, so that a fast typist queries the database once."""
        self._tickets[group] += 1
        ticket = self._tickets[group]

        async def wait() -> None:
            await asyncio.sleep(pause_s)
            if ticket == self._tickets[group] and self.is_laid_out:
                work()

        self.run_worker(wait(), group=group)
