"""Actions on several bookings, and their undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import agents, bookings, queries
from dispatch.agents.presence import set_presence
from dispatch.bookings import bulk_actions
from dispatch.bookings.row_types import BatchResult
from dispatch.bootstrap import open_desk
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.operations.command_list import describe_target
from dispatch.operations.undo import is_undoable, preview, redo, undo
from dispatch.queries.row_types import BookingRow
from models.errors import DeskError, InvalidInput, Refused

AddLead = Callable[..., Any]
Look = Callable[..., Any]


@pytest.fixture
def four(desk: Desk, two: None, add_lead: AddLead) -> None:
    """Bookings 1 and 3 are Ada's, claimed; 2 and 4 are Bob's, 4 is closed."""
    for _ in range(4):
        add_lead()
    bookings.claim(desk, 1, 1)
    bookings.claim(desk, 3, 1)
    bookings.cancel(desk, 4, "no money")


def seen(look: Look) -> Any:
    moving = {"changed_at", "version"}
    rows, people = look(
        lambda: (queries.list_bookings(queries.BookingFilter(sort="id")), queries.list_agents())
    )
    return [{key: row[key] for key in row.keys() - moving} for row in rows], people


Run = Callable[[Desk, Any], Any]
RUNS: dict[str, tuple[Run, Run, list[bool]]] = {
    "reassign": (
        lambda desk, which: bulk_actions.reassign(desk, which, 2, "she is ill"),
        lambda desk, which: bulk_actions.preview_reassign(desk, which, 2),
        [True, False, True, False, False],
    ),
    "cancel": (
        lambda desk, which: bulk_actions.cancel(desk, which, "launch is off"),
        bulk_actions.preview_cancel,
        [True, True, True, False, False],
    ),
    "follow_up": (
        lambda desk, which: bulk_actions.follow_up(desk, which, "in 2h"),
        lambda desk, which: bulk_actions.preview_follow_up(desk, which, "in 2h"),
        [True, True, True, False, False],
    ),
    "prioritise": (
        lambda desk, which: bulk_actions.prioritise(desk, which, "High"),
        lambda desk, which: bulk_actions.preview_prioritise(desk, which, "high"),
        [True, True, True, False, False],
    ),
    "release": (bulk_actions.release, bulk_actions.preview_release, [True, False, True, False, False]),
}
WRITTEN = {"changed_at", "version", "given_at", "cancel_reason"}  # fields that a preview leaves out


def booked(result: BatchResult) -> list[BookingRow]:
    return [row["booking"] for row in result["results"] if row["booking"]]


def essence(result: Any) -> Any:
    """A result without the fields known only after writing."""
    rows = [
        row | {"booking": row["booking"] and {k: v for k, v in row["booking"].items() if k not in WRITTEN}}
        for row in result["results"]
    ]
    return result | {"results": rows}


@pytest.mark.parametrize("name", RUNS)
def test_every_booking_has_its_result_and_one_undo_reverses_all(
    desk: Desk, four: None, look: Look, name: str
) -> None:
    run, preview, expected = RUNS[name]
    ids, before = [1, 2, 3, 4, 99], seen(look)
    planned = preview(desk, ids)
    assert seen(look) == before
    result = run(desk, [*ids, 1])
    assert essence(result) == essence(planned)
    assert [row["ok"] for row in result["results"]] == expected
    assert (result["done"], result["refused"]) == (sum(expected), len(expected) - sum(expected))
    assert all((row["error"] is None) is row["ok"] for row in result["results"])
    assert look(queries.count_totals).drift == ()
    assert look(event_log.events, booking_id=1)[0]["command"] == f"booking.{name}_all"
    undo(desk)
    assert seen(look) == before


def states(look: Look) -> list[str]:
    rows = look(lambda: queries.list_bookings(queries.BookingFilter(sort="id", descending=False)))
    return [row["status"] for row in rows]


def test_undo_leaves_what_was_changed_since_and_restores_the_rest(desk: Desk, four: None, look: Look) -> None:
    before = states(look)
    bulk_actions.cancel(desk, [1, 2, 3], "launch is off")
    with desk.acting_as("lee"):
        bookings.reopen(desk, 2)
        bookings.cancel(desk, 2, "his own reason")
    planned = preview(desk)
    assert (planned["rows"], describe_target(planned)) == (
        ["booking 1", "booking 3"],
        "the cancellation of 2 bookings; booking 2 stays",
    )
    done = undo(desk)
    assert (done["bookings"], done["refused"]) == (2, planned["refused"])
    (stays,) = done["refused"]
    assert (stays["row"], stays["error"]["code"]) == ("booking 2", "changed_since")
    assert "booking.reopen of lee" in stays["error"]["message"]
    assert states(look) == ["Pending", "Cancelled", "Pending", before[3]]
    assert look(queries.count_totals).drift == ()
    redo(desk)
    assert states(look)[:3] == ["Cancelled"] * 3


def test_what_an_undo_left_still_counts_as_done(desk: Desk, four: None, look: Look) -> None:
    """The claim of booking 1 must not be undone under the cancellation that stayed."""
    claim = next(one for one in look(event_log.events, booking_id=1) if one["command"] == "booking.claim")
    bulk_actions.cancel(desk, [1, 2], "launch is off")
    reopened = bookings.reopen(desk, 1)
    assert reopened["status"] == "Pending"
    last = look(event_log.events)[0]["event_id"]
    undo(desk, look(event_log.events)[1]["event_id"])
    undo(desk, last)
    assert states(look)[:2] == ["Cancelled", "Pending"]
    with pytest.raises(Refused, match=r"booking.cancel_all of"):
        undo(desk, claim["event_id"])


def test_undo_is_refused_if_every_row_has_changed_since(desk: Desk, four: None, look: Look) -> None:
    bulk_actions.cancel(desk, [1, 2], "launch is off")
    bookings.reopen(desk, 1)
    bookings.reopen(desk, 2)
    before = seen(look)
    number = look(event_log.events)[2]["event_id"]
    for run in (undo, preview):
        with pytest.raises(Refused, match="booking 1 has changed since"):
            run(desk, number)
    assert seen(look) == before


def test_a_command_of_which_all_was_refused_is_nothing_to_undo(desk: Desk, four: None, look: Look) -> None:
    assert bulk_actions.cancel(desk, [4, 99], "launch is off")["done"] == 0
    number = look(event_log.events)[0]["event_id"]
    assert not look(lambda: is_undoable(number))
    with pytest.raises(Refused, match="several cancelled changed nothing"):
        preview(desk, number)
    assert preview(desk)["booking_id"] == undo(desk)["booking_id"] == 4, "the command before it"


def test_a_batch_above_the_capacity_is_an_override(desk: Desk, four: None, look: Look) -> None:
    agents.change(desk, 2, capacity=2)  # one more fits
    planned = bulk_actions.preview_reassign(desk, [1, 3], 2)
    result = bulk_actions.reassign(desk, [1, 3], 2, "ill")
    assert [row["over_capacity"] for row in booked(result)] == [False, True]
    assert essence(result) == essence(planned)
    assert look(event_log.events, limit=1)[0]["detail"] == {
        "bookings": 2,
        "reason": "ill",
        "over_capacity": True,
    }


def test_a_batch_of_nothing_or_to_nobody_is_refused(desk: Desk, four: None) -> None:
    with pytest.raises(InvalidInput):
        bulk_actions.release(desk, [])
    with pytest.raises(DeskError):
        bulk_actions.reassign(desk, [1], 9, "ill")
    with pytest.raises(InvalidInput):
        bulk_actions.cancel(desk, [1], " ")


def test_a_preview_waits_for_nobody(desk: Desk, four: None, path: Any) -> None:
    """It only reads, so it works while another terminal is running a command."""
    other = open_desk(path, actor="lee")
    with other.transaction():
        assert bulk_actions.preview_cancel(desk, [1, 2])["done"] == 2
        assert bulk_actions.preview_reassign(desk, [1, 2], 2)["refused"] == 1
        assert bulk_actions.preview_release(desk, [1, 2])["refused"] == 1
    other.close()


def test_a_bulk_action_on_a_filter_is_not_done_again_on_a_repeat(desk: Desk, four: None, look: Look) -> None:
    which = queries.BookingFilter(status="Pending", agent_id=1, sort="id", descending=False)
    planned = bulk_actions.preview_cancel(desk, which)
    for _ in range(2):
        with desk.request("once"):
            result = bulk_actions.cancel(desk, which, "she left")
        assert [row["booking_id"] for row in result["results"]] == [1, 3]
        assert essence(result) == essence(planned)
    assert look(queries.booking, 2)["status"] == "Pending"
    assert bulk_actions.cancel(desk, which, "again") == {"done": 0, "refused": 0, "results": []}


def test_work_released_by_an_absent_agent_moves_as_previewed(desk: Desk, four: None, look: Look) -> None:
    set_presence(desk, 1, "away")
    planned = bulk_actions.preview_release(desk, [1, 3])
    result = bulk_actions.release(desk, [1, 3])
    assert [row["agent_id"] for row in booked(result)] == [2, 2]
    assert essence(result) == essence(planned)
    assert look(queries.count_totals).drift == ()


def test_waiting_bookings_are_assigned_together_by_hand(
    desk: Desk, add_agent: Any, add_lead: AddLead, look: Look
) -> None:
    add_agent(capacity=0)
    for _ in range(3):
        add_lead()
    assert bulk_actions.reassign(desk, [1, 2, 3], 1, "only she can")["done"] == 3
    assert (look(queries.agent, 1)["load"], look(queries.count_totals).drift) == (3, ())
    assert [look(queries.booking, number)["assignment_id"] for number in (1, 2, 3)] == [1, 2, 3]
    undo(desk)
    assert (look(queries.agent, 1)["load"], look(queries.count_totals).waiting) == (0, 3)
