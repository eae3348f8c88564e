"""Texts that are laid out and painted only when they change, and whose long lines keep their columns."""

from __future__ import annotations

import re

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.visual import VisualType

from screens.base.textual_internals import Leaf
from screens.wording.text import add_hanging

GAP = re.compile(r"(?<=\S) {2,}(?=\S)")
WIDEST_LABEL = 24  # cells; a gap further right is part of a sentence


class SteadyText(Leaf):
    """A Static that takes the same text again for nothing.

    Places are filled again each time they come into sight; each update of a Static lays the whole screen out.
    The very object it has is drawn again, as for another theme's colours.
    """

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        if content is self.content or content != self.content:
            super().update(content, layout=layout)


class HangingText(SteadyText):
    """A text that is wrapped to its own width, again for each width it gets."""

    def __init__(self, text: Text | None = None) -> None:
        super().__init__(text or "")
        self._text, self._cells = text or Text(), 0

    def show(self, text: Text) -> None:
        """Show another text."""
        self._text, self._cells = text, self.size.width
        self.update(hanging(text, self._cells) if self._cells else text)

    def on_resize(self, event: events.Resize) -> None:
        if event.size.width != self._cells:
            self.show(self._text)


def hanging(text: Text, cells: int) -> Text:
    """Wrap a text; a line goes on below what follows its labels, or below its own beginning.

    A label is followed by two spaces or more.
    """
    shown = Text(style=text.style, overflow="fold", end=text.end)
    for place, line in enumerate(text.split(allow_blank=True)):
        shown.append("\n" if place else "")
        if cell_len(line.plain) <= cells:
            shown.append_text(line)
        else:
            value = _value(line.plain)
            shown.append_text(line[:value])
            add_hanging(shown, line[value:], cell_len(line.plain[:value]), cells)
    return shown


def _value(line: str) -> int:
    """Return where a line's value begins, in characters."""
    ends = [gap.end() for gap in GAP.finditer(line) if cell_len(line[: gap.end()]) <= WIDEST_LABEL]
    return ends[-1] if ends else len(line) - len(line.lstrip())
