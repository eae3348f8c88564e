"""The beginning of a name that somebody types to choose it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from models.folding import fold

MOST_ASKED = 3  # names
PAUSE_S = 0.8  # a letter after a longer pause is the first of another beginning


class TypeAhead:
    """Letters typed soon after each other, the name they choose, and the way back.

    Letters that begin several names choose none of them yet: these are ``waiting`` for the next letter,
    however long it takes. One that does not wait takes the first, as suits a list in which enter chooses.
    A word that fits nothing is ``unfit`` from its first such letter on: its later letters begin no name.
    Times are in seconds of any steady clock.
    """

    def __init__(self, *, waits: bool = True) -> None:
        self.letters = self.unfit = ""
        self.waiting: tuple[str, ...] = ()
        self._waits = waits
        self._at = 0.0
        self._before: list[tuple[str, tuple[str, ...], str]] = []  # all as it was before each letter

    @property
    def typed(self) -> str:
        """All that was typed soon after each other, also what fits no name."""
        return self.letters + self.unfit

    @property
    def shown(self) -> str:
        """The letters that have chosen a name; none while a word fits nothing."""
        return "" if self.unfit else self.letters

    def before_word(self, current: str) -> str:
        """Return the name that was chosen before the first of the letters; the present one without any."""
        return self._before[0][2] if self._before else current

    def add(
        self,
        letter: str,
        at: float,
        names: Sequence[str],
        current: str,
        means: Callable[[str], str] = str,
    ) -> str | None:
        """Take a letter typed at a time; return the name chosen now, or None if no name begins so.

        A letter without a match changes nothing, nor do those that follow it soon. The same letter again goes
        through the names it begins. ``means`` returns the name that another word, typed in full, stands for.
        """
        is_late = not self.goes_on(at)
        if is_late:
            self.unfit = ""
            if not self.waiting:
                self.forget()
        self._at = at
        letters, found, is_again = self._fitting(letter, names, is_late=is_late)
        if self.unfit and not (self.letters and found == [current]):
            found = []
        if not found:
            letters, found = (
                self.typed + letter,
                [name for name in names if name == means(self.typed + letter)],
            )
        if not found:
            self.unfit += letter
            self.waiting = ()
            return None
        self._before.append((self.letters, self.waiting, current))
        self.letters, self.unfit, self.waiting = letters, "", ()
        return self._chosen(found, current, is_again=is_again)

    def _fitting(self, letter: str, names: Sequence[str], *, is_late: bool) -> tuple[str, list[str], bool]:
        """Return the letters with this one, the names that begin so, and whether it is the same one again."""
        letters = self.letters + letter
        found = beginning_with(letters, names)
        if not found and is_late:
            self.forget()
            letters, found = letter, beginning_with(letter, names)
        if not found and set(fold(letters)) == {fold(letter)}:
            return letter, beginning_with(letter, names), True
        return letters, found, False

    def _chosen(self, found: list[str], current: str, *, is_again: bool) -> str:
        """Return the name that the letters choose of those that begin so: the present one while they wait."""
        whole = next((name for name in found if fold(name) == fold(self.letters)), None)
        if is_again or (not self._waits and (len(self.letters) == 1 or current not in found)):
            return found[(found.index(current) + 1) % len(found) if current in found else 0]
        if whole is not None or len(found) == 1:
            return whole or found[0]
        if self._waits:
            self.waiting = tuple(found)
        return current

    def goes_on(self, at: float) -> bool:
        """Return whether a key at a time still belongs to the letters before it."""
        return bool(self.typed) and at - self._at <= PAUSE_S

    def take_back(self, at: float) -> str | None:
        """Take the last letter that fits back at a time; return the name before it, or None without one."""
        self.unfit = ""
        if not self._before:
            return None
        self._at = at
        self.letters, self.waiting, name = self._before.pop()
        return name

    def forget(self) -> None:
        """Let the next letter be the first one."""
        self.letters, self.unfit, self.waiting = "", "", ()
        self._before.clear()


def beginning_with(letters: str, names: Iterable[str]) -> list[str]:
    """Return the names that begin with the letters, or else those with a word that does.

    A hyphen need not be typed: ``em`` is e-mail.
    """
    known, wanted = list(names), fold(letters)
    whole = [name for name in known if any(one.startswith(wanted) for one in (fold(name), _joined(name)))]
    return whole or [
        name for name in known if any(word.startswith(wanted) for word in re.split(r"\W+", fold(name)))
    ]


def _joined(name: str) -> str:
    return fold(name).replace("-", "")


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


def which(names: Sequence[str]) -> str:
    """Say which of several names enter takes, and the letters for the others: ``⏎ busy, br break``."""
    first, *others = names
    asked = [_with_letters(name, names) for name in others[: MOST_ASKED - 1]]
    more = ["…"] if len(names) > MOST_ASKED else []
    return ", ".join([f"⏎ {_short(first, own_beginning(first, names))}", *asked, *more])


def _with_letters(name: str, names: Sequence[str]) -> str:
    letters = own_beginning(name, names)
    return name if letters == name else f"{letters.lower()} {_short(name, letters)}"


def _short(name: str, letters: str) -> str:
    """Return a name's first word, if the letters that choose it are in that."""
    first = name.split()[0]
    return first if len(letters) <= len(first) else name


IN_SIGHT, AROUND_A_NAME = 30, 6  # cells of a line, and those of a button, its letter's brackets and a gap


def fits(names: Sequence[str]) -> bool:
    """Return whether a Choice can show all of some names; where not, a Pick lists them."""
    return sum(len(name) + AROUND_A_NAME for name in names) <= IN_SIGHT


def next_of(names: Iterable[str], current: str) -> str:
    """Return the name after the current one, wrapping around; the first if that is none of them."""
    known = list(names)
    return known[(known.index(current) + 1) % len(known)] if current in known else known[0]
