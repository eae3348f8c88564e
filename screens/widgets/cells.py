"""The cells of a table: one line each, of a known width.

DataTable sends every cell through Rich's padding, styling and word wrap, which takes two thirds of the
time to paint a full table. A cell of one line needs none of it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from rich.console import Console
from rich.segment import Segment
from rich.text import Text

from screens.widgets.columns import Column, Row


def as_cell(spec: Column[Row], row: Row) -> Text:
    """Return a column's cell of a row, cut with an ellipsis where it is too long."""
    value = spec.shown(row)
    text = value if isinstance(value, Text) else Text(value)
    text.no_wrap = True
    text.overflow = "ellipsis"
    text.justify = "right" if spec.right else "left"
    return text


def longest(specs: Iterable[Column[Row]], rows: Iterable[Row], known: Container[str]) -> dict[str, int]:
    """Return the cells of the longest text in each column that is not ``known`` yet."""
    new = [spec for spec in specs if spec.key not in known]
    held = [*rows] if new else []
    return {spec.key: max((as_cell(spec, row).cell_len for row in held), default=0) for spec in new if held}


def is_one_line(cell: object) -> bool:
    """Return whether ``rendered`` can take it."""
    return isinstance(cell, Text) and "\n" not in cell.plain and "\t" not in cell.plain


def rendered(cell: Text, width: int, padding: int, console: Console) -> list[Segment]:
    """Render the cell in exactly ``width`` cells, ``padding`` of them blank at each end, in its own style."""
    line, room = cell.copy(), max(0, width - 2 * padding)
    if cell.justify == "right":
        line.rstrip()
        line.truncate(room)
        line.pad_left(room - line.cell_len)
    else:
        line.truncate(room, pad=True)
    blank = Segment(" " * padding)
    if line.spans:
        return [blank, *line.render(console), blank]
    return [blank, Segment(line.plain, console.get_style(line.style) if line.style else None), blank]


def same(one: Text, other: Text) -> bool:
    """Return whether two cells look the same. Text's own comparison ignores the style of the whole."""
    return one == other and one.style == other.style and one.justify == other.justify
