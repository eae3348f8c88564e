"""One writer at a time: numbers without gaps, ranks that are right, and an end to waiting."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.operations.doctor import examine
from models.agents import Agent, AgentRank
from models.audit import Event
from models.bookings import Booking
from models.errors import DatabaseUnavailable
from models.postgres import connection

ROOT = Path(__file__).parents[3]
LEADS = 12
ADDING = """
import sys
from dispatch.bootstrap import open_desk
from dispatch.leads import intake
desk = open_desk(sys.argv[1])
print("open", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[2])):
    intake.receive(desk, name=f"Lead {number}", method="Text", source="Organic", destination="Mars",
                   launch="Tokyo Spaceport Terminal")
"""


@pytest.fixture
def desk(address: str, clock: Any) -> Iterator[Desk]:
    desk = open_desk(address, clock=clock, actor="kim")
    yield desk
    desk.close()


def test_two_processes_at_once(desk: Desk, address: str, add_agent: Callable[..., Any]) -> None:
    for years in range(3):
        add_agent(years=years)
    clients = [
        subprocess.Popen(
            [sys.executable, "-c", ADDING, address, str(LEADS)],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for client in clients:
        assert client.stdout is not None
        assert client.stdout.readline() == "open\n"
    for client in clients:
        assert client.stdin is not None
        client.stdin.write("go\n")
        client.stdin.flush()
    for client in clients:
        client.communicate()
    assert [client.returncode for client in clients] == [0, 0]
    with desk.reading():
        ids = [row.booking_id for row in Booking.select().order_by(Booking.booking_id)]
        events = [row.event_id for row in Event.select().order_by(Event.event_id)]
        loads = sorted(agent.load for agent in Agent.select())
        ranks = [row.agent_rank for row in AgentRank.select()]
    assert ids == list(range(1, 2 * LEADS + 1))
    assert events == list(range(1, len(events) + 1))
    assert loads == [8, 8, 8]
    assert sorted(ranks) == [1, 2, 3]
    with desk.reading():
        assert [row for row in examine(desk)["checks"] if not row["ok"] and not row["warning"]] == []


def test_who_waits_in_vain_is_refused(
    desk: Desk, address: str, add_agent: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.SETTINGS, "lock_timeout", "50ms")
    waiting = open_desk(address)
    with desk.transaction():
        with pytest.raises(DatabaseUnavailable) as caught, waiting.transaction():
            pass
        assert caught.value.code == "locked"
        with waiting.reading():
            assert Agent.select().count() == 0  # readers do not wait
    with waiting.transaction():
        pass
    waiting.close()


def test_a_number_is_not_lost_with_what_is_rolled_back(
    desk: Desk, add_agent: Callable[..., Any], add_lead: Callable[..., Any]
) -> None:
    add_agent()
    for _ in range(2):
        assert desk.rehearse(add_lead)["booking_id"] == 1
    assert add_lead()["booking_id"] == 1
    assert add_lead()["booking_id"] == 2


def test_a_transaction_left_open_ends_by_itself(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that hangs with the lock keeps nobody else waiting for longer."""
    monkeypatch.setitem(connection.SETTINGS, "idle_in_transaction_session_timeout", "50ms")
    hanging = open_desk(address)

    def hang() -> None:
        with hanging.transaction():
            with psycopg.connect(address, autocommit=True) as beside:
                while not beside.execute("SELECT 1 FROM desk_lock FOR UPDATE SKIP LOCKED").fetchall():
                    pass
            Agent.select().count()

    with pytest.raises(DatabaseUnavailable) as caught:
        hang()
    assert caught.value.code == "unreachable"
    hanging.close()
