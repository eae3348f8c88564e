"""A rule that rows of a table are checked for."""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """What is wrong with a row, and the SQL condition that is true for such rows."""

    words: str
    condition: str
