"""What a command was about where no number says it: a cap, a view, a presence, the columns of an edit."""

from __future__ import annotations

from collections.abc import Mapping

from dispatch.reporting.reversals import NOUNS
from models.base import Json
from models.steps import STEPS

MECHANICAL = frozenset({"changed_at", "version", "assignment_id", "moved"})
"""Columns that every save writes, or that only point to a row listed anyway."""
NAMES = {
    "created_at": "came in",
    "given_at": "agent got it",
    "last_given_at": "last new booking",
    "pinned_at": "kept with the agent",
    "clock_from": "first contact awaited since",
    "progress_at": "last worked on",
    "requests": "wishes",
    "year_shift": "years ahead",
}
"""What columns are called whose own names say too little."""
KEPT = ("cap", "disposition", "hours", "presence", "region", "value", "view")
"""The words of a command that its undo keeps: they are the desk's own, and no customer's."""
MOST_COLUMNS = 4


def column_name(column: str) -> str:
    """Name a column, or a word of a detail: ``follow-up``, ``last new booking``."""
    if column in NAMES:
        return NAMES[column]
    for ending in ("_at", "_id", "_cents"):
        column = column.removesuffix(ending)
    return column.replace("_", " ")


def kept_words(detail: Json) -> Json:
    """Return those words of a command's detail that its undo keeps."""
    return {name: detail[name] for name in KEPT if detail.get(name)}


def about(
    command: str, detail: Json, before: Mapping[str, Json], after: Mapping[str, Json]
) -> dict[str, str]:
    """Return what the noun of a command names beside its rows, from an event of it or of its undo."""
    words = kept_words(detail) | {"columns": columns_in(before, after)}
    return {name: word for name, word in words.items() if word and f"{{{name}}}" in NOUNS.get(command, "")}


def columns_in(before: Mapping[str, Json], after: Mapping[str, Json]) -> str:
    """Name the columns that an event changed, and a user may have typed: ``weight, capacity``."""
    named = {
        column_name(column): None
        for row, values in after.items()
        for column, value in values.items()
        if column not in MECHANICAL | {STEPS}
        and not column.endswith(("_at", "_id"))
        and before.get(row, {}).get(column) != value
    }
    shown, more = [*named][:MOST_COLUMNS], len(named) - MOST_COLUMNS
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
