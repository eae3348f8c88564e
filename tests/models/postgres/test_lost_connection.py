"""What is answered is kept, whoever ends: the client, its connection or the server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dispatch import agents
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.operations.doctor import examine
from models.audit import Event
from models.customers import Lead
from models.errors import DatabaseUnavailable
from models.postgres.ahead import Ahead
from tests.conftest import QUIET, server_or_skip
from tests.server import DURABLE, Server

ROOT = Path(__file__).parents[3]
AGENT = {"department": "Premium Bookings", "job_title": "Space Travel Agent"}
MARS = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Tokyo Spaceport Terminal"}
HOLDING = """
import sys
from dispatch.bootstrap import open_desk
from dispatch.agents import add
desk = open_desk(sys.argv[1])
with desk.transaction():
    add(desk, first_name="Half", last_name="Done", department="Premium Bookings",
        job_title="Space Travel Agent")
    print("holding", flush=True)
    sys.stdin.read()
"""
END_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'astra'"


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A server for one test, which may kill it; what it has said is on the disk, is."""
    with server_or_skip(DURABLE) as server:
        yield server


@pytest.fixture
def desk(address: str, clock: Any) -> Iterator[Desk]:
    desk = open_desk(address, clock=clock, actor="kim")
    yield desk
    desk.close()


def names(desk: Desk) -> list[str]:
    with desk.reading():
        return [lead.customer_name for lead in Lead.select().order_by(Lead.lead_id)]


def check_sound(desk: Desk) -> None:
    with desk.reading():
        wrong = [row for row in examine(desk)["checks"] if not row["ok"] and not row["warning"]]
    assert wrong == []


def test_after_kill_9_of_a_client_its_half_command_is_gone(
    desk: Desk, address: str, add_agent: Callable[..., Any]
) -> None:
    add_agent()
    client = subprocess.Popen(
        [sys.executable, "-c", HOLDING, address],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert client.stdout is not None
    assert client.stdout.readline() == b"holding\n"
    client.send_signal(signal.SIGKILL)
    client.communicate()
    assert add_agent("Grace")["agent_id"] == 2  # the lock is free, and the number, too
    check_sound(desk)


def test_a_connection_lost_between_commands_is_replaced(
    desk: Desk, server: Server, add_agent: Callable[..., Any], add_lead: Callable[..., Any]
) -> None:
    add_agent()
    server.execute(END_OTHERS)
    assert add_lead("Kate")["booking_id"] == 1
    server.execute(END_OTHERS)
    assert names(desk) == ["Kate"]
    server.execute(END_OTHERS)
    assert desk.data_version() > 0


@pytest.mark.parametrize("has_the_lock", [False, True])
def test_a_connection_lost_with_the_lock_is_replaced(
    desk: Desk,
    add_agent: Callable[..., Any],
    add_lead: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    has_the_lock: bool,
) -> None:
    """What is asked along with the lock is lost, too, and the command has not begun."""
    add_agent()
    trip, losses = Ahead.trip, iter([True])

    def lost(ahead: Ahead) -> None:
        is_lost = next(losses, False)
        if is_lost and not has_the_lock:
            ahead._connection.close()
        trip(ahead)
        if is_lost:
            ahead._connection.close()
            raise psycopg.OperationalError("lost")

    monkeypatch.setattr(Ahead, "trip", lost)
    assert add_lead("Kate")["booking_id"] == 1
    assert names(desk) == ["Kate"]


def test_a_connection_lost_within_a_command_refuses_it(
    desk: Desk, server: Server, add_agent: Callable[..., Any]
) -> None:
    add_agent()

    def lost() -> None:
        with desk.transaction():
            intake.receive(desk, name="Lost", **MARS)
            server.execute(END_OTHERS)
            intake.receive(desk, name="Never", **MARS)

    with pytest.raises(DatabaseUnavailable) as caught:
        lost()
    assert caught.value.code == "unreachable"
    assert names(desk) == []
    assert intake.receive(desk, name="Kate", **MARS)["booking_id"] == 1
    check_sound(desk)


def test_a_server_that_is_killed_keeps_what_was_answered(own_server: Server, clock: Any) -> None:
    address = own_server.url(own_server.new_database())
    desk = open_desk(address, create=True, clock=clock)
    own_server.execute(QUIET, "test_1")
    for number in range(3):
        agents.add(desk, first_name=f"Ada{number}", last_name="Byron", **AGENT)
    for number in range(5):
        intake.receive(desk, name=f"Kate {number}", **MARS)
    own_server.kill()
    with pytest.raises(DatabaseUnavailable) as caught:
        intake.receive(desk, name="Down", **MARS)
    assert caught.value.code == "unreachable"
    own_server.start()
    assert intake.receive(desk, name="Kate 5", **MARS)["booking_id"] == 6
    assert names(desk) == [f"Kate {number}" for number in range(6)]
    with desk.reading():
        assert [event.event_id for event in Event.select().order_by(Event.event_id)][-1] == (
            Event.select().count()
        )
    check_sound(desk)
    desk.close()
