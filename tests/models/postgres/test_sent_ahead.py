"""How often a command waits for the server, and what becomes of an error in what was sent ahead."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from peewee import IntegrityError, ProgrammingError

from dispatch.bookings import lifecycle
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.desk.terminal.repeating import Repeating
from dispatch.leads import intake
from models.agents import Agent
from models.postgres import ahead
from models.postgres.connection import ServerConnection

LEAD_TRIPS = 3  # the lock and the settings; who may take it, with the agent's row; the end
CLAIM_TRIPS, CONFIRM_TRIPS = 5, 7
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
def trips(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What has waited for the server: whatever is sent is waited for."""
    found: list[object] = []
    real = ServerConnection.wait

    def counted(self: ServerConnection, *given: Any, **named: Any) -> Any:
        found.append(given)
        return real(self, *given, **named)

    monkeypatch.setattr(ServerConnection, "wait", counted)
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
    trips: list[object],
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


BREAK = "UPDATE space_travel_agents SET load = -1"


class _Stop(Exception):
    pass


@pytest.mark.parametrize("asks_afterwards", [False, True])
def test_an_error_of_what_was_sent_ahead_ends_a_savepoint_alone(
    desk: Desk, add_agent: Callable[..., Any], asks_afterwards: bool
) -> None:
    add_agent()

    def break_a_rule() -> None:
        with desk.database.savepoint():
            desk.database.later(BREAK, ())
            if asks_afterwards:
                desk.database.run("SELECT 1", ())

    with desk.transaction():
        with pytest.raises(IntegrityError):
            break_a_rule()
        agent = Agent.lock(1)
        agent.last_name = "Lovelace"
        agent.save()
    with desk.reading():
        assert (Agent.lock(1).last_name, Agent.lock(1).load) == ("Lovelace", 0)


def test_what_was_gathered_in_a_savepoint_goes_with_it(desk: Desk, add_agent: Callable[..., Any]) -> None:
    add_agent()

    def stop() -> None:
        with desk.database.savepoint():
            desk.database.later(BREAK, ())
            raise _Stop

    with desk.transaction():
        desk.database.later("UPDATE space_travel_agents SET capacity = 7", ())
        with pytest.raises(_Stop):
            stop()
    with desk.reading():
        assert (Agent.lock(1).capacity, Agent.lock(1).load) == (7, 0)


def test_many_statements_are_carried_out_in_order(desk: Desk, add_agent: Callable[..., Any]) -> None:
    add_agent()
    many = 3 * ahead.MOST_AT_ONCE
    with desk.transaction():
        for number in range(1, many + 1):
            sql = "UPDATE space_travel_agents SET load = %s WHERE load = %s"
            desk.database.later(sql, (number, number - 1))
    with desk.reading():
        assert Agent.lock(1).load == many


def test_the_server_forgets_statements_that_were_prepared_long_ago(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "MOST_PREPARED", 5)
    prepared = "SELECT count(*) FROM pg_prepared_statements"
    with desk.reading():
        for number in [*range(20), *range(20)]:
            for _ in range(ahead.PREPARE_AFTER + 1):
                sql = f"SELECT {number} + %s"
                assert desk.database.run(sql, (1,)).fetchall() == [(number + 1,)]
        assert desk.database.run(prepared, ()).fetchall()[0][0] <= 5


def test_a_statement_whose_preparation_failed_is_prepared_again(desk: Desk) -> None:
    """What is behind an error is not carried out, so the server does not know it either."""

    def fail() -> None:
        with desk.database.transaction():
            desk.database.later("SELECT no_column", ())
            desk.database.run("SELECT 1 + %s", (1,))

    with desk.reading():
        for _ in range(5):
            with pytest.raises(ProgrammingError):
                fail()
        for number in range(5):
            assert desk.database.run("SELECT 1 + %s", (number,)).fetchall() == [(1 + number,)]


@pytest.mark.parametrize("number", [2**15, 2**31, 2**62])
def test_numbers_of_any_size_fit(desk: Desk, number: int) -> None:
    with desk.reading():
        for value in (1, number, -number, None):
            assert desk.database.run("SELECT %s::bigint, 5 %% 3", (value,)).fetchall() == [(value, 2)]


def test_what_is_asked_first_is_not_answered_from_before_a_change(
    desk: Desk, add_agent: Callable[..., Any]
) -> None:
    """The settings come with the lock; whoever asks for them again later, after a change, asks the server."""
    add_agent()
    with desk.transaction():
        assert not desk.settings.some_listing
        agent = Agent.lock(1)
        agent.skills = '["Mars"]'
        agent.save()
        desk.settings.begin()
        assert desk.settings.some_listing


def test_rows_are_read_one_by_one_or_all(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "ROWS_AT_ONCE", 3)
    with desk.reading():
        answer = desk.database.run("SELECT generate_series(1, 10)", ())
        assert (answer.fetchone(), next(iter(answer))) == ((1,), (2,))
        assert answer.fetchall() == [(number,) for number in range(3, 11)]
        assert (answer.fetchone(), answer.fetchall(), answer.rowcount) == (None, [], 10)
        assert desk.database.run("SELECT 1 WHERE false", ()).fetchall() == []
