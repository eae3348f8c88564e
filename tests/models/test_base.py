"""save(): what it writes, what it refuses, and what listeners receive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from peewee import IntegrityError
from playhouse.signals import post_save

from dispatch.bootstrap import open_desk
from dispatch.leads.intake import LeadResult
from models.agents import Agent
from models.base import BaseModel, CompiledQuery, parameter
from models.bookings import Assignment, Booking
from models.customers import Customer, Lead
from models.engine import Engine
from models.errors import Conflict, NotFound
from models.sqlite.engine import SqliteEngine
from tests.query_cost import statements

AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., LeadResult]


@contextmanager
def heard(model: type[BaseModel]) -> Iterator[list[dict[str, Any]]]:
    """The ``changed`` columns of every save of a model inside the block."""
    saves: list[dict[str, Any]] = []

    def listen(_sender: type[BaseModel], row: BaseModel, created: bool) -> None:
        saves.append(dict(row.changed))

    post_save.connect(listen, name="test", sender=model)
    try:
        yield saves
    finally:
        post_save.disconnect(name="test", sender=model)


@pytest.fixture
def booking(database: Engine, add_agent: AddAgent, add_lead: AddLead) -> Booking:
    add_agent()
    return Booking.lock(add_lead()["booking_id"])


@pytest.mark.on_file
def test_save_writes_the_changed_columns_only(database: Engine, booking: Booking) -> None:
    booking.contacted_at = "2082-03-01 09:00:00"
    booking.package = None  # as it was
    with statements(database) as seen:
        assert booking.save() == 1
    assert seen == [
        "UPDATE bookings SET contacted_at = '2082-03-01 09:00:00', version = 2"
        " WHERE booking_id = 1 AND version = 1"
    ]


@pytest.mark.on_file
def test_save_without_a_change_writes_and_announces_nothing(database: Engine, booking: Booking) -> None:
    booking.status = booking.status
    with statements(database) as seen, heard(Booking) as saves:
        assert booking.save() == 0
    assert (seen, saves, booking.version) == ([], [], 1)


def test_differs_says_whether_a_save_would_write(booking: Booking) -> None:
    booking.package = None
    assert not booking.differs()
    booking.package = "Luxury Dome Stay"
    assert booking.differs()


def test_listeners_compare_the_row_as_loaded_with_the_row_as_saved(booking: Booking) -> None:
    booking.package = "Luxury Dome Stay"
    with heard(Booking) as saves:
        booking.save()
    assert saves == [{"package": "Luxury Dome Stay", "version": 2}]
    assert booking.was("package") == "Luxury Dome Stay", "the next save starts from what this one wrote"


def test_every_save_raises_the_version(booking: Booking) -> None:
    for text in ("first", "second", "third"):
        booking.cancel_reason = text
        booking.save()
    assert booking.version == Booking.lock(1).version == 4


@pytest.mark.on_file
def test_a_row_saved_elsewhere_meanwhile_is_a_conflict(booking: Booking) -> None:
    other = Booking.lock(1)
    other.package = "Luxury Dome Stay"
    other.save()
    booking.contacted_at = "2082-03-01 09:00:00"
    with pytest.raises(Conflict) as caught:
        booking.save()
    assert caught.value.code == "conflict"
    assert "booking 1" in caught.value.message
    assert Booking.lock(1).contacted_at is None


def test_a_row_without_a_version_is_saved_column_by_column(database: Engine, add_agent: AddAgent) -> None:
    add_agent()
    first, second = Agent.lock(1), Agent.lock(1)
    first.years_of_service = 9
    second.email = "ada@example.com"
    first.save()
    second.save()
    agent = Agent.lock(1)
    assert (agent.years_of_service, agent.email) == (9, "ada@example.com")


def test_a_new_row_gets_its_defaults_and_its_id(database: Engine) -> None:
    agent = Agent(first_name="Ada", last_name="Byron", job_title="x", department="y")
    assert agent.save() == 1
    stored = Agent.lock(agent.agent_id)
    assert (stored.load, stored.capacity, stored.presence, stored.rating) == (0, 10, "available", 0.0)
    assert (stored.email, stored.left_at, stored.license_number) == (None, None, None)


def test_a_new_row_can_be_changed_and_saved_again(database: Engine) -> None:
    customer = Customer(name="Kate", created_at="2082-03-01 09:00:00")
    customer.save()
    customer.phone = "4711"  # a column that was not set on the new row
    assert customer.save() == 1
    assert Customer.lock(customer.customer_id).phone == "4711"


def test_a_row_that_does_not_exist_is_not_found(database: Engine) -> None:
    assert Booking.lock_or_none(7) is None
    with pytest.raises(NotFound, match="no booking 7"):
        Booking.lock(7)


def test_a_key_longer_than_64_bits_is_not_found(database: Engine) -> None:
    with pytest.raises(NotFound):
        Agent.lock(10**30)


@pytest.mark.on_file
def test_driver_errors_are_raised_as_peewee_errors(database: Engine, add_agent: AddAgent) -> None:
    add_agent()
    agent = Agent.lock(1)
    agent.load = -1
    with pytest.raises(IntegrityError, match="load >= 0"):
        agent.save()


@pytest.mark.on_file
def test_a_reference_is_the_id_and_loads_no_row(
    database: Engine, add_agent: AddAgent, add_lead: AddLead
) -> None:
    add_agent()
    add_lead()
    with statements(database) as seen:
        row = Assignment.lock(1)
        ids = (row.lead_id, row.agent_id)
    assert ids == (1, 1)
    assert len(seen) == 1


@pytest.mark.on_file
def test_query_rows_are_read_only(database: Engine, add_lead: AddLead) -> None:
    add_lead()
    lead = Lead.get()
    lead.method = "Phone Call"
    with pytest.raises(IntegrityError, match="UNIQUE"):
        lead.save()


def test_a_compiled_query_takes_its_values_by_name(database: Engine, add_agent: AddAgent) -> None:
    add_agent("Ada", years=3)
    add_agent("Bob", years=9)
    query = CompiledQuery(
        lambda: (
            Agent.select(Agent.first_name)
            .where(Agent.years_of_service >= parameter("least"), Agent.first_name != "Zoe")
            .limit(parameter("limit"))
        )
    )
    assert query(least=5, limit=10) == [("Bob",)]
    assert query(least=0, limit=1) == [("Ada",)]


@pytest.mark.on_file
def test_each_database_compiles_its_own_sql(database: Engine, add_agent: AddAgent) -> None:
    """SQL kept for all databases used the dialect of the first one."""

    class Bracketed(SqliteEngine):
        quote = "[]"
        param = "?1"

    add_agent("Ada")
    query = CompiledQuery(lambda: Agent.select(Agent.agent_id).where(Agent.first_name == parameter("name")))
    other = Bracketed(database.file)
    for each in (database, other):
        with each.active():
            assert query(name="Ada") == [(1,)]
            assert Agent.lock(1).first_name == "Ada"
    other.close()
    assert database.statements[query][0].startswith('SELECT "t1"."agent_id"')
    assert database.statements[Agent, "select"].endswith("agent_id = ?")
    assert other.statements[query][0].startswith("SELECT [t1].[agent_id]")
    assert other.statements[Agent, "select"].endswith("agent_id = ?1")


def test_a_compiled_query_takes_several_sets_of_values(database: SqliteEngine, add_agent: AddAgent) -> None:
    for name in ("Ada", "Bob", "Bob", "Cleo"):
        add_agent(name)
    query = CompiledQuery(
        lambda: (
            Agent.select(Agent.agent_id)
            .where(Agent.first_name == parameter("name"))
            .order_by(Agent.agent_id.desc())
            .limit(parameter("limit"))
        )
    )
    some = [{"name": "Bob", "limit": 2}, {"name": "Dan", "limit": 2}, {"name": "Ada", "limit": 1}]
    with database.active():
        assert query.each(some) == [(3,), (2,), (1,)]
        assert query.each(some[:1]) == [(3,), (2,)]
        assert query.each(some) == [(3,), (2,), (1,)]


def test_two_desks_in_one_process_write_to_their_own_files(tmp_path: Any) -> None:
    first = open_desk(tmp_path / "first.db", create=True)
    second = open_desk(tmp_path / "second.db", create=True)
    try:
        for desk, name in ((first, "One"), (second, "Two"), (first, "Three")):
            with desk.transaction():
                Customer(name=name, created_at="2082-03-01 09:00:00").save()
        with first.reading():
            assert [row.name for row in Customer.select()] == ["One", "Three"]
            with second.reading():
                assert [row.name for row in Customer.select()] == ["Two"]
            assert Customer.select().count() == 2, "the outer desk is active again"
    finally:
        first.close()
        second.close()
