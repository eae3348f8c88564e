"""The columns of a table: what each shows, and which of them fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from rich.text import Text

Row = TypeVar("Row", bound=Mapping[str, Any])

UP, DOWN = "▴▾"
PADDING = 2  # one blank on each side of a cell


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column: how a row's cell reads, how wide it is, and how soon it is dropped when space is short.

    Without a ``cell`` the row's value under the column's key is shown as it is.
    ``drop`` 0 always stays; of the others the highest is dropped first. ``grows`` takes the spare width.
    ``sort`` is the name of the order that a click on the header asks for. An ``extra`` one is
    hidden until somebody chooses it. ``title`` says more than a short ``label``.
    """

    key: str
    label: str
    width: int
    cell: Callable[[Row], str | Text] | None = None
    drop: int = 0
    grows: bool = False
    right: bool = False
    sort: str = ""
    extra: bool = False
    title: str = ""

    def shown(self, row: Row) -> str | Text:
        if self.cell is not None:
            return self.cell(row)
        value = row.get(self.key)
        return "" if value is None else str(value)


def order_key(spec: Column[Row], row: Row) -> tuple[bool, bool, float, str]:
    """Return what a row is sorted by in a column: numbers by size, text regardless of case, nothing last."""
    value = row.get(spec.key)
    if value is None:
        value = spec.shown(row)
    if isinstance(value, int | float):
        return False, False, value, ""
    text = value.plain if isinstance(value, Text) else str(value)
    return not text.strip(" –"), True, 0, text.casefold()


@dataclass(frozen=True)
class OwnOrder:
    """The column a table sorts its rows by itself; "" for the order they were given in."""

    key: str = ""
    descending: bool = False

    def next_of(self, keys: Sequence[str]) -> OwnOrder:
        """Return the order of the next column; after the last one comes the given order."""
        place = keys.index(self.key) + 1 if self.key in keys else 0
        return OwnOrder(keys[place] if place < len(keys) else "")

    @property
    def turned(self) -> OwnOrder:
        return replace(self, descending=not self.descending)

    def sorted(self, rows: Sequence[Row], specs: Mapping[str, Column[Row]]) -> Sequence[Row]:
        if not self.key:
            return rows
        spec = specs[self.key]
        return sorted(rows, key=lambda row: order_key(spec, row), reverse=self.descending)


def fitting_columns(
    specs: Sequence[Column[Any]], width: int, *, own_choice: bool = False
) -> tuple[tuple[str, int], ...]:
    """Return which columns fit into a width, and how wide each is then.

    In a user's ``own_choice`` no column is sure of its place: each that still fits is taken, those
    that stay longest and come first before the others.
    """
    kept = _taken(specs, width) if own_choice else _without_dropped(specs, width)
    spare = max(0, width - _room(kept))
    growing = [spec for spec in kept if spec.grows]
    share = spare // len(growing) if growing else 0
    return tuple((spec.key, spec.width + (share if spec.grows else 0)) for spec in kept)


def _room(specs: Sequence[Column[Any]]) -> int:
    return sum(spec.width + PADDING for spec in specs)


def _without_dropped(specs: Sequence[Column[Any]], width: int) -> list[Column[Any]]:
    kept = list(specs)
    while len(kept) > 1 and _room(kept) > width:
        dropped = max(kept, key=lambda spec: spec.drop)
        if dropped.drop == 0:
            break
        kept.remove(dropped)
    return kept


def _taken(specs: Sequence[Column[Any]], width: int) -> list[Column[Any]]:
    taken: list[Column[Any]] = []
    for spec in sorted(specs, key=lambda spec: spec.drop):
        if not taken or _room([*taken, spec]) <= width:
            taken.append(spec)
    return [spec for spec in specs if spec in taken]
