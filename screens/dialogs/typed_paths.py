"""Paths of files as they are typed, or dropped onto the terminal."""

from __future__ import annotations

import shlex
from pathlib import Path

from models.errors import InvalidInput


def paths_in(typed: str) -> list[Path]:
    """Return the files that were typed, or dropped onto the terminal. Raises InvalidInput."""
    try:
        names = [typed] if Path(typed).expanduser().is_file() else shlex.split(typed)
    except (ValueError, RuntimeError, OSError) as error:
        raise InvalidInput("paths", f"the paths cannot be read: {error}", "close the quotes") from error
    if not names:
        raise InvalidInput("paths", "Type a path, or drop a file here")
    return [Path(name).expanduser() for name in names]


def path_in(typed: str) -> Path:
    """Return the one file that was typed. Raises InvalidInput."""
    first, *others = paths_in(typed)
    if others:
        raise InvalidInput("paths", "Several paths: one file at a time", "quote a path that contains spaces")
    return first
