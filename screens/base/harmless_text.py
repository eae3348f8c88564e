"""Stored text and names of files on their way to the terminal: none of them may control it.

Input refuses control characters, but a desk may come from elsewhere, and a file may have any name.
"""

from __future__ import annotations

import re

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What validation.py refuses: control characters, reversals of direction, and halves of characters."""


def visible(text: str) -> str:
    """Return text with control characters escaped, apart from line breaks."""
    if text.isprintable():
        return text
    return CONTROLS.sub(lambda found: found[0] if found[0] == "\n" else ascii(found[0])[1:-1], text)


class HarmlessLines(LineFilter):
    """Takes control characters out of every line that is drawn.

    They have no width, so the layout stays as it is; what has been through ``visible`` shows them.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        if all(segment.text.isprintable() for segment in segments):
            return segments
        return [
            segment if segment.control else Segment(CONTROLS.sub(_drawn, segment.text), segment.style)
            for segment in segments
        ]


def _drawn(found: re.Match[str]) -> str:
    return "\ufffd" if "\ud800" <= found[0] <= "\udfff" else ""


HARMLESS_LINES = HarmlessLines()
