"""Output of commands: JSON for scripts, tables and lines for people, narration on stderr.

Inside ``plainly()`` tables and details have one value per line after its name and a blank line after each
row; nothing is aligned, drawn or cut, as a screen reader needs it.
"""

from __future__ import annotations

import json
import os
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from dispatch.inputs.validation import BIDI_OVERRIDES, REFUSED_CATEGORIES
from dispatch.outputs.tables import FORMS
from dispatch.queries.wording import plain_value

Row = TypeVar("Row", bound=Mapping[str, object])

PIPE_WIDTH = 10_000  # a table that no terminal shows is never cut
JSON_LEAVES = re.compile(f"[\x7f-\x9f\u2028\u2029{''.join(sorted(BIDI_OVERRIDES))}]")
"""Characters that are legal in JSON and control a terminal, or reverse text."""
MOST_ROWS_SHOWN = 1_000
MOST_LINES_SHOWN = 20
COLUMN_GAP = 2
NARROWEST = 4
IDS = "ids"

_plain: ContextVar[bool] = ContextVar("plain", default=False)


@contextmanager
def plainly(wanted: bool) -> Iterator[None]:
    """Print for a screen reader inside the block, if that is ``wanted``."""
    token = _plain.set(wanted)
    try:
        yield
    finally:
        _plain.reset(token)


def is_plain() -> bool:
    """Return whether output is for a screen reader."""
    return _plain.get()


def is_dumb() -> bool:
    """Return whether the terminal only takes lines (Emacs, a braille display, a log)."""
    return os.environ.get("TERM") == "dumb"


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A table's column: its heading, and the key of a row or a function of it.

    ``right`` (numbers) and ``whole`` (times) ones are never cut to fit a terminal. Values get a ``form`` as
    in f-strings. A ``sparse`` one is left out where no row has a value.
    """

    heading: str
    value: str | Callable[[Row], object]
    right: bool = False
    whole: bool = False
    form: str = ""
    sparse: bool = False

    def cell(self, row: Row) -> str:
        value = self.value(row) if callable(self.value) else row[self.value]
        return printable(format(value, self.form) if self.form and value is not None else plain_value(value))


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """How the rows of one kind are listed: a table's columns, the JSON keys in order, and the row's id."""

    columns: Sequence[Column[Row]]
    keys: Sequence[str]
    number: str


def required_keys(row: type, *more: str) -> tuple[str, ...]:
    """Return the keys that every row of a TypedDict has, in order, and ``more``."""
    wanted: frozenset[str] = row.__required_keys__  # type: ignore[attr-defined]
    return (*(name for name in row.__annotations__ if name in wanted), *more)


def printable(value: object) -> str:
    """Return a value as harmless text: characters that control a terminal or reverse text are escaped."""
    text = str(value)
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(character) for character in text)


def _escaped(character: str) -> str:
    if character in BIDI_OVERRIDES or unicodedata.category(character) in REFUSED_CATEGORIES:
        return ascii(character)[1:-1]
    return character


def line(text: object = "") -> None:
    """Print one line of data on stdout."""
    sys.stdout.write(printable(text) + "\n")


def raw(text: str) -> None:
    """Print text on stdout unchanged, line breaks included."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def narrate(text: str, *, plain: bool = True) -> None:
    """Print a line for the user on stderr; ``plain=False`` prints help unchanged."""
    sys.stderr.write((printable(text) if plain else text) + "\n")


def put_json(value: object) -> None:
    """Print one JSON value on stdout; a list has one member per line.

    JSON itself escapes some of the characters that control a terminal; here all of them are.
    """
    ascii_only = "utf" not in (sys.stdout.encoding or "").lower()
    if isinstance(value, list):
        encode = json.JSONEncoder(ensure_ascii=ascii_only).encode
        rows = ",\n ".join(encode(row) for row in value)
        text = f"[{rows}]\n"
    else:
        text = json.dumps(value, ensure_ascii=ascii_only, indent=2) + "\n"
    sys.stdout.write(_harmless_json(text))


def put_line(text: object) -> None:
    """Print one line, at once: for a reader who follows the output."""
    line(text)
    sys.stdout.flush()


