"""The ramp: agents who are new or come back after days get few leads an hour at first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import agents, bookings, queries
from dispatch.agents.presence import set_presence
from dispatch.assignment.explanations import why
from dispatch.desk.desk import Desk
from dispatch.operations import configuration, doctor
from dispatch.operations.sweep import sweep
from dispatch.operations.undo import undo
from dispatch.queries.caps import caps_of, list_caps
from models.agents import Agent
from models.errors import InvalidInput
from models.ramp import Ramp, parse_ramp
from tests.conftest import TestClock

AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., Any]
Look = Callable[..., Any]


@pytest.fixture
def away(desk: Desk, add_agent: AddAgent) -> None:
    """Ada (1) has just gone away, under a ramp of 2 leads an hour for 4 hours after 3 days."""
    add_agent("Ada", capacity=100)
    configuration.set_value(desk, "ramp", "2/h for 4h after 3d")
    set_presence(desk, 1, "away")


def holders(add_lead: AddLead, number: int) -> list[int | None]:
    return [add_lead()["agent_id"] for _ in range(number)]


def test_who_comes_back_after_days_gets_few_leads_at_first(
    desk: Desk, away: None, add_lead: AddLead, look: Look, clock: TestClock
) -> None:
    clock.advance(days=3, minutes=20)  # 9:20
    set_presence(desk, 1, "available")
    assert holders(add_lead, 3) == [1, 1, None]
    assert look(lambda: caps_of(1)) == ["settling in: 2 an hour until 13:20"]
    assert look(why, 3)["reason"] == "no agent can take it yet: 1 at a cap until 10:00"
    assert {row["rule"] for row in look(why, 3)["excluded"]} == {"settling in: 2 an hour until 13:20"}
    assert look(list_caps) == []
    clock.advance(minutes=40)
    sweep(desk)
    assert look(queries.booking, 3)["agent_id"] == 1
    clock.advance(hours=3, minutes=5)  # 13:05
    assert holders(add_lead, 4) == [1, 1, None, None]
    clock.advance(minutes=15)
    sweep(desk)
    assert [look(queries.booking, number)["agent_id"] for number in (6, 7)] == [1, 1]
    assert look(doctor.examine, desk)["ok"]


def test_after_a_shorter_absence_nothing_is_limited(
    desk: Desk, away: None, add_lead: AddLead, clock: TestClock
) -> None:
    clock.advance(days=3)
    set_presence(desk, 1, "available")
    assert holders(add_lead, 3) == [1, 1, 1]


def test_new_and_returning_agents_settle_in(
    desk: Desk, away: None, add_agent: AddAgent, add_lead: AddLead, look: Look, clock: TestClock
) -> None:
    add_agent("Bob", capacity=100)
    assert holders(add_lead, 3) == [2, 2, None]
    for number in (1, 2, 3):
        bookings.cancel(desk, number, "no")
    agents.leave(desk, 2)
    clock.advance(days=4)
    agents.come_back(desk, 2)
    assert holders(add_lead, 3) == [2, 2, None]
    bookings.reassign(desk, 6, 2, "asked")
    assert look(why, 6)["over_cap"].startswith("settling in: 2 an hour until")


def test_an_undone_sign_on_undoes_the_settling_in(
    desk: Desk, away: None, look: Look, clock: TestClock
) -> None:
    gone_since = look(lambda: Agent.lock(1).gone_since)
    clock.advance(days=4)
    set_presence(desk, 1, "available")
    assert look(lambda: Agent.lock(1).settling_until) is not None
    undo(desk)
    assert look(lambda: (Agent.lock(1).gone_since, Agent.lock(1).settling_until)) == (gone_since, None)


def test_without_a_ramp_nothing_is_noted(desk: Desk, add_agent: AddAgent, look: Look) -> None:
    add_agent("Ada")
    set_presence(desk, 1, "away")
    assert look(lambda: Agent.lock(1).gone_since) is None


@pytest.mark.parametrize(
    "text", ["5h for 4h after 3d", "0/h for 4h after 3d", "2/h for 73h after 3d", "2/h for 4h", "fast", "2"]
)
def test_what_is_no_ramp_is_refused(desk: Desk, text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        configuration.set_value(desk, "ramp", text)
    assert "2/h for 4h after 3d" in refused.value.hint
    assert desk.settings["ramp"] == ""


def test_a_ramp_is_kept_as_it_is_shown(desk: Desk) -> None:
    assert configuration.set_value(desk, "ramp", "2 / H  for 72h after 3D")["value"] == "2/h for 72h after 3d"
    assert parse_ramp("2/h for 72h after 3d") == Ramp(2, 72, 3)
    configuration.set_value(desk, "ramp", "off")
    assert desk.settings["ramp"] == ""
