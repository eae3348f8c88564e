"""What every modal has in common: it closes once."""

from __future__ import annotations

from typing import TypeVar

from textual.screen import ModalScreen

Result = TypeVar("Result")


class Modal(ModalScreen[Result]):
    """A modal screen that can be told to close more than once."""

    def leave(self, result: Result | None = None) -> None:
        """Close with a result; the second of two quick presses does not close what lies below."""
        if self.app.screen is self:
            self.dismiss(result)

    def unsaved(self) -> str:
        """What was typed here and is not sent yet, in a sentence, or ""."""
        return ""
