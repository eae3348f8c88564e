"""Removing what this account's files say of a person: drafts, the log of failures, the filter kept."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from platformdirs import user_state_path

from astra_tui.user.draft_folder import drafts_of
from astra_tui.user.remembered import MEMORY, Memory
from astra_tui.user.visitors import state_folders

LOG = "astra.log"
SHORTEST = 3  # a shorter text is in too many files to tell a person
FILTER = "queue.filter"
_WORD = re.compile(r"\w+")


def log_path() -> Path:
    """Return the file that failures of Astra itself are written to."""
    return user_state_path("astra", appauthor=False) / LOG


def remove_mentions(database: str | Path, texts: Iterable[str]) -> list[Path]:
    """Delete the desk's drafts, and the log of failures, that hold one of these texts; return them.

    A draft that is being typed comes back with the next key.
    """
    wanted = [_comparable(text) for text in texts if len(_comparable(text)) >= SHORTEST]
    removed = []
    places = state_folders()
    drafts = [file for place in places for file in drafts_of(database, place / "drafts")]
    for file in (*drafts, *(place / LOG for place in places)):
        try:
            content = file.read_bytes()
            # JSON escapes what is not ASCII, a log does not
            written = (content.decode("unicode_escape", "replace"), content.decode("utf-8", "replace"))
            if any(text in _comparable(one) for text in wanted for one in written):
                file.unlink()
                removed.append(file)
        except FileNotFoundError:
            continue
    return removed


def clear_filter(texts: Iterable[str]) -> bool:
    """Clear a filter kept for the next start if a word of it begins one of these texts' words.

    Those of visitors are cleared, too; returns whether any was.
    """
    known = [word for text in texts for word in _words(text)]
    cleared = [_cleared(Memory(place / MEMORY), known) for place in state_folders()]
    return any(cleared)


def _cleared(memory: Memory, known: list[str]) -> bool:
    is_theirs = any(one.startswith(word) for word in _words(memory.get(FILTER, "")) for one in known)
    if is_theirs and memory.put(FILTER, ""):
        memory.write()
    return is_theirs


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.casefold()) if len(word) >= SHORTEST]


def _comparable(text: str) -> str:
    """Return letters and digits only: a phone number may be typed with spaces."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())
