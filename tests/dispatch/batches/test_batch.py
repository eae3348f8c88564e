"""Batches: several commands, one undo, and a request id that makes them safe to repeat."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from dispatch import bookings, queries
from dispatch.agents.presence import set_presence
from dispatch.batches.record import Batch, together
from dispatch.bookings import bulk_actions
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.matching import weights
from dispatch.operations import configuration, doctor
from dispatch.operations.undo import is_undoable, preview, redo, undo
from dispatch.service.issues.intake import open_issue
from models.errors import NotFound, Refused

Look = Callable[..., Any]


@pytest.fixture
def several(two: None, add_lead: Callable[..., Any]) -> None:
    """Bookings 1 (Ada), 2 (Bob) and 3 (Ada)."""
    for name in ("Kate", "Lee", "Mia"):
        add_lead(name=name)


def work(desk: Desk) -> list[Callable[[], object]]:
    return [
        lambda: bookings.claim(desk, 1, 1),
        lambda: bookings.note(desk, 1, "called"),
        lambda: bookings.claim(desk, 99, 1),
        lambda: bookings.cancel(desk, 2, "no money"),
    ]


def one_by_one(
    desk: Desk, request_id: str | None = None, lines: tuple[str, ...] = ("a", "b", "c", "d")
) -> Batch:
    batch = Batch(desk, lines, request_id)
    for number, act in enumerate(work(desk), start=1):
        with suppress(NotFound), batch.part(number):
            act()
    return batch


def standing(look: Look) -> list[tuple[str, bool]]:
    rows = look(queries.list_bookings, queries.BookingFilter(sort="id", descending=False))
    return [(row["status"], bool(row["claimed_at"])) for row in rows]


BEFORE = [("Pending", False)] * 3
DONE = [("Pending", True), ("Cancelled", True), ("Pending", False)]


def test_one_undo_takes_every_command_back_and_one_redo_does_them_again(
    desk: Desk, several: None, look: Look
) -> None:
    one_by_one(desk)
    assert standing(look) == DONE
    done = undo(desk)
    assert (done["command"], done["redone"], done["bookings"], done["kept_events"]) == ("batch", False, 2, [])
    assert standing(look) == BEFORE
    assert redo(desk)["redone"]
    assert standing(look) == DONE
    undo(desk)
    assert standing(look) == BEFORE
    redo(desk)
    assert standing(look) == DONE
    assert [
        one["detail"] for one in look(doctor.examine, desk)["checks"] if not one["ok"] and not one["warning"]
    ] == []


def test_a_batch_in_which_nothing_is_done_leaves_no_trace(desk: Desk, several: None, look: Look) -> None:
    before = look(event_log.events)
    batch = Batch(desk, ["one"])
    with pytest.raises(Refused), batch.part(1):
        bookings.keep(desk, 1)
    assert batch.head is None
    assert look(event_log.events) == before


def test_a_batch_of_what_was_done_before_has_no_head(desk: Desk, several: None, look: Look) -> None:
    with desk.request("mine"):
        bookings.claim(desk, 1, 1)
    before = look(event_log.events)
    batch = Batch(desk, ["one"])
    with batch.part(1), desk.request("mine"):
        assert bookings.claim(desk, 1, 1)["booking_id"] == 1
    assert (batch.head, look(event_log.events)) == (None, before)


def test_together_is_all_or_nothing(desk: Desk, several: None, look: Look) -> None:
    before = look(event_log.events)
    with pytest.raises(NotFound, match="99"):
        together(desk, work(desk))
    assert look(event_log.events) == before
    assert standing(look) == BEFORE
    together(desk, [act for number, act in enumerate(work(desk)) if number != 2])
    assert standing(look) == DONE
    undo(desk)
    assert standing(look) == BEFORE


def test_a_refusal_after_a_write_takes_the_whole_line_back(desk: Desk, several: None, look: Look) -> None:
    batch = Batch(desk, ["one", "two"])
    with batch.part(1):
        bookings.claim(desk, 1, 1)

    def half() -> None:
        bookings.claim(desk, 3, 1)
        bookings.keep(desk, 2)

    with pytest.raises(Refused), batch.part(2):
        half()
    assert standing(look) == [("Pending", True), ("Pending", False), ("Pending", False)]


def test_what_another_has_changed_since_stays_and_the_rest_is_undone(
    desk: Desk, several: None, look: Look
) -> None:
    one_by_one(desk)
    with desk.acting_as("eve"):
        bookings.cancel(desk, 1, "ill")
    planned = preview(desk)
    assert planned["rows"] == ["booking 2", "booking 1"], "the note is taken back, the claim stays"
    done = undo(desk)
    assert done["refused"] == planned["refused"] != []
    (stays,) = done["refused"]
    assert (stays["row"], stays["error"]["code"]) == ("booking 1", "changed_since")
    assert "booking.cancel of eve" in stays["error"]["message"]
    assert standing(look) == [("Cancelled", True), *BEFORE[1:]]
    assert look(event_log.events)[0]["detail"]["stayed"] == ["booking 1"]
    redo(desk)
    assert standing(look) == [("Cancelled", True), *DONE[1:]]
    undo(desk)
    assert standing(look) == [("Cancelled", True), *BEFORE[1:]]


def test_a_batch_of_which_all_has_changed_since_is_not_undone(desk: Desk, several: None, look: Look) -> None:
    together(desk, [lambda: bookings.claim(desk, 1, 1), lambda: bookings.contact(desk, 1, "reached")])
    with desk.acting_as("eve"):
        bookings.cancel(desk, 1, "ill")
    before = (standing(look), look(event_log.events))
    for run in (undo, preview):
        with pytest.raises(Refused, match="booking 1 has changed since"):
            run(desk)
    assert (standing(look), look(event_log.events)) == before


def test_a_batch_whose_undo_would_return_work_to_an_absent_agent_is_refused(
    desk: Desk, several: None, look: Look
) -> None:
    """It used to end in an error of the program: the refusal came after a row was written."""
    together(desk, [lambda: bookings.cancel(desk, 2, "no money"), lambda: bookings.claim(desk, 1, 1)])
    set_presence(desk, 2, "away")
    head = next(one["event_id"] for one in look(event_log.events) if one["command"] == "batch")
    planned = preview(desk, head)
    assert (planned["rows"], [one["row"] for one in planned["refused"]]) == (["booking 1"], ["booking 2"])
    assert undo(desk, head)["refused"] == planned["refused"]
    assert planned["refused"][0]["error"]["code"] == "agent_away"
    assert standing(look) == [BEFORE[0], ("Cancelled", True), BEFORE[2]]


@pytest.mark.on_file
def test_a_preview_of_a_batch_writes_nothing(desk: Desk, several: None, path: Path) -> None:
    """The undo of a new issue writes into its conversation."""
    together(desk, [lambda: open_issue(desk, "My refund is late"), lambda: bookings.claim(desk, 1, 1)])
    with closing(sqlite3.connect(path)) as connection:
        before = list(connection.iterdump())
        assert preview(desk)["rows"] == ["booking 1", "issue 1"]
        assert list(connection.iterdump()) == before


def test_a_batch_in_which_nothing_changed_is_nothing_to_undo(desk: Desk, several: None, look: Look) -> None:
    bookings.claim(desk, 1, 1)
    together(desk, [lambda: bulk_actions.cancel(desk, [99], "no money")])
    head = next(one["event_id"] for one in look(event_log.events) if one["command"] == "batch")
    assert not look(lambda: is_undoable(head))
    assert preview(desk)["command"] == "booking.claim"
    with pytest.raises(Refused, match="changed nothing"):
        undo(desk, head)
    assert undo(desk)["command"] == "booking.claim"
    together(desk, [lambda: bulk_actions.cancel(desk, [99], "no money")])
    assert redo(desk)["command"] == "booking.claim", "nothing was done since the undo"


def test_a_command_undone_by_itself_is_left_alone(desk: Desk, several: None, look: Look) -> None:
    batch = one_by_one(desk)
    last = look(event_log.events)[0]
    assert last["command"] == "booking.cancel"
    undo(desk, last["event_id"])
    undo(desk, batch.head)
    assert standing(look) == BEFORE
    redo(desk)
    assert standing(look) == [("Pending", True), ("Pending", False), ("Pending", False)]


def test_what_is_never_undone_stays_and_is_named(desk: Desk, several: None, look: Look) -> None:
    bookings.claim(desk, 3, 1)
    batch = Batch(desk, ["one", "two"])
    with batch.part(1):
        bookings.claim(desk, 1, 1)
    with batch.part(2):
        weights.use(desk, "published")
    kept = look(event_log.events)[0]["event_id"]
    assert undo(desk)["kept_events"] == [kept]
    assert standing(look)[0] == ("Pending", False)
    assert undo(desk)["command"] == "booking.claim", "the batch is undone: the next one is what was before it"


def test_settings_of_a_batch_go_back_one_by_one_and_the_preview_says_so(desk: Desk, look: Look) -> None:
    batch = Batch(desk, ["one", "two", "three"])
    for number, value in enumerate(("balanced", "skill", "rank+contact"), 1):
        with batch.part(number):
            configuration.set_value(desk, "policy", value)
    found = preview(desk)
    assert (found["rows"], found["refused"]) == (["setting policy"], [])
    assert undo(desk)["refused"] == []
    assert desk.settings["policy"] == "rank"
    redo(desk)
    assert desk.settings["policy"] == "rank+contact"
    configuration.set_value(desk, "policy", "match")
    with pytest.raises(Refused, match="setting policy has changed since"):
        undo(desk, batch.head)
    assert desk.settings["policy"] == "match"


def test_a_request_id_repeats_what_is_missing_only(desk: Desk, several: None, look: Look) -> None:
    one_by_one(desk, "r")
    events = look(event_log.events)
    again = one_by_one(desk, "r")
    assert look(event_log.events) == events
    assert again.head is not None
    with pytest.raises(Refused, match="was used for another"):
        one_by_one(desk, "r", ("other", "lines"))


def test_an_interrupted_batch_is_continued_under_its_head(desk: Desk, several: None, look: Look) -> None:
    begun = Batch(desk, ["a", "b", "c", "d"], "r")
    with begun.part(1):
        bookings.claim(desk, 1, 1)
    again = one_by_one(desk, "r")
    assert again.head == begun.head
    assert standing(look) == DONE
    undo(desk)
    assert standing(look) == BEFORE


def test_what_the_desk_does_meanwhile_is_no_part_of_it(desk: Desk, several: None, look: Look) -> None:
    batch = Batch(desk, ["one"])
    with batch.part(1):
        set_presence(desk, 1, "away")
    of_people = [one for one in look(event_log.events) if one["detail"].get("batch")]
    assert {one["actor"] for one in of_people} == {desk.actor}
    undo(desk)
    assert look(queries.agent, 1)["presence"] == "available"
