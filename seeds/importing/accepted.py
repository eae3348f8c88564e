"""The desk's lists of accepted values, with those that the files add."""

from __future__ import annotations

from typing import NamedTuple

from dispatch.desk.accepted_values import LISTS
from dispatch.desk.desk import Desk
from dispatch.inputs import validation
from dispatch.operations.configuration import add_value
from seeds.importing.columns import Value

PACKAGE = "package"


class ValueRow(NamedTuple):
    """An accepted value; a package has its destination."""

    kind: str
    name: str
    destination: str | None


class NewValues:
    """Checks like those of the desk's lists, which also accept what the files say is accepted."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk.values
        self._new: set[ValueRow] = set()

    def add(self, kind: Value, name: Value, destination: Value) -> ValueRow:
        """Accept a value from now on. Raises InvalidInput."""
        word = validation.one_of(kind, "list", (*LISTS, PACKAGE))
        place = self.check("destination", destination) if word == PACKAGE else None
        row = ValueRow(word, validation.name(name, "value"), place)
        self._new.add(row)
        return row

    def of(self, kind: str) -> tuple[str, ...]:
        """Return the accepted names of a kind."""
        known = self._desk.of(kind)
        return (*known, *(row.name for row in self._new if row.kind == kind)) if self._new else known

    def check(self, kind: str, value: Value) -> str:
        """Return the value if it is accepted. Raises InvalidInput."""
        if self._new and ValueRow(kind, (value or "").strip(), None) in self._new:
            return (value or "").strip()
        return self._desk.check(kind, value)

    def check_package(self, destination: str, value: Value) -> str:
        """Return the package if the destination has it. Raises InvalidInput."""
        if self._new and ValueRow(PACKAGE, (value or "").strip(), destination) in self._new:
            return (value or "").strip()
        return self._desk.check_package(destination, value)


def unknown(desk: Desk, rows: list[ValueRow]) -> list[ValueRow]:
    """Return the values that the desk does not have yet, in order."""

    def is_known(row: ValueRow) -> bool:
        if row.destination is not None:
            return row.name in desk.values.packages(row.destination)
        return row.name in desk.values.of(row.kind)

    return [row for row in dict.fromkeys(rows) if not is_known(row)]


def write(desk: Desk, rows: list[ValueRow]) -> None:
    """Add the values to the desk's lists. Raises InvalidInput and Refused."""
    for row in unknown(desk, rows):
        add_value(desk, row.kind, row.name, row.destination)
