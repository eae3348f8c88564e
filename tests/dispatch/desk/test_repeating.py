"""A command whose connection is lost is done once, whatever became of its first try."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest

from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.desk.terminal.repeating import Repeating
from dispatch.leads import intake
from models.audit import Event
from models.customers import Lead
from models.errors import DatabaseUnavailable
from models.postgres.ahead import Ahead
from tests.server import Server

MARS = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Tokyo Spaceport Terminal"}
END_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'astra'"
A_WHILE_S = 20.0


def safe_to_repeat(request_id: str) -> str:
    return f"repeat {request_id}"


@pytest.fixture
def desk(address: str, clock: Any) -> Iterator[Desk]:
    with closing(open_desk(address, clock=clock, actor="kim")) as desk:
        desk.repeating = Repeating(A_WHILE_S, threading.Event(), safe_to_repeat)
        yield desk


@pytest.fixture
def lose(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lose the connection at the next commits, before or after the server has taken it."""
    real = Ahead.trip

    def at_commit(*, is_durable: bool, times: int = 1) -> None:
        left = [times]

        def trip(self: Ahead) -> None:
            if not (left[0] and any(one.sql.startswith(b"NOTIFY") for one in self._gathered)):
                real(self)
                return
            left[0] -= 1
            if is_durable:
                real(self)
            self._connection.close()
            raise psycopg.OperationalError("the answer was lost")

        monkeypatch.setattr(Ahead, "trip", trip)

    return at_commit


def names(desk: Desk) -> list[str]:
    with desk.reading():
        return [lead.customer_name for lead in Lead.select().order_by(Lead.lead_id)]


@pytest.mark.parametrize("is_durable", [False, True])
@pytest.mark.parametrize("times", [1, 3])
def test_a_command_is_done_once(
    desk: Desk, add_agent: Callable[..., Any], lose: Callable[..., None], is_durable: bool, times: int
) -> None:
    add_agent()
    lose(is_durable=is_durable, times=times)
    assert intake.receive(desk, name="Kate", **MARS)["booking_id"] == 1
    assert intake.receive(desk, name="Kate", **MARS)["booking_id"] == 2  # another one, so it is new
    assert names(desk) == ["Kate", "Kate"]


def test_the_backend_is_ended_between_commands_and_within_one(
    desk: Desk, server: Server, add_agent: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    add_agent()
    server.execute(END_OTHERS)
    assert intake.receive(desk, name="Kate", **MARS)["booking_id"] == 1
    ended: list[Any] = []

    def end_backend(sender: object, row: Any, created: bool) -> None:
        if not ended:
            ended.append(server.execute(END_OTHERS))

    from playhouse.signals import post_save

    post_save.connect(end_backend, sender=Lead)
    try:
        assert intake.receive(desk, name="John", **MARS)["booking_id"] == 2
    finally:
        post_save.disconnect(end_backend, sender=Lead)
    assert ended
    assert names(desk) == ["Kate", "John"]


@pytest.mark.parametrize("is_durable", [False, True])
def test_what_is_given_up_is_still_done_once_if_it_is_given_again(
    desk: Desk, add_agent: Callable[..., Any], lose: Callable[..., None], is_durable: bool
) -> None:
    add_agent()
    desk.repeating = Repeating(0.0, threading.Event(), safe_to_repeat)
    lose(is_durable=is_durable)
    with pytest.raises(DatabaseUnavailable) as caught:
        intake.receive(desk, name="Kate", **MARS)
    assert caught.value.code == "unreachable"
    assert intake.receive(desk, name="Kate", **MARS)["lead_id"] == 1
    assert names(desk) == ["Kate"]
    with desk.reading():
        newest = Event.select().order_by(Event.event_id.desc()).first()
    assert caught.value.hint == f"repeat {newest.request_id}"


def test_what_is_lost_before_its_first_command_begins_anew(desk: Desk, add_agent: Callable[..., Any]) -> None:
    add_agent()
    assert desk.repeating is not None
    tries = []

    def work() -> Any:
        tries.append(1)
        if len(tries) < 3:
            raise DatabaseUnavailable("unreachable", "down")
        return intake.receive(desk, name="Kate", **MARS)

    assert desk.repeating.call(work, time.monotonic())["booking_id"] == 1
    assert len(tries) == 3


def test_what_is_lost_behind_a_command_does_not_begin_anew(desk: Desk, add_agent: Callable[..., Any]) -> None:
    add_agent()
    assert desk.repeating is not None
    is_up: list[bool] = []

    def work() -> Any:
        done = intake.receive(desk, name="Kate", **MARS)
        if not is_up:
            raise DatabaseUnavailable("unreachable", "down")
        return done

    with pytest.raises(DatabaseUnavailable):
        desk.repeating.call(work, time.monotonic())
    is_up.append(True)
    assert desk.repeating.call(work, time.monotonic())["booking_id"] == 1
    assert desk.repeating.call(work, time.monotonic())["booking_id"] == 2
    assert names(desk) == ["Kate", "Kate"]


def test_nothing_is_repeated_once_the_application_closes(
    desk: Desk, add_agent: Callable[..., Any], lose: Callable[..., None]
) -> None:
    add_agent()
    closing_down = threading.Event()
    closing_down.set()
    desk.repeating = Repeating(A_WHILE_S, closing_down, safe_to_repeat)
    lose(is_durable=False)
    with pytest.raises(DatabaseUnavailable):
        intake.receive(desk, name="Kate", **MARS)
    assert names(desk) == []
