"""Writing what a list shows into a file: all of its rows, beside everything else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from dispatch.desk.desk import Desk
from dispatch.outputs.files import new_file, usual_file, write_table
from dispatch.queries.wording import plural
from models.errors import Refused
from screens.base.hosted import Hosted
from screens.dialogs.form import Field, FormModal
from screens.widgets.columns import Column, Row
from screens.widgets.live_table import LiveTable

SHOWN, EVERY = "Shown", "All"
NOTHING = "–"  # in a cell that has no value
ABOUT = "All rows of the list, in its order. The ending chooses the form: .csv, .tsv or .ndjson."


class Order(NamedTuple):
    """Where to write a list, and whether with all that is known of each row."""

    path: Path
    has_every_column: bool


def open_export(
    place: Hosted[Any], name: str, table: LiveTable[Row], rows: Callable[[], Iterable[Row]]
) -> None:
    """Ask for the file, then write these rows, which are read in a thread of their own."""
    columns, backend, host = table.chosen_columns, place.backend, place.host

    def write(order: Order) -> None:
        def work() -> int:
            return write_table(order.path, *_table(columns, until(backend.closing.is_set, rows()), order))

        host.tell(f"Writing {order.path.name}…", is_progress=True)
        host.ask(work, lambda count: host.tell(_told(count, order.path)), beside=True)

    place.open(export_form(usual_file(name, backend.desk.now()[:10])), write)


def export_form(usual: Path) -> FormModal[Order]:
    """Ask for a file that does not exist yet."""

    def command(_: Desk, given: dict[str, str]) -> Order:
        return Order(new_file(given["path"]), given["columns"] == EVERY)

    fields = Field("path", "File", str(usual)), Field("columns", "Columns", SHOWN, (SHOWN, EVERY))
    return FormModal("Export the list", fields, command, submit="Export", about=ABOUT)


def until(closing: Callable[[], bool], rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows; raise Refused as soon as the application is ``closing``."""
    for row in rows:
        if closing():
            raise Refused("stopped", "Astra was closed")
        yield row


def _table(
    columns: Sequence[Column[Row]], rows: Iterable[Row], order: Order
) -> tuple[list[str], Iterator[list[object]]]:
    """Return header and cells: the keys of --json, and the values as they are where a row has them."""
    remaining = iter(rows)
    first = next(remaining, None) if order.has_every_column else None
    if first is None:
        return [column.key for column in columns], (
            [_value(one, row) for one in columns] for row in remaining
        )
    names = list(first)
    return names, ([row.get(name) for name in names] for row in chain([first], remaining))


def _value(column: Column[Row], row: Row) -> object:
    """Return a row's value without signs and bars, or what is shown where the column makes it of others."""
    if column.plain is not None:
        value = column.plain(row)
    else:
        value = row[column.key] if column.key in row else str(column.shown(row))
    return None if value == NOTHING else value


def _told(count: int, path: Path) -> str:
    return f"Exported {plural(count, 'row')} to {path}"
