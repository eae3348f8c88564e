"""How often a command waits for the server, and what becomes of an error in what was sent ahead."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from peewee import IntegrityError

from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.desk.repeating import Repeating
from models.agents import Agent
from models.postgres.ahead import Ahead
from models.postgres.engine import PostgresEngine

MOST_TRIPS = 5  # the lock; the settings; who may take it; the agent's row; the end


@pytest.fixture
def desk(address: str, clock: Any) -> Iterator[Desk]:
    with closing(open_desk(address, clock=clock, actor="kim")) as desk:
        yield desk


@pytest.mark.parametrize("is_repeated", [False, True])
def test_a_lead_waits_for_the_server_five_times(
    desk: Desk,
    add_agent: Callable[..., Any],
    add_lead: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    is_repeated: bool,
) -> None:
    if is_repeated:  # as an application's commands are, if the connection is lost
        desk.repeating = Repeating(0.0, threading.Event(), str)
    for years in range(3):
        add_agent(years=years)
    add_lead()
    trips: list[str] = []
    for owner, name in ((PostgresEngine, "_send"), (Ahead, "wait"), (Ahead, "end")):
        real: Callable[..., Any] = getattr(owner, name)

        def counted(*given: Any, real: Callable[..., Any] = real, name: str = name, **named: Any) -> Any:
            trips.append(name)
            return real(*given, **named)

        monkeypatch.setattr(owner, name, counted)
    assert add_lead()["booking_id"] == 2
    assert 0 < len(trips) <= MOST_TRIPS


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
