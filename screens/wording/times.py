"""Times in lists: how long ago they were, or how far away they are, as of the time a row was listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, cast

from dispatch.queries.wording import age, until

Row = TypeVar("Row", bound=Mapping[str, Any])

AS_OF = "as_of"
"""The key of a listed row for the stored time that its ages are counted from."""


def as_of(rows: Iterable[Row], now: str) -> list[Row]:
    """Return the rows with the time that the columns below count from."""
    return [cast("Row", {**cast("Mapping[str, Any]", row), AS_OF: now}) for row in rows]


def aged(key: str) -> Callable[[Any], str]:
    """Return what a column shows of a past time: ``4m``, ``Tue 14:06``, ``12 Nov``; "" for none."""
    return lambda row: age(row[key], row[AS_OF]) if row[key] else ""


def ahead(key: str) -> Callable[[Any], str]:
    """Return what a column shows of a coming time: ``10m``, ``Fri 09:00``, ``6 Mar``; "" for none."""
    return lambda row: until(row[key], row[AS_OF]) if row[key] else ""
