"""Edits of a booking's customer, trip and quote."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import agents, bookings, queries
from dispatch.agents.presence import set_presence
from dispatch.assignment import explanations
from dispatch.bookings import editing
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.leads.intake import LeadResult
from dispatch.operations import configuration, doctor, undo
from dispatch.reporting import event_sentences
from models.bookings import Assignment
from models.customers import Customer, Lead
from models.errors import InvalidInput, NotFound, Refused

AddLead = Callable[..., LeadResult]
Look = Callable[..., Any]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"name": "Kate Miller"}, {"customer_name": "Kate Miller"}),
        ({"phone": "0711 99"}, {"phone": "071199"}),
        ({"phone": ""}, {"phone": None}),
        ({"email": "K@Example.com"}, {"email": "k@example.com"}),
        ({"email": ""}, {"email": None}),
        ({"method": "Phone Call"}, {"method": "Phone Call"}),
        ({"source": "Bought"}, {"source": "Bought"}),
        ({"requests": "aisle"}, {"requests": "aisle"}),
        ({"requests": ""}, {"requests": None}),
        ({"priority": "urgent"}, {"priority": "URGENT"}),
        ({"destination": "Europa"}, {"destination": "Europa"}),
        ({"launch": "Sydney Stellar Port"}, {"launch_location": "Sydney Stellar Port"}),
        ({"package": "Luxury Dome Stay"}, {"package": "Luxury Dome Stay"}),
        ({"destination_revenue": 10.5}, {"destination_revenue": 10.5, "total_revenue": 10.5}),
        (
            {"destination": "Titan", "package": "Ringside Cruise"},
            {"destination": "Titan", "package": "Ringside Cruise"},
        ),
    ],
)
def test_an_edit_changes_only_the_given_fields(
    desk: Desk, lead: LeadResult, look: Look, clock: Any, given: dict[str, Any], shown: dict[str, Any]
) -> None:
    before = look(queries.booking, 1)
    clock.advance(minutes=1)
    row = editing.edit(desk, 1, **given)
    assert row == before | shown | {"version": 2, "changed_at": "2082-03-01 09:01:00"}


@pytest.mark.parametrize(
    "given", [{}, {"name": "Kate Nguyen", "destination": "Mars", "phone": "+49 711 1234"}]
)
def test_an_empty_edit_is_refused_at_any_time(
    desk: Desk, lead: LeadResult, look: Look, clock: Any, given: dict[str, Any]
) -> None:
    before = look(queries.booking, 1)
    clock.advance(minutes=1)
    with pytest.raises(InvalidInput, match="nothing to change"):
        editing.edit(desk, 1, **given)
    assert look(queries.booking, 1) == before


@pytest.mark.parametrize(
    "given",
    [
        {"name": ""},
        {"phone": "none"},
        {"email": "none"},
        {"method": "Pigeon"},
        {"destination": "Pluto"},
        {"launch": "Baikonur"},
        {"package": "Ringside Cruise"},
        {"package_revenue": "-1"},
        {"name": "Fine", "source": "Stolen"},
    ],
)
def test_a_refused_edit_changes_nothing(
    desk: Desk, lead: LeadResult, look: Look, given: dict[str, Any]
) -> None:
    before = look(queries.booking, 1)
    with pytest.raises(InvalidInput):
        editing.edit(desk, 1, **given)
    assert look(queries.booking, 1) == before


def test_the_assignment_follows_the_edited_lead(desk: Desk, lead: LeadResult, look: Look) -> None:
    editing.edit(desk, 1, name="Kate Miller", method="Phone Call", source="Bought")
    row = look(Assignment.lock, 1)
    assert (row.customer_name, row.method, row.source) == ("Kate Miller", "Phone Call", "Bought")


def test_a_package_must_fit_the_new_destination(desk: Desk, lead: LeadResult) -> None:
    editing.edit(desk, 1, package="Luxury Dome Stay")
    with pytest.raises(InvalidInput, match="not a package of Titan"):
        editing.edit(desk, 1, destination="Titan")
    row = editing.edit(desk, 1, destination="Titan", package="Ringside Cruise")
    assert row["package"] == "Ringside Cruise"


@pytest.mark.parametrize(
    "given", [{"destination": "Titan"}, {"launch": "Sydney Stellar Port"}, {"package_revenue": 1}]
)
def test_trip_and_quote_of_a_closed_booking_cannot_change(
    desk: Desk, lead: LeadResult, given: dict[str, Any]
) -> None:
    bookings.cancel(desk, 1, "no money")
    with pytest.raises(Refused, match="Cancelled"):
        editing.edit(desk, 1, **given)
    assert editing.edit(desk, 1, name="Kate Miller")["customer_name"] == "Kate Miller"


def test_a_name_is_corrected_on_every_booking_with_the_same_mistake(
    desk: Desk, lead: LeadResult, add_lead: AddLead, look: Look
) -> None:
    """Like an edit of the customer; a name typed differently is left alone."""
    for name in ("Kate N.", "Kate Nguyen", "Katie", "Kate N."):
        add_lead(name, phone="+49 711 1234")
    editing.edit(desk, 2, name="Kate Miller")
    shown = look(queries.list_bookings, queries.BookingFilter(sort="id", descending=False))
    assert [row["customer_name"] for row in shown] == [*["Kate Miller"] * 3, "Katie", "Kate Miller"]
    assignments = look(
        lambda: [one.customer_name for one in Assignment.select().order_by(Assignment.assignment_id)]
    )
    assert assignments == [row["customer_name"] for row in shown]
    assert look(Customer.lock, 1).name == "Kate Miller"
    undo.undo(desk)
    names = look(lambda: [one.customer_name for one in Lead.select().order_by(Lead.lead_id)])
    assert names == ["Kate Nguyen", "Kate N.", "Kate Nguyen", "Katie", "Kate N."]
    assert look(Customer.lock, 1).name == "Kate Nguyen"


def test_a_waiting_booking_is_edited(desk: Desk, add_lead: AddLead) -> None:
    add_lead()
    assert editing.edit(desk, 1, name="Kate Miller")["customer_name"] == "Kate Miller"


def test_an_undone_edit_is_undone_in_an_assignment_made_since(
    desk: Desk, add_agent: Callable[..., Any], add_lead: AddLead, look: Look
) -> None:
    add_lead("Kate Nguyen")
    editing.edit(desk, 1, name="Kate Miller", method="Phone Call")
    add_agent()
    undo.undo(desk, 2)
    row = look(lambda: Assignment.get_by_id(1))
    assert (row.customer_name, row.method) == ("Kate Nguyen", "Text")


def test_a_booking_that_does_not_exist_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        editing.edit(desk, 7, name="Kate Miller")


# -- an agent who does not suit the new trip


@pytest.fixture
def mars_for_ada(desk: Desk, two: None, add_lead: AddLead) -> None:
    """Booking 1 to Mars with Ada, who lists only Mars; Bob covers everything."""
    agents.change(desk, 1, skills="Mars", locations="Dallas-Fort Worth Launch Complex")
    add_lead()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"destination": "Titan"}, "Ada Byron does not cover Titan"),
        ({"launch": "Sydney Stellar Port"}, "Ada Byron does not cover Sydney Stellar Port"),
        (
            {"destination": "Titan", "launch": "Sydney Stellar Port"},
            "Ada Byron does not cover Sydney Stellar Port and does not cover Titan",
        ),
    ],
)
def test_unclaimed_work_goes_on_to_an_agent_who_suits_it(
    desk: Desk, mars_for_ada: None, look: Look, loads: Any, given: dict[str, Any], why: str
) -> None:
    row = editing.edit(desk, 1, **given)
    assert (row["unsuited"], row["agent_id"]) == (why, 2)
    assert loads() == {1: 0, 2: 1}
    assert look(explanations.why, 1)["reason"].startswith(f"{why}: ")
    event = look(event_log.events, booking_id=1)[0]
    assert event["detail"] == {"unsuited": why, "moved_to": 2}
    names = look(event_sentences.names_in, [event])
    assert event_sentences.sentence(event, names).endswith(f": {why}; now with Bob Byron")
    undo.undo(desk)
    assert look(queries.booking, 1)["agent_id"] == 1
    assert look(doctor.examine, desk)["ok"]


@pytest.mark.parametrize(
    "keeps",
    [
        lambda desk: bookings.claim(desk, 1, 1),
        lambda desk: [bookings.reassign(desk, 1, 2, "x"), bookings.reassign(desk, 1, 1, "hers")],
        lambda desk: set_presence(desk, 2, "busy"),
        lambda desk: agents.change(desk, 2, skills="Europa"),
    ],
)
def test_claimed_and_pinned_work_stays_as_does_what_nobody_suits_better(
    desk: Desk, mars_for_ada: None, look: Look, keeps: Callable[[Desk], object]
) -> None:
    keeps(desk)
    row = editing.edit(desk, 1, destination="Titan")
    assert (row["unsuited"], row["agent_id"]) == ("Ada Byron does not cover Titan", 1)


def test_what_was_so_before_is_not_told_again(desk: Desk, mars_for_ada: None, look: Look) -> None:
    bookings.claim(desk, 1, 1)
    assert "unsuited" in editing.edit(desk, 1, destination="Titan")
    assert "unsuited" not in editing.edit(desk, 1, name="Kate Miller")
    assert "unsuited" not in editing.edit(desk, 1, destination="Mars")


def test_a_department_may_not_suit_either(desk: Desk, mars_for_ada: None, look: Look) -> None:
    configuration.set_value(desk, "departments", "Luxury Dome Stay=Luxury Voyages")
    agents.change(desk, 2, department="Luxury Voyages")
    row = editing.edit(desk, 1, requests="The Luxury Dome Stay, please")
    assert (row["unsuited"], row["agent_id"]) == ("Ada Byron is not in Luxury Voyages", 2)


def test_a_closed_or_waiting_booking_has_nobody_to_suit(
    desk: Desk, mars_for_ada: None, add_lead: AddLead
) -> None:
    bookings.cancel(desk, 1, "no")
    assert "unsuited" not in editing.edit(desk, 1, requests="x")
    for number in (1, 2):
        set_presence(desk, number, "break")
    add_lead()
    assert "unsuited" not in editing.edit(desk, 2, destination="Titan")
