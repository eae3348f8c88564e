"""What every modal has in common: it closes once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from textual.screen import ModalScreen

from screens.steady_app import SteadyScreen

if TYPE_CHECKING:
    from screens.host import Host

Result = TypeVar("Result")


class Modal(SteadyScreen[Result], ModalScreen[Result]):
    """A modal screen that can be told to close more than once."""

    @property
    def host(self) -> Host:
        """The application, as far as screens know it."""
        return cast("Host", self.app)

    @property
    def is_laid_out(self) -> bool:
        """Are the widgets there? An answer may come before them, or when they are gone again."""
        return self.is_mounted and self in self.app.screen_stack

    def open(self, modal: ModalScreen[Any], closed: Callable[[Any], None] | None = None) -> None:
        """Open another modal over this one, unless something else lies there already."""
        if self.app.screen is self:
            self.app.push_screen(modal, closed)

    def leave(self, result: Result | None = None) -> None:
        """Close with a result; the second of two quick presses does not close what lies below."""
        if self.app.screen is self:
            self.dismiss(result)

    def unsaved(self) -> str:
        """What was typed here and is not sent yet, in a sentence, or ""."""
        return ""
