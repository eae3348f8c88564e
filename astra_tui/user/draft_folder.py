"""Where this account's drafts of forms lie, and removing those that mention a person."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from platformdirs import user_state_path

DRAFT, LOCK = ".json", ".lock"
SHORTEST = 3  # a shorter text is in too many drafts to tell a person


def drafts_folder() -> Path:
    return user_state_path("astra", appauthor=False) / "drafts"


def desk_mark(database: str | Path) -> str:
    """Return what the drafts of one desk have in their names."""
    return hashlib.sha256(os.path.realpath(database).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def drafts_of(database: str | Path, folder: Path | None = None) -> list[Path]:
    """Return the drafts of one desk, including those in use."""
    return list((folder or drafts_folder()).glob(f"{desk_mark(database)}-*{DRAFT}"))


def remove_mentions(database: str | Path, texts: Iterable[str]) -> list[Path]:
    """Delete the desk's drafts that hold one of these texts; return them.

    A draft that is being typed comes back with the next key.
    """
    wanted = [_comparable(text) for text in texts if len(_comparable(text)) >= SHORTEST]
    removed = []
    for file in drafts_of(database):
        try:
            written = _comparable(file.read_bytes().decode("unicode_escape", "replace"))
            if any(text in written for text in wanted):
                file.unlink()
                removed.append(file)
        except FileNotFoundError:
            continue
    return removed


def _comparable(text: str) -> str:
    """Return letters and digits only: a phone number may be typed with spaces."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())
