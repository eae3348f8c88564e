"""Agents: added, changed, and leaving."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import agents, queries
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.leads.intake import LeadResult
from dispatch.operations import configuration, undo
from models.errors import InvalidInput, NotFound, Refused

AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., LeadResult]
Look = Callable[..., Any]


def test_a_new_agent_is_available_and_ranked(add_agent: AddAgent) -> None:
    row = add_agent("Ada", email="Ada@Example.com", years="9", rating="4.5", license="L1", manager="Eve")
    assert row == {
        "agent_id": 1,
        "first_name": "Ada",
        "last_name": "Byron",
        "name": "Ada Byron",
        "email": "ada@example.com",
        "department": "Premium Bookings",
        "job_title": "Space Travel Agent",
        "manager_name": "Eve",
        "license_number": "L1",
        "years_of_service": 9,
        "rating": 4.5,
        "load": 0,
        "capacity": 10,
        "presence": "available",
        "left_at": None,
        "rank": 1,
        "presence_until": None,
        "presence_reason": None,
        "hours": None,
        "region": None,
        "skills": [],
        "locations": [],
        "issue_load": 0,
        "level": 2,
        "performance": 0.9,
        "specialisations": [],
        "languages": [],
        "weight": 1.0,
        "owed": 0,
    }


def test_a_new_agents_capacity_is_the_settings(desk: Desk, add_agent: AddAgent) -> None:
    configuration.set_value(desk, "default_capacity", "4")
    assert add_agent()["capacity"] == 4


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"first_name": " Adele "}, {"first_name": "Adele", "name": "Adele Byron"}),
        ({"department": "Luxury Voyages"}, {"department": "Luxury Voyages"}),
        ({"job_title": "Lead Space Travel Agent"}, {"job_title": "Lead Space Travel Agent"}),
        ({"years": 0}, {"years_of_service": 0, "level": 1}),
        ({"capacity": "0"}, {"capacity": 0}),
        ({"skills": "mars, Titan"}, {"skills": ["Mars", "Titan"]}),
        ({"locations": ["Sydney Stellar Port"]}, {"locations": ["Sydney Stellar Port"]}),
        ({"skills": ""}, {"skills": []}),
        ({"license": "L7"}, {"license_number": "L7"}),
        ({"email": ""}, {"email": None}),
        ({"rating": 0}, {"rating": 0.0, "performance": 0.0}),
        ({"level": "5"}, {"level": 5}),
        (
            {"specialisations": "billing_dispute, refund_request"},
            {"specialisations": ["billing_dispute", "refund_request"]},
        ),
        ({"languages": "de,english,Deutsch"}, {"languages": ["German", "English"]}),
    ],
)
def test_a_change_keeps_the_other_fields(
    desk: Desk, add_agent: AddAgent, given: dict[str, Any], shown: dict[str, Any]
) -> None:
    before = add_agent(years=9, rating=4.5, email="ada@example.com")
    assert agents.change(desk, 1, **given) == before | shown


BAD: list[dict[str, Any]] = [
    {"first_name": ""},
    {"last_name": "x" * 101},
    {"department": "Cleaning"},
    {"job_title": "Pilot"},
    {"email": "nowhere"},
    {"years": -1},
    {"capacity": -1},
    {"capacity": "many"},
    {"skills": "Mars, Pluto"},
    {"locations": "Mars"},
    {"years": "81"},
    {"years": 3.5},
    {"years": float("inf")},
    {"rating": 5.1},
    {"rating": "nan"},
    {"rating": "good"},
]


@pytest.mark.parametrize("given", [{"level": 0}, {"level": 6}, {"specialisations": "gardening"}])
def test_a_skill_that_is_not_accepted_is_refused(
    desk: Desk, add_agent: AddAgent, look: Look, given: dict[str, Any]
) -> None:
    before = add_agent()
    with pytest.raises(InvalidInput):
        agents.change(desk, 1, **given)
    assert look(queries.list_agents) == [before]


@pytest.mark.parametrize("given", BAD)
def test_invalid_values_are_refused(
    desk: Desk, add_agent: AddAgent, look: Look, given: dict[str, Any]
) -> None:
    before = add_agent()
    with pytest.raises(InvalidInput):
        add_agent(**given)
    with pytest.raises(InvalidInput):
        agents.change(desk, 1, **given)
    assert look(queries.list_agents) == [before]


def test_an_empty_change_or_an_unknown_field_is_refused(desk: Desk, add_agent: AddAgent) -> None:
    add_agent()
    with pytest.raises(InvalidInput, match="nothing to change"):
        agents.change(desk, 1, years=None)
    with pytest.raises(InvalidInput, match="an agent has no load"):
        agents.change(desk, 1, load=0)
    with pytest.raises(NotFound):
        agents.change(desk, 2, years=1)


def test_a_licence_belongs_to_one_agent(desk: Desk, add_agent: AddAgent, look: Look) -> None:
    add_agent("Ada", license="L1")
    add_agent("Bob")
    with pytest.raises(Refused, match="belongs to Ada Byron"):
        add_agent("Cid", license="L1")
    with pytest.raises(Refused, match="belongs to Ada Byron"):
        agents.change(desk, 2, license=" L1 ")
    assert len(look(queries.list_agents)) == 2
    assert agents.change(desk, 1, license="L1")["license_number"] == "L1", "an agent's own licence is allowed"
    agents.change(desk, 1, license="")
    assert agents.change(desk, 2, license="L1")["license_number"] == "L1"


def test_an_agent_who_left_keeps_the_row_and_gets_nothing(
    desk: Desk, two: None, add_lead: AddLead, look: Look
) -> None:
    row = agents.leave(desk, 1)
    assert (row["left_at"], row["rank"]) == ("2082-03-01 09:00:00", None)
    assert [add_lead()["agent_id"] for _ in range(3)] == [2, 2, 2]
    assert [agent["agent_id"] for agent in look(queries.list_agents)] == [2]
    assert [agent["agent_id"] for agent in look(queries.list_agents, with_left=True)] == [2, 1]


def test_an_agent_with_open_work_cannot_leave(desk: Desk, lead: LeadResult) -> None:
    with pytest.raises(Refused) as caught:
        agents.leave(desk, 1)
    assert caught.value.code == "holds_work"
    assert "1 Pending booking" in caught.value.message


def test_leaving_twice_and_returning_without_leaving_are_refused(desk: Desk, two: None) -> None:
    agents.leave(desk, 1)
    with pytest.raises(Refused, match="left at 2082-03-01"):
        agents.leave(desk, 1)
    with pytest.raises(Refused, match="is still active"):
        agents.come_back(desk, 2)
    assert agents.come_back(desk, 1)["rank"] == 1


@pytest.mark.parametrize(
    ("given", "kept"), [("0", 0.0), ("10", 10.0), (2.5, 2.5), ("0.50", 0.5), (" 3 ", 3.0)]
)
def test_a_weight_has_at_most_one_decimal(add_agent: AddAgent, given: object, kept: float) -> None:
    add_agent()
    assert add_agent(weight=given)["weight"] == kept


@pytest.mark.parametrize(
    "given", ["-1", "-0.1", "10.1", "0.25", "NaN", "sNaN", "inf", "1e9", 1e9, "1e-9", "much", "", "1,5", True]
)
def test_a_bad_weight_is_refused_with_what_is_accepted(
    desk: Desk, add_agent: AddAgent, given: object
) -> None:
    agent_id = add_agent()["agent_id"]
    with pytest.raises(InvalidInput, match="is not a valid weight") as refused:
        agents.change(desk, agent_id, weight=given)
    assert refused.value.hint == "a number, 0 to 10, with at most one decimal"
    with desk.reading():
        assert queries.agent(agent_id)["weight"] == 1


def test_the_last_weight_cannot_become_0(desk: Desk, add_agent: AddAgent) -> None:
    first, second, left = (add_agent()["agent_id"] for _ in range(3))
    agents.leave(desk, left)
    agents.change(desk, first, weight=0)
    with pytest.raises(Refused, match="last agent with a weight: nobody could get a lead"):
        agents.change(desk, second, weight="0.0")
    agents.change(desk, first, weight=0.1)
    assert agents.change(desk, second, weight=0)["weight"] == 0


def test_a_change_of_weight_is_logged_and_undone(desk: Desk, add_agent: AddAgent) -> None:
    agent_id = add_agent(weight=2)["agent_id"]
    agents.change(desk, agent_id, weight=0.5)
    with desk.reading():
        (event,) = event_log.events(limit=1)
    assert event["before"] == {f"space_travel_agents:{agent_id}": {"weight": 2.0}}
    assert event["after"] == {f"space_travel_agents:{agent_id}": {"weight": 0.5}}
    undo.undo(desk)
    with desk.reading():
        assert queries.agent(agent_id)["weight"] == 2
