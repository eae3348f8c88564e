"""What a LiveTable tells the place it is in, and what counts as a change of a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from textual.message import Message

DERIVED = frozenset({"rank", "age", "match_score"})
"""What changes with time, or with what happens to other rows."""


def content_of(row: Mapping[str, object]) -> object:
    """Return what identifies a row's content: a version changes with it, what is derived without it."""
    return row.get("version") or {key: value for key, value in row.items() if key not in DERIVED}


class TableMessages:
    """The messages of a LiveTable."""

    class NearEnd(Message):
        """The cursor or the view came near the last row: there may be more to load."""

    class NearStart(Message):
        """The same for the first row."""

    @dataclass
    class SortAsked(Message):
        """A header was clicked."""

        sort: str

    @dataclass
    class ColumnsAsked(Message):
        """A header was clicked with the right button."""

        table: Any

    @dataclass
    class PickAsked(Message):
        """A row was clicked with ctrl, or before its first cell: to be marked or unmarked."""

        key: str
