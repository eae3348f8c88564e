"""Undo of an import: all of it is taken back, and what others have worked on since stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dispatch import agents, bookings, queries
from dispatch.bookings import bulk_actions
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.operations import configuration, doctor, import_record
from dispatch.operations.row_types import ImportResult
from dispatch.operations.undo import undo
from dispatch.operations.undoing import progress
from dispatch.reporting import booking_figures
from models import shares, tallies
from models.agents import Agent
from models.audit import Event
from models.bookings import Assignment, Booking
from models.errors import Refused
from screens.log.event_detail import event_detail
from seeds.importing.importer import import_files

Load = Callable[..., ImportResult]
NUMBERS = range(101, 113)
OUTCOMES: list[dict[str, Any]] = [
    {},
    {"BookingStatus": "Confirmed", "BookingCompleteDate": "2081-03-01 09:00:00"},
    {"BookingStatus": "Cancelled", "CancelledDate": "2081-03-01 09:00:00"},
]


@pytest.fixture
def history(files: Any, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Agents 11 and 12, twelve assignments of theirs, and nine bookings in every state: 101 is Pending."""
    monkeypatch.setattr("seeds.importing.importer.BATCH_ROWS", 5)
    people = [{"AgentID": n, "SpaceLicenseNumber": f"L-{n}", "LastName": f"Low {n}"} for n in (11, 12)]
    trips = [
        {"AssignmentID": n, "BookingID": n} | OUTCOMES[(n - 101) % 3]
        for n in NUMBERS
        if n not in (104, 108, 112)
    ]
    return [
        files.sql("space_travel_agents", *people),
        files.sql("assignment_history", *({"AssignmentID": n, "AgentID": 11 + n % 2} for n in NUMBERS)),
        files.sql("bookings", *trips),
    ]


@pytest.fixture
def at_work(add_agent: Callable[..., Any], add_lead: Callable[..., Any], desk: Desk) -> None:
    """Work of the desk's own, which no import is to change."""
    add_agent("Grace", license="G-1")
    for number in range(3):
        row = add_lead(f"Nia {number}")
        bookings.claim(desk, row["booking_id"], 1)
    bookings.confirm(desk, 1, "Luxury Dome Stay", 1000, 200)
    bookings.cancel(desk, 2, "no money")


def figures(desk: Desk) -> list[object]:
    with desk.reading():
        return [
            booking_figures.by_kind(),
            booking_figures.by_agent(desk),
            tallies.stored(),
            tallies.recomputed(),
            queries.count_totals(),
            [(row["agent_id"], row["load"], row["rank"]) for row in queries.list_agents()],
        ]


def assert_sound(desk: Desk) -> None:
    with desk.reading():
        report = doctor.examine(desk)
    assert [row for row in report["checks"] if not (row["ok"] or row["warning"])] == []
    assert [row for row in report["checks"] if row["check"] == "imports" and not row["ok"]] == []


@pytest.mark.usefixtures("at_work")
def test_all_of_an_import_is_taken_back_in_one_command(desk: Desk, load: Load, history: list[Path]) -> None:
    before = figures(desk)
    load(*history)
    assert figures(desk) != before

    told: list[tuple[int, int]] = []
    with progress.told_to(lambda *step: told.append(step)):
        back = undo(desk)

    assert told == [(step, len(told)) for step in range(4)]
    assert (back["command"], back["bookings"]) == ("import", 9)
    assert (back["kept_agents"], back["kept_bookings"]) == ([], [])
    assert figures(desk) == before
    assert_sound(desk)
    with desk.reading():
        rows = list(Booking.select().where(Booking.booking_id > 100))
        assert all(row.voided and row.cancel_reason == "entered by mistake" for row in rows)
        assert {row.left_at for row in Agent.select().where(Agent.agent_id > 10)} == {desk.now()}
        (last, *parts) = event_log.events(limit=5)
        (shown,) = event_log.events(booking_id=102)
    assert last["detail"] == {"command": "import", "agents": 2, "bookings": 9}
    assert {part["command"] for part in parts} == {"import.rows_back"}
    assert shown["command"] == "import.rows_back"
    with pytest.raises(Refused, match="mistake"):
        bookings.reopen(desk, 102)


@pytest.mark.usefixtures("at_work")
def test_an_unfinished_import_is_taken_back_as_well(desk: Desk, load: Load, history: list[Path]) -> None:
    before = figures(desk)

    def stop(done: int, _total: int, what: str) -> None:
        if what == "writing" and done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(*history, progress=stop)
    assert undo(desk)["bookings"] == 4
    assert figures(desk) == before
    assert_sound(desk)
    with pytest.raises(Refused):
        load(*history)


@pytest.mark.usefixtures("at_work")
def test_rows_that_others_have_changed_stay(desk: Desk, load: Load, history: list[Path]) -> None:
    load(*history)
    with desk.acting_as("lee"):
        bookings.claim(desk, 101, 12)
        bookings.claim(desk, 107, 12)
        undo(desk)

    back = undo(desk)

    assert (back["kept_agents"], back["kept_bookings"], back["bookings"]) == ([12], [101], 8)
    with desk.reading():
        assert queries.booking(101)["status"] == "Pending"
        assert queries.booking(107)["status"] == "Cancelled", "the claim of it was undone"
        assert queries.agent(12)["load"] == 1
        detail = event_log.events(limit=1)[0]["detail"]
    assert (detail["kept_agents"], detail["kept_bookings"]) == (1, 1)
    assert_sound(desk)


