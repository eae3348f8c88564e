"""The words and colours of the screens. Everything a person typed becomes Text or Content, never markup."""

from __future__ import annotations

import os

from models.errors import DeskError

# Middle tones: legible on dark and on light ground. As greys they would be the faintest text instead of the
# loudest, so that without colour only bold and dim are left.
GOOD, CARE, BAD = ("", "", "") if os.environ.get("NO_COLOR") else ("#3f9142", "#b7791f", "#d04040")


def short(text: str, length: int = 40) -> str:
    """Shorten a name to fit into a line with others."""
    return text if len(text) <= length else text[: length - 1] + "…"


def refusal(error: DeskError) -> str:
    """Format the desk's refusal and its hint."""
    return f"{error.message}: {error.hint}" if error.hint else error.message
