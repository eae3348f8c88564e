"""Shuffle: each move lowers the sum, claimed work stays, a second run finds nothing."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import agents, bookings, queries
from dispatch.agents.presence import set_presence
from dispatch.assignment import shuffle
from dispatch.assignment.explanations import why
from dispatch.assignment.load_balancing import Bearer, Loose, Move, even_out
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.operations import configuration
from dispatch.operations.sweep import sweep
from dispatch.operations.undo import undo

AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., Any]
Look = Callable[..., Any]

PLACES = ("Mars", "Titan")
SKILLS = st.sampled_from([None, frozenset(["Mars"]), frozenset(["Titan"]), frozenset(PLACES)])
AGENTS = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 6), st.booleans(), SKILLS), min_size=1, max_size=7
)
LOOSE = st.lists(st.tuples(st.integers(0, 6), st.sampled_from([None, *PLACES])), max_size=25)


def bearers_of(people: list[Any], work: list[Any]) -> tuple[dict[int, Bearer], list[Loose]]:
    """Agents with claimed load and loose work on top."""
    loose = [Loose(number, index % len(people), (need,)) for number, (index, need) in enumerate(work)]
    bearers = {
        number: Bearer(
            number, claimed + sum(each.agent_id == number for each in loose), capacity, able, (skills,)
        )
        for number, (claimed, capacity, able, skills) in enumerate(people)
    }
    return bearers, loose


def weight(bearers: dict[int, Bearer]) -> Fraction:
    """sum(load^2 / capacity); a capacity of 0 counts as a very small one."""
    return sum(
        (Fraction(each.load**2) / (each.capacity or Fraction(1, 10**6)) for each in bearers.values()),
        Fraction(),
    )


def is_worth_it(giver: Bearer, taker: Bearer) -> bool:
    """The published rule, in integers."""
    gap = giver.load * taker.capacity - taker.load * giver.capacity
    return gap >= giver.capacity + taker.capacity


@settings(max_examples=300, deadline=None, derandomize=True)
@given(people=AGENTS, work=LOOSE)
def test_each_move_lowers_the_sum_and_a_second_run_makes_none(people: list[Any], work: list[Any]) -> None:
    bearers, loose = bearers_of(people, work)
    moves = even_out(bearers_of(people, work)[0].values(), loose)
    held = {each.booking_id: each.agent_id for each in loose}
    needs = {each.booking_id: each.needs for each in loose}
    for move in moves:
        giver, taker = bearers[move.from_agent_id], bearers[move.to_agent_id]
        assert held[move.booking_id] == move.from_agent_id
        assert is_worth_it(giver, taker)
        assert taker.suits(needs[move.booking_id])
        before = weight(bearers)
        giver.load, taker.load = giver.load - 1, taker.load + 1
        held[move.booking_id] = move.to_agent_id
        assert weight(bearers) < before
        assert taker.load <= taker.capacity
    again = [Loose(number, agent_id, needs[number]) for number, agent_id in held.items()]
    for each in again:  # tries every pair, without heaps
        for taker in bearers.values():
            giver = bearers[each.agent_id]
            room = taker.may_take and taker.load < taker.capacity
            assert not (is_worth_it(giver, taker) and room and taker.suits(each.needs))
    assert even_out(bearers.values(), again) == []


def test_two_hundred_bookings_of_thirty_agents_settle() -> None:
    """docs/rules.md, Round robin and shuffle: 200 bookings and 30 agents settle in about 50 moves, then 0."""
    bearers, loose = bearers_of(
        [(0, 10, True, None)] * 30, [(number * number % 30, None) for number in range(200)]
    )
    moves = even_out(bearers.values(), loose)
    assert max(each.load for each in bearers.values()) - min(each.load for each in bearers.values()) <= 1
    assert len({move.booking_id for move in moves}) == len(moves)


def test_the_oldest_move_first() -> None:
    """What has waited longest in a stalled agent's list is the first to leave it."""
    bearers, loose = bearers_of([(0, 10, True, None)] * 3, [(0, None)] * 6)
    moves = even_out(bearers.values(), loose)
    assert [move.booking_id for move in moves] == [each.booking_id for each in loose[:4]]


