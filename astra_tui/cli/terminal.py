"""Abilities of the terminal, by its name."""

from __future__ import annotations

import os


def is_dumb() -> bool:
    """Return whether the terminal only takes lines (Emacs, a braille display, a log)."""
    return os.environ.get("TERM") == "dumb"
