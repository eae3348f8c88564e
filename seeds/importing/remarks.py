"""Remarks on the rows of an import: which are unchanged, quarantined or flagged, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from peewee import Field, chunked

from dispatch.inputs.layouts import AGENTS, ASSIGNMENTS, BOOKINGS
from dispatch.operations.row_types import ImportRemark
from models.errors import DeskError
from models.hints import rendered
from seeds.bulk_writer import KEYS_AT_ONCE
from seeds.importing.desk_tables import CUSTOMERS, LEADS
from seeds.importing.row_rules import Place

TAKEN = "the id belongs to another {} on the desk"
REFERRED_TO = (AGENTS, CUSTOMERS, LEADS, ASSIGNMENTS)


class Remarks:
    """What is to be said of the rows; ids that were rejected take the rows with them that refer to them."""

    def __init__(self) -> None:
        self.unchanged = dict.fromkeys((AGENTS, ASSIGNMENTS, BOOKINGS), 0)
        self.quarantined: list[ImportRemark] = []
        self.flagged: list[ImportRemark] = []
        self.unsuited: list[ImportRemark] = []
        self.held_back: dict[str, set[int]] = {kind: set() for kind in REFERRED_TO}

    def quarantine(self, kind: str, place: Place, identifier: int | None, reason: str) -> None:
        """Reject a row, and with it the rows that refer to it."""
        self.quarantined.append(_remark(kind, place, identifier, reason))
        if identifier is not None and kind in self.held_back:
            self.held_back[kind].add(identifier)

    def keep(self, kind: str) -> None:
        """Count a row as unchanged."""
        self.unchanged[kind] = self.unchanged.get(kind, 0) + 1

    def flag(self, kind: str, place: Place, identifier: int, fault: str) -> None:
        """Note a fault of a row that is imported all the same."""
        self.flagged.append(_remark(kind, place, identifier, fault))

    def unsuit(self, kind: str, place: Place, identifier: int, why: str) -> None:
        """Note why a booking's agent does not suit it any more, now that a row has changed it."""
        self.unsuited.append(_remark(kind, place, identifier, why))

    def repeat(self, kind: str, place: Place, identifier: int, first: Place) -> None:
        """Reject a row whose id an earlier one has; those that refer to the id mean that one."""
        reason = f"duplicate id, first used in line {first.line} of {first.file}"
        self.quarantined.append(_remark(kind, place, identifier, reason))

    def absent(self, kind: str, word: str, identifier: int) -> str:
        """Return why a row that another refers to is not there."""
        if identifier in self.held_back[kind]:
            return f"its {word} {identifier} was rejected"
        return f"no {word} {identifier}"


def _remark(kind: str, place: Place, identifier: int | None, reason: str) -> ImportRemark:
    return ImportRemark(
        file=place.file, table=kind, row=place.row, line=place.line, id=identifier, reason=reason
    )


def reason_of(error: DeskError) -> str:
    """Return why a row is refused, with the hint."""
    hint = rendered(error.hint, lambda *_: None)
    return f"{error.message} ({hint})" if hint else error.message


def on_desk(key: Field, columns: tuple[Field, ...], values: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """Read the desk's rows with these keys, as (key, *columns)."""
    for some in chunked(values, KEYS_AT_ONCE):
        yield from key.model.select(key, *columns).where(key.in_(some)).tuples()
