"""Undo: the inverse of a command, unless its rows have changed since."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import agents, bookings, queries
from dispatch.agents import presence
from dispatch.bookings import editing
from dispatch.bookings.undo_rules import MISTAKE
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.leads.intake import LeadResult
from dispatch.operations import configuration
from dispatch.operations.undo import redo, undo
from dispatch.operations.undoing import target
from models.errors import NotFound, Refused

AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., LeadResult]
Look = Callable[..., Any]
QUOTE = {"package": "Luxury Dome Stay", "destination_revenue": "100", "package_revenue": "50"}
MOVING = {"changed_at", "version"}


def state(look: Look) -> Any:
    """Everything a user sees of bookings and agents, except the traces of every save."""
    rows, people = look(
        lambda: (queries.list_bookings(queries.BookingFilter(sort="id")), queries.list_agents(with_left=True))
    )
    return [{key: row[key] for key in row.keys() - MOVING} for row in rows], people


def refusal(look: Look, run: Callable[[], object]) -> Refused:
    before = (state(look), look(event_log.events))
    with pytest.raises(Refused) as caught:
        run()
    assert (state(look), look(event_log.events)) == before
    return caught.value


@pytest.fixture
def claimed(desk: Desk, lead: LeadResult) -> None:
    bookings.claim(desk, 1, 1)


@pytest.fixture
def confirmed(desk: Desk, claimed: None) -> None:
    bookings.confirm(desk, 1, **QUOTE)


OPEN: dict[str, Callable[[Desk], object]] = {
    "release": lambda desk: bookings.release(desk, 1),
    "decline": lambda desk: bookings.decline(desk, 1, "full"),
    "reached": lambda desk: bookings.contact(desk, 1, "reached"),
    "no answer": lambda desk: bookings.contact(desk, 1, "no_answer"),
    "note": lambda desk: bookings.note(desk, 1, "hello"),
    "confirm": lambda desk: bookings.confirm(desk, 1, **QUOTE),
    "cancel": lambda desk: bookings.cancel(desk, 1, "no money"),
    "reassign": lambda desk: bookings.reassign(desk, 1, 2, "speaks French"),
    "edit person": lambda desk: editing.edit(desk, 1, name="Kate Miller", phone="", email="k@example.com"),
    "edit trip": lambda desk: editing.edit(desk, 1, destination="Europa", method="Phone Call", requests=""),
    "edit quote": lambda desk: editing.edit(desk, 1, package="Luxury Dome Stay", package_revenue=7),
    "agent set": lambda desk: agents.change(desk, 1, first_name="Adele", years=1, capacity=3, license="L1"),
    "agent rating": lambda desk: agents.change(desk, 1, rating=1.5),
    "agent leave": lambda desk: agents.leave(desk, 2),
}
CLOSED: dict[str, Callable[[Desk], object]] = {
    "reopen": lambda desk: bookings.reopen(desk, 1),
    "rate": lambda desk: bookings.rate(desk, 1, 5),
    "edit person": lambda desk: editing.edit(desk, 1, name="Kate Miller"),
}


@pytest.mark.parametrize("name", OPEN)
def test_undo_reverses_a_command_on_an_open_booking(desk: Desk, claimed: None, look: Look, name: str) -> None:
    before = state(look)
    OPEN[name](desk)
    undo(desk)
    assert state(look) == before
    assert look(queries.count_totals).drift == ()


@pytest.mark.parametrize("name", CLOSED)
def test_undo_reverses_a_command_on_a_closed_booking(
    desk: Desk, confirmed: None, look: Look, name: str
) -> None:
    before = state(look)
    CLOSED[name](desk)
    undo(desk)
    assert state(look) == before
    assert look(queries.count_totals).drift == ()


def test_undo_is_an_event_linked_to_the_one_it_undoes(desk: Desk, claimed: None, look: Look) -> None:
    result = undo(desk)
    assert (result["undone_event_id"], result["command"], result["booking_id"]) == (4, "booking.claim", 1)
    assert result["booking"] == look(queries.booking, 1)
    newest, claim = look(event_log.events, limit=2)
    assert (newest["command"], newest["undoes"], newest["detail"]) == (
        "undo",
        4,
        {"command": "booking.claim"},
    )
    assert claim["undone_by"] == newest["event_id"]


def test_repeated_undo_goes_back_step_by_step(desk: Desk, confirmed: None, look: Look) -> None:
    commands = [undo(desk)["command"] for _ in range(5)]
    assert commands == ["booking.confirm", "booking.claim", "lead.add", "agent.add", "agent.add"]
    assert refusal(look, lambda: undo(desk)).code == "nothing_to_undo"


def test_an_undone_lead_is_cancelled_and_keeps_its_ids(
    desk: Desk, lead: LeadResult, look: Look, add_lead: AddLead, loads: Callable[[], dict[int, int]]
) -> None:
    undo(desk)
    row = look(queries.booking, 1)
    assert (row["status"], row["voided"], row["cancel_reason"]) == ("Cancelled", True, MISTAKE)
    assert (row["cancelled_at"], row["agent_id"], row["assignment_id"]) == (desk.now(), 1, 1)
    assert loads() == {1: 0, 2: 0}
    again = add_lead(phone="+49 711 1234")
    assert (again["booking_id"], again["assignment_id"], again["lead_id"]) == (2, 2, 2)
    assert look(queries.booking, 2)["customer_id"] == 1, "the customer stays"


def test_an_undone_lead_cannot_be_reopened(desk: Desk, lead: LeadResult, look: Look) -> None:
    undo(desk)
    assert refusal(look, lambda: bookings.reopen(desk, 1)).code == "voided"
    assert refusal(look, lambda: bookings.rate(desk, 1, 5)).code == "not_finished"
    claim = refusal(look, lambda: bookings.claim(desk, 1, 1))
    assert (claim.code, claim.hint) == ("not_pending", "enter the lead again"), "not to reopen it"


def test_undoing_a_cancellation_to_an_absent_agent_never_proposes_to_reassign(
    desk: Desk, lead: LeadResult, look: Look
) -> None:
    bookings.cancel(desk, 1, "changed plans")
    cancelled = look(event_log.events)[0]["event_id"]
    presence.set_presence(desk, 1, "away")
    error = refusal(look, lambda: undo(desk, cancelled))
    assert error.code == "agent_away"
    assert error.hint == "{agent.presence 1} makes them available"


def test_undoing_a_lead_removes_the_contact_it_added(
    desk: Desk, two: None, add_lead: AddLead, look: Look
) -> None:
    add_lead(phone="4711")
    add_lead(phone="4711", email="kate@example.com")
    undo(desk)
    assert look(queries.booking, 1)["email"] is None


def test_a_waiting_lead_can_be_undone(desk: Desk, add_lead: AddLead, look: Look) -> None:
    add_lead()
    undo(desk)
    assert (look(queries.booking, 1)["voided"], look(queries.count_totals).waiting) == (True, 0)


def test_undo_reverses_the_last_command_of_its_own_terminal(desk: Desk, claimed: None, look: Look) -> None:
    """Two terminals under one login, such as a shared computer and a script."""
    here, desk.session = desk.session, "elsewhere"
    bookings.cancel(desk, 1, "no money")
    desk.session = here
    assert refusal(look, lambda: undo(desk)).code == "changed_since", "it would undo the claim"
    desk.session = "a third one"
    refused = refusal(look, lambda: undo(desk))
    assert refused.code == "nothing_to_undo"
    assert refused.hint is not None
    assert "event 5 (booking.cancel)" in refused.hint
    assert "{log.undo 5}" in refused.hint
    assert undo(desk, 5)["command"] == "booking.cancel"
    desk.session = here
    assert undo(desk)["command"] == "booking.claim"


def test_the_last_command_is_looked_for_among_the_latest_events(
    desk: Desk, claimed: None, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(target, "REACH", 1)
    here, desk.session = desk.session, "elsewhere"
    bookings.note(desk, 1, "hello")
    desk.session = here
    assert refusal(look, lambda: undo(desk)).code == "nothing_to_undo"


def test_undo_reverses_the_actors_own_last_command(desk: Desk, claimed: None, look: Look) -> None:
    desk.actor = "lee"
    assert refusal(look, lambda: undo(desk)).code == "nothing_to_undo"
    bookings.note(desk, 1, "hello")
    desk.actor = "kim"
    assert undo(desk)["command"] == "booking.claim"


def test_an_event_can_be_named(desk: Desk, lead: LeadResult, add_lead: AddLead, look: Look) -> None:
    add_lead("John Doe")
    assert undo(desk, 3)["booking_id"] == 1
    assert look(queries.booking, 2)["status"] == "Pending"


def test_the_refusal_names_the_later_change(desk: Desk, claimed: None, look: Look) -> None:
    bookings.release(desk, 1)
    error = refusal(look, lambda: undo(desk, 4))
    assert error.code == "changed_since"
    assert "event 5, booking.release of kim" in error.message


def test_a_change_and_its_reversal_count_as_changes(desk: Desk, two: None, look: Look) -> None:
    agents.change(desk, 1, years=10)
    agents.change(desk, 1, years=11)
    agents.change(desk, 1, years=10)
    assert refusal(look, lambda: undo(desk, 3)).code == "changed_since"


def test_an_undone_change_does_not_count(desk: Desk, claimed: None, look: Look) -> None:
    bookings.release(desk, 1)
    undo(desk)
    assert undo(desk, 4)["command"] == "booking.claim"


def test_an_edit_is_not_undone_under_a_later_change_of_the_same_customer(
    desk: Desk, lead: LeadResult, add_lead: AddLead, look: Look
) -> None:
    add_lead(phone="+49 711 1234")
    editing.edit(desk, 1, name="Kate Miller")
    editing.edit(desk, 2, email="other@example.com")
    assert refusal(look, lambda: undo(desk, 5)).code == "changed_since"


def test_ids_with_a_common_prefix_are_not_confused(desk: Desk, two: None, add_lead: AddLead) -> None:
    for _ in range(12):
        add_lead()
    bookings.claim(desk, 1, 1)  # event 15
    bookings.claim(desk, 11, 1)
    bookings.claim(desk, 12, 2)
    assert undo(desk, 15)["booking_id"] == 1


@pytest.mark.parametrize("event_id", [99, 0, -1])
def test_an_event_that_does_not_exist_is_not_found(desk: Desk, two: None, event_id: int) -> None:
    with pytest.raises(NotFound):
        undo(desk, event_id)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("policy", "balanced"),
        ("pull", "on"),
        ("default_capacity", "5"),
        ("sla_holidays", "2082-12-25"),
        ("departments", "Mars=Premium Bookings"),
        ("currency", "off"),
    ],
)
def test_a_setting_gets_its_value_back_and_a_redo_sets_it_again(desk: Desk, key: str, value: str) -> None:
    before = desk.settings[key]
    after = configuration.set_value(desk, key, value)["value"]
    assert before != after
    done = undo(desk)
    assert (desk.settings[key], done["setting"]) == (before, {"key": key, "old": after, "new": before})
    assert redo(desk)["setting"] == {"key": key, "old": before, "new": after}
    assert desk.settings[key] == after
    undo(desk)
    assert desk.settings[key] == before


def test_a_setting_that_somebody_has_set_since_stays(desk: Desk, look: Look) -> None:
    configuration.set_value(desk, "policy", "balanced")
    with desk.acting_as("lee"):
        configuration.set_value(desk, "policy", "skill")
    assert refusal(look, lambda: undo(desk)).code == "changed_since"
    with desk.acting_as("lee"):
        configuration.set_value(desk, "policy", "balanced")
    assert refusal(look, lambda: undo(desk)).code == "changed_since", "also if it has that value again"
    with desk.acting_as("lee"):
        undo(desk)
        undo(desk)
    undo(desk)
    assert desk.settings["policy"] == "rank"


# -- agents


def test_undoing_an_added_agent_deactivates_them(desk: Desk, two: None, look: Look) -> None:
    undo(desk)
    assert look(queries.agent, 2)["left_at"] == desk.now()


def test_an_added_agent_with_work_since_stays(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look
) -> None:
    add_agent()
    add_lead()
    assert refusal(look, lambda: undo(desk, 1)).code == "holds_work"


def test_undoing_an_added_agent_returns_the_bookings_to_waiting(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look, loads: Callable[[], dict[int, int]]
) -> None:
    """The agent's load of 1 is the command's own doing, not a change since."""
    add_lead()
    add_agent()
    undo(desk)
    row = look(queries.booking, 1)
    assert (row["agent_id"], row["status"]) == (None, "Pending")
    assert (loads(), look(queries.count_totals)) == ({1: 0}, queries.Totals(1, 1, ()))
    add_agent()
    assert look(queries.booking, 1)["agent_id"] == 2
    assert look(queries.booking, 1)["assignment_id"] == 1, "still its only assignment"


def test_a_claimed_booking_keeps_an_added_agent(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look
) -> None:
    """The booking that went to the agent is one of the event's rows."""
    add_lead("First")
    add_lead("Second")
    add_agent()
    bookings.claim(desk, 1, 1)
    assert refusal(look, lambda: undo(desk, 3)).code == "changed_since"


