"""The importable tables: their columns, and the names that files may use for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple, NoReturn

from models.errors import InvalidInput

VALUES = "values"
AGENTS = "agents"
CUSTOMERS = "customers"
LEADS = "leads"
DECISIONS = "decisions"
ASSIGNMENTS = "assignments"
BOOKINGS = "bookings"

Value = str | None
NO_MORE: Mapping[str, Value] = MappingProxyType({})


class Record(NamedTuple):
    """One row of a file: its values in the layout's order, or the fault that makes it unreadable.

    ``row`` counts data rows from 1; ``line`` is the physical line where the row begins. ``more`` has the
    values of those further columns that the file has.
    """

    kind: str
    row: int
    line: int
    values: tuple[Value, ...]
    fault: str | None = None
    more: Mapping[str, Value] = NO_MORE


@dataclass(frozen=True)
class Layout:
    """A table's columns; ``optional`` ones may be missing, ``nullable`` ones may be empty.

    ``more`` are further columns, by the models' names: what they say is stored if a file has them, and
    otherwise begins as in a new row.
    """

    kind: str
    table: str
    columns: tuple[str, ...]
    optional: frozenset[str] = frozenset()
    nullable: frozenset[str] = frozenset()
    aliases: dict[str, str] = field(default_factory=dict)
    more: tuple[str, ...] = ()

    def further(self, names: Iterable[str]) -> dict[str, int]:
        """Map each further column to its position among a file's names."""
        places = {name: place for place, name in reversed(list(enumerate(map(plain_name, names))))}
        return {name: places[plain_name(name)] for name in self.more if plain_name(name) in places}

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
_CUSTOMER_COLUMNS = "CustomerID Name Phone Email CreatedAt MergedInto Tier"
_LEAD_COLUMNS = """
LeadID CustomerID CustomerName CommunicationMethod LeadSource Destination LaunchLocation Requests
ReceivedDateTime
"""
_DECISION_COLUMNS = """
DecisionID LeadID AgentID DecidedAt Policy SettingsVersion Reason Candidates Excluded Notes
"""
_MORE_OF_AGENTS = """
capacity presence left_at presence_until presence_reason hours skills locations level specialisations
languages prior_rating prior_answers last_given_at offers_missed
"""
_MORE_OF_BOOKINGS = """
lead_id created_at changed_at claimed_at contacted_at contact_attempts last_outcome follow_up_at
cancel_reason score scored_agent_id date_fault voided version given_at progress_at asked_at shuffled_at
"""
LAYOUTS = {
    VALUES: Layout(
        VALUES,
        "",
        ("List", "Value", "Destination"),
        optional=frozenset({"Destination"}),
        nullable=frozenset({"Destination"}),
    ),
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
        more=tuple(_MORE_OF_AGENTS.split()),
    ),
    CUSTOMERS: Layout(
        CUSTOMERS,
        "",
        tuple(_CUSTOMER_COLUMNS.split()),
        optional=frozenset(_CUSTOMER_COLUMNS.split()[2:]),
        nullable=frozenset(_CUSTOMER_COLUMNS.split()[2:]),
    ),
    LEADS: Layout(
        LEADS,
        "",
        tuple(_LEAD_COLUMNS.split()),
        optional=frozenset({"Destination", "LaunchLocation", "Requests"}),
        nullable=frozenset({"Destination", "LaunchLocation", "Requests"}),
        aliases={
            "method": "communicationmethod",
            "source": "leadsource",
            "launch": "launchlocation",
            "receivedat": "receiveddatetime",
        },
    ),
    DECISIONS: Layout(DECISIONS, "", tuple(_DECISION_COLUMNS.split()), nullable=frozenset({"AgentID"})),
    ASSIGNMENTS: Layout(
        ASSIGNMENTS,
        "assignment_history",
        tuple(_ASSIGNMENT_COLUMNS.split()),
        nullable=frozenset({"AgentID"}),
        aliases={"method": "communicationmethod", "source": "leadsource", "assignedat": "assigneddatetime"}
        | {"createdat": "assigneddatetime"},
        more=("lead_id",),
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
        more=tuple(_MORE_OF_BOOKINGS.split()),
    ),
}
BY_TABLE = {layout.table: layout for layout in LAYOUTS.values() if layout.table}
"""The tables that dumps of databases may name; those without one are known by their columns only."""

ACCEPTED = "accepted: SQL text (INSERT INTO, COPY), CSV or JSON of " + ", ".join(BY_TABLE)
NAME_PARTS = ("FirstName", "LastName")
_ONLY_READ = ("eventid", "issueid")
"""The keys of tables that leave a desk, but are not imported."""
_KEYS = {
    VALUES: {"list", "value"},
    LEADS: {"leadid", "customerid", "receivedat"},
    DECISIONS: {"decisionid", "leadid", "decidedat"},
}
"""What no other table has together."""


def layouts_of(table: str | None, names: Sequence[str]) -> list[Layout]:
    """Return the tables to which rows belong by their table's name, else by their column names.

    Rows of bookings may hold all of their assignments, too.
    """
    if table is not None and table.lower() in BY_TABLE:
        return [BY_TABLE[table.lower()]]
    plain = {plain_name(name) for name in names}
    if not plain.isdisjoint(_ONLY_READ):
        return []
    for kind, keys in _KEYS.items():
        if keys <= plain:
            return [LAYOUTS[kind]]
    if "bookingid" in plain:
        history = LAYOUTS[ASSIGNMENTS]
        is_wide = not history.missing(history.positions(names))
        return [history, LAYOUTS[BOOKINGS]] if is_wide else [LAYOUTS[BOOKINGS]]
    if "assignmentid" in plain:
        return [LAYOUTS[ASSIGNMENTS]]
    if {"customerid", "name"} <= plain:
        return [LAYOUTS[CUSTOMERS]]
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
            f"line {line} has no column {', '.join(missing)} for {layout.table or layout.kind}",
            "needed: " + ", ".join(column for column in layout.columns if column not in layout.optional),
        )
    return [places.get(column) for column in layout.columns]


def refuse(file: str, problem: str, hint: str = ACCEPTED) -> NoReturn:
    """Reject a whole file by raising InvalidInput."""
    raise InvalidInput("file", f"{file}: {problem}", hint)
