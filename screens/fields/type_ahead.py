"""The beginning of a name that somebody types to choose it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from models.folding import fold

PAUSE_S = 0.8  # a letter after a longer pause is the first of another beginning


class TypeAhead:
    """Letters typed soon after each other, the name they choose, and the way back.

    Times are in seconds of any steady clock.
    """

    def __init__(self) -> None:
        self.letters = ""
        self._at = 0.0
        self._before: list[tuple[str, str]] = []  # the letters and the name before each letter

    def add(self, letter: str, at: float, names: Sequence[str], current: str) -> str | None:
        """Take a letter typed at a time; return the name it chooses, or None if there is none.

        A letter without a match changes nothing. The same letter again goes through the names it begins.
        """
        if at - self._at > PAUSE_S:
            self.forget()
        self._at = at
        letters = self.letters + letter
        found = beginning_with(letters, names)
        if not found and set(fold(letters)) == {fold(letter)}:
            letters = letter
            found = beginning_with(letter, names)
        if not found:
            return None
        self._before.append((self.letters, current))
        self.letters = letters
        if len(letters) > 1 and current in found:
            return current
        return found[(found.index(current) + 1) % len(found) if current in found else 0]

    def take_back(self, at: float) -> str | None:
        """Take the last letter back at a time; return the name chosen before it, or None without a letter."""
        if not self._before:
            return None
        self._at = at
        self.letters, name = self._before.pop()
        return name

    def forget(self) -> None:
        """Let the next letter be the first one."""
        self.letters = ""
        self._before.clear()


def beginning_with(letters: str, names: Iterable[str]) -> list[str]:
    """Return the names that begin with the letters, or else those with a word that does."""
    known, wanted = list(names), fold(letters)
    whole = [name for name in known if fold(name).startswith(wanted)]
    return whole or [
        name for name in known if any(word.startswith(wanted) for word in re.split(r"\W+", fold(name)))
    ]


def own_beginning(name: str, names: Iterable[str]) -> str:
    """Return the first letters of a name that tell it from all the others; the whole name if none do."""
    others = [fold(other) for other in names if other != name]
    beginnings = (name[:length] for length in range(1, len(name)))
    return next((it for it in beginnings if not any(o.startswith(fold(it)) for o in others)), name)


def marked(name: str, letters: str) -> str:
    """Return a name with the letters that choose it, at its beginning or a word's, in brackets."""
    wanted = fold(letters)
    for place in (0, *(found.start() for found in re.finditer(r"\b\w", name))):
        end = place + len(letters)
        if letters and fold(name[place:end]) == wanted:
            return f"{name[:place]}({name[place:end]}){name[end:]}"
    return name
