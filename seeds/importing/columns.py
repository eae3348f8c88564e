"""The three importable tables: their columns, and the names that files may use for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, NoReturn

from models.errors import InvalidInput

AGENTS = "agents"
ASSIGNMENTS = "assignments"
BOOKINGS = "bookings"

Value = str | None


class Record(NamedTuple):
    """One row of a file: its values in the layout's order, or the fault that makes it unreadable.

    ``row`` counts data rows from 1; ``line`` is the physical line where the row begins.
    """

    kind: str
    row: int
    line: int
    values: tuple[Value, ...]
    fault: str | None = None


@dataclass(frozen=True)
class Layout:
    """A table's columns; ``optional`` ones may be missing, ``nullable`` ones may be empty."""

    kind: str
    table: str
    columns: tuple[str, ...]
    optional: frozenset[str] = frozenset()
    nullable: frozenset[str] = frozenset()
    aliases: dict[str, str] = field(default_factory=dict)

    def positions(self, names: Iterable[str]) -> dict[str, int]:
        """Map each known column to its position among a file's names; unknown names are ignored.

        A column's own name comes before its aliases.
        """
        plain = {name: place for place, name in reversed(list(enumerate(map(plain_name, names))))}
        aliased = {self.aliases[name]: place for name, place in plain.items() if name in self.aliases}
        found = aliased | {name: place for name, place in plain.items() if name in self._plain}
        return {column: found[name] for name, column in self._plain.items() if name in found}

    def missing(self, places: Iterable[str], *, nullable_optional: bool = False) -> list[str]:
        """List the required columns that a file lacks; JSON objects may omit nullable ones."""
        needed = set(self.columns) - self.optional - set(places)
        if nullable_optional:
            needed -= self.nullable
        return [column for column in self.columns if column in needed]

    @cached_property
    def _plain(self) -> dict[str, str]:
        return {plain_name(column): column for column in self.columns}


def plain_name(name: str) -> str:
    """Normalise a column name: BookingID, booking_id and "Booking ID" are the same."""
    return name.strip().lower().replace("_", "").replace(" ", "")


_AGENT_COLUMNS = """
AgentID FirstName LastName Email JobTitle DepartmentName ManagerName SpaceLicenseNumber YearsOfService
AverageCustomerServiceRating
"""
_ASSIGNMENT_COLUMNS = "AssignmentID AgentID CustomerName CommunicationMethod LeadSource AssignedDateTime"
_BOOKING_COLUMNS = """
BookingID AssignmentID BookingCompleteDate CancelledDate Destination Package LaunchLocation
DestinationRevenue PackageRevenue TotalRevenue BookingStatus
"""
_BOOKING_NULLABLE = """
BookingCompleteDate CancelledDate Package DestinationRevenue PackageRevenue TotalRevenue
"""
LAYOUTS = {
    AGENTS: Layout(
        AGENTS,
        "space_travel_agents",
        tuple(_AGENT_COLUMNS.split()),
        optional=frozenset({"Email", "ManagerName"}),
        nullable=frozenset({"Email", "ManagerName", "SpaceLicenseNumber", "AverageCustomerServiceRating"}),
        aliases={
            "department": "departmentname",
            "manager": "managername",
            "licensenumber": "spacelicensenumber",
            "license": "spacelicensenumber",
            "years": "yearsofservice",
            "rating": "averagecustomerservicerating",
        },
    ),
    ASSIGNMENTS: Layout(
        ASSIGNMENTS,
        "assignment_history",
        tuple(_ASSIGNMENT_COLUMNS.split()),
        aliases={"method": "communicationmethod", "source": "leadsource", "assignedat": "assigneddatetime"}
        | {"createdat": "assigneddatetime"},
    ),
    BOOKINGS: Layout(
        BOOKINGS,
        "bookings",
        tuple(_BOOKING_COLUMNS.split()),
        optional=frozenset({"TotalRevenue"}),
        nullable=frozenset(_BOOKING_NULLABLE.split()),
        aliases={
            "completedat": "bookingcompletedate",
            "cancelledat": "cancelleddate",
            "launch": "launchlocation",
            "status": "bookingstatus",
        },
    ),
}
BY_TABLE = {layout.table: layout for layout in LAYOUTS.values()}

ACCEPTED = "accepted: SQL text (INSERT INTO, COPY), CSV or JSON of " + ", ".join(BY_TABLE)
NAME_PARTS = ("FirstName", "LastName")


def layouts_of(table: str | None, names: Sequence[str]) -> list[Layout]:
    """Return the tables to which rows belong by their table's name, else by their column names.

    Rows of bookings may hold all of their assignments, too.
    """
    if table is not None and table.lower() in BY_TABLE:
        return [BY_TABLE[table.lower()]]
    plain = {plain_name(name) for name in names}
    if "bookingid" in plain:
        history = LAYOUTS[ASSIGNMENTS]
        is_wide = not history.missing(history.positions(names))
        return [history, LAYOUTS[BOOKINGS]] if is_wide else [LAYOUTS[BOOKINGS]]
    if "assignmentid" in plain:
        return [LAYOUTS[ASSIGNMENTS]]
    is_agent = "firstname" in plain or {"agentid", "name"} <= plain
    return [LAYOUTS[AGENTS]] if is_agent else []


def whole_name(names: Sequence[str]) -> int | None:
    """Return the place of agents' full names, if they have no first names."""
    plain = [plain_name(name) for name in names]
    return plain.index("name") if "name" in plain and "firstname" not in plain else None


def with_parts(values: Sequence[Value], whole: int | None) -> Sequence[Value]:
    """Return values with the first and last name added that the full name at a place is made up of."""
    if whole is None or whole >= len(values):
        return values
    first, _, last = (values[whole] or "").strip().rpartition(" ")
    return (*values, first, last)


def check_columns(
    file: str,
    line: int,
    layout: Layout,
    names: Sequence[str],
    *,
    is_json: bool = False,
    may_lack: bool = False,
) -> list[int | None]:
    """Return the positions of the layout's columns among ``names``. Raises InvalidInput if one is missing.

    JSON objects may lack nullable ones, and any if they ``may_lack`` them: the rows are then refused.
    """
    places = layout.positions(names)
    missing = [] if may_lack else layout.missing(places, nullable_optional=is_json)
    if missing:
        refuse(
            file,
            f"line {line} has no column {', '.join(missing)} for {layout.table}",
            "needed: " + ", ".join(column for column in layout.columns if column not in layout.optional),
        )
    return [places.get(column) for column in layout.columns]


def refuse(file: str, problem: str, hint: str = ACCEPTED) -> NoReturn:
    """Reject a whole file by raising InvalidInput."""
    raise InvalidInput("file", f"{file}: {problem}", hint)
