"""One field of a form: its label, the input, and below it what is to be said about that field."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Label, RadioSet, Select, Static

from screens.fields.choice import Choice, LettersTyped, Pick
from screens.fields.type_ahead import which
from screens.wording.text import short_inside

REQUIRED, WRONG = "*", "! "
"""The signs of a required field, and before what is wrong: without colour, bold alone is a heading."""
CUSTOMER_NAME = "customer name"
NOUNS = {
    "customer": CUSTOMER_NAME,
    "email": "e-mail",
    "years": "number of years",
    "requests": "text of the wishes",
    "method": "contact",
    "destination": "destination",
    "launch": "launch location",
    "to": "agent",
}

FEW_NAMES = 40  # characters of names that a message lists
FEW_LETTERS = 12  # of a refused word: the accepted ones behind it are to be seen
OF_A_CHOICE = {
    "method": "contact method",
    "per": "period",
    "to": "choice",
    "whom": "choice",
    "whose": "choice",
}
"""What the names of a choice are called, where the field's own noun would not do."""


def noun_of(name: str, label: str) -> str:
    """Return what a field is called in a sentence, where its label alone would not do."""
    return NOUNS.get(name, label.lower() if label[1:2].islower() else label)


def is_required(noun: str) -> str:
    """Say that a field must not be empty."""
    return f"{noun[:1].upper()}{noun[1:]} is required"


def no_such_name(field: Choice | Pick, noun: str = "") -> str:
    """Say that no name of a field begins with the word that it refused; "" without one."""
    name = field.id or ""
    noun = OF_A_CHOICE.get(name) or noun or noun_of(name, name)
    return f"No {noun} begins with {short_inside(field.refused, FEW_LETTERS)}" if field.refused else ""


def way_on(field: Choice | Pick, noun: str = "") -> str:
    """Say the same to somebody it keeps from going on: with what is accepted, and the way out."""
    said, names = no_such_name(field, noun), ", ".join(field.names)
    accepted = names if len(names) <= FEW_NAMES else "space lists them"
    return f"{said}: {accepted}; backspace clears it" if said else ""


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

    @dataclass
    class Held(Message):
        """Enter does not leave the field, whose word fits no name; ``why`` says so."""

        why: str

    class Told(Message):
        """The message below the field has changed, and perhaps its height."""

    def __init__(self, label: str, widget: Widget, *, required: bool = False, noun: str = "") -> None:
        """``noun`` is what the field is called in a sentence, where its name and label do not say that."""
        super().__init__()
        self._label = label
        self._noun = noun or noun_of(widget.id or "", label)
        self._widget = widget
        self._is_required = required
        self._told = ""
        self._is_refused = False

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
    def refusal(self) -> str:
        """What is said of a word that fits no name, or ""."""
        return no_such_name(self._widget, self._noun) if isinstance(self._widget, Choice | Pick) else ""

    @property
    def way_on(self) -> str:
        """What is said of it to somebody it keeps from going on."""
        return way_on(self._widget, self._noun) if isinstance(self._widget, Choice | Pick) else ""

    @property
    def told(self) -> str:
        """The message that is shown, or ""."""
        return self._told

    def tell(self, text: str, tone: str = "") -> None:
        """Show a message in the tone ``wrong``, ``warning`` or none; "" removes it.

        A word that fits no name is told as long as the field refuses it.
        """
        self._is_refused = not text and bool(self.refusal)
        if self._is_refused:
            text, tone = self.refusal, "wrong"
        if text != self._told:
            self._told = text
            below = self.query_one(".told", Static)
            below.update(Content(f"{WRONG}{text}" if tone == "wrong" and text else text))
            below.display = bool(text)
            self.refresh(layout=True)  # or its height would be remembered from before
            self.post_message(self.Told())
            if text and self.has_focus_within:
                self.call_after_refresh(self.scroll_visible, animate=False)
        for each in ("wrong", "warning"):
            self.set_class(bool(text) and each == tone, f"-{each}")

    def on_letters_typed(self, message: LettersTyped) -> None:
        """Say so if a letter chooses nothing, or leaves several names open; also when the field is left."""
        message.stop()
        self.tell(which(message.waiting) if message.waiting else "", "warning")

    @on(RadioSet.Changed)
    @on(Select.Changed)
    def _choice_made(self) -> None:
        """Say what becomes of a word that fits no name: another choice takes it away."""
        if self._is_refused or self.refusal:
            self.tell("")

    def on_input_submitted(self, message: Input.Submitted) -> None:
        if not message.value.strip():
            self._stay(message)

    def on_choice_accepted(self, message: Choice.Accepted) -> None:
        if self.refusal:
            message.stop()  # what is chosen is not what was typed
            self.tell(self.way_on, "wrong")
            self.post_message(self.Held(self.way_on))
        elif not message.choice.chosen:
            self._stay(message)

    def _stay(self, message: Message) -> None:
        """Say that this is required, if so; the names of a list are shown at once."""
        if self._is_required:
            message.stop()
            self.tell(is_required(self._noun), "wrong")
            if isinstance(self._widget, Pick):
                self._widget.action_show_overlay()
