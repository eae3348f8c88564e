"""Whatever a file holds, an import takes rows in whole or refuses them: nothing ends in a traceback."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.operations.row_types import ImportResult
from models.agents import Agent
from models.bookings import Assignment, Booking
from models.errors import DeskError
from seeds.importing.importer import import_files
from tests.seeds.conftest import TABLES, Files
from tests.seeds.moved import faults
from tests.steady import examples

CORPUS = Path(__file__).parents[1] / "dispatch" / "inputs" / "corpus"
HEADS = [
    b"AgentID,FirstName,LastName,JobTitle,DepartmentName,SpaceLicenseNumber,YearsOfService,Rating\n",
    b"AssignmentID,AgentID,CustomerName,CommunicationMethod,LeadSource,AssignedDateTime\n",
    b"agent_id;name;job_title;department;license;years;rating\n",
    b"INSERT INTO assignment_history (AssignmentID,AgentID,CustomerName,Method,Source,AssignedAt) VALUES\n",
    b'[{"assignment_id": 1, "agent_id": 1, "customer_name": "x", "method": "Text", "source": "Paid",',
]
CELLS = [b"1", b"1.0", b"-1", b"9e999", b"Ada", b"Text", b"01/02/2081", b"2081-02-30", b"NaN", b"''", b"NULL"]
MARKS = [b",", b";", b"\n", b'"', b"'", b"(", b")", b"{", b"}", b"[", b"]", b":", b"\xff", b"\0", b"\\", b" "]
DUMPS = [file.read_bytes() for file in sorted(CORPUS.iterdir()) if file.suffix in (".sql", ".json", ".csv")]
FEW, MANY = examples(30), 10_000
KINDS: dict[str, type[Any]] = {"agents": Agent, "assignments": Assignment, "bookings": Booking}

BYTES = st.builds(
    lambda begins, more, cut: (begins + more)[: len(more) + cut],
    st.sampled_from([*HEADS, *DUMPS, b""]),
    st.lists(st.one_of(st.sampled_from([*CELLS, *MARKS]), st.binary(max_size=8)), max_size=30).map(b"".join),
    st.integers(0, 2_000),
)
CHANGED = st.one_of(
    st.sampled_from([cell.decode() for cell in CELLS]),
    st.sampled_from(
        ["", "2", "3", "2081-01-01 09:00:00", "Confirmed", "Cancelled", "Pending", "Venus", "-0.01"]
    ),
    st.text(max_size=8),
    st.integers(-1, 10**20).map(str),
)


def some_rows(table: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Good rows of a table, with a few of their cells changed."""
    number = next(iter(TABLES[table]))
    changes = st.dictionaries(st.sampled_from([*TABLES[table]]), CHANGED, max_size=2)
    row = st.builds(lambda key, change: TABLES[table] | {number: key} | change, st.integers(1, 4), changes)
    return st.lists(row, max_size=4)


ROWS = st.fixed_dictionaries({table: some_rows(table) for table in TABLES})
Import = Callable[[list[Path]], None]


@pytest.fixture
def imported(tmp_path: Path, empty_desk_file: Path) -> Import:
    """Import files into a new desk; what is counted must be there, and sound."""

    def imported(files: list[Path]) -> None:
        path = Path(shutil.copy(empty_desk_file, tmp_path / "fuzzed.db"))
        desk = open_desk(path, actor="kim")
        try:
            with suppress(DeskError):
                planned = import_files(desk, files, dry_run=True)
                assert all(remark["reason"] and remark["line"] > 0 for remark in planned["quarantined"])
                if any(counts(planned).values()):
                    event(f"{sum(counts(planned).values())} rows")
                    check_written(desk, files, planned)
        finally:
            desk.close()

    return imported


def counts(result: ImportResult) -> dict[str, int]:
    return {"agents": result["agents"], "assignments": result["assignments"], "bookings": result["bookings"]}


def check_written(desk: Desk, files: list[Path], planned: ImportResult) -> None:
    """Import what a dry run has accepted: nothing may refuse it now."""
    try:
        result = import_files(desk, files)
    except DeskError as error:
        raise AssertionError(error) from error
    assert result == planned
    with desk.reading():
        assert {kind: model.select().count() for kind, model in KINDS.items()} == counts(result)
    assert faults(desk) == []


def fuzzed(number: int) -> settings:
    return settings(max_examples=number, deadline=None, suppress_health_check=list(HealthCheck))


def _written(files: Files, form: str, table: str, rows: list[dict[str, Any]]) -> Path:
    if form == "sql":
        return files.sql(table, *rows)
    if form == "json":
        return files.text(json.dumps(rows), f"{table}.json")
    text = io.StringIO()
    writer = csv.DictWriter(text, TABLES[table])
    writer.writeheader()
    writer.writerows(rows)
    return files.text(text.getvalue().encode("utf-8", "replace"), f"{table}.csv")


FORMS = st.sampled_from(["csv", "sql", "json"])
FEW_AND_MANY = pytest.mark.parametrize("number", [FEW, pytest.param(MANY, marks=pytest.mark.stress)])


@FEW_AND_MANY
def test_any_file_is_imported_or_refused(imported: Import, tmp_path: Path, number: int) -> None:
    @fuzzed(number)
    @given(BYTES)
    def check(content: bytes) -> None:
        file = tmp_path / "any"
        file.write_bytes(content)
        imported([file])

    check()


@FEW_AND_MANY
def test_any_rows_are_imported_whole_or_refused(imported: Import, tmp_path: Path, number: int) -> None:
    @fuzzed(number)
    @given(FORMS, ROWS)
    def check(form: str, rows: dict[str, list[dict[str, Any]]]) -> None:
        files = Files(tmp_path)
        imported([_written(files, form, table, some) for table, some in rows.items() if some])

    check()