@pytest.fixture
def uneven(desk: Desk, add_agent: AddAgent, add_lead: AddLead) -> None:
    """Ada has six bookings, the first one claimed; Bob and Cid have none."""
    add_agent("Ada")
    for _ in range(6):
        add_lead()
    bookings.claim(desk, 1, 1)
    add_agent("Bob")
    add_agent("Cid")


def loads_of(look: Look) -> list[int]:
    return [row["load"] for row in sorted(look(queries.list_agents), key=lambda row: int(row["agent_id"]))]


def test_a_desk_is_evened_out_once_and_undone_at_once(desk: Desk, uneven: None, look: Look) -> None:
    before = look(queries.list_agents), [look(queries.booking, number)["agent_id"] for number in range(1, 7)]
    planned = shuffle.preview_shuffle(desk)
    result = shuffle.shuffle(desk)
    assert result == planned
    assert len(result["moves"]) == 4
    assert loads_of(look) == [2, 2, 2]
    assert look(queries.booking, 1)["agent_id"] == 1
    moved = result["moves"][0]
    answer = look(why, moved["booking_id"])
    assert (answer["agent_id"], answer["policy"]) == (moved["to_agent_id"], "shuffle")
    history = look(event_log.events, booking_id=moved["booking_id"])
    assert history[0]["command"] == "shuffle", "a booking's history shows it"
    assert shuffle.shuffle(desk) == {"moves": [], "pinned": []}
    undo(desk)  # the second one moved nothing
    assert (look(queries.list_agents), [look(queries.booking, n)["agent_id"] for n in range(1, 7)]) == before


def test_only_eligible_agents_with_room_get_more(
    desk: Desk, uneven: None, look: Look, add_agent: AddAgent
) -> None:
    set_presence(desk, 2, "busy")
    agents.change(desk, 3, skills="Titan")
    assert shuffle.shuffle(desk) == {"moves": [], "pinned": []}
    add_agent(capacity=2)
    assert loads_of(look) == [6, 0, 0, 0]
    assert [row["to_agent_id"] for row in shuffle.shuffle(desk)["moves"]] == [4]


def test_recently_declined_work_stays(desk: Desk, uneven: None, look: Look) -> None:
    bookings.decline(desk, 2, "full")
    moved = {row["booking_id"] for row in shuffle.shuffle(desk)["moves"]}
    assert moved
    assert 2 not in moved


def test_the_recurring_run_respects_dwell_time_and_cool_down(
    desk: Desk, uneven: None, look: Look, clock: Any
) -> None:
    assert sweep(desk)["moves"] == [], "it is off at first"
    configuration.set_value(desk, "shuffle_seconds", "60")
    assert sweep(desk)["moves"] == [], "everything has just come in"
    clock.advance(minutes=10)
    moves = sweep(desk)["moves"]
    assert len(moves) == 4
    assert sweep(desk)["moves"] == []
    for number in range(1, 4):
        agents.change(desk, number, capacity=10 if number == 1 else 1)
    clock.advance(minutes=15)
    assert sweep(desk)["moves"] == [], "moved within the hour"
    clock.advance(minutes=50)
    assert {row["booking_id"] for row in sweep(desk)["moves"]} <= {row["booking_id"] for row in moves}
    clock.advance(minutes=-300)
    assert sweep(desk)["moves"] == []


def test_a_run_by_a_wrong_clock_does_not_delay_the_next_one(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, clock: Any
) -> None:
    configuration.set_value(desk, "shuffle_seconds", "60")
    clock.advance(days=365)
    sweep(desk)
    clock.advance(days=-365)
    add_agent("Ada")
    for _ in range(4):
        add_lead()
    add_agent("Bob")
    clock.advance(minutes=10)
    assert len(sweep(desk)["moves"]) == 2


def test_another_optimiser_can_be_used(desk: Desk, uneven: None) -> None:
    def one(bearers: Any, loose: Any) -> list[Move]:
        return [Move(next(iter(loose)).booking_id, 1, 3)]

    assert shuffle.shuffle(desk, one)["moves"] == [{"booking_id": 2, "from_agent_id": 1, "to_agent_id": 3}]
