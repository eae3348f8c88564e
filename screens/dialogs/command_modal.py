"""A modal that runs one command of the desk: what happens between the press and the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from textual import events, on
from textual.content import Content
from textual.widgets import Button, Static

from dispatch.desk.desk import Desk
from models.errors import DeskError
from screens.dialogs.modal import Modal
from screens.wording.text import refusal

T = TypeVar("T")

SOON_S = 0.4  # an answer that takes longer is waited for with a word
AT_WORK = "at work ..."


class CommandModal(Modal[T | None], Generic[T]):
    """Closes with its command's result, or None; a refusal is told in its ``#problem`` line.

    The command cannot be called back: until the desk has answered nothing closes the modal, so that a
    refusal finds everything that was typed. What is not sent yet (``unsaved``) is warned about once.
    """

    def __init__(self) -> None:
        super().__init__()
        self._busy = self._is_warned = False
        self._result: T | None = None

    def _send(self, command: Callable[[Desk], T]) -> None:
        self._busy = True
        self.set_timer(SOON_S, self._still_at_work)
        self.host.perform(command, self._done, self._refused)

    def _still_at_work(self) -> None:
        if self._busy and self._result is None:
            self._tell(AT_WORK)

    @on(Button.Pressed, "#close")
    def action_close(self) -> None:
        if self._busy:
            self._tell("one moment: the desk has not answered yet")
        elif self.unsaved() and not self._is_warned:
            self._is_warned = True
            self._tell("Closing again drops what you have typed")
        else:
            self.leave()

    def _done(self, result: T) -> None:
        self._result = result
        self._close_when_done()

    @on(events.ScreenResume)
    def _close_when_done(self) -> None:
        """Close with the result as soon as nothing else (the palette) lies above."""
        if self._result is not None:
            self.leave(self._result)

    def _refused(self, error: DeskError) -> None:
        self._busy = False
        self._tell(refusal(error))

    def _tell(self, text: str) -> None:
        if self.is_laid_out:
            self.query_one("#problem", Static).update(Content(text))
