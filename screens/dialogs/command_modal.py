"""A modal that runs one command of the desk and waits for its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from textual import events, on
from textual.content import Content
from textual.widgets import Static

from dispatch.desk.desk import Desk
from models.errors import DeskError, InvalidInput
from screens.base import keys
from screens.base.hosted import T
from screens.dialogs.modal import HOLDS_TEXT, Modal
from screens.fields.choice import Choice, LettersTyped, Pick
from screens.fields.field_line import WRONG, no_such_name, way_on
from screens.fields.type_ahead import which

Outcome = TypeVar("Outcome")
SOON_S = 0.4  # a slower answer gets a note


class CommandModal(Modal[Outcome | None]):
    """A modal that closes with its command's result, or None; its ``#problem`` line shows a refusal.

    The command cannot be cancelled: nothing closes the modal before the desk has answered, so that a
    refusal finds everything that was typed. Text not sent yet (``unsaved``) is warned about once.
    """

    NOTE_ID: ClassVar[str] = "#problem"
    AT_WORK: ClassVar[str] = "Working…"
    STILL_AT_WORK: ClassVar[str] = "One moment: waiting for the desk"
    NOUNS: ClassVar[Mapping[str, str]] = {}
    """What a field is called here, by its name in a refusal, where that is another."""
    DROPS: ClassVar[str] = "Close again to discard what you typed"
    NOTHING_DONE: ClassVar[str] = "Nothing changed"
    """Said on the message line when it closes without having done anything."""

    def __init__(self, title: str = "") -> None:
        super().__init__(title)
        self._busy = self._is_warned = False
        self._result: Outcome | None = None

    def _send(self, command: Callable[[Desk], T], done: Callable[[T], object] | None = None) -> None:
        """Run the command; its result closes the modal, or goes to ``done``."""
        self._busy = True
        self.set_timer(SOON_S, self._still_at_work)
        self.host.perform(command, done or self._done, self._refused)

    def _still_at_work(self) -> None:
        if self._busy and self._result is None:
            self._show_note(self.AT_WORK)

    def why_it_stays(self) -> str:
        return self.STILL_AT_WORK if self._busy else HOLDS_TEXT if self.unsaved() else ""

    def tell(self, text: str) -> None:
        self._show_note(text)

    def action_close(self) -> None:
        if self._busy:
            self._show_note(self.STILL_AT_WORK)
        elif self.unsaved() and not self._is_warned:
            self._is_warned = True
            self._show_problem(self.DROPS)
        else:
            self.leave(self._result)

    def leave(self, result: Outcome | None = None) -> None:
        """Close; without a result say that nothing was done: a button pressed unseen may have closed it."""
        is_open = self.app.screen is self
        super().leave(result)
        if is_open and result is None:
            self.say(self.nothing_done())

    def nothing_done(self) -> str:
        """Return what is said where nothing was done."""
        return self.NOTHING_DONE

    def _done(self, result: Any) -> None:
        self._result = result
        self._close_when_done()

    @on(events.ScreenResume)
    def _close_when_done(self) -> None:
        """Close with the result once nothing else (the palette) is on top."""
        if self._result is not None:
            self.leave(self._result)

    def _refused(self, error: DeskError) -> None:
        self._busy = False
        noun = self.NOUNS.get(error.field, "") if isinstance(error, InvalidInput) else ""
        self._show_problem(keys.refusal(self.app, error, noun))

    def on_letters_typed(self, message: LettersTyped) -> None:
        """Say so if a letter chooses nothing, or leaves several names open."""
        self._show_problem(which(message.waiting) if message.waiting else no_such_name(message.choice))

    def _slipped(self) -> bool:
        """Say and show where a word was typed that fits no name, if so: nothing goes further with it."""
        choices: list[Choice | Pick] = [*self.query(Choice), *self.query(Pick)]
        field = next((each for each in choices if each.refused), None)
        if field is None:
            return False
        self._show_problem(way_on(field))
        field.focus()
        return True

    def _show_note(self, text: str) -> None:
        if self.is_laid_out:
            self.query_one(self.NOTE_ID, Static).update(Content(text))

    def _show_problem(self, text: str) -> None:
        """Show what is wrong, with a sign that needs no colour."""
        self._show_note(f"{WRONG}{text}" if text else "")
