"""Lead intake: to rank 1, or waiting; a refused lead leaves no row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import agents, bookings, queries
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.leads.intake import LeadResult
from models.customers import Customer, Lead
from models.errors import InvalidInput

AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., LeadResult]
Look = Callable[..., Any]


def test_the_result_has_everything_that_was_created(two: None, add_lead: AddLead) -> None:
    assert add_lead() == {
        "lead_id": 1,
        "assignment_id": 1,
        "booking_id": 1,
        "agent_id": 1,
        "agent_name": "Ada Byron",
        "assigned_at": "2082-03-01 09:00:00",
        "policy": "rank",
        "reason": "fewest bookings (0), then most years (9)",
        "customer_id": 1,
        "other_customer_id": None,
        "known": None,
        "do_not_contact": False,
        "priority": "MEDIUM",
    }


def test_leads_go_to_rank_one_first_come_first_served(two: None, add_lead: AddLead) -> None:
    assert [add_lead()["agent_id"] for _ in range(5)] == [1, 2, 1, 2, 1]


def test_ties_go_to_the_lowest_id(add_agent: AddAgent, add_lead: AddLead) -> None:
    for _ in range(3):
        add_agent(years=5, rating=4.0)
    assert [add_lead()["agent_id"] for _ in range(4)] == [1, 2, 3, 1]


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        ({"years": 9, "rating": 4.5}, "fewest bookings (0), then most years (9), then best rating (4.50)"),
        ({"years": 9, "rating": 4.0}, "fewest bookings (0), then most years (9), then best rating (4.00)"),
        ({"years": 3, "rating": 5.0}, "fewest bookings (0), then most years (9)"),
    ],
)
def test_the_reason_ends_with_the_deciding_key(
    add_agent: AddAgent, add_lead: AddLead, second: dict[str, Any], reason: str
) -> None:
    add_agent("Ada", years=9, rating=4.0)
    add_agent("Bob", **second)
    assert add_lead()["reason"].startswith(reason)


def test_the_reason_of_a_full_tie_is_the_id(add_agent: AddAgent, add_lead: AddLead) -> None:
    add_agent(years=9, rating=4.0)
    add_agent(years=9, rating=4.0)
    assert add_lead()["reason"].endswith("best rating (4.00), then lowest agent number (1)")


def test_the_reason_names_the_only_agent(add_agent: AddAgent, add_lead: AddLead) -> None:
    add_agent()
    assert add_lead()["reason"] == "the only agent who can take it"


def test_without_agents_a_lead_waits_with_the_reason(add_lead: AddLead, look: Look) -> None:
    result = add_lead()
    assert (result["booking_id"], result["agent_id"], result["assignment_id"]) == (1, None, None)
    assert (result["agent_name"], result["assigned_at"]) == (None, None)
    assert result["reason"] == "no agent can take it yet"
    assert look(queries.count_totals) == queries.Totals(waiting=1, pending=1, drift=())


def test_waiting_leads_are_assigned_oldest_first(
    desk: Desk, clock: Any, add_agent: AddAgent, add_lead: AddLead, look: Look
) -> None:
    for name in ("First", "Second", "Third"):
        add_lead(name)
        clock.advance(minutes=1)
    add_agent("Ada")
    rows = [look(queries.booking, booking_id) for booking_id in (1, 2, 3)]
    assert [row["assignment_id"] for row in rows] == [1, 2, 3]
    assert {row["agent_id"] for row in rows} == {1}
    assert look(queries.agent, 1)["load"] == 3
    assert look(event_log.events, limit=1)[0]["detail"] == {"drained": [1, 2, 3]}


def test_a_returning_agent_gets_the_waiting_leads(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look
) -> None:
    add_agent()
    agents.leave(desk, 1)
    add_lead()
    agents.come_back(desk, 1)
    assert look(queries.booking, 1)["agent_id"] == 1


def test_a_booking_declined_by_everybody_does_not_block_later_ones(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look
) -> None:
    add_agent("Ada")
    add_lead("Difficult")
    bookings.decline(desk, 1, "too difficult")
    agents.leave(desk, 1)
    add_lead("Easy")
    before = look(queries.booking, 1)
    agents.come_back(desk, 1)
    assert look(queries.booking, 2)["agent_id"] == 1
    assert look(queries.booking, 1) == before, "Ada declined it, so it keeps waiting"


@pytest.mark.parametrize(
    ("second", "same"),
    [
        ({"phone": "+49 (711) 12-34"}, True),
        ({"email": "KATE@example.com"}, True),
        ({"phone": "+49711 1234", "email": "new@example.com"}, True),
        ({"phone": "0711 1234"}, False),
        ({"email": "kate@example.org"}, False),
        ({}, False),
    ],
)
def test_a_customer_is_the_same_by_phone_or_email(
    lead: LeadResult, add_lead: AddLead, look: Look, second: dict[str, str], same: bool
) -> None:
    booking_id = add_lead("Kate Nguyen", **second)["booking_id"]
    assert (look(queries.booking, booking_id)["customer_id"] == 1) is same


def test_a_new_contact_is_kept(two: None, add_lead: AddLead, look: Look) -> None:
    add_lead(phone="4711")
    add_lead(phone="4711", email="kate@example.com")
    third = add_lead(email="kate@example.com")
    assert look(queries.booking, third["booking_id"])["customer_id"] == 1
    assert look(Customer.select().count) == 1


def test_a_known_contact_is_not_overwritten(lead: LeadResult, add_lead: AddLead, look: Look) -> None:
    add_lead(phone="+49 711 1234", email="other@example.com")
    assert look(queries.booking, 1)["email"] == "kate@example.com"


def test_phone_and_email_of_two_customers_are_not_mixed(two: None, add_lead: AddLead, look: Look) -> None:
    add_lead("Kate", phone="4711")
    add_lead("Liam", email="liam@example.com")
    third = add_lead("Kate", phone="4711", email="liam@example.com")
    assert look(queries.booking, third["booking_id"])["customer_id"] == 1
    assert look(queries.booking, 1)["email"] is None


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("name", "", "is required"),
        ("name", "  ", "is required"),
        ("name", "x" * 101, "101 characters"),
        ("name", "Kate\x1b[31m", "U+001B"),
        ("name", "Kate\u202e", "U+202E"),
        ("name", "Kate\ud800", "U+D800"),
        ("name", "\u200b\u200b", "is required"),
        ("name", 4711, "not text"),
        ("name", None, "is required"),
        ("method", "Pigeon", "accepted: Phone Call, Text"),
        ("method", "letter", "accepted: Phone Call, Text"),
        ("method", 5, "not text"),
        ("source", "", "is required"),
        ("destination", "Pluto", "accepted: Europa, Ganymede, Mars, Titan, Venus"),
        ("launch", None, "is required"),
        ("requests", "x" * 10_001, "10,001 characters"),
        ("requests", ["window"], "not text"),
        ("phone", "call me", "not a phone number"),
        ("phone", "123", "not a phone number"),
        ("email", "kate", "not an e-mail address"),
        ("policy", "astrology", "accepted: rank"),
    ],
)
def test_an_invalid_lead_is_refused_and_leaves_no_row(
    two: None,
    add_lead: AddLead,
    look: Look,
    counts: Callable[[], dict[str, int]],
    field: str,
    value: Any,
    named: str,
) -> None:
    before = (counts(), look(event_log.events))
    with pytest.raises(InvalidInput) as caught:
        add_lead(**{field: value})
    assert named in f"{caught.value.message} {caught.value.hint}"
    assert caught.value.exit_code == 2
    assert (counts(), look(event_log.events)) == before


@pytest.mark.parametrize("name", ["Zoë 👩‍🚀 O'Neil", "محمد", "x" * 100, "[/] [@click=app.quit]", "a\u200db"])
def test_a_name_is_kept_as_it_was_typed(two: None, add_lead: AddLead, look: Look, name: str) -> None:
    booking_id = add_lead(f"  {name} ")["booking_id"]
    assert look(queries.booking, booking_id)["customer_name"] == name


def test_blank_extras_count_as_missing(two: None, add_lead: AddLead, look: Look) -> None:
    add_lead(phone=" ", email="", requests="  ")
    row = look(queries.booking, 1)
    assert (row["phone"], row["email"], row["requests"]) == (None, None, None)


def test_a_refused_lead_in_a_batch_keeps_the_others(
    two: None, desk: Desk, add_lead: AddLead, look: Look
) -> None:
    with desk.batch():
        add_lead("First")
        with pytest.raises(InvalidInput):
            add_lead("Second", destination="Pluto")
        add_lead("Third")
    assert look(lambda: [lead.customer_name for lead in Lead.select()]) == ["First", "Third"]
