"""The words and colours of the screens. Everything a person typed becomes Text or Content, never markup."""

from __future__ import annotations

import os

from rich.style import Style
from rich.text import Text

from dispatch.inputs.filters.filter_language import parse
from dispatch.inputs.filters.filter_offers import did_you_mean
from dispatch.inputs.filters.filter_reader import Keys

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


def short_inside(text: str, length: int) -> str:
    """Shorten a text in its middle: its beginning and its end are seen."""
    if len(text) <= length:
        return text
    end = (length - 1) // 2
    return f"{text[: length - 1 - end]}…{text[-end:]}"


BELOW = "below"
"""Of a style's meta data: what stands before the further lines of a wrapped text, and its style."""


def add_value(text: Text, value: str | Text, before: str, style: str = "") -> Text:
    """Add a value to a line; its further lines, also those it is wrapped to, begin with ``before``."""
    below = Style(meta={BELOW: (before, style)})
    lines = (Text(value) if isinstance(value, str) else value).split(allow_blank=True)
    for place, line in enumerate(lines):
        if place:
            text.append("\n").append(before, style)
        start = len(text)
        text.append_text(line).stylize(below, start)
    return text
