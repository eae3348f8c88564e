"""Inputs of the lead form that know where else a typed text may belong."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.widgets import Input

from dispatch.inputs.lead_files import REQUIRED
from screens.fields.choice import Choice
from screens.fields.field_line import FieldLine

TO_CALL, TO_TEXT = "Number to call? enter skips it", "Number to text? enter skips it"
NUMBER_BEGINS = "+(0123456789"


class LineInput(Input):
    """A field of one line that does not silently drop the other lines of a pasted text."""

    @dataclass
    class LinesPasted(Message):
        """Several lines were pasted: leads from a file or a spreadsheet."""

        text: str

    @dataclass
    class LetterInNumber(Message):
        """A letter was typed where a number was asked for: somebody has none and goes on."""

        key: events.Key

    def on_key(self, event: events.Key) -> None:
        is_letter = event.character is not None and event.character.isalpha()
        if self.id == "phone" and is_letter and not self.value and self.is_asked_for:
            event.stop()
            event.prevent_default()
            self.post_message(self.LetterInNumber(event))

    @property
    def is_asked_for(self) -> bool:
        """Whether the line of this field asks for it."""
        return any(isinstance(line, FieldLine) and line.told in (TO_CALL, TO_TEXT) for line in self.ancestors)

    def on_paste(self, event: events.Paste) -> None:
        if self._take_lines(event.text):
            event.stop()
            event.prevent_default()

    def action_paste(self) -> None:
        if not self._take_lines(self.app.clipboard):
            super().action_paste()

    def _take_lines(self, text: str) -> bool:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if len(lines) < 2:
            return False
        if self.id == "requests" and not _are_leads(lines):
            self.insert_text_at_cursor(" ".join(lines))
        else:
            self.post_message(self.LinesPasted(text))
        return True


class ContactChoice(Choice):
    """The contact methods: a number typed here is the customer's, whose method is chosen later."""

    @dataclass
    class NumberTyped(Message):
        """A figure, or a plus, was typed: a telephone number begins."""

        key: events.Key

    def on_key(self, event: events.Key) -> None:
        if event.character is not None and event.character in NUMBER_BEGINS:
            event.stop()
            event.prevent_default()
            self.post_message(self.NumberTyped(event))


def _are_leads(lines: list[str]) -> bool:
    """Return whether a text looks like rows of leads, rather than a customer's words."""
    columns = max(lines[0].count(separator) for separator in ",;\t") + 1
    return lines[0].startswith("{") or columns >= len(REQUIRED)
