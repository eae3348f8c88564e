"""The words and colours of the screens. Everything a person typed becomes Text or Content, never markup."""

from __future__ import annotations

import os
from collections.abc import Iterable
from io import StringIO

from rich.console import Console
from rich.text import Text

from dispatch.inputs.filter_language import parse
from dispatch.inputs.filter_offers import did_you_mean
from dispatch.inputs.filter_reader import Keys

# As greys they would be the faintest text instead of the loudest, so that without colour only bold and dim
# are left.
GOOD, CARE, BAD = ("", "", "") if os.environ.get("NO_COLOR") else ("$success", "$warning", "$error")
"""The roles of colours: their names are the theme's, in Rich's texts too (screens/base/themed_app.py)."""

QUIET = "dim"  # of what is done: no one is needed
NEUTRAL = "$primary" if GOOD else ""  # of bars that are neither good nor bad


def no_matches(text: str, keys: Keys) -> str:
    """Say that a filter finds nothing, and what its words may have meant."""
    meant = did_you_mean(parse(text), keys)
    return f"No matches. Did you mean {meant}?" if meant else "No matches. Esc clears the filter"


def short(text: str, length: int = 40) -> str:
    """Shorten a name to fit into a line with others."""
    return text if len(text) <= length else text[: length - 1] + "…"


LEAST_ROOM = 12  # cells of a wrapped text in the narrowest pane
_CONSOLE = Console(file=StringIO(), width=80)  # only to wrap by cells


def wrapped(lines: Iterable[Text], cells: int) -> list[Text]:
    """Wrap lines to a width in cells, with their styles."""
    return [part for line in lines for part in line.wrap(_CONSOLE, max(LEAST_ROOM, cells))]


def add_hanging(text: Text, value: Text, indent: int, width: int | None) -> None:
    """Add a value at the cell ``indent`` of a line; to a ``width`` in cells it is wrapped below itself."""
    lines = [value] if width is None else wrapped(value.split(allow_blank=True), width - indent)
    for place, line in enumerate(lines):
        text.append("\n" + " " * indent if place else "")
        if place < len(lines) - 1:
            line.rstrip()
        text.append_text(line)
