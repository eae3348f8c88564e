"""What a form says of each of its fields: the input that fits, and what is wrong with a value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from textual.app import App
from textual.widget import Widget
from textual.widgets import Input

from dispatch.inputs import validation
from dispatch.queries.row_types import AgentRow
from models.errors import InvalidInput
from screens.base import keys
from screens.fields.agent_picker import AgentPicker
from screens.fields.choice import Choice, Pick
from screens.fields.field_line import is_required, noun_of
from screens.fields.prose import Prose

FIELD_WIDTH = 58  # cells beside the label
OPTION_EXTRA = 4  # an option's mark, and the brackets around the letters that choose it
GAP = 2  # between two options


@dataclass(frozen=True)
class Field:
    """One field of a form: a text (of several ``lines``), one of ``options``, or (``agent``) an agent.

    A few short ``options`` are shown side by side; others open as a list. ``note`` describes, below
    the field, how the typed text is read at the desk's time, or raises DeskError. A ``required`` one has
    a mark; where it has one option, that is chosen. ``check`` raises InvalidInput for a text the desk
    would refuse. ``only_if`` names another field, and its value with which this one is shown. Enter
    ``stops`` in a field that decides what a form is about, although it has a value. A letter ``takes_first``
    of the options that begin with it. ``called`` is its noun
    in a sentence, where its label is none. A ``secret`` is not shown as it is typed.
    """

    name: str
    label: str
    value: str = ""
    options: tuple[str, ...] = ()
    hint: str = ""
    agents: tuple[AgentRow, ...] = ()
    note: Callable[[str, str], str] | None = None
    lines: int = 1
    required: bool = False
    check: Callable[[str], object] | None = None
    only_if: tuple[str, str] | None = None
    stops: bool = False
    takes_first: bool = False
    called: str = ""
    secret: bool = False

    @property
    def start(self) -> str:
        """The value at first."""
        return self.options[0] if self._is_settled else self.value

    @property
    def _is_settled(self) -> bool:
        return self.required and not self.value and len(self.options) == 1

    @property
    def needs_no_key(self) -> bool:
        """Whether there is nothing to choose: the cursor need not stop here."""
        return bool(self.options) and len(self.names) == 1 and bool(self.start)

    def refusal(self, app: App[Any], text: str) -> str:
        """Return what is wrong with a value, as far as that can be said before it is sent."""
        if not text.strip():
            return is_required(self.noun) if self.required else ""
        try:
            if self.check is not None:
                self.check(text)
        except InvalidInput as error:
            return keys.refusal(app, error, self.noun)
        return ""

    @property
    def noun(self) -> str:
        """What the field is called in a sentence."""
        return self.called or noun_of(self.name, self.label)

    @property
    def names(self) -> tuple[str, ...]:
        """The options, and the row's present value if it is not among them: leaving it changes nothing."""
        return self.options if not self.value or self.value in self.options else (*self.options, self.value)

    @property
    def is_choice(self) -> bool:
        """Whether the options fit side by side."""
        cells = sum(len(name) + OPTION_EXTRA + GAP for name in self.names) - GAP
        return bool(self.options) and cells <= FIELD_WIDTH

    def widget(self) -> Widget:
        """Return the input for this field, with the field's name as its id."""
        if self.agents:
            begins_empty = self.only_if is not None or not self.required
            chosen = int(self.value) if self.value else None
            return AgentPicker(
                self.agents, is_field=True, begins_empty=begins_empty, chosen=chosen, id=self.name
            )
        if self.is_choice:
            return Choice(self.names, id=self.name)
        if self.options:
            waits, start = not self.takes_first, self.start or Pick.NULL
            return Pick(self.names, waits=waits, value=start, id=self.name)
        if self.lines > 1:
            area = Prose(self.value, placeholder=self.hint, id=self.name)
            area.styles.height = self.lines
            return area
        return Input(self.value, placeholder=self.hint, password=self.secret, compact=True, id=self.name)


def reason_field(hint: str, name: str = "reason", label: str = "Reason", lines: int = 1) -> Field:
    """Make a field for a text that the desk requires: a reason or a note."""
    check = partial(validation.required_text, field=name)
    return Field(name, label, hint=hint, lines=lines, required=True, check=check)
