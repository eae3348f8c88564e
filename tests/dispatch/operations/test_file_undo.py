"""Undo of a file of leads: nobody's work is lost, and the rest of the file goes and comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dispatch import agents, bookings, queries
from dispatch.agents.presence import set_presence
from dispatch.assignment import shuffle
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.operations import doctor
from dispatch.operations.command_list import describe_target, describe_undone
from dispatch.operations.undo import preview, redo, undo
from dispatch.operations.undoing import files, progress
from dispatch.reporting import booking_figures
from models import tallies
from models.errors import Refused
from screens.wording.events import describe_undo
from tests.dispatch.leads.test_known_rows import EVE, add

Look = Callable[..., Any]
ROWS = [EVE | {"name": f"Wrong {number}"} for number in range(7)]


@pytest.fixture
def file(desk: Desk, two: None, add_lead: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Bookings 2 to 8 came from a file, after another one."""
    monkeypatch.setattr(files, "AT_ONCE", 3)
    add_lead()
    head = add(desk, *ROWS, name="wrong.csv")["event_id"]
    assert head is not None
    yield head
    with desk.reading():
        checks = doctor.examine(desk)["checks"]
    assert [row for row in checks if not (row["ok"] or row["warning"])] == []


def standing(desk: Desk) -> list[int]:
    with desk.reading():
        rows = queries.list_bookings(queries.BookingFilter(status="Pending"))
    return sorted(row["booking_id"] for row in rows)


def figures(desk: Desk) -> list[object]:
    with desk.reading():
        return [
            booking_figures.by_kind(),
            booking_figures.by_agent(desk),
            tallies.stored(),
            [(row["agent_id"], row["load"], row["rank"]) for row in queries.list_agents()],
        ]


def test_one_undo_takes_the_file_back_and_redo_brings_it(desk: Desk, file: int) -> None:
    before = figures(desk)
    done = undo(desk)
    assert (done["undone_event_id"], done["bookings"], done["kept_bookings"]) == (file, 7, [])
    assert describe_undo(done) == "Undone: the addition of a file of leads (7 bookings)"
    assert standing(desk) == [1]
    again = redo(desk)
    assert (again["bookings"], describe_undone(again)) == (7, "the addition of a file of leads")
    assert standing(desk) == [*range(1, 9)]
    assert figures(desk) == before
    assert undo(desk)["bookings"] == 7
    assert redo(desk)["bookings"] == 7
    assert undo(desk, file)["bookings"] == 7
    assert undo(desk)["command"] == "lead.add", "the lead before it is next"


@pytest.mark.usefixtures("file")
def test_the_progress_is_told_to_who_asks(desk: Desk) -> None:
    told: list[tuple[int, int]] = []
    with progress.told_to(lambda *step: told.append(step)):
        undo(desk)
        redo(desk)
    assert told == [(3, 7), (6, 7), (7, 7)] * 2
    undo(desk)
    assert len(told) == 6


def test_what_somebody_worked_on_stays(desk: Desk, file: int) -> None:
    with desk.acting_as("lee"):
        bookings.claim(desk, 3, 1)
        bookings.cancel(desk, 5, "no money")
    found = preview(desk, file)
    assert describe_target(found) == "the addition of a file of leads (5 bookings); 2 bookings stay"
    done = undo(desk, file)
    assert (done["bookings"], done["kept_bookings"]) == (5, [3, 5])
    assert standing(desk) == [1, 3]
    assert describe_undo(done).endswith("; 2 bookings with work or changes since stay")


def test_handing_a_booking_on_is_not_work_on_it(desk: Desk, file: int) -> None:
    bookings.reassign(desk, 4, 1, "speaks French")
    shuffle.shuffle(desk)
    assert undo(desk, file)["kept_bookings"] == []
    assert standing(desk) == [1]


def test_what_was_undone_since_is_not_work(desk: Desk, file: int) -> None:
    bookings.claim(desk, 3, 1)
    undo(desk)
    bookings.claim(desk, 4, 2)
    undo(desk)
    redo(desk)
    assert undo(desk, file)["kept_bookings"] == [4]


def test_a_lead_undone_alone_does_not_come_back_with_the_file(desk: Desk, file: int, look: Look) -> None:
    alone = next(row for row in look(event_log.events) if row["booking_id"] == 6)
    undo(desk, alone["event_id"])
    assert undo(desk, file)["bookings"] == 6
    assert redo(desk, file)["bookings"] == 6
    assert standing(desk) == [1, 2, 3, 4, 5, 7, 8]


def test_waiting_leads_go_and_come_back_waiting(desk: Desk, file: int) -> None:
    for number in (1, 2):
        set_presence(desk, number, "away")
    more = add(desk, *(EVE | {"name": f"Late {number}"} for number in range(4)), name="late.csv")
    assert more["event_id"] is not None
    assert undo(desk, more["event_id"])["bookings"] == 4
    assert redo(desk, more["event_id"])["bookings"] == 4
    assert standing(desk)[-4:] == [9, 10, 11, 12]


def test_redo_leaves_the_bookings_of_who_is_away(desk: Desk, file: int, look: Look) -> None:
    rows = look(queries.list_bookings, queries.BookingFilter())
    holders = {row["booking_id"]: row["agent_id"] for row in rows}
    undo(desk, file)
    set_presence(desk, 1, "away")
    back = redo(desk, file)
    ours = [number for number in range(2, 9) if holders[number] == 1]
    assert back["kept_bookings"] == ours
    assert back["bookings"] == 7 - len(ours)


def test_a_redo_above_capacity_says_so(desk: Desk, file: int) -> None:
    undo(desk, file)
    agents.change(desk, 1, capacity=1)
    assert redo(desk, file)["over_capacity"] == [1]


def test_nothing_is_undone_where_everything_has_changed(desk: Desk, file: int) -> None:
    for number in range(2, 9):
        bookings.cancel(desk, number, "no money")
    for act in (preview, undo):
        with pytest.raises(Refused, match="every booking of event"):
            act(desk, file)


def test_parts_cannot_be_undone_alone(desk: Desk, file: int, look: Look) -> None:
    undo(desk, file)
    part = next(row for row in look(event_log.events) if row["command"] == files.BACK)
    assert (part["before"], part["detail"]) == ({}, {"batch": file})
    with pytest.raises(Refused, match="cannot be undone"):
        undo(desk, part["event_id"])


def test_leads_of_a_killed_run_are_one_act_with_the_rest(desk: Desk, file: int) -> None:
    class Killed(BaseException):
        pass

    def kill(_done: int, _size: int) -> None:
        raise Killed

    rows = [EVE | {"name": f"Later {number}"} for number in range(5)]
    with pytest.raises(Killed):
        add(desk, *rows, name="later.csv", progress=kill)
    result = add(desk, *rows, name="later.csv")
    assert (result["repeated"], result["accepted"]) == (1, 5)
    assert undo(desk)["bookings"] == 5