def put_json_line(value: object) -> None:
    """Print one JSON value on one line, at once."""
    sys.stdout.write(_json_line(value))
    sys.stdout.flush()


def _json_line(value: object) -> str:
    ascii_only = "utf" not in (sys.stdout.encoding or "").lower()
    return _harmless_json(json.dumps(value, ensure_ascii=ascii_only) + "\n")


def _harmless_json(text: str) -> str:
    if text.isascii() and "\x7f" not in text:
        return text
    return JSON_LEAVES.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def put_text(lines: Iterable[str]) -> None:
    """Print the lines of a table for other programs; on a terminal, without what controls it."""
    is_seen = sys.stdout.isatty()
    for text in lines:
        sys.stdout.write(printable(text.removesuffix("\n")) + "\n" if is_seen else text)


def put_rows(form: str, listing: Listing[Row], rows: Iterable[Row]) -> None:
    """Print rows for other programs: csv, tsv, ndjson, or ids, one a line."""
    if form == IDS:
        put_text(f"{printable(row[listing.number])}\n" for row in rows)
    elif form == "ndjson":
        for row in rows:
            sys.stdout.write(_json_line(row))
    else:
        cells = ([row.get(key) for key in listing.keys] for row in rows)
        put_text(FORMS[form](listing.keys, cells))


def table(columns: Sequence[Column[Row]], rows: Sequence[Row], nothing: str) -> None:
    """Print rows as a table as wide as the terminal; without rows, print ``nothing`` on stderr."""
    columns = [one for one in columns if not one.sparse or any(map(one.cell, rows))]
    if not rows:
        narrate(nothing)
    elif is_plain():
        for row in rows:
            details(*((column.heading, column.cell(row)) for column in columns))
            line()
    else:
        _drawn(columns, rows)


def section(columns: Sequence[Column[Row]], rows: Sequence[Row]) -> None:
    """Print a blank line and a table, if there are rows."""
    if rows:
        line()
        table(columns, rows, "")


def _drawn(columns: Sequence[Column[Row]], rows: Sequence[Row]) -> None:
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    width = None if sys.stdout.isatty() else PIPE_WIDTH
    console = Console(file=sys.stdout, markup=False, highlight=False, emoji=False, width=width)
    cells = [[column.cell(row) for column in columns] for row in rows[:MOST_ROWS_SHOWN]]
    headings = [column.heading for column in columns]
    wanted = [max(map(cell_len, found)) for found in zip(headings, *cells, strict=True)]
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for column, wide in zip(columns, _fitted(columns, wanted, console.width), strict=True):
        justify: Literal["left", "right"] = "right" if column.right else "left"
        shown.add_column(column.heading, justify=justify, width=wide, no_wrap=True, overflow="ellipsis")
    for row in cells:
        shown.add_row(*map(Text, row))
    console.print(shown)
    if len(rows) > MOST_ROWS_SHOWN:
        narrate(f"{MOST_ROWS_SHOWN} of {len(rows)} are shown; narrow the list down, or take all with --json")


def _fitted(columns: Sequence[Column[Row]], wanted: list[int], space: int) -> list[int]:
    """Return the columns' widths in a terminal: the widest texts are cut first, numbers and times never."""
    widths = list(wanted)
    elastic = [place for place, column in enumerate(columns) if not (column.right or column.whole)]
    excess = sum(widths) + COLUMN_GAP * (len(widths) - 1) - space
    for _ in range(excess):
        widest = max(elastic, key=widths.__getitem__, default=None)
        if widest is None or widths[widest] <= NARROWEST:
            break
        widths[widest] -= 1
    return widths


def details(*pairs: tuple[str, object]) -> None:
    """Print names and values below each other, without those that have no value."""
    shown = [(name, plain_value(value)) for name, value in pairs if value not in (None, "", {}, [])]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        line(f"{name}: {value}" if is_plain() else f"{name:<{width}}  {value}")


def first_lines(texts: Sequence[str], write: Callable[[str], None] = line) -> None:
    """Print the first texts, indented, and the number of the others."""
    for text in texts[:MOST_LINES_SHOWN]:
        write(f"  {text}")
    if len(texts) > MOST_LINES_SHOWN:
        write(f"  ... and {len(texts) - MOST_LINES_SHOWN:,} more: --json lists them all")
