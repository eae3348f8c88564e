"""A window on a long list: at most 500 rows are held, the rest stays in the database."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any, Generic, Self, TypeVar

Row = dict[str, Any]
Which = TypeVar("Which")
PAGE = 100
MOST_HELD = 500


@dataclass(frozen=True)
class ListWindow(ABC, Generic[Which]):
    """Which part of a filtered list is held: ``limit`` rows that come after the row ``anchor``."""

    which: Which
    anchor: Row | None = None
    limit: int = PAGE

    @abstractmethod
    def page(self, limit: int, beyond: Row | None, *, upwards: bool = False) -> list[Row]:
        """The rows next to the row ``beyond``, by one keyset query; ``upwards`` the nearest first."""

    def fetch(self) -> list[Row]:
        """The rows of the window."""
        return self.page(self.limit, self.anchor)

    def held(self) -> tuple[Self, list[Row]]:
        """The window with its rows; from the top where everything below the anchor has gone."""
        rows = self.fetch()
        if rows or self.anchor is None:
            return self, rows
        top = replace(self, anchor=None)
        return top, top.fetch()

    def at(self, number: int) -> tuple[Self, list[Row]]:
        """The window that begins with the row of this number, with its rows. Reads the database."""
        raise NotImplementedError

    def further(self, rows: list[Row]) -> Self:
        """The window that shows a page more below; a full one lets go of its first page."""
        if self.limit < MOST_HELD:
            return replace(self, limit=min(MOST_HELD, self.limit + PAGE))
        return replace(self, anchor=rows[PAGE - 1])

    def back(self, rows: list[Row]) -> Self:
        """The window a page higher up, which holds as much below as there is room for. Reads the database."""
        if self.anchor is None or not rows:
            return self
        above = self.page(PAGE + 1, rows[0], upwards=True)
        limit = min(MOST_HELD, self.limit + PAGE)
        return replace(self, anchor=above[PAGE] if len(above) > PAGE else None, limit=limit)
