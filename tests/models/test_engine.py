"""What another engine may do differently behind the door (docs/decisions/0037)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from peewee import Node, fn

from models.agents import Agent
from models.base import CompiledQuery, parameter, tuples
from models.bookings import Assignment, Booking
from models.customers import Customer, Lead
from models.engine import Engine
from models.inspection import words
from models.sql import beginning, count_if, greatest, json_number, later_by, listed, position
from models.sqlite.dialect import SqliteDialect
from models.sqlite.engine import SqliteEngine
from models.sqlite.inspection_words import SqliteWords

AddAgent = Callable[..., dict[str, Any]]
NOW = "2082-03-01 09:00:00"


class Swapped(SqliteDialect):
    """A dialect that looks for a part in a text, not in a text for a part."""

    def position(self, text: Node, part: Node) -> Node:
        return fn.INSTR(part, text)


class Ahead(SqliteEngine):
    """An engine that sends what needs no answer, and numbers rows itself."""

    dialect = Swapped()
    sends_ahead = True

    def next_id(self, table: str, key: str) -> int:
        highest = f"SELECT coalesce(max({key}), 0) + 1 FROM {table}"
        return int(self.run(highest, ()).fetchone()[0])

    def later(self, sql: str, values: Sequence[object]) -> None:
        self.sent.append(sql)
        self.run(sql, values)

    sent: list[str]


@pytest.fixture
def ahead(database: Engine) -> Iterator[Ahead]:
    """The same desk through another engine."""
    other = Ahead(database.file)
    database.chooser = other.chooser = lambda _: 1
    other.sent = []
    yield other
    other.close()


def lead_of(name: str) -> Lead:
    customer = Customer(name=name, created_at=NOW)
    customer.save()
    lead = Lead(
        customer_id=customer.customer_id, customer_name=name, method="Text", source="Organic",
        destination="Mars", launch_location="Dallas-Fort Worth", received_at=NOW,
    )  # fmt: skip
    lead.save()
    return lead


@pytest.mark.on_file
def test_an_engine_that_sends_ahead_numbers_the_same_rows(
    database: Engine, ahead: Ahead, add_agent: AddAgent
) -> None:
    add_agent("Ada")
    with ahead.active(), ahead.atomic():
        first = lead_of("Kate")
        row = Agent.lock(1)
        row.capacity = 3
        row.save()
    assert any(sql.startswith("INSERT INTO bookings") for sql in ahead.sent)
    assert any(sql.startswith("UPDATE space_travel_agents SET capacity") for sql in ahead.sent)
    booking, agent = Booking.get(Booking.lead_id == first.lead_id), Agent.lock(1)
    assert (first.lead_id, booking.booking_id, booking.agent_id) == (1, 1, 1)
    assert (agent.load, agent.capacity) == (1, 3)
    with database.atomic():
        assert lead_of("Bob").lead_id == 2, "numbers go on from there"


@pytest.mark.on_file
def test_an_expression_is_compiled_in_the_words_of_each_engine(
    database: Engine, ahead: Ahead, add_agent: AddAgent
) -> None:
    add_agent("Ada")
    query = CompiledQuery(
        lambda: Agent.select(Agent.agent_id).where(position(Agent.first_name, parameter("part")) > 0)
    )
    assert (query(part="da"), query(part="Adam")) == ([(1,)], [])
    with ahead.active():
        assert (query(part="da"), query(part="Adam")) == ([], [(1,)])


def test_what_the_expressions_mean(database: Engine, add_agent: AddAgent) -> None:
    for name in ("Ada", "Bob", "Cy"):
        add_agent(name)
    row = Agent.select(
        greatest(Agent.agent_id, 2),
        later_by("2082-02-28 23:59:59", 2_147_483_648),
        later_by("2082-03-01 00:00:00", -1),
        beginning(Agent.first_name, 2),
        json_number('{"a": {"b": 1.5}}', "a", "b"),
    ).where(Agent.agent_id.in_(listed([1])))
    assert tuples(row) == [(2, "2150-03-20 03:14:07", "2082-02-28 23:59:59", "Ad", 1.5)]
    assert tuples(Agent.select(count_if(Agent.agent_id > 1), count_if(Agent.agent_id > 3))) == [(2, 0)]
    assert tuples(Assignment.select(count_if(Assignment.method == "Text"))) == [(None,)], "of no rows"


def test_marks_in_marks_are_all_replaced() -> None:
    marked = words.differs(words.greatest("a", "b"), words.json_text("c", ".d"))
    assert words.said(f"({marked})", SqliteWords()) == "(max(a, b) IS NOT json_extract(c, '$.d'))"


def test_a_snapshot_inside_a_transaction_is_that_transaction(database: Engine) -> None:
    with database.atomic(), database.snapshot():
        assert database.transaction_depth() == 1
    with database.snapshot():
        assert database.in_transaction()
    assert not database.in_transaction()
