"""Rows that are too many for memory are kept in a file, and the import is the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.desk.desk import Desk
from models.errors import DatabaseUnavailable
from models.sqlite import scratch
from seeds.importing import importer, row_store
from seeds.importing.columns import NO_MORE
from seeds.importing.importer import import_files
from seeds.importing.row_rules import BookingRow, Place
from seeds.importing.row_store import RowStore, Workspace
from tests.seeds.conftest import Files
from tests.seeds.moved import listings
from tests.steady import STEADY

KEYS = st.integers(1, 12)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["set", "set", "set", "first", "remove", "read", "all"]), KEYS, st.text(max_size=3)
    ),
    max_size=60,
)


@pytest.fixture
def few_in_memory() -> Iterator[None]:
    """Two rows are too many for memory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_store, "KEPT", 1)
        patch.setattr(row_store, "WRITTEN_AT_ONCE", 2)
        patch.setattr(scratch, "READ_AT_ONCE", 2)
        patch.setattr(importer, "KEYS_AT_ONCE", 3)
        yield


@STEADY
@given(steps=STEPS, kept=st.integers(0, 5))
def test_a_store_is_a_dict(steps: list[tuple[str, int, str]], kept: int) -> None:
    with pytest.MonkeyPatch.context() as patch, Workspace() as space:
        patch.setattr(row_store, "KEPT", kept)
        patch.setattr(row_store, "WRITTEN_AT_ONCE", 2)
        patch.setattr(scratch, "READ_AT_ONCE", 2)
        store, plain = RowStore[str](space), dict[int, str]()
        other = RowStore[int](space)
        for number, (kind, key, text) in enumerate(steps):
            other[number] = number
            if kind == "set":
                store[key] = plain[key] = text
            elif kind == "first":
                assert store.setdefault(key, text) == plain.setdefault(key, text)
            elif kind == "remove":
                assert store.pop(key, None) == plain.pop(key, None)
            elif kind == "read":
                assert (store.get(key), key in store) == (plain.get(key), key in plain)
            else:
                assert list(store.items()) == list(plain.items())
                assert (len(store), bool(store)) == (len(plain), bool(plain))
        assert list(store.values()) == list(plain.values())
        assert list(other) == list(range(len(steps)))


@pytest.mark.usefixtures("few_in_memory")
def test_entries_may_change_while_they_are_read() -> None:
    with Workspace() as space:
        store = RowStore[int](space)
        store.update((key, key) for key in range(20))
        for key, value in store.items():
            if key % 2:
                del store[key]
            else:
                store[key] = -value
        assert list(store.items()) == [(key, -key) for key in range(0, 20, 2)]


@pytest.mark.usefixtures("few_in_memory")
@pytest.mark.parametrize("more", [NO_MORE, {"score": 4, "voided": False}])
def test_a_row_comes_back_as_it_was(more: Any) -> None:
    place = Place("é.csv", 3, 4, frozenset({"Package"}))
    row = BookingRow(1, None, "Pending", "Mars", "Paris", None, 100, None, None, None, 7, place, 5, more)
    with Workspace() as space:
        store = space.rows_of(BookingRow)
        for number in range(5):
            store[number] = row
        assert list(store.values()) == [row] * 5
        assert type(store[0].place) is Place


@pytest.mark.usefixtures("few_in_memory")
def test_a_full_disk_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "PRAGMAS", {"max_page_count": 8})
    with Workspace() as space, pytest.raises(DatabaseUnavailable, match=r"temporary file .* full"):
        RowStore[str](space).update((key, "x" * 10_000) for key in range(10))


def messy(files: Files) -> list[Path]:
    """Rows that refer to one another, some to what is refused, is there twice or is not there at all."""
    agents = [{"AgentID": n, "SpaceLicenseNumber": f"L-{n % 6}", "LastName": f"Low {n}"} for n in range(1, 8)]
    assignments = [
        {"AssignmentID": 1 + n % 33, "AgentID": 1 + n % 9, "CustomerName": f"C{n}"} for n in range(40)
    ]
    outcomes: list[dict[str, Any]] = [
        {"BookingStatus": "Confirmed", "BookingCompleteDate": "2081-01-01 09:00:00"},
        {"BookingStatus": "Cancelled", "CancelledDate": "2081-03-01 09:00:00"},
        {},
        {"Destination": "Moon"},
    ]
    bookings = [
        {"BookingID": 1 + n % 37, "AssignmentID": 36 - n % 35, "AgentID": 1 + n % 5} | outcomes[n % 4]
        for n in range(40)
    ]
    return [
        files.sql("bookings", *bookings),
        files.sql("assignment_history", *assignments),
        files.sql("space_travel_agents", *agents),
    ]


def test_an_import_by_way_of_the_file_is_the_same(
    desk: Desk, other: Desk, files: Files, request: pytest.FixtureRequest
) -> None:
    paths = messy(files)
    results = [import_files(desk, paths), import_files(desk, paths, dry_run=True)]
    request.getfixturevalue("few_in_memory")
    assert [import_files(other, paths), import_files(other, paths, dry_run=True)] == results
    assert listings(other) == listings(desk)
    assert min(results[0]["agents"], results[0]["assignments"], results[0]["bookings"]) > 3
    assert {row["table"] for row in results[0]["quarantined"]} == {"agents", "assignments", "bookings"}
    assert results[0]["flagged"]


def test_progress_is_told_while_rows_are_compared(desk: Desk, files: Files) -> None:
    told: list[tuple[int, int, str]] = []
    import_files(desk, messy(files), progress=lambda *step: told.append(step))
    total = max(total for _, total, what in told if what == "comparing")
    assert [what for _, _, what in told if what == "comparing"]
    assert (total, total, "comparing") in told
