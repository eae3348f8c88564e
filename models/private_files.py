"""Files and folders that only their owner can read; those that exist keep their permissions."""

from __future__ import annotations

import os
from pathlib import Path

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that are missing. Raises OSError."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    for place in reversed(missing):
        place.mkdir(PRIVATE_FOLDER, exist_ok=True)
    if not missing:
        folder.mkdir(exist_ok=True)  # says so if it is a file


def opener(path: str, flags: int) -> int:
    """Open a file as ``open(..., opener=opener)`` does."""
    return os.open(path, flags, PRIVATE_FILE)


def write(path: Path, text: str) -> None:
    """Write a whole file. Raises OSError."""
    with open(path, "w", encoding="utf-8", opener=opener) as file:
        file.write(text)
