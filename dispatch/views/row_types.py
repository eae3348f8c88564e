"""Row types of saved views."""

# without "from __future__ import annotations", which would compile every key at start
from typing import NotRequired, TypedDict


class ViewRow(TypedDict):
    """A saved view; ``view_id`` is None for a user's own. Empty ``columns`` and ``sort`` mean the usual ones.

    On request: how many rows it finds, at most lists.MOST_COUNTED, and what is wrong with it, in words.
    """

    view_id: int | None
    name: str
    list: str
    filter: str
    columns: list[str]
    sort: str
    descending: bool

    count: NotRequired[int | None]
    problem: NotRequired[str]
