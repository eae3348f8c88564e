"""What commands on lists of accepted values answer with."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class ValueUses(TypedDict):
    """What has a value: open bookings and agents by number, the rest by name.

    ``caps`` are those in force, ``settings`` the desk's, ``views`` the saved views that everybody shares.
    """

    open_bookings: int
    agents: int
    caps: list[int]
    settings: list[str]
    views: list[str]


class ListRow(TypedDict):
    """A value of a list; ``renamed_to`` is what it is called now."""

    name: str
    destination: NotRequired[str]
    retired_at: str | None
    renamed_to: str | None


class ValueRow(TypedDict):
    """A changed value; a package has its destination. ``restored``: it had been retired before.

    A retired one has ``used_by``, a renamed one its former name in ``was``, and what had it in ``used_by``.
    """

    name: str
    destination: NotRequired[str]
    restored: NotRequired[bool]
    retired_at: NotRequired[str | None]
    used_by: NotRequired[ValueUses]
    was: NotRequired[str]
