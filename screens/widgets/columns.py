"""The columns of a table: what each shows, and which of them fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.text import Text

Row = dict[str, Any]
PADDING = 2  # one blank on each side of a cell


@dataclass(frozen=True)
class Column:
    """One column: how a row's cell reads, how wide it is, and how soon it goes when space is short.

    Without a ``cell`` the row's value under the column's key is shown as it is.
    ``drop`` 0 stays always; of the others the highest goes first. ``grows`` takes what is left.
    ``sort`` is the name of the order that a click on the header asks for. An ``extra`` one is only
    offered: it is hidden until somebody chooses it. ``title`` says more than a short ``label``.
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
        """What the cell of a row says."""
        if self.cell is not None:
            return self.cell(row)
        value = row.get(self.key)
        return "" if value is None else str(value)


def fitting_columns(
    specs: Sequence[Column], width: int, *, own_choice: bool = False
) -> tuple[tuple[str, int], ...]:
    """Which columns fit into a width, and how wide each is then.

    Of somebody's ``own_choice`` no column is sure of its place: each that still fits is taken, those
    that stay longest and stand first before the others.
    """
    kept = _taken(specs, width) if own_choice else _without_dropped(specs, width)
    spare = max(0, width - _room(kept))
    growing = [spec for spec in kept if spec.grows]
    share = spare // len(growing) if growing else 0
    return tuple((spec.key, spec.width + (share if spec.grows else 0)) for spec in kept)


def _room(specs: Sequence[Column]) -> int:
    return sum(spec.width + PADDING for spec in specs)


def _without_dropped(specs: Sequence[Column], width: int) -> list[Column]:
    kept = list(specs)
    while len(kept) > 1 and _room(kept) > width:
        dropped = max(kept, key=lambda spec: spec.drop)
        if dropped.drop == 0:
            break
        kept.remove(dropped)
    return kept


def _taken(specs: Sequence[Column], width: int) -> list[Column]:
    taken: list[Column] = []
    for spec in sorted(specs, key=lambda spec: spec.drop):
        if not taken or _room([*taken, spec]) <= width:
            taken.append(spec)
    return [spec for spec in specs if spec in taken]
