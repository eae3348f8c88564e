"""Queries behind screens and commands: filters, orders, pages and totals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch import agents, bookings, queries
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.leads.intake import LeadResult
from models.agents import Agent
from models.errors import InvalidInput, NotFound
from models.priorities import PRIORITIES
from tests.query_cost import FEW, MANY, add_bookings, extra_steps

PLACE: dict[str, Callable[[dict[str, Any]], tuple[Any, ...]]] = {
    "id": lambda _: (),
    "customer": lambda row: (row["customer_name"].lower(),),
    "agent": lambda row: tuple((row["agent_name"] or " ").lower().split(" ")),
    "status": lambda row: (row["status"], row["changed_at"]),
    "due": lambda row: (row["follow_up_at"] or "~",),
    "revenue": lambda row: (row["total_revenue"] or 0,),
    "priority": lambda row: (PRIORITIES.index(row["priority"]),),
} | {
    sort: lambda row, name=name: ((row[name] or "").lower(),)
    for sort, name in (
        ("changed", "changed_at"),
        ("created", "created_at"),
        ("destination", "destination"),
        ("launch", "launch_location"),
        ("wishes", "requests"),
        *((name, name) for name in ("source", "method", "package", "phone", "email")),
    )
}
AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., LeadResult]
Look = Callable[..., Any]
Filter = queries.BookingFilter


@pytest.fixture
def crowded(desk: Desk, two: None, add_lead: AddLead, clock: Any) -> None:
    """Thirty bookings with ties in every column, four of them waiting."""
    names = ("Kate", "Liam", "kate", "Zoë", "100%")
    places = ("Mars", "Titan", "Mars")
    for number in range(30):
        add_lead(names[number % 5], destination=places[number % 3], priority=PRIORITIES[number % 7 % 5])
        if number % 4 == 3:
            clock.advance(seconds=1)
    for booking_id in (3, 9, 10, 20):
        bookings.decline(desk, booking_id, "full")
        bookings.decline(desk, booking_id, "full too")
    for booking_id in (5, 6, 11):
        bookings.cancel(desk, booking_id, "no money")
    bookings.claim(desk, 1, 1)


def ids(rows: list[dict[str, Any]]) -> list[int]:
    return [row["booking_id"] for row in rows]


@pytest.mark.parametrize("size", [1, 4, 7, 30])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", queries.BOOKING_SORTS)
def test_pages_visit_every_booking_once_in_order(
    crowded: None, look: Look, sort: str, descending: bool, size: int
) -> None:
    which = Filter(sort=sort, descending=descending)
    whole = look(queries.list_bookings, which)
    paged: list[dict[str, Any]] = []
    while page := look(queries.list_bookings, which, size, paged[-1] if paged else None):
        assert len(page) <= size
        paged += page
    assert paged == whole
    assert sorted(ids(paged)) == list(range(1, 31))


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", queries.BOOKING_SORTS)
def test_rows_come_in_the_order_asked_for(crowded: None, look: Look, sort: str, descending: bool) -> None:
    rows = look(queries.list_bookings, Filter(sort=sort, descending=descending))
    places = [(*PLACE[sort](row), row["booking_id"]) for row in rows]
    assert places == sorted(places, reverse=descending)
    assert look(queries.list_bookings, Filter(sort=sort, descending=descending), 30) == rows


@pytest.mark.parametrize("view", ["Pending", "Confirmed", "Cancelled"])
@pytest.mark.parametrize("sort", ["customer", "agent", "destination", "due", "status"])
def test_a_narrowed_list_has_the_same_order(crowded: None, look: Look, sort: str, view: str) -> None:
    which = Filter(sort=sort, status=view, descending=False)
    rows = look(queries.list_bookings, which)
    paged: list[dict[str, Any]] = []
    while page := look(queries.list_bookings, which, 3, paged[-1] if paged else None):
        paged += page
    assert paged == rows
    assert len(rows) == look(queries.count_bookings, which)


def test_views_are_counted_as_they_are_listed(crowded: None, look: Look) -> None:
    counts = look(queries.count_by_view)
    assert counts == {
        "All": 30,
        "Pending": 27,
        "Unclaimed": 22,
        "Waiting": 4,
        "Confirmed": 0,
        "Cancelled": 3,
        "Undone": 0,
    }
    assert look(queries.count_bookings, Filter(text="kate", waiting=True)) == 1
    assert look(queries.count_bookings, Filter(source="Organic")) == 30


def test_a_page_continues_after_a_row_that_has_moved(crowded: None, desk: Desk, look: Look) -> None:
    which = Filter(sort="id", descending=False)
    page = look(queries.list_bookings, which, 10)
    bookings.cancel(desk, 10, "no money")
    assert ids(look(queries.list_bookings, which, 3, page[-1])) == [11, 12, 13]


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (Filter(status="Cancelled"), [5, 6, 11]),
        (Filter(waiting=True), [3, 9, 10, 20]),
        (Filter(agent_id=1, status="Cancelled"), [5, 11]),
        (Filter(destination="Titan", waiting=True), [20]),
        (Filter(unclaimed=True, agent_id=1, destination="Titan"), [17, 23, 29]),
        (Filter(text="zo", status="Cancelled"), []),
        (Filter(text="KATE", waiting=True), [3]),
        (Filter(text="100%", waiting=True), [10, 20]),
        (Filter(text="%", waiting=True), [10, 20]),
        (Filter(text="_"), []),
        (Filter(text="tita", waiting=True), [20]),
        (Filter(text="#11"), [11]),
        (Filter(text="20", waiting=True), [20]),
        (Filter(text="9" * 30), []),
        (Filter(text="²"), []),
    ],
)
def test_filters_narrow_the_list(crowded: None, look: Look, which: Filter, expected: list[int]) -> None:
    assert sorted(ids(look(queries.list_bookings, which))) == expected


def test_a_claimed_booking_is_not_unclaimed(crowded: None, look: Look) -> None:
    assert 1 not in ids(look(queries.list_bookings, Filter(unclaimed=True)))


def test_pages_respect_the_filter(crowded: None, look: Look) -> None:
    which = Filter(agent_id=2, sort="destination")
    first = look(queries.list_bookings, which, 5)
    rest = look(queries.list_bookings, which, None, first[-1])
    assert first + rest == look(queries.list_bookings, which)


def test_an_unknown_order_is_refused_by_name() -> None:
    assert queries.check_sort("agent") == "agent"
    with pytest.raises(InvalidInput, match="price"):
        queries.check_sort("price")


@pytest.mark.parametrize("function", [queries.booking, queries.agent])
def test_missing_rows_are_not_found(look: Look, function: Callable[[int], object]) -> None:
    with pytest.raises(NotFound):
        look(function, 1)


def test_agents_come_best_first(desk: Desk, lead: LeadResult, add_agent: AddAgent, look: Look) -> None:
    add_agent("Cid", years=50)
    agents.leave(desk, 3)
    assert [(row["agent_id"], row["rank"]) for row in look(queries.list_agents)] == [(2, 1), (1, 2)]
    assert [(row["agent_id"], row["rank"]) for row in look(queries.list_agents, with_left=True)][-1] == (
        3,
        None,
    )


def test_totals_count_open_work_and_name_drift(crowded: None, desk: Desk, look: Look) -> None:
    assert look(queries.count_totals) == queries.Totals(
        waiting=4, pending=27, drift=(), seen_by_all=(3, 9, 10, 20)
    )
    with desk.transaction():
        Agent.update(load=0).where(Agent.agent_id == 2).execute()
        Agent.update(load=99).where(Agent.agent_id == 1).execute()
    assert look(queries.count_totals).drift == (1, 2)


def test_the_log_is_listed_newest_first_and_filtered(crowded: None, desk: Desk, look: Look) -> None:
    desk.actor = "lee"
    bookings.note(desk, 1, "hello")
    assert [row["command"] for row in look(event_log.events, booking_id=1)] == [
        "booking.note",
        "booking.claim",
        "lead.add",
    ]
    assert [row["command"] for row in look(event_log.events, actor="lee")] == ["booking.note"]
    newest = [row["event_id"] for row in look(event_log.events, limit=3)]
    assert newest == sorted(newest, reverse=True)


def test_an_agents_desk_is_grouped(
    desk: Desk, lead: LeadResult, add_lead: AddLead, clock: Any, look: Look
) -> None:
    for _ in range(6):
        add_lead()
    bookings.cancel(desk, 1, "yesterday")
    clock.advance(days=1)
    bookings.claim(desk, 5, 1)
    bookings.cancel(desk, 3, "today")
    rows = look(queries.desk_of, 1, desk.now()[:10])
    assert [(row["booking_id"], row["group"]) for row in rows] == [
        (5, "in progress"),
        (7, "tentative"),
        (3, "done today"),
    ]


@pytest.mark.on_file
def test_an_agents_desk_reads_none_of_the_work_closed_on_other_days(
    desk: Desk, lead: LeadResult, clock: Any
) -> None:
    bookings.cancel(desk, 1, "yesterday")
    clock.advance(days=1)
    add_bookings(desk, 20)

    def read() -> object:
        return queries.desk_of(1, desk.now())

    assert extra_steps(desk, read, lambda: add_bookings(desk, MANY)) < FEW


@pytest.mark.on_file
@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("fields", [{}, {"source": "Organic"}, {"due_until": "2082-01-01 00:00:00"}])
def test_a_page_in_the_order_of_creation_reads_no_other_bookings(
    desk: Desk, lead: LeadResult, fields: dict[str, Any], descending: bool
) -> None:
    add_bookings(desk, 20)
    which = queries.BookingFilter(sort="created", descending=descending, **fields)
    assert extra_steps(desk, lambda: queries.list_bookings(which, 5), lambda: add_bookings(desk, MANY)) < FEW
