"""Rows of files beside the desk's rows with their ids: unchanged, different, or in conflict."""

from __future__ import annotations

from typing import Any, NamedTuple

from dispatch.inputs.layouts import AGENTS, ASSIGNMENTS
from dispatch.operations.changed_rows.basis import Basis
from dispatch.operations.changed_rows.comparison import COLUMNS, Verdict, verdict
from dispatch.operations.row_types import ImportDifference
from models.base import Json
from seeds.importing.row_rules import AgentRow, AssignmentRow, BookingRow, Place

Row = AgentRow | AssignmentRow | BookingRow

NAMES = {
    "Email": "email",
    "ManagerName": "manager_name",
    "SpaceLicenseNumber": "license_number",
    "AverageCustomerServiceRating": "rating",
    "BookingCompleteDate": "completed_at",
    "CancelledDate": "cancelled_at",
    "Package": "package",
    "DestinationRevenue": "destination_revenue_cents",
    "PackageRevenue": "package_revenue_cents",
}
"""The row's names of the columns that a file may lack."""
CENTS = "_cents"


class Seen(NamedTuple):
    """A row's compared columns: in the file, on the desk, and on the desk as the last import left them."""

    kind: str
    number: int
    place: Place
    file: Json
    desk: Json
    imported: Json

    @property
    def verdict(self) -> Verdict:
        return verdict(self.file, self.desk, self.imported)

    def of_file(self) -> Json:
        """Return the file's values that are not the desk's."""
        return {name: value for name, value in self.file.items() if value != self.desk[name]}

    def of_desk(self) -> Json:
        """Return the desk's values of the same columns."""
        return {name: self.desk[name] for name in self.of_file()}

    def told(self) -> ImportDifference:
        """Describe the differing columns; amounts are in whole units, as in all listings."""
        changes = {
            name.removesuffix(CENTS): [_shown(name, self.desk[name]), _shown(name, value)]
            for name, value in self.of_file().items()
        }
        file, row, line, _ = self.place
        return ImportDifference(
            file=file, row=row, line=line, kind=self.kind, id=self.number, changes=changes
        )


def _shown(name: str, value: Any) -> Any:
    return value / 100 if name.endswith(CENTS) and value is not None else value


class Comparison:
    """Compares rows with the desk; the log is read only if a row differs."""

    def __init__(self) -> None:
        self._basis = Basis()

    def seen(self, kind: str, row: Row, held: tuple[Any, ...]) -> Seen:
        """Return a row beside the desk's columns, in the order of COLUMNS."""
        desk = dict(zip(COLUMNS[kind], held, strict=True))
        file = _columns(kind, row)
        if kind == AGENTS:  # no rating is stored as 0
            desk["rating"], file["rating"] = desk["rating"] or None, file["rating"] or None
        for name in row.place.lacks:
            file.pop(NAMES.get(name, name), None)
        imported = desk
        if any(value != desk[name] for name, value in file.items()):
            imported = desk | self._basis.changed(kind, row[0])
        return Seen(kind, row[0], row.place, file, desk, imported)

    def agent_of(self, assignment_id: int, agent_id: int | None) -> int | None:
        """Return the imported agent of an assignment that has an agent on the desk."""
        agent: int | None = self._basis.changed(ASSIGNMENTS, assignment_id).get("agent_id", agent_id)
        return agent


def _columns(kind: str, row: Row) -> Json:
    return {name: getattr(row, name) for name in COLUMNS[kind]}


def is_same_agent(file: Json, known: Json) -> bool:
    """Return whether an id's rows are of one person: by the licence, else by a name or the e-mail."""
    same = [file[name] == known[name] for name in ("first_name", "last_name")]
    licence, other = file.get("license_number"), known["license_number"]
    if licence is not None and other is not None:
        return bool(licence == other) or all(same)
    email = file.get("email")
    return any(same) or (email is not None and email == known["email"])


def is_same_lead(file: Json, known: Json) -> bool:
    """Return whether rows with one id and time match; the name or the terms may have been corrected."""
    terms = ("method", "source")
    is_same: bool = file["customer_name"] == known["customer_name"]
    return is_same or all(file[name] == known[name] for name in terms)