def test_a_returned_agent_with_new_work_stays(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look
) -> None:
    add_agent()
    agents.leave(desk, 1)
    agents.come_back(desk, 1)
    add_lead()
    assert refusal(look, lambda: undo(desk, 3)).code == "holds_work"


def test_undoing_a_leave_assigns_waiting_bookings(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look
) -> None:
    add_agent()
    agents.leave(desk, 1)
    desk.actor = "lee"
    add_lead()
    desk.actor = "kim"
    undo(desk)
    assert look(queries.booking, 1)["agent_id"] == 1
    assert look(queries.count_totals) == queries.Totals(0, 1, ())


@pytest.mark.parametrize(
    "run",
    [
        lambda desk: bookings.reassign(desk, 1, 2, "speaks French"),
        lambda desk: bookings.decline(desk, 1, "full"),
        lambda desk: bookings.cancel(desk, 1, "no money"),
        lambda desk: bookings.confirm(desk, 1, **QUOTE),
    ],
)
def test_undo_gives_no_work_to_an_agent_who_left(
    desk: Desk, lead: LeadResult, look: Look, run: Callable[[Desk], object]
) -> None:
    run(desk)
    agents.leave(desk, 1)
    assert refusal(look, lambda: undo(desk, 4)).code == "agent_left"


def test_a_licence_now_held_by_another_agent_is_not_restored(desk: Desk, two: None, look: Look) -> None:
    agents.change(desk, 1, license="L1")
    agents.change(desk, 1, license="L2")
    agents.change(desk, 2, license="L1")
    assert refusal(look, lambda: undo(desk, 4)).code == "changed_since"
