"""Whatever a file holds, an import takes rows in or refuses them: nothing ends in a traceback."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch.desk.desk import Desk
from models.errors import DeskError
from seeds.importing.importer import import_files

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


@given(
    st.sampled_from([*HEADS, *DUMPS, b""]),
    st.lists(st.one_of(st.sampled_from([*CELLS, *MARKS]), st.binary(max_size=8)), max_size=30).map(b"".join),
    st.integers(0, 2_000),
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_file_is_imported_or_refused(
    desk: Desk, tmp_path: Path, begins: bytes, more: bytes, cut: int
) -> None:
    file = tmp_path / "any"
    file.write_bytes((begins + more)[: len(more) + cut])
    with suppress(DeskError):
        result = import_files(desk, [file], dry_run=True)
        assert all(remark["reason"] and remark["line"] > 0 for remark in result["quarantined"])
