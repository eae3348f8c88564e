"""A file of leads: many commands in a commit, and yet what each of them alone would have done."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import agents
from dispatch.assignment.customer_owner import OWNERS
from dispatch.bootstrap import open_desk
from dispatch.desk import file_acts
from dispatch.desk.desk import Desk
from dispatch.inputs import cleaning
from dispatch.inputs.lead_files import LeadFile, open_leads
from dispatch.leads import file_intake, file_record, intake
from dispatch.leads.known_rows import KnownRows
from dispatch.operations import configuration
from models.errors import DeskError
from tests.conftest import START

Fields = dict[str, str]
Tables = dict[str, list[tuple[Any, ...]]]

PEOPLE = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Kate Nguyen", "John Doe", "Zoë 'Z' Ngô", ""]),
        "method": st.sampled_from(["Text", "Phone Call", "Text", "Fax"]),
        "source": st.just("Organic"),
        "destination": st.sampled_from(["Mars", "Venus"]),
        "launch": st.just("Tokyo Spaceport Terminal"),
    },
    optional={
        "phone": st.sampled_from(["+49 711 1234", "4711 0815"]),
        "email": st.sampled_from(["kate@example.com", "john@example.com", "nobody"]),
        "requests": st.just("window seat"),
    },
)
"""Some of them come twice, some are known by one contact only, some lines are refused."""


@pytest.fixture(scope="module")
def staffed_file(empty_desk_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two agents who can take three bookings, one of Mars only: soon leads wait."""
    path = Path(shutil.copy(empty_desk_file, tmp_path_factory.mktemp("staffed") / "desk.db"))
    desk = open_desk(path, clock=lambda: START, actor="kim")
    for name, capacity, skills in (("Ada", 2, None), ("Bob", 1, ["Mars"])):
        agents.add(
            desk,
            first_name=name,
            last_name="Byron",
            department="Premium Bookings",
            job_title="Space Travel Agent",
            capacity=capacity,
            skills=skills,
        )
    desk.close()
    return path


@contextmanager
def copy_of(path: Path) -> Iterator[Desk]:
    with TemporaryDirectory() as folder:
        desk = open_desk(shutil.copy(path, folder), clock=lambda: START, actor="kim")
        try:
            yield desk
        finally:
            desk.close()


@contextmanager
def file_of(leads: list[Fields]) -> Iterator[LeadFile]:
    lines = "\n".join(map(json.dumps, leads)).encode()
    with open_leads(io.BytesIO(lines), "leads.jsonl") as file:
        yield file


def rows_of(desk: Desk) -> Tables:
    """Every row of every table, as it is stored."""
    read = desk.database.driver().execute
    tables = read("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    return {name: read(f'SELECT * FROM "{name}"').fetchall() for (name,) in tables}


def one_by_one(desk: Desk, file: LeadFile, policy: str | None) -> list[int]:
    """Add each row in a transaction of its own, but one with the phone or e-mail and values of another."""
    refused, seen = [], list[dict[str, Any]]()
    rows, head = KnownRows(desk, file.digest), file_record.HEAD
    act = file_acts.act_of(desk, head, file.name, file.digest, [])
    for line, fields in file:
        assert isinstance(fields, dict)
        with desk.reading():
            lead: dict[str, Any] = cleaning.lead(fields, desk.values.of)
        if lead in seen:
            continue
        try:
            with act.part():
                assert act.head is not None
                identity = rows.identity(lead, None, str(line))
                intake.receive(desk, **lead, policy=policy, row_id=f"{identity.key}~{act.head}")
        except DeskError:
            refused.append(line)
        else:
            seen += [lead] if lead.get("phone") or lead.get("email") else []
    return refused


@given(
    leads=st.lists(PEOPLE, min_size=1, max_size=20),
    policy=st.sampled_from([None, "match", "round_robin"]),
    owner=st.sampled_from(OWNERS),
)
@settings(max_examples=25, deadline=None)
def test_a_file_writes_the_rows_that_its_leads_write_one_by_one(
    staffed_file: Path, leads: list[Fields], policy: str | None, owner: str
) -> None:
    with copy_of(staffed_file) as desk, copy_of(staffed_file) as other:
        for each in (desk, other):
            configuration.set_value(each, "owner", owner)
        heard: list[int] = []
        desk.heard = heard.append
        before = len(rows_of(desk)["events"])
        with file_of(leads) as file:
            result = file_intake.receive_file(desk, file, policy=policy)
        with file_of(leads) as file:
            refused = one_by_one(other, file, policy)
        assert [one["line"] for one in result["rejected"]] == refused
        rows = rows_of(desk)
        assert rows == rows_of(other)
        events = [row[0] for row in rows["events"]]
        assert events == list(range(1, len(events) + 1))
        # a head whose first row is refused is heard, and rolled back with it
        assert sorted({*heard}.intersection(events)) == events[before:]


LEADS = [
    {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Tokyo Spaceport Terminal"}
    | {"name": f"Kate {number}"}
    for number in range(20)
]


def test_an_interrupt_leaves_whole_batches_only(staffed_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_intake, "BATCH_S", 60)
    with copy_of(staffed_file) as desk:
        before = rows_of(desk)

        def interrupt(event_id: int) -> None:
            if event_id == before["events"][-1][0] + 7:
                raise KeyboardInterrupt

        desk.heard = interrupt
        with suppress(KeyboardInterrupt), file_of(LEADS) as file:
            file_intake.receive_file(desk, file)
        first = ["lead.add_file", "lead.add"]  # they have a commit of their own
        assert [event[3] for event in rows_of(desk)["events"][len(before["events"]) :]] == first
        desk.heard = None
        with file_of(LEADS) as file:
            result = file_intake.receive_file(desk, file)
        assert (result["accepted"], result["repeated"], result["rejected"]) == (20, 1, [])


@pytest.mark.parametrize(("somebody_writes", "batches"), [(True, 20), (False, 2)])
def test_batches_are_short_while_somebody_else_writes(
    staffed_file: Path, monkeypatch: pytest.MonkeyPatch, somebody_writes: bool, batches: int
) -> None:
    monkeypatch.setattr(file_intake, "BATCH_S", 0.0)
    monkeypatch.setattr(file_intake, "ALONE_BATCH_S", 60.0)
    with copy_of(staffed_file) as desk, file_of(LEADS) as file:
        other = open_desk(desk.database.file, clock=lambda: START, actor="lee")
        seen: list[int] = []

        def progress(done: int, _total: int) -> None:
            seen.append(done)
            if somebody_writes:
                configuration.set_value(other, "default_capacity", str(len(seen)))

        file_intake.receive_file(desk, file, progress=progress)
        other.close()
        assert len(seen) == batches, "not counting the last one, with which the file ends"
