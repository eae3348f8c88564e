"""The order of work: by priority, but what has waited long enough is overtaken by nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import agents, bookings, queries
from dispatch.agents import handover
from dispatch.agents.presence import set_presence
from dispatch.bookings import editing, follow_ups
from dispatch.desk.desk import Desk
from dispatch.operations import configuration
from dispatch.operations.sweep import sweep
from dispatch.queries.order_of_work import PATIENCE, TARGET_MINUTES, minutes_of, turns
from models.base import tuples
from models.bookings import Booking, Waiting
from models.clock import to_text
from models.priorities import MEDIUM, PRIORITIES

AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., Any]
Look = Callable[..., Any]
LOW, HIGH, CRITICAL = (PRIORITIES.index(name) + 1 for name in ("LOW", "HIGH", "CRITICAL"))
START = datetime(2082, 3, 1, tzinfo=UTC)
targets = st.lists(st.integers(1, 10_000), min_size=5, max_size=5).map(
    lambda minutes: " ".join(map(str, sorted(minutes)))
)
waiting = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 3_000)), max_size=12)


def at(minutes: float) -> str:
    return to_text(START + timedelta(minutes=minutes))


def in_turn(targets: str, work: list[tuple[int, int]]) -> list[int]:
    """The numbers of work, given as priority and minute, in the order in which it is served."""
    turn = turns(targets)
    return sorted(range(len(work)), key=lambda number: turn(work[number][0], at(work[number][1]), number))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(targets, waiting)
def test_the_order_is_that_of_plain_figures(minutes: str, work: list[tuple[int, int]]) -> None:
    def figure(number: int) -> tuple[int, int, int]:
        priority, came_in = work[number]
        return came_in + 2 * int(minutes.split()[5 - priority]), -priority, number

    assert in_turn(minutes, work) == sorted(range(len(work)), key=figure)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(targets, waiting, st.integers(1, 5), st.integers(0, 3_000))
def test_what_has_waited_twice_its_target_is_overtaken_by_nothing_new(
    minutes: str, work: list[tuple[int, int]], priority: int, came_in: int
) -> None:
    """And of two that came in together, the more urgent one is first, whatever the targets."""
    turn = turns(minutes)
    old = turn(priority, at(came_in), 1)
    late = came_in + PATIENCE * minutes_of(minutes, priority)
    for number, (other, later) in enumerate(work, 2):
        assert old < turn(other, at(late + later), number)
        if other > priority:
            assert turn(other, at(came_in), number) < old


@settings(max_examples=100, deadline=None, derandomize=True)
@given(targets, st.lists(st.integers(0, 50), max_size=12), st.integers(1, 5))
def test_of_one_priority_the_oldest_is_first(minutes: str, times: list[int], priority: int) -> None:
    expected = sorted(range(len(times)), key=lambda number: (times[number], number))
    assert in_turn(minutes, [(priority, time) for time in times]) == expected


@pytest.mark.parametrize(
    ("hours", "first"),
    [(0, HIGH), (8, HIGH), (13.9, HIGH), (14.1, LOW), (16, LOW)],
    ids=["fresh", "after its target", "a little less", "a little more", "after twice its target"],
)
def test_a_low_one_waits_behind_fresh_high_ones_for_a_time(hours: float, first: int) -> None:
    """The table in docs/rules.md: of a LOW one so many hours old, and a HIGH one that comes in now."""
    turn = turns(TARGET_MINUTES)
    low, high = turn(LOW, at(0), 1), turn(HIGH, at(60 * hours), 2)
    assert min((low, LOW), (high, HIGH))[1] == first
    assert turn(CRITICAL, at(0), 3) < turn(LOW, at(0), 1), "and a CRITICAL one is before a fresh LOW one"


def test_a_damaged_time_stops_nobody() -> None:
    assert turns(TARGET_MINUTES)(MEDIUM, "x", 1).at == "x"
    assert turns("1 1 1 1 1000000")(LOW, "9999-12-31 00:00:00", 1).at == "9999-12-31 00:00:00"


@pytest.fixture
def queue(desk: Desk, clock: Any, add_agent: AddAgent, add_lead: AddLead) -> list[int]:
    """Five bookings that wait: MEDIUM, LOW, HIGH, MEDIUM, CRITICAL, a minute apart; Ada is away."""
    add_agent("Ada", years=9, capacity=100)
    set_presence(desk, 1, "offline")
    numbers = []
    for name in ("", "low", "High", None, "CRITICAL"):
        numbers.append(add_lead(priority=name)["booking_id"])
        clock.advance(minutes=1)
    return numbers


def drained(desk: Desk, look: Look) -> list[int]:
    """The bookings in the order in which they are assigned, one after the other, as Ada gets room for one."""
    order: list[int] = []
    while look(lambda: tuples(Waiting.select(Waiting.booking_id))):
        held = look(queries.agent, 1)["load"]
        agents.change(desk, 1, capacity=held + 1)
        if not order:
            set_presence(desk, 1, "available")
        got = {
            number
            for (number,) in look(
                lambda: tuples(Booking.select(Booking.booking_id).where(Booking.agent_id == 1))
            )
        }
        order += sorted(got - set(order))
    return order


def test_waiting_work_is_assigned_in_the_order_of_work(desk: Desk, look: Look, queue: list[int]) -> None:
    medium, low, high, later, critical = queue
    assert drained(desk, look) == [critical, high, medium, later, low]


def test_waiting_work_of_a_night_is_aged(
    desk: Desk, clock: Any, look: Look, queue: list[int], add_lead: AddLead
) -> None:
    """After 17 hours the LOW one goes before a HIGH one that has just come in, and before a CRITICAL one."""
    medium, low, high, later, critical = queue
    clock.advance(hours=17)
    fresh = [add_lead(priority=name)["booking_id"] for name in ("HIGH", "CRITICAL")]
    assert drained(desk, look) == [critical, high, medium, later, low, fresh[1], fresh[0]]


def test_a_desk_without_priorities_serves_the_oldest_first(
    desk: Desk, clock: Any, look: Look, add_agent: AddAgent, add_lead: AddLead
) -> None:
    """As before there were priorities; so it is with the targets of any other desk."""
    add_agent("Ada", years=9, capacity=100)
    configuration.set_value(desk, "lead_target_minutes", "1 2 3 4 5")
    set_presence(desk, 1, "offline")
    numbers = []
    for minutes in (0, 1, 0, 500):
        clock.advance(minutes=minutes)
        numbers.append(add_lead()["booking_id"])
    assert drained(desk, look) == numbers


def test_targets_of_the_desk_decide(desk: Desk, look: Look, queue: list[int]) -> None:
    medium, low, high, later, critical = queue
    configuration.set_value(desk, "lead_target_minutes", "1 1 1 1 1")
    assert drained(desk, look) == [medium, low, high, later, critical]


def test_more_than_a_page_waits(desk: Desk, look: Look, add_agent: AddAgent, add_lead: AddLead) -> None:
    """The order holds over the pages in which the waiting ones are read, and nothing is left out."""
    add_agent("Ada", years=9, capacity=1000)
    set_presence(desk, 1, "offline")
    names = ["LOW", "HIGH", "MEDIUM"] * 90
    numbers: dict[str, list[int]] = {name: [] for name in names}
    for name in names:
        numbers[name].append(add_lead(priority=name)["booking_id"])
    before = len(look(queries.list_bookings, queries.BookingFilter(waiting=True)))
    set_presence(desk, 1, "available")
    rows = look(queries.list_bookings, queries.BookingFilter(agent_id=1, sort="id"))
    by_assignment = sorted(rows, key=lambda row: row["assignment_id"])
    assert before == len(names)
    assert [row["booking_id"] for row in by_assignment] == [
        *numbers["HIGH"],
        *numbers["MEDIUM"],
        *numbers["LOW"],
    ]


def test_a_desk_lists_its_work_in_that_order(
    desk: Desk, clock: Any, look: Look, add_agent: AddAgent, add_lead: AddLead
) -> None:
    """What is due comes first, by the time since when; then claimed, then new work."""
    add_agent("Ada", years=9, capacity=100)
    for name in ("LOW", "MEDIUM", "CRITICAL", "MEDIUM", "HIGH", "LOW", "CRITICAL"):
        add_lead(priority=name)
        clock.advance(minutes=1)
    for number in (1, 2, 3):
        follow_ups.follow_up(desk, number, "in 10m")
    for number in (4, 5):
        bookings.claim(desk, number, 1)
    clock.advance(minutes=30)
    rows = look(queries.desk_of, 1, desk.now())
    assert [(row["booking_id"], row["group"]) for row in rows] == [
        (3, "due"),
        (2, "due"),
        (1, "due"),
        (5, "in progress"),
        (4, "in progress"),
        (7, "tentative"),
        (6, "tentative"),
    ]
    aged = look(queries.desk_of, 1, desk.now(), "1 1 1 1 1")
    assert [row["booking_id"] for row in aged] == [3, 2, 1, 4, 5, 6, 7], "due at the same time"


def test_a_handover_through_the_desk_begins_with_the_most_urgent(
    desk: Desk, look: Look, add_agent: AddAgent, add_lead: AddLead
) -> None:
    """Bob has room for one of Ada's three: it is not the oldest."""
    add_agent("Ada", years=9, capacity=100)
    for name in ("LOW", "HIGH", "MEDIUM"):
        add_lead(priority=name)
    add_agent("Bob", capacity=1)
    handover.hand_over(desk, 1, handover.DESK)
    assert [look(queries.booking, number)["agent_id"] for number in (1, 2, 3)] == [1, 2, 1]


def test_another_priority_is_another_place_in_the_queue(desk: Desk, look: Look, queue: list[int]) -> None:
    medium, low, high, later, critical = queue
    editing.edit(desk, low, priority="critical")
    sweep(desk)
    assert drained(desk, look) == [low, critical, high, medium, later]
