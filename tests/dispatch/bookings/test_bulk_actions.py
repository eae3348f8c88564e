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
from dispatch.operations.undo import undo
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


def test_undo_of_a_batch_names_a_later_change(desk: Desk, four: None, look: Look) -> None:
    bulk_actions.cancel(desk, [1, 2, 3], "launch is off")
    with desk.acting_as("lee"):
        bookings.reopen(desk, 2)
    before = seen(look)
    with pytest.raises(Refused, match=r"booking 2 has changed since .* booking.reopen of lee"):
        undo(desk)
    assert seen(look) == before


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
