"""A window on a long list: at most 500 rows are held, the rest stays in the database."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Generic, Self, TypeVar

Which = TypeVar("Which")
Row = TypeVar("Row")
PAGE = 100
MOST_HELD = 500


@dataclass(frozen=True)
class ListWindow(ABC, Generic[Which, Row]):
    """The part of a filtered list that is held: ``limit`` rows after the row ``anchor``."""

    which: Which
    anchor: Row | None = None
    limit: int = PAGE

    @abstractmethod
    def page(self, limit: int, beyond: Row | None, *, upwards: bool = False) -> list[Row]:
        """Return the rows next to the row ``beyond``, by one keyset query; ``upwards`` the nearest first."""

    @abstractmethod
    def everything(self) -> Iterable[Row]:
        """Return all rows of the list one by one, of which only some are held together."""

    def fetch(self) -> list[Row]:
        return self.page(self.limit, self.anchor)

    def held(self) -> tuple[Self, list[Row]]:
        """Return the window with its rows; from the top if everything below the anchor has gone."""
        rows = self.fetch()
        if rows or self.anchor is None:
            return self, rows
        top = replace(self, anchor=None)
        return top, top.fetch()

    def at(self, number: int) -> tuple[Self, list[Row]]:
        """Return the window that begins with the row of this number, with its rows. Reads the database."""
        raise NotImplementedError

    def further(self, rows: list[Row]) -> Self:
        """Return the window a page further down; a full one drops its first page."""
        if self.limit < MOST_HELD:
            return replace(self, limit=min(MOST_HELD, self.limit + PAGE))
        return replace(self, anchor=rows[PAGE - 1])

    def with_page(self, rows: list[Row]) -> tuple[Self, list[Row]]:
        """Return the rows of this window, made by ``further`` from these, with it. Reads the database."""
        kept = rows if len(rows) < self.limit else rows[PAGE:]
        return self, kept + self.page(self.limit - len(kept), rows[-1])

    def back(self, rows: list[Row]) -> Self:
        """Return the window a page further up, dropping rows below that do not fit. Reads the database."""
        if self.anchor is None or not rows:
            return self
        above = self.page(PAGE + 1, rows[0], upwards=True)
        limit = min(MOST_HELD, self.limit + PAGE)
        return replace(self, anchor=above[PAGE] if len(above) > PAGE else None, limit=limit)
