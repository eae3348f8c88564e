"""The base of every modal: a frame with a title, the keys below, and closing once."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Input, TextArea
from textual.widgets.button import ButtonVariant

from screens.base.harmless_text import visible
from screens.base.hosted import Hosted, Result
from screens.base.keys import place_keys
from screens.widgets.message_line import SpeakingLine

if TYPE_CHECKING:
    from screens.base.key_queue import SteadyApp

HOLDS_TEXT = "Unsent text here: submit it, or press esc to discard it"


class Modal(ModalScreen[Result], Hosted[Result]):
    """A modal screen that tolerates repeated requests to close. A subclass gives the frame its ``body()``."""

    FRAME: ClassVar[str] = "form"
    """The frame's id."""

    FRAME_TYPE: ClassVar[type[Widget]] = Vertical

    def __init__(self, title: str = "", classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self.heading = title

    def compose(self) -> ComposeResult:
        with self.FRAME_TYPE(id=self.FRAME, classes="frame") as frame:
            frame.border_title = Content(visible(self.heading))
            yield from self.body()
        yield SpeakingLine()

    def body(self) -> ComposeResult:
        yield from ()

    @property
    def is_laid_out(self) -> bool:
        return self.is_mounted and self in self.app.screen_stack

    def leave(self, result: Result | None = None) -> None:
        """Close with a result; the second of two quick presses does not close the screen below."""
        if self.app.screen is self:
            self.dismiss(result)

    def action_close(self) -> None:
        self.leave()

    def why_it_stays(self) -> str:
        """Return why the key of a place does not close this and go there; "" if nothing typed is lost."""
        typed = any(field.value for field in self.query(Input)) or any(
            area.text for area in self.query(TextArea)
        )
        return HOLDS_TEXT if typed else ""

    def takes_for_a_name(self) -> bool:
        """Return whether an enter asks first where all before it, from the list below on, may be a name."""
        return False

    def tell(self, text: str) -> None:
        """Show a line about the modal itself."""
        self.say(text, severity="warning")

    def stay(self, why: str) -> None:
        """Say why the key of a place has not closed this."""
        self.tell(why)

    def on_key(self, event: events.Key) -> None:
        if event.key not in place_keys(self.app):
            return
        why = self.why_it_stays()
        if why:
            event.stop()
            self.stay(why)
        else:
            self.pass_on(event)

    def pass_on(self, event: events.Key | events.Paste) -> None:
        """Close, and give what was typed to the place below."""
        event.stop()
        self.leave()
        cast("SteadyApp", self.app).type_again(event)


def buttons(*labels: tuple[str, ...], has_primary: bool = True) -> ComposeResult:
    """Make a row of buttons by id, label and, if it is not the id's, action; the first is the primary one."""
    with Horizontal(id="buttons"):
        for place, (identifier, label, *action) in enumerate(labels):
            variant: ButtonVariant = "primary" if has_primary and not place else "default"
            does = f"screen.{action[0] if action else identifier}"
            yield Button(Content(label), variant, id=identifier, action=does, compact=True)
