"""The columns of a table: what each shows, and which of them fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from rich.cells import cell_len
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
    hidden until somebody chooses it. ``title`` says more than a short ``label``. ``plain`` is what a file
    gets, where the row has no value under the key, or one that is made for the screen.
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
    plain: Callable[[Row], object] | None = None

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


MOST_GROWTH = 24  # cells by which a column grows before all others do


def fitting_columns(
    specs: Sequence[Column[Any]],
    width: int,
    *,
    own_choice: bool = False,
    needs: Mapping[str, int] | None = None,
) -> tuple[tuple[str, int], ...]:
    """Return which columns fit into a width, and how wide each is then.

    In a user's ``own_choice`` no column is sure of its place: each that still fits is taken, those
    that stay longest and come first before the others; where not all fit, they give up blank cells first.
    ``needs`` are the cells of each column's longest text: a growing one that is too narrow gets the blank
    cells of the others first, then the spare ones. What is left widens growing columns by some cells, and
    then all alike: a gap as wide as half of the screen would part a name from its figures.
    """
    kept = (
        _taken(_narrowed(specs, width, needs or {}), width) if own_choice else _without_dropped(specs, width)
    )
    widths = {spec.key: spec.width for spec in kept}
    growing = [spec.key for spec in kept if spec.grows]
    spare = max(0, width - _room(kept))
    if needs:
        spare += _lent(kept, widths, needs, spare)
        spare -= _fill(growing, widths, needs, spare)
    share = min(MOST_GROWTH, spare // len(growing)) if growing else 0
    rest = spare - share * len(growing) if share == MOST_GROWTH else 0
    widths |= {key: widths[key] + share for key in growing}
    return tuple((key, cells + rest // len(kept)) for key, cells in widths.items())


def _least(spec: Column[Any], needs: Mapping[str, int]) -> int:
    """Return the cells of a column's longest text and of its heading."""
    return max(needs.get(spec.key, spec.width), cell_len(spec.label) + bool(spec.sort))


def _narrowed(specs: Sequence[Column[Any]], width: int, needs: Mapping[str, int]) -> Sequence[Column[Any]]:
    """Return the columns without their blank cells where they do not all fit with them."""
    if _room(specs) <= width:
        return specs
    return [replace(spec, width=min(spec.width, _least(spec, needs))) for spec in specs]


def _lent(kept: Sequence[Column[Any]], widths: dict[str, int], needs: Mapping[str, int], spare: int) -> int:
    """Narrow columns by their blank cells as far as growing ones lack them; return how many those are."""
    lacking = sum(max(0, needs.get(spec.key, 0) - spec.width) for spec in kept if spec.grows) - spare
    lent = 0
    for spec in kept:
        part = min(max(0, spec.width - _least(spec, needs)), max(0, lacking - lent))
        widths[spec.key] -= part
        lent += part
    return lent


def _fill(growing: Sequence[str], widths: dict[str, int], needs: Mapping[str, int], spare: int) -> int:
    """Widen growing columns up to their longest text, the least lack first; return the cells that takes."""
    used = 0
    lacks = {key: needs.get(key, 0) - widths[key] for key in growing if needs.get(key, 0) > widths[key]}
    for place, key in enumerate(sorted(lacks, key=lacks.__getitem__)):
        part = min(lacks[key], (spare - used) // (len(lacks) - place))
        widths[key] += part
        used += part
    return used


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
