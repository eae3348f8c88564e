"""A desk behind PgBouncer, which gives each transaction a connection to the server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from dispatch import bookings, queries
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.operations import undo
from dispatch.operations.doctor import examine
from models.errors import DatabaseUnavailable
from models.sweepers import Sweeper
from tests.pooler import PROGRAM, Pooler
from tests.server import Server, database_of

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no PgBouncer on this machine")


@pytest.fixture
def pooled(server: Server, address: str) -> Iterator[str]:
    """The address of an empty desk behind a pool of two connections."""
    with Pooler(server, size=2) as pooler:
        yield pooler.url(database_of(address))


@pytest.fixture
def desk(pooled: str, clock: Any) -> Iterator[Desk]:
    with closing(open_desk(pooled, clock=clock, actor="kim")) as desk:
        yield desk


def test_a_days_work(
    desk: Desk, pooled: str, add_agent: Callable[..., Any], add_lead: Callable[..., Any]
) -> None:
    agent = add_agent()["agent_id"]
    others = [open_desk(pooled, actor=f"lee {number}") for number in range(4)]  # more than it has
    for number in range(8):
        add_lead(f"Kate {number}")
        bookings.claim(others[number % 4], number + 1, agent)
    bookings.note(desk, 1, "call back")
    bookings.cancel(desk, 2, "ill")
    undo.undo(desk, None)
    for other in (desk, *others):
        with other.reading():
            assert queries.booking(8)["customer_name"] == "Kate 7"
            assert queries.booking(2)["status"] == "Pending"
    with desk.reading():
        assert [row for row in examine(desk)["checks"] if not row["ok"]] == []
    for other in others:
        other.close()


def test_others_commits_are_seen_without_being_told(
    desk: Desk, pooled: str, add_agent: Callable[..., Any]
) -> None:
    with closing(open_desk(pooled, actor="lee")) as other:
        before = other.data_version()
        assert other.database.change_signal() is None
        assert other.data_version() == before
        add_agent()
        assert other.data_version() != before


def test_the_desks_lock_is_waited_for_no_longer_than_elsewhere(desk: Desk, pooled: str) -> None:
    with (
        closing(open_desk(pooled, actor="lee")) as other,
        desk.transaction(),
        pytest.raises(DatabaseUnavailable) as caught,
        other.transaction(),
    ):
        pass
    assert caught.value.code == "locked"


def test_a_new_desk_is_made_behind_a_pool(server: Server) -> None:
    name = server.new_database()
    with Pooler(server) as pooler, closing(open_desk(pooler.url(name), create=True)) as desk:
        assert desk.is_new
    server.drop_database(name)


def test_a_sweeper_needs_a_connection_of_its_own(desk: Desk) -> None:
    with pytest.raises(OSError, match="a pool"):
        desk.database.sweep_record.claim().take(Sweeper(1, "here", "kim", desk.now(), 60))
