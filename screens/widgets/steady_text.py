"""Texts that are laid out and painted only when they change, and whose long lines keep their columns."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.text import Text
from textual import events
from textual.visual import VisualType

from dispatch.queries.wording import MONTHS
from screens.base.textual_internals import Leaf
from screens.wording.text import BELOW

GAP = re.compile(r"(?<=\S) {2,}(?=\S)")
WIDEST_LABEL = 24  # cells; a gap further right is part of a sentence
ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+\w")
LEAST_ROOM = 12  # cells of a wrapped text in the narrowest pane
NO_BREAK, UNSEEN, SPACE = "\u00a0", "\ue000", "\ue001"
DATE = re.compile(rf"\d{{1,2}} (?:{'|'.join(MONTHS)}) (?:\d{{4}} )?\d\d:\d\d")
_CONSOLE = Console(file=StringIO(), width=80)  # only to wrap by cells


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

    def __init__(self, text: Text | None = None, **kwargs: Any) -> None:
        super().__init__(text or "", **kwargs)
        self._text, self._cells = text or Text(), 0

    def show(self, text: Text) -> None:
        """Show another text."""
        self._text, self._cells = text, self.size.width
        self.update(hanging(text, self._cells) if self._cells else text)

    def on_resize(self, event: events.Resize) -> None:
        if event.size.width != self._cells:
            self.show(self._text)


def hanging(text: Text, cells: int) -> Text:
    """Wrap a text; a line goes on below its value, where it has one, else below what follows its labels.

    Labels are followed by two spaces or more; a line without one goes on below its own beginning.
    """
    shown = Text(style=text.style, overflow="fold", end=text.end)
    for place, line in enumerate(text.split(allow_blank=True)):
        shown.append("\n" if place else "")
        if cell_len(line.plain) <= cells:
            shown.append_text(line)
        else:
            _add_wrapped(shown, line, cells)
    return shown


def _add_wrapped(shown: Text, line: Text, cells: int) -> None:
    value, below = _value(line)
    shown.append_text(line[:value])
    parts = _parts(line[value:], max(LEAST_ROOM, cells - cell_len(below.plain)))
    for part in parts[:-1]:
        part.rstrip()
        shown.append_text(part).append("\n").append_text(below)
    shown.append_text(parts[-1])


def _value(line: Text) -> tuple[int, Text]:
    """Return where a line's value begins, in characters, and what stands before its further lines."""
    for span in line.spans:
        if isinstance(span.style, Style) and BELOW in span.style.meta:
            return span.start, Text(*span.style.meta[BELOW])
    plain = line.plain
    ends = [gap.end() for gap in GAP.finditer(plain) if cell_len(plain[: gap.end()]) <= WIDEST_LABEL]
    value = ends[-1] if ends else len(plain) - len(plain.lstrip())
    return value, Text(" " * cell_len(plain[:value]))


def _parts(value: Text, room: int) -> list[Text]:
    """Wrap a value; an e-mail address that is too long for a line is parted before its @.

    Rich takes a no-break space for a place to break a line, so it does not see one; nor the spaces of a date.
    """
    value = value.copy()
    value.plain = DATE.sub(lambda date: date[0].replace(" ", SPACE), value.plain.replace(NO_BREAK, UNSEEN))
    addresses = [found for found in ADDRESS.finditer(value.plain) if cell_len(found[0]) > room]
    pieces = value.divide([found.start() + found[0].index("@") for found in addresses])
    parts = [part for piece in pieces for part in piece.wrap(_CONSOLE, room)]
    for part in parts:
        part.plain = part.plain.replace(UNSEEN, NO_BREAK).replace(SPACE, " ")
    return parts
