"""Eligible agents, relaxed rules and excluded agents."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from dispatch import agents, bookings, queries
from dispatch.agents.presence import set_presence
from dispatch.assignment.explanations import why
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.operations import configuration
from dispatch.operations.sweep import sweep
from models.audit import Decision
from models.errors import InvalidInput

AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., Any]
Look = Callable[..., Any]
SYDNEY, DUBAI = "Sydney Stellar Port", "Dubai Interplanetary Hub"


def test_nobody_gets_more_than_the_capacity(add_agent: AddAgent, add_lead: AddLead, look: Look) -> None:
    add_agent("Ada", years=9, capacity=2)
    add_agent("Nil", years=20, capacity=0)
    assert [add_lead()["agent_id"] for _ in range(3)] == [1, 1, None]
    assert look(why, 3)["reason"] == "no agent can take it yet: 2 full"


def test_a_manual_choice_may_exceed_the_capacity_and_is_marked(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look
) -> None:
    add_agent(capacity=0)
    add_lead()
    assert bookings.reassign(desk, 1, 1, "only she can")["over_capacity"]
    assert look(why, 1)["over_capacity"]
    assert look(event_log.events, limit=1)[0]["detail"]["over_capacity"]
    assert look(queries.agent, 1)["load"] == 1


def test_lowering_the_capacity_removes_no_work(desk: Desk, two: None, add_lead: AddLead, look: Look) -> None:
    for _ in range(4):
        add_lead()
    assert agents.change(desk, 1, capacity=1)["load"] == 2
    assert [add_lead()["agent_id"] for _ in range(2)] == [2, 2]


def test_agents_with_skills_or_locations_get_only_those(add_agent: AddAgent, add_lead: AddLead) -> None:
    add_agent("Mia", years=9, skills="Mars", locations=[SYDNEY])
    add_agent("Any", years=1)
    assert add_lead(destination="Mars", launch=SYDNEY)["agent_id"] == 1
    assert add_lead(destination="Titan", launch=SYDNEY)["agent_id"] == 2
    assert add_lead(destination="Mars", launch=DUBAI)["agent_id"] == 2


@pytest.mark.parametrize(
    ("trip", "agent_id", "relaxed"),
    [
        (("Mars", SYDNEY), 1, []),
        (("Mars", DUBAI), 1, ["location"]),
        (("Titan", SYDNEY), 2, []),
        (("Venus", SYDNEY), 1, ["location", "skill"]),
    ],
)
def test_rules_are_relaxed_in_order_and_recorded(
    add_agent: AddAgent,
    add_lead: AddLead,
    look: Look,
    trip: tuple[str, str],
    agent_id: int,
    relaxed: list[str],
) -> None:
    add_agent("Mia", years=9, skills="Mars", locations=SYDNEY)
    add_agent("Tom", years=5, skills="Titan", locations=SYDNEY)
    result = add_lead(destination=trip[0], launch=trip[1])
    answer = look(why, 1)
    assert (result["agent_id"], answer["relaxed"]) == (agent_id, relaxed)
    assert ("dropped" in result["reason"]) is bool(relaxed)


def test_presence_and_capacity_are_never_relaxed(desk: Desk, add_agent: AddAgent, add_lead: AddLead) -> None:
    add_agent(skills="Mars")
    set_presence(desk, 1, "busy")
    assert add_lead(destination="Titan")["agent_id"] is None


@pytest.mark.parametrize(
    ("lead", "agent_id"),
    [
        ({"destination": "Mars"}, 2),
        ({"destination": "Titan"}, 1),
        ({"destination": "Europa", "requests": "a ringside cruise, please"}, 2),
    ],
)
def test_departments_by_destination_or_package(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, lead: dict[str, str], agent_id: int
) -> None:
    add_agent("Ada", years=9, department="Luxury Voyages")
    add_agent("Bob", years=5, department="Premium Bookings")
    configuration.set_value(
        desk, "departments", "Mars=Premium Bookings; Ringside Cruise = Premium Bookings;Titan=Luxury Voyages"
    )
    assert add_lead(**lead)["agent_id"] == agent_id


def test_a_department_without_a_free_agent_is_relaxed_last(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look
) -> None:
    add_agent("Ada", department="Luxury Voyages")
    configuration.set_value(desk, "departments", "Mars=Premium Bookings")
    add_lead()
    assert look(why, 1)["relaxed"] == ["department"]


@pytest.mark.parametrize("value", ["Mars", "Mars=", "Mars=Cleaning", "Pluto=Premium Bookings"])
def test_departments_must_be_pairs_of_known_names(desk: Desk, value: str) -> None:
    with pytest.raises(InvalidInput):
        configuration.set_value(desk, "departments", value)


def test_agents_excluded_ahead_of_the_winner_are_listed_with_the_rule(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look
) -> None:
    add_agent("Far", years=30, skills="Titan")
    add_agent("Gone", years=20)
    add_agent("Full", years=15, capacity=0)
    add_agent("Win", years=9)
    add_agent("Late", years=1, skills="Titan")
    set_presence(desk, 2, "away", reason="dentist")
    assert add_lead()["agent_id"] == 4
    answer = look(why, 1)
    assert [(row["agent_id"], row["rule"]) for row in answer["excluded"]] == [
        (1, "does not cover Mars"),
        (2, "away: dentist"),
        (3, "full (0/0)"),
    ]
    assert answer["excluded_by_rule"] == {"skill": 1, "away": 1, "full": 1}


def test_at_most_fifty_excluded_agents_are_listed(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look
) -> None:
    for _ in range(60):
        add_agent(years=9, capacity=0)
    add_agent(years=1)
    add_lead()
    assert len(look(why, 1)["excluded"]) == 50


def test_declined_work_is_not_offered_again_for_a_while_and_keeps_its_age(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look, clock: Any
) -> None:
    add_agent()
    add_lead()
    created = bookings.decline(desk, 1, "full")["created_at"]
    clock.advance(minutes=29)
    sweep(desk)
    assert look(queries.booking, 1)["agent_id"] is None
    clock.advance(minutes=1)
    sweep(desk)
    assert (look(queries.booking, 1)["agent_id"], look(queries.booking, 1)["created_at"]) == (1, created)


def test_a_rule_that_the_same_command_made_is_seen_by_its_choices(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead
) -> None:
    add_agent("Ada", capacity=0)
    add_lead(destination="Titan")
    agents.change(desk, 1, capacity=5, skills="Mars")  # the first of the desk who lists a destination
    with desk.reading():
        newest = Decision.select().order_by(Decision.decision_id.desc()).get()
    assert newest.agent_id == 1
    assert json.loads(newest.notes)["relaxed"] == ["location", "skill"]
