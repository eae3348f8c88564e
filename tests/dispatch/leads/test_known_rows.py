"""Rows of files that are in already: by their id, their values or their place, as a plain model says."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import bookings, privacy, queries
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.inputs.lead_files import open_leads
from dispatch.leads import file_intake, intake
from dispatch.leads.file_intake import FileResult, receive_file
from dispatch.operations import configuration
from dispatch.operations.undo import redo, undo
from models.errors import Refused
from tests.conftest import TestClock
from tests.dispatch.leads.test_file_intake import copy_of

Row = dict[str, str]
TRIP = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Tokyo Spaceport Terminal"}
ADA = TRIP | {"name": "Ada Byron", "phone": "+49 711 1234"}
BOB = TRIP | {"name": "Bob Bell", "email": "bob@example.com"}
EVE = TRIP | {"name": "Eve Moneypenny"}  # nobody can call her


def add(desk: Desk, *rows: Row, name: str = "leads.jsonl", **options: Any) -> FileResult:
    with open_leads(io.BytesIO("\n".join(map(json.dumps, rows)).encode()), name) as file:
        return receive_file(desk, file, **options)


def customers(desk: Desk) -> list[str]:
    with desk.reading():
        rows = queries.list_bookings(queries.BookingFilter())
    return sorted(row["customer_name"] for row in rows if row["status"] == "Pending")


pytestmark = pytest.mark.usefixtures("two")


def test_a_row_with_a_contact_is_known_in_another_file(desk: Desk, clock: TestClock) -> None:
    add(desk, ADA, BOB, name="monday.jsonl")
    clock.advance(hours=5)
    result = add(
        desk, TRIP | {"name": "New One"}, BOB | {"email": "BOB@example.com"}, ADA, name="tuesday.jsonl"
    )
    assert (result["accepted"], result["repeated"]) == (3, 2)
    (known,) = result["known"]
    assert (known["file"], known["at"], known["lines"]) == ("monday.jsonl", "2082-03-01 09:00:00", "2-3")
    assert customers(desk) == ["Ada Byron", "Bob Bell", "New One"]


def test_files_of_two_programs_with_the_same_ids_can_both_be_added_again(desk: Desk) -> None:
    files = [ADA | {"id": "1"}], [BOB | {"id": "1"}]
    assert [add(desk, *file)["repeated"] for file in (*files, *files)] == [0, 0, 1, 1]


def test_an_undone_row_comes_in_again_after_one_with_the_same_id(desk: Desk) -> None:
    ada, bob = ADA | {"id": "1"}, BOB | {"id": "1"}
    add(desk, EVE, ada)
    with desk.reading():
        lead = next(row for row in event_log.events() if row["command"] == "lead.add")
    undo(desk, lead["event_id"])
    add(desk, bob)
    assert add(desk, EVE, ada)["repeated"] == 1
    assert customers(desk) == ["Ada Byron", "Bob Bell", "Eve Moneypenny"]


def test_the_first_row_of_a_file_may_have_a_number_of_somebody_else(desk: Desk) -> None:
    add(desk, ADA)
    (note,) = add(desk, ADA | {"name": "Kate Nguyen"})["customer_notes"]
    assert note["line"] == 1
    assert "is also Ada Byron's" in note["note"]


def test_a_row_nobody_can_call_is_known_by_file_and_line(desk: Desk) -> None:
    add(desk, EVE, ADA)
    assert add(desk, EVE, ADA)["repeated"] == 2
    assert add(desk, EVE, BOB)["repeated"] == 0  # another file
    assert customers(desk) == ["Ada Byron", "Bob Bell", "Eve Moneypenny", "Eve Moneypenny"]


def test_values_are_known_for_some_days(desk: Desk, clock: TestClock) -> None:
    add(desk, ADA, EVE)
    clock.advance(days=6)
    assert add(desk, ADA)["repeated"] == 1
    clock.advance(days=2)
    assert add(desk, ADA, EVE)["repeated"] == 1, "by file and line for ever"
    assert customers(desk) == ["Ada Byron", "Ada Byron", "Eve Moneypenny"]
    configuration.set_value(desk, "same_row_days", "0")
    assert add(desk, ADA, BOB)["repeated"] == 0
    assert add(desk, ADA, BOB)["repeated"] == 2, "by file and line"


def test_the_same_row_twice_in_a_file_is_one_lead(desk: Desk) -> None:
    result = add(desk, ADA, EVE, ADA, EVE)
    assert (result["accepted"], result["repeated"]) == (4, 1)
    assert customers(desk) == ["Ada Byron", "Eve Moneypenny", "Eve Moneypenny"]
    assert add(desk, ADA, EVE, ADA, EVE, run="again")["repeated"] == 0
    assert add(desk, ADA, EVE, ADA, EVE, run="again")["repeated"] == 4


def test_an_id_is_known_whatever_else_has_changed(desk: Desk, clock: TestClock) -> None:
    add(desk, ADA | {"Lead ID": "17.0"}, EVE | {"Lead ID": "18"})
    clock.advance(days=300)
    changed = ADA | {"Lead ID": "17", "phone": "+49 711 9999", "destination": "Venus"}
    assert add(desk, changed, EVE | {"Lead ID": "18", "email": "eve@example.com"})["repeated"] == 2
    assert len(customers(desk)) == 2


def test_an_id_of_another_program_is_another_lead(desk: Desk) -> None:
    add(desk, ADA | {"id": "1"})
    assert add(desk, BOB | {"id": "1"})["repeated"] == 0
    other_ada = ADA | {"id": "1", "name": "Ada Miller", "phone": "+49 711 5555"}
    assert add(desk, other_ada)["repeated"] == 0, "another name and another phone"
    assert customers(desk) == ["Ada Byron", "Ada Miller", "Bob Bell"]


def test_an_undone_row_is_new_and_a_redone_one_is_not(desk: Desk) -> None:
    add(desk, ADA, EVE)
    undo(desk)
    assert add(desk, ADA, EVE)["repeated"] == 0
    undo(desk)
    redo(desk)
    assert add(desk, ADA, EVE)["repeated"] == 2
    assert len(customers(desk)) == 2


def test_one_lead_of_a_file_undone_is_new_in_the_same_act(desk: Desk) -> None:
    first = add(desk, ADA, EVE)
    with desk.reading():
        lead = next(row for row in event_log.events() if row["command"] == "lead.add")
    for _ in range(3):
        undo(desk, lead["event_id"])
        result = add(desk, ADA, EVE)
        assert (result["repeated"], result["event_id"]) == (1, first["event_id"])
        with desk.reading():
            lead = next(row for row in event_log.events() if row["command"] == "lead.add")
    assert undo(desk)["bookings"] == 2


def test_rows_of_an_earlier_version_are_known_by_their_place(desk: Desk) -> None:
    with open_leads(io.BytesIO("\n".join(map(json.dumps, (ADA, EVE, BOB))).encode()), "leads.jsonl") as file:
        digest = file.digest
    for line, row in ((1, ADA), (2, EVE)):
        fields: Any = row
        with desk.request(f"{digest}:{line}"):
            intake.receive(desk, **fields)
    result = add(desk, ADA, EVE, BOB)
    assert (result["accepted"], result["repeated"]) == (3, 2)
    assert [(known["event_id"], known["lines"]) for known in result["known"]] == [(None, "1-2")]
    assert len(customers(desk)) == 3


def test_a_file_with_another_ones_customers_is_warned_of(desk: Desk, clock: TestClock) -> None:
    add(desk, ADA, BOB, name="monday.jsonl")
    clock.advance(minutes=30)
    wishes = {"requests": "window seat"}
    result = add(desk, ADA | wishes, BOB | wishes, EVE, TRIP | {"name": "Zoe"}, name="copy.jsonl")
    assert result["warning"] is not None
    assert result["warning"].startswith("2 customers of this file came in from monday.jsonl")
    others = [TRIP | {"name": f"Other {n}"} for n in range(2)]
    assert add(desk, ADA | {"requests": "dome"}, *others)["warning"] is None
    clock.advance(hours=2)
    assert add(desk, ADA | {"requests": "aisle"})["warning"] is None


def test_an_erased_person_is_not_known(desk: Desk) -> None:
    add(desk, ADA, BOB)
    bookings.cancel(desk, 1, "wants to be forgotten")
    privacy.forget(desk, 1)
    assert add(desk, BOB, ADA)["repeated"] == 1
    assert len(customers(desk)) == 2


def test_a_file_undone_while_it_comes_in_stops(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_intake, "ALONE_BATCH_S", 0.0)
    monkeypatch.setattr(file_intake, "BATCH_S", 0.0)

    def stop(_done: int, _size: int) -> None:
        if len(customers(desk)) == 2:
            undo(desk)

    with pytest.raises(Refused, match="was undone by"):
        add(desk, EVE, ADA, BOB, progress=stop)
    assert customers(desk) == []


PEOPLE = st.fixed_dictionaries(
    {"name": st.sampled_from(["Kate Nguyen", "John Doe", ""])},
    optional={
        "phone": st.sampled_from(["+49 711 1234", "4711 0815"]),
        "id": st.sampled_from(["1", "2", ""]),
        "requests": st.sampled_from(["dome", "window"]),
    },
)
FILES = st.lists(st.lists(PEOPLE, min_size=1, max_size=5), min_size=1, max_size=5)


@pytest.fixture(scope="module")
def desk_of_two(empty_desk_file: Path) -> Path:
    return empty_desk_file


class Model:
    """What is known, as the rules say, in a list."""

    def __init__(self) -> None:
        self.leads: list[tuple[object, Row]] = []

    def takes(self, file: int, line: int, row: Row) -> bool:
        """Add a row if it is new and has a name; return whether it was known."""
        key = self._key(file, line, row)
        if any(known == key and ("id" not in key[:1] or _agree(one, row)) for known, one in self.leads):
            return True
        if row["name"]:
            self.leads.append((key, row))
        return False

    def _key(self, file: int, line: int, row: Row) -> tuple[object, ...]:
        if row.get("id"):
            return "id", row["id"]
        if row.get("phone"):
            return "row", row["name"], row["phone"], row.get("requests", "")
        return "place", file, line


def _agree(one: Row, other: Row) -> bool:
    """The same name or phone; no name contradicts nothing, unless the phones do."""
    both_have = bool(one.get("phone") and other.get("phone"))
    agree = one["phone"] == other["phone"] if both_have else not other["name"]
    return one["name"] == other["name"] or agree


@given(files=FILES, order=st.lists(st.integers(0, 4), min_size=1, max_size=5))
@settings(max_examples=15, deadline=None)
def test_files_in_any_order_bring_the_leads_of_a_plain_model(
    desk_of_two: Path, files: list[list[Row]], order: list[int]
) -> None:
    known = Model()
    with copy_of(desk_of_two) as desk:
        contents = [[TRIP | row for row in file] for file in files]
        for place in order:
            rows = contents[place % len(contents)]
            number = contents.index(rows)  # the same content is the same file
            repeated = sum(known.takes(number, line, row) for line, row in enumerate(rows, start=1))
            assert add(desk, *rows)["repeated"] == repeated
        assert customers(desk) == sorted(row["name"] for _, row in known.leads)


def listing(desk: Desk, *, of_bookings: bool = False) -> list[Row]:
    """What ``astra lead list`` or ``astra booking list`` has, oldest first."""
    with desk.reading():
        rows: Any = queries.list_bookings(queries.BookingFilter()) if of_bookings else queries.each_lead()
        texts = [{name: str(value) for name, value in row.items() if value is not None} for row in rows]
    return sorted(texts, key=lambda row: int(row["lead_id"]))


@pytest.mark.parametrize("of_bookings", [False, True])
def test_the_desks_own_listing_brings_nothing_new(desk: Desk, of_bookings: bool) -> None:
    for row in (ADA, BOB, EVE, EVE):
        intake.receive(desk, **row)
    undo(desk)
    before = customers(desk)
    result = add(desk, *listing(desk, of_bookings=of_bookings))
    assert (result["accepted"], result["repeated"], result["event_id"]) == (4, 4, None)
    (known,) = result["known"]
    assert (known["file"], known["event_id"], known["lines"]) == (None, None, "1-4")
    assert customers(desk) == before


def test_the_listing_of_another_desk_is_taken_in_once(desk: Desk, clock: TestClock) -> None:
    """The other desk counts from 1, too, and may have had the same person."""
    for row in (ADA, BOB, EVE):
        intake.receive(desk, **row)
    rows = listing(desk)
    others = [
        rows[0] | {"received_at": "2082-02-28 10:00:00"},  # Ada asked there, too
        rows[1] | {"customer_name": "Fay Fox", "email": "fay@example.com"},
        rows[2] | {"lead_id": "77"},
    ]
    result = add(desk, *others)
    assert (result["accepted"], result["repeated"]) == (3, 0)
    clock.advance(days=30)
    again = add(desk, *others, name="again.jsonl")
    assert (again["accepted"], again["repeated"]) == (3, 3)
    assert customers(desk).count("Fay Fox") == 1


def test_a_run_that_means_every_row_again_takes_in_a_listing(desk: Desk) -> None:
    intake.receive(desk, **ADA)
    assert add(desk, *listing(desk), run="abc")["repeated"] == 0


@pytest.mark.parametrize("lead_id", ["", "x", "-1", "9" * 30, "1.0", "²"])
def test_a_listing_with_a_strange_number_is_a_file_as_any_other(desk: Desk, lead_id: str) -> None:
    intake.receive(desk, **ADA)
    (row,) = listing(desk)
    assert add(desk, row | {"lead_id": lead_id})["repeated"] == 0
