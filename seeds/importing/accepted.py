"""The desk's lists of accepted values, with those that the files add."""

from __future__ import annotations

from typing import NamedTuple

from dispatch.desk.accepted_values import KINDS, PACKAGE, model_of
from dispatch.desk.desk import Desk
from dispatch.inputs import validation
from dispatch.operations.lists import add_value, retire_value
from models.accepted_values import put_state
from seeds.importing.columns import Value


class ValueRow(NamedTuple):
    """A value that rows may have; a package has its destination. A renamed one is ``retired``, too."""

    kind: str
    name: str
    destination: str | None
    retired: bool = False
    renamed_to: str | None = None


class NewValues:
    """Checks like those of the desk's lists, for rows with a past: they may have what was retired since.

    They also accept what the files say is accepted.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk.values
        self._new: set[ValueRow] = set()

    def add(
        self, kind: Value, name: Value, destination: Value, retired_at: Value, renamed_to: Value
    ) -> ValueRow:
        """Accept a value from now on. Raises InvalidInput."""
        word = validation.one_of(kind, "list", KINDS)
        place = self.check("destination", destination) if word == PACKAGE else None
        text = validation.name(name, "value")
        self._new.add(ValueRow(word, text, place))
        return ValueRow(word, text, place, bool(retired_at), renamed_to or None)

    def of(self, kind: str) -> tuple[str, ...]:
        """Return the names of a kind that rows may have."""
        known = self._desk.known(kind)
        return (*known, *(row.name for row in self._new if row.kind == kind)) if self._new else known

    def check(self, kind: str, value: Value) -> str:
        """Return the value if it is accepted. Raises InvalidInput."""
        if self._new and ValueRow(kind, (value or "").strip(), None) in self._new:
            return (value or "").strip()
        text = (value or "").strip()
        return text if text in self._desk.known(kind) else self._desk.check(kind, value)

    def check_package(self, destination: str, value: Value) -> str:
        """Return the package if the destination has it. Raises InvalidInput."""
        if self._new and ValueRow(PACKAGE, (value or "").strip(), destination) in self._new:
            return (value or "").strip()
        text = (value or "").strip()
        if text in self._desk.known_packages(destination):
            return text
        return self._desk.check_package(destination, value)


def unknown(desk: Desk, rows: list[ValueRow]) -> list[ValueRow]:
    """Return the values that the desk does not have yet, in order."""

    def is_known(row: ValueRow) -> bool:
        if row.destination is not None:
            return row.name in desk.values.known_packages(row.destination)
        return row.name in desk.values.known(row.kind)

    return [row for row in dict.fromkeys(rows) if not is_known(row)]


def write(desk: Desk, rows: list[ValueRow]) -> None:
    """Add the values to the desk's lists. Raises InvalidInput and Refused."""
    for row in unknown(desk, rows):
        add_value(desk, row.kind, row.name, row.destination)
        if row.retired:
            retire_value(desk, row.kind, row.name, row.destination)
            key = {"name": row.name} | ({} if row.destination is None else {"destination": row.destination})
            put_state(model_of(row.kind), key, desk.now(), row.renamed_to)
