"""What the terminal can do, as far as its name tells."""

from __future__ import annotations

import os


def is_dumb() -> bool:
    """Does the terminal call itself one that only takes lines (Emacs, a braille line, a log)?"""
    return os.environ.get("TERM") == "dumb"
