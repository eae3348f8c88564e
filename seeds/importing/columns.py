"""The importable tables, and which of them rows belong to by the names of their columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, NoReturn

from dispatch.inputs.column_names import Columns, match
from dispatch.inputs.head_words import plain
from dispatch.inputs.layouts import AGENTS, ASSIGNMENTS, BOOKINGS, Layout, layouts
from models.errors import InvalidInput
from seeds.importing import desk_tables
from seeds.importing.desk_tables import CUSTOMERS, DECISIONS, LEADS, VALUES

Value = str | None
NO_MORE: Mapping[str, Value] = MappingProxyType({})
KINDS = (VALUES, AGENTS, CUSTOMERS, LEADS, DECISIONS, ASSIGNMENTS, BOOKINGS)
TABLES = {AGENTS: "space_travel_agents", ASSIGNMENTS: "assignment_history", BOOKINGS: "bookings"}
BY_TABLE = {table: kind for kind, table in TABLES.items()}
NAME_PARTS = ("FirstName", "LastName")
ACCEPTED = "accepted: SQL text (INSERT INTO, COPY), CSV, JSON or .xlsx of " + ", ".join(BY_TABLE)


class Record(NamedTuple):
    """One row of a file: its values in the layout's order, or the fault that makes it unreadable.

    ``row`` counts data rows from 1; ``line`` is the physical line where the row begins. ``lacks`` are the
    columns that the file does not have, which is not the same as an empty cell; ``more`` has the values of
    those further columns that it has.
    """

    kind: str
    row: int
    line: int
    values: tuple[Value, ...]
    fault: str | None = None
    lacks: frozenset[str] = frozenset()
    more: Mapping[str, Value] = NO_MORE


def layout_of(kind: str) -> Layout:
    """Return the columns of a table."""
    return desk_tables.TABLES.get(kind) or layouts()[kind]


def columns_of(table: str | None, names: Sequence[str]) -> list[Columns]:
    """Return the columns of the tables that rows belong to, by their table's name or their columns' names.

    Rows of bookings may hold all of their assignments, too.
    """
    if table is not None and table.lower() in BY_TABLE:
        return [match(names, BY_TABLE[table.lower()])]
    if desk_tables.is_only_read(names):
        return []
    moved = desk_tables.table_of(names)
    if moved is not None:
        return [match(names, moved)]
    bookings, history, agents = (match(names, kind) for kind in (BOOKINGS, ASSIGNMENTS, AGENTS))
    if "BookingID" in bookings.places:
        return [bookings] if history.missing() else [history, bookings]
    if "AssignmentID" in history.places:
        return [history]
    if whole_name(names) is not None and "AgentID" in agents.places:
        agents = match((*names, *NAME_PARTS), AGENTS)
    return [agents] if "FirstName" in agents.places else []


def whole_name(names: Sequence[str]) -> int | None:
    """Return the place of agents' full names, if they have no first names."""
    heads = [plain(name) for name in names]
    return heads.index("name") if "name" in heads and "firstname" not in heads else None


def with_parts(values: Sequence[Value], whole: int | None) -> Sequence[Value]:
    """Return values with the first and last name added that the full name at a place is made up of."""
    if whole is None or whole >= len(values):
        return values
    first, _, last = (values[whole] or "").strip().rpartition(" ")
    return (*values, first, last)


def check_columns(file: str, line: int, columns: Columns, *, is_json: bool) -> None:
    """Raise InvalidInput if a column is missing or doubled; JSON objects may lack nullable ones."""
    layout = columns.layout
    for name, heads in columns.doubled.items():
        refuse(
            file,
            f"line {line} has several columns for {name}: {', '.join(heads)}",
            "leave one of them out: --ignore HEAD",
        )
    missing = [name for name in columns.missing() if not (is_json and name in layout.nullable)]
    if missing:
        problem = f"line {line} has no column {', '.join(missing)} for {TABLES.get(layout.kind, layout.kind)}"
        refuse(
            file,
            problem,
            f"needed: {', '.join(layout.required)}; one with another name is said by --map HEAD={missing[0]}",
        )


def refuse(file: str, problem: str, hint: str = ACCEPTED) -> NoReturn:
    """Reject a whole file by raising InvalidInput."""
    raise InvalidInput("file", f"{file}: {problem}", hint)
