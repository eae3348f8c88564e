"""A network that stops says nothing; neither the terminal behind it nor anybody else waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.desk.terminal.repeating import Repeating
from dispatch.leads import intake
from models.customers import Lead
from models.errors import DatabaseUnavailable
from models.postgres import patience
from tests.network import Network
from tests.server import Server, database_of

MARS = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Tokyo Spaceport Terminal"}
FIFTEEN_SECONDS = 3  # tries to take the lock, of five seconds each


@pytest.fixture
def network(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    """A network to the server, whose clients ask after an answer soon."""
    monkeypatch.setattr(patience, "ASK_AFTER_S", 0.3)
    monkeypatch.setattr(patience, "CONNECT_S", 1)
    with Network(server) as network:
        yield network


@pytest.fixture
def desk(network: Network, address: str, clock: Any) -> Iterator[Desk]:
    with closing(open_desk(network.url(database_of(address)), clock=clock, actor="kim")) as desk:
        yield desk


def names(desk: Desk) -> list[str]:
    with desk.reading():
        return [lead.customer_name for lead in Lead.select().order_by(Lead.lead_id)]


def test_a_long_statement_is_waited_for(desk: Desk) -> None:
    assert desk.database.run("SELECT 1 FROM pg_sleep(2)", ()).fetchall() == [(1,)]


def test_whoever_waits_in_vain_is_told(desk: Desk, network: Network) -> None:
    network.stop()
    with pytest.raises(DatabaseUnavailable) as caught:
        desk.data_version()
    assert caught.value.code == "unreachable"


def test_a_command_under_way_is_done_once_when_the_network_is_back(
    desk: Desk, network: Network, add_agent: Callable[..., Any]
) -> None:
    add_agent()
    desk.repeating = Repeating(60.0, threading.Event(), str)
    waiting = threading.Timer(4.0, network.go_on)
    network.stop()
    waiting.start()
    assert intake.receive(desk, name="Kate", **MARS)["lead_id"] == 1
    waiting.join()
    assert names(desk) == ["Kate"]


def test_a_holder_that_stopped_frees_the_desk(
    desk: Desk, network: Network, address: str, add_agent: Callable[..., Any]
) -> None:
    add_agent()
    taken: list[Any] = []
    locked: list[str] = []
    with closing(open_desk(address, actor="lee")) as other:

        def hold() -> None:
            with desk.transaction():
                intake.receive(desk, name="Half", **MARS)
                network.stop()
                while not taken and len(locked) < FIFTEEN_SECONDS:
                    try:
                        taken.append(intake.receive(other, name="Kate", **MARS))
                    except DatabaseUnavailable as error:
                        locked.append(error.code)

        with pytest.raises(DatabaseUnavailable):
            hold()
        assert taken
        assert set(locked) == {"locked"}
        network.go_on()
        assert names(other) == ["Kate"]
    assert names(desk) == ["Kate"]
