"""How often a command waits for the server, and what becomes of an error in what was sent ahead."""

from __future__ import annotations

import select
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from peewee import IntegrityError

from dispatch.bookings import lifecycle
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.desk.terminal.repeating import Repeating
from dispatch.leads import intake
from models.agents import Agent
from models.postgres.ahead import Ahead
from models.postgres.engine import PostgresEngine

LEAD_TRIPS = 5  # the lock; the settings; who may take it; the agent's row; the end
CLAIM_TRIPS, CONFIRM_TRIPS = 6, 8
OTHERS_LEAD = {
    "name": "Nova",
    "method": "Text",
    "source": "Organic",
    "destination": "Mars",
    "launch": "Tokyo Spaceport Terminal",
}
QUOTE: dict[str, Any] = {"package": "Luxury Dome Stay", "destination_revenue": 900, "package_revenue": 100}


@pytest.fixture
def desk(address: str, clock: Any) -> Iterator[Desk]:
    with closing(open_desk(address, clock=clock, actor="kim")) as desk:
        yield desk


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What has waited for the server, one name a trip."""
    found: list[str] = []
    for owner, name in ((PostgresEngine, "_send"), (Ahead, "wait"), (Ahead, "end")):
        real: Callable[..., Any] = getattr(owner, name)

        def counted(*given: Any, real: Callable[..., Any] = real, name: str = name, **named: Any) -> Any:
            found.append(name)
            return real(*given, **named)

        monkeypatch.setattr(owner, name, counted)
    return found


@pytest.fixture
def others_write(address: str, clock: Any) -> Iterator[Callable[[], object]]:
    """Another terminal, which changes the desk whenever it is called."""
    with closing(open_desk(address, clock=clock, actor="ana")) as other:
        yield lambda: intake.receive(other, **OTHERS_LEAD)


@pytest.mark.parametrize(("alone", "is_repeated"), [(True, False), (False, False), (True, True)])
def test_commands_wait_for_the_server_a_few_times(
    desk: Desk,
    add_agent: Callable[..., Any],
    add_lead: Callable[..., Any],
    others_write: Callable[[], object],
    trips: list[str],
    alone: bool,
    is_repeated: bool,
) -> None:
    if is_repeated:  # as an application's commands are, if the connection is lost
        desk.repeating = Repeating(0.0, threading.Event(), str)

    def before() -> None:
        if not alone:
            others_write()
        trips.clear()

    for years in range(3):
        add_agent(years=years)
    warm = add_lead()
    lifecycle.claim(desk, warm["booking_id"], warm["agent_id"])
    lifecycle.confirm(desk, warm["booking_id"], **QUOTE)

    before()
    made = add_lead()
    assert 0 < len(trips) <= LEAD_TRIPS, trips
    before()
    lifecycle.claim(desk, made["booking_id"], made["agent_id"])
    assert 0 < len(trips) <= CLAIM_TRIPS, trips
    before()
    lifecycle.confirm(desk, made["booking_id"], **QUOTE)
    assert 0 < len(trips) <= CONFIRM_TRIPS, trips


@pytest.mark.parametrize("reads_afterwards", [False, True])
def test_an_error_of_what_was_sent_ahead_ends_the_transaction(
    desk: Desk, add_agent: Callable[..., Any], add_lead: Callable[..., Any], reads_afterwards: bool
) -> None:
    add_agent()

    def break_a_rule() -> None:
        with desk.transaction():
            agent = Agent.lock(1)
            agent.load = -1
            agent.save()
            if reads_afterwards:
                Agent.lock(1)

    with pytest.raises(IntegrityError):
        break_a_rule()
    with desk.reading():
        assert Agent.lock(1).load == 0
    assert add_lead()["booking_id"] == 1


@pytest.mark.parametrize("arrives_before", [False, True])
def test_an_error_of_what_was_sent_ahead_ends_a_savepoint_alone(
    desk: Desk, add_agent: Callable[..., Any], arrives_before: bool
) -> None:
    """The server may answer before the savepoint's end is sent, or after."""
    add_agent()

    def break_a_rule() -> None:
        with desk.database.savepoint():
            desk.database.later("UPDATE space_travel_agents SET load = -1", ())
            if arrives_before:
                assert select.select([desk.database.driver()], [], [], 30)[0]

    with desk.transaction():
        with pytest.raises(IntegrityError):
            break_a_rule()
        agent = Agent.lock(1)
        agent.last_name = "Lovelace"
        agent.save()
    with desk.reading():
        assert (Agent.lock(1).last_name, Agent.lock(1).load) == ("Lovelace", 0)
