"""Redo: the undo of an undo, in turn with it as often as one likes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import agents, bookings, queries
from dispatch.agents.presence import set_presence
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.desk.event_log import last_event
from dispatch.leads.intake import LeadResult
from dispatch.operations.doctor import examine
from dispatch.operations.undo import is_redoable, redo, undo
from dispatch.queries.wording import exact
from models.errors import NotFound
from screens.log.event_detail import event_detail
from tests.dispatch.operations.test_undo import CLOSED, OPEN, AddAgent, AddLead, Look, refusal, state


@pytest.fixture
def claimed(desk: Desk, lead: LeadResult) -> None:
    bookings.claim(desk, 1, 1)


def faults(desk: Desk) -> list[Any]:
    with desk.reading():
        return [row for row in examine(desk)["checks"] if not (row["ok"] or row["warning"])]


def marks(look: Look) -> dict[int, int | None]:
    return {row["event_id"]: row["undone_by"] for row in look(event_log.events)}


@pytest.mark.parametrize("name", [*OPEN, *(f"closed: {name}" for name in CLOSED)])
def test_undo_and_redo_take_turns(desk: Desk, claimed: None, look: Look, name: str) -> None:
    commands = OPEN
    if name not in OPEN:
        OPEN["confirm"](desk)
        commands = CLOSED
    before = state(look)
    commands[name.removeprefix("closed: ")](desk)
    after = state(look)
    for _ in range(3):
        assert undo(desk)["redone"] is False
        assert state(look) == before
        assert redo(desk)["redone"] is True
        assert state(look) == after
    assert look(queries.count_totals).drift == ()


def test_a_redo_is_linked_to_its_undo_and_names_the_command(desk: Desk, claimed: None, look: Look) -> None:
    undo(desk)
    result = redo(desk)
    assert (result["undone_event_id"], result["command"], result["booking_id"]) == (5, "booking.claim", 1)
    newest = look(event_log.events)[0]
    assert (newest["command"], newest["undoes"], newest["detail"]) == (
        "redo",
        5,
        {"command": "booking.claim"},
    )


def test_undoing_an_undo_is_a_redo(desk: Desk, claimed: None, look: Look) -> None:
    undo(desk)
    assert undo(desk, 5)["redone"] is True
    assert look(event_log.events)[0]["command"] == "redo"
    assert look(queries.booking, 1)["claimed_at"]


def test_the_log_marks_what_is_undone_now(desk: Desk, claimed: None, look: Look) -> None:
    undo(desk)
    assert marks(look) == {5: None, 4: 5, 3: None, 2: None, 1: None}
    redo(desk)
    assert marks(look) == {6: None, 5: 6, 4: None, 3: None, 2: None, 1: None}
    undo(desk)
    assert marks(look) == {7: None, 6: 7, 5: None, 4: 7, 3: None, 2: None, 1: None}
    assert [row["event_id"] for row in look(event_log.events, undone=True)] == [6, 4]
    redo(desk)
    assert look(event_log.events, undone=True) == []


def test_the_log_tells_what_an_event_undid_and_what_undid_it(desk: Desk, claimed: None, look: Look) -> None:
    undo(desk)
    redo(desk)
    undo(desk)
    newest, redone, undone, claim = look(event_log.events)[:4]
    at = exact(claim["at"])
    assert f"Undone {at} by kim, event 7\n" in look(event_detail, claim)[1].plain + "\n"
    assert (
        f"Undoes event 4, {at} by kim: claimed 1 (Kate Nguyen) for Ada Byron"
        in look(event_detail, undone)[1].plain
    )
    assert "Undone" not in look(event_detail, undone)[1].plain, "it stands again"
    pane = look(event_detail, redone)[1].plain
    assert f"Undone {at} by kim, event 7\nRedoes event 5, {at} by kim" in pane
    assert f"Undoes event 6, {at} by kim: redid the claim on 1" in look(event_detail, newest)[1].plain


def test_any_event_of_a_chain_may_be_named(desk: Desk, claimed: None, look: Look) -> None:
    assert refusal(look, lambda: redo(desk, 4)).code == "not_undone"
    undo(desk)  # 5
    assert refusal(look, lambda: undo(desk, 4)).code == "already_undone"
    assert redo(desk, 4)["undone_event_id"] == 5
    assert refusal(look, lambda: redo(desk, 4)).code == "already_redone"
    assert refusal(look, lambda: undo(desk, 5)).code == "already_redone"
    assert undo(desk, 4)["undone_event_id"] == 6
    assert redo(desk, 5)["undone_event_id"] == 7
    with pytest.raises(NotFound):
        redo(desk, 99)


def test_several_undos_are_redone_step_by_step(desk: Desk, lead: LeadResult, look: Look) -> None:
    bookings.claim(desk, 1, 1)
    bookings.note(desk, 1, "hello")
    before = state(look)
    undone = [undo(desk)["command"] for _ in range(5)]
    assert [redo(desk)["command"] for _ in range(5)] == undone[::-1]
    assert state(look) == before
    assert refusal(look, lambda: redo(desk)).code == "nothing_to_redo"
    assert [undo(desk)["command"] for _ in range(5)] == undone
    assert faults(desk) == []


def test_a_later_command_ends_what_can_be_redone_without_a_number(
    desk: Desk, claimed: None, look: Look
) -> None:
    assert not look(lambda: is_redoable(desk, last_event()))
    undo(desk)
    assert look(lambda: is_redoable(desk, last_event()))
    bookings.note(desk, 1, "hello")
    assert not look(lambda: is_redoable(desk, last_event()))
    error = refusal(look, lambda: redo(desk))
    assert error.code == "nothing_to_redo"
    assert "event 6 (booking.note)" in error.message
    assert "{log.redo 5}" in (error.hint or "")
    assert redo(desk, 5)["command"] == "booking.claim", "a note changes no row"


def test_only_undos_of_this_terminal_are_redone_without_a_number(
    desk: Desk, claimed: None, look: Look
) -> None:
    undo(desk)
    here, desk.session = desk.session, "elsewhere"
    error = refusal(look, lambda: redo(desk))
    assert (error.code, "{log.redo 5}" in (error.hint or "")) == ("nothing_to_redo", True)
    desk.session = here
    assert redo(desk)["command"] == "booking.claim"


def test_what_has_changed_since_the_undo_is_not_redone(desk: Desk, claimed: None, look: Look) -> None:
    undo(desk)
    bookings.reassign(desk, 1, 2, "speaks French")
    error = refusal(look, lambda: redo(desk, 4))
    assert error.code == "changed_since"
    assert "booking 1 has changed since event 5 by event 6, booking.reassign" in error.message
    undo(desk)
    assert redo(desk, 4)["command"] == "booking.claim"


def test_a_redone_command_counts_as_a_later_change(desk: Desk, claimed: None, look: Look) -> None:
    bookings.release(desk, 1)
    undo(desk)
    redo(desk)
    assert refusal(look, lambda: undo(desk, 4)).code == "changed_since"
    undo(desk)
    assert undo(desk, 4)["command"] == "booking.claim"


def test_a_lead_comes_back_with_its_number_agent_and_figures(
    desk: Desk, claimed: None, look: Look, loads: Callable[[], dict[int, int]]
) -> None:
    undo(desk)
    before = state(look)
    undo(desk)
    assert look(queries.booking, 1)["voided"] is True
    redo(desk)
    row = look(queries.booking, 1)
    assert (row["status"], row["voided"], row["cancel_reason"], row["agent_id"]) == (
        "Pending",
        False,
        None,
        1,
    )
    assert (state(look), loads()) == (before, {1: 1, 2: 0})
    assert redo(desk)["command"] == "booking.claim"
    assert faults(desk) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda desk: agents.leave(desk, 1), "agent_left"),
        (lambda desk: set_presence(desk, 1, "away"), "agent_away"),
    ],
)
def test_a_lead_does_not_come_back_to_an_agent_who_is_not_there(
    desk: Desk, lead: LeadResult, look: Look, change: Callable[[Desk], object], code: str
) -> None:
    undo(desk)
    change(desk)
    assert refusal(look, lambda: redo(desk, 3)).code == code


def test_an_added_agent_comes_back(desk: Desk, two: None, look: Look) -> None:
    before = state(look)
    undo(desk)
    redo(desk)
    assert state(look) == before
    assert look(queries.agent, 2)["left_at"] is None


def test_an_agent_who_came_back_with_new_work_since_stays(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look
) -> None:
    add_agent()
    undo(desk)
    redo(desk)
    add_lead()
    assert refusal(look, lambda: undo(desk, 1)).code == "holds_work"


def test_work_that_an_undo_passed_on_goes_back(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look
) -> None:
    """The booking had waited for the agent, who was added, removed and added again."""
    add_lead()
    add_agent()
    for given in (None, 1):
        (undo if given is None else redo)(desk)
        assert look(queries.booking, 1)["agent_id"] == given
    assert faults(desk) == []


def test_a_redone_decline_keeps_the_booking_from_its_agent_again(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look
) -> None:
    add_agent()
    add_lead()
    bookings.decline(desk, 1, "full")
    assert look(queries.booking, 1)["agent_id"] is None
    undo(desk)
    redo(desk)
    agents.change(desk, 1, years=9)  # offers what waits
    assert look(queries.booking, 1)["agent_id"] is None
