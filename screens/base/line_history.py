"""The lines typed at the command line: those of this run, and of earlier ones without their texts."""

from __future__ import annotations

LINES = "command_line"
"""Under which the user's lines are remembered."""

MOST = 50


class LineHistory:
    """Lines, oldest first. What a person wrote about a customer stays in this run: the files get ``kept``."""

    def __init__(self, earlier: list[str]) -> None:
        self._kept = earlier[-MOST:]
        self.lines = [*self._kept]
        self.last = ""
        """The last command that was done, for the key that repeats it."""

    def add(self, line: str, kept: str, *, repeats: bool) -> list[str]:
        """Add a line that was done; return what to remember."""
        if repeats:
            self.last = line
        self.lines = [*[one for one in self.lines if one != line][-MOST + 1 :], line]
        if kept:
            self._kept = [*[one for one in self._kept if one != kept][-MOST + 1 :], kept]
        return self._kept

    def at(self, back: int) -> str | None:
        """Return the line so many steps back; None beyond the oldest."""
        return self.lines[-back] if 0 < back <= len(self.lines) else None
