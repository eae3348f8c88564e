"""One field of a form: its label, the input, and below it what is to be said about that field."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from screens.fields.choice import Choice, LettersTyped, Pick
from screens.fields.type_ahead import which

REQUIRED, WRONG = "*", "! "
"""The signs of a required field, and before what is wrong: without colour, bold alone is a heading."""
NOUNS = {
    "customer": "customer name",
    "name": "customer name",
    "email": "e-mail",
    "years": "number of years",
    "requests": "text of the wishes",
    "method": "contact",
    "destination": "destination",
    "launch": "launch location",
    "to": "agent",
}


def noun_of(name: str, label: str) -> str:
    """Return what a field is called in a sentence, where its label alone would not do."""
    return NOUNS.get(name, label.lower() if label[1:2].islower() else label)


def is_required(noun: str) -> str:
    """Say that a field must not be empty."""
    return f"{noun[:1].upper()}{noun[1:]} is required"


def no_such_name(typed: LettersTyped, label: str = "") -> str:
    """Say that no name of a field begins with the typed letters."""
    name = typed.choice.id or ""
    return f"No {noun_of(name, label or name)} begins with {typed.letters}"


class FieldLine(Vertical):
    """A label beside an input, with a mark if it is ``required``; a message takes a line only while shown.

    A message is a note on what is typed, or says what is wrong (class ``-wrong``) or missing (``-warning``).
    Enter does not leave a required field that is empty: what is typed next would land in another one.
    """

    DEFAULT_CSS = """
    FieldLine { height: auto; }
    FieldLine > Horizontal { height: auto; }
    FieldLine > Horizontal > * { width: 1fr; }
    FieldLine > Horizontal > Label { width: 18; color: $text-muted; }
    FieldLine > Horizontal > Input, FieldLine > Horizontal > TextArea { background: $panel; }
    FieldLine > .told { display: none; height: auto; max-height: 5; margin-left: 18; color: $text-muted; }
    FieldLine.-wrong > .told { color: $text-error; text-style: bold; }
    FieldLine.-wrong > Horizontal > Label { color: $text-error; text-style: bold; }
    FieldLine.-warning > .told { color: $text-warning; }
    """

    def __init__(self, label: str, widget: Widget, *, required: bool = False) -> None:
        super().__init__()
        self._label = label
        self._widget = widget
        self._is_required = required
        self._told = self._slip = ""

    def compose(self) -> ComposeResult:
        mark = (REQUIRED, "$text-accent") if self._is_required else ""
        with Horizontal():
            yield Label(Content.assemble(self._label, " " if mark else "", mark))
            yield self._widget
        yield Static(classes="told")

    @property
    def label(self) -> str:
        return self._label

    @property
    def told(self) -> str:
        """The message that is shown, or ""."""
        return self._told

    def tell(self, text: str, tone: str = "") -> None:
        """Show a message in the tone ``wrong``, ``warning`` or none; "" removes it."""
        if text != self._told:
            self._told = text
            below = self.query_one(".told", Static)
            below.update(Content(f"{WRONG}{text}" if tone == "wrong" and text else text))
            below.display = bool(text)
            self.refresh(layout=True)  # or its height would be remembered from before
            if text and self.has_focus_within:
                self.call_after_refresh(self.scroll_visible, animate=False)
        for each in ("wrong", "warning"):
            self.set_class(bool(text) and each == tone, f"-{each}")

    def on_letters_typed(self, message: LettersTyped) -> None:
        """Say so if a letter chooses nothing, until the field is left: nobody takes it for a choice then.

        That it leaves several names open is still said then.
        """
        message.stop()
        if message.waiting:
            self.tell(which(message.waiting), "warning")
            self._slip = ""
        else:
            self.tell("" if message.found else no_such_name(message, self._label), "wrong")
            self._slip = self._told

    def on_input_submitted(self, message: Input.Submitted) -> None:
        if not message.value.strip():
            self._stay(message)

    def on_choice_accepted(self, message: Choice.Accepted) -> None:
        if not message.choice.chosen:
            self._stay(message)
        elif self._slip and self._slip == self._told:
            message.stop()  # what is chosen is not what was typed

    def _stay(self, message: Message) -> None:
        """Say that this is required, if so; the names of a list are shown at once."""
        if self._is_required:
            message.stop()
            self.tell(is_required(noun_of(self._widget.id or "", self._label)), "wrong")
            if isinstance(self._widget, Pick):
                self._widget.action_show_overlay()

    def on_descendant_blur(self) -> None:
        if self._slip and self._slip == self._told:
            self.tell("")