def test_what_an_undo_of_several_left_stays(desk: Desk, load: Load, history: list[Path]) -> None:
    """Booking 101 is still reassigned, though the undo of the command that did it undid the other one."""
    load(*history)
    bulk_actions.reassign(desk, [101, 107], 11, "she is ill")
    several = _newest(desk)
    with desk.acting_as("lee"):
        bookings.claim(desk, 101, 11)
    claim = _newest(desk)
    assert [one["row"] for one in undo(desk, several)["refused"]] == ["booking 101"]
    undo(desk, claim)
    assert undo(desk, 1)["kept_bookings"] == [101]


def _newest(desk: Desk) -> int:
    with desk.reading():
        return event_log.events(limit=1)[0]["event_id"]


def test_an_agent_changed_since_stays_and_is_named(desk: Desk, load: Load, history: list[Path]) -> None:
    load(*history)
    agents.change(desk, 11, capacity=3)
    with desk.reading():
        head = import_record.heads()[0].event_id
    assert undo(desk, head)["kept_agents"] == [11]
    assert_sound(desk)


def test_bookings_that_the_agents_got_wait_again(
    desk: Desk, load: Load, history: list[Path], add_lead: Callable[..., Any]
) -> None:
    waiting = add_lead()["booking_id"]
    load(*history)
    with desk.reading():
        assert queries.booking(waiting)["agent_id"] is not None

    assert undo(desk)["kept_agents"] == []

    with desk.reading():
        assert queries.booking(waiting)["agent_id"] is None
    assert_sound(desk)


def test_a_booking_that_its_agent_has_begun_keeps_the_agent(
    desk: Desk, load: Load, history: list[Path], add_lead: Callable[..., Any]
) -> None:
    waiting = add_lead()["booking_id"]
    load(*history)
    with desk.reading():
        holder = queries.booking(waiting)["agent_id"]
    assert holder is not None
    bookings.claim(desk, waiting, holder)
    assert undo(desk, 2)["kept_agents"] == [holder]
    assert_sound(desk)


def test_a_part_alone_is_refused_with_the_way(desk: Desk, load: Load, history: list[Path]) -> None:
    load(*history)
    with pytest.raises(Refused) as caught:
        undo(desk, 3)
    assert "{log.undo 1}" in caught.value.hint
    undo(desk)
    with pytest.raises(Refused, match="imported rows removed cannot be undone"):
        undo(desk, 6)
    with pytest.raises(Refused, match="nothing"):
        undo(desk)


def test_who_finished_an_import_can_undo_it(desk: Desk, load: Load, history: list[Path]) -> None:
    def stop(_done: int, _total: int, what: str) -> None:
        if what == "writing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(*history, progress=stop)
    with desk.acting_as("lee"):
        load(*history)
        assert undo(desk)["undone_event_id"] == 1


def test_rows_taken_back_are_not_imported_again(
    desk: Desk, load: Load, history: list[Path], files: Any
) -> None:
    load(*history)
    undo(desk)
    for dry_run in (False, True):
        with pytest.raises(Refused) as caught:
            import_files(desk, history, dry_run=dry_run)
        assert caught.value.code == "taken_back"
        assert "new ids" in caught.value.hint
    mended = files.sql(
        "bookings", {"AssignmentID": 101, "BookingID": 101, "Package": None}, name="mended.sql"
    )
    late = files.sql("bookings", {"AssignmentID": 104, "BookingID": 104}, name="late.sql")
    result = load(mended, late)
    assert [row["reason"] for row in result["quarantined"]] == [
        "booking 101 was imported and undone: give it a new id",
        "its assignment 104 was imported and undone: give it a new id",
    ]


@pytest.mark.on_file
def test_an_import_by_an_earlier_version_is_sound_and_stays(desk: Desk, load: Load, files: Any) -> None:
    """Its only event comes last, and counts the rows."""
    load(*files.three())
    with desk.transaction():
        run = desk.database.run
        (trigger,) = run("SELECT sql FROM sqlite_master WHERE name = 'events_stay'", ()).fetchone()
        run("DROP TRIGGER events_stay", ())
        run("DELETE FROM events", ())
        run(trigger, ())
        detail = '{"files":["a.csv"],"agents":1,"assignments":1,"bookings":1,"unchanged":{}}'
        Event(event_id=1, at=desk.now(), actor="kim", command="import", detail=detail, session="").save()
    assert_sound(desk)
    with pytest.raises(Refused, match="an older Astra") as caught:
        undo(desk, 1)
    assert "backup" in caught.value.hint
    assert load(*files.three())["unchanged"] == {"agents": 1, "assignments": 1, "bookings": 1}


def test_the_log_tells_of_a_part_in_numbers(desk: Desk, load: Load, history: list[Path]) -> None:
    load(*history)
    with desk.reading():
        title, text = event_detail(event_log.events()[0])
    assert title == "Event 5"
    assert "bookings:" not in text.plain
    assert "Assignments" in text.plain
    assert len(text.plain) < 300
    with desk.reading():
        assert Assignment.select().count() == len(NUMBERS)


def test_an_import_and_its_undo_keep_the_shares_right(desk: Desk, load: Load, history: list[Path]) -> None:
    """Its agents take part in the policy ``share`` as soon as they are there, though no signal says so."""
    configuration.set_value(desk, "policy", "share")
    load(*history)
    with desk.reading():
        assert shares.state().total == 2
    assert_sound(desk)
    undo(desk)
    with desk.reading():
        assert shares.state().total == 0
    assert_sound(desk)
