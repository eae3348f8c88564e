"""A row as it is in a file, and what ends the reading of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

Known = Callable[[str | None, Sequence[str]], int]
"""How many of a table's column names (table None: a file without tables) are known; 0: it is not wanted."""

REASON = "refused"
"""The column with which refused rows are written; it is not read."""


class Row(NamedTuple):
    """One row: its table (in SQL and JSON), the physical line on which it begins, and its values by name.

    Rows with the same names share one tuple of them; without a header it is empty. None is NULL. ``fault``
    says why the row cannot be used; its values are then what could be read of it. ``unfit`` are the places of
    values that are no text or number, but true, false, a list or an object.
    """

    table: str | None
    line: int
    names: tuple[str, ...]
    values: tuple[str | None, ...]
    fault: str = ""
    unfit: tuple[int, ...] = ()


class Unreadable(Exception):
    """From this line on, nothing can be read; ``is_cut``: the text ends in the middle."""

    def __init__(self, line: int, problem: str, *, is_cut: bool = False) -> None:
        super().__init__(problem)
        self.line = line
        self.problem = problem
        self.is_cut = is_cut
