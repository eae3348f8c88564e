"""Shuffle: each move lowers the sum, claimed work stays, a second run finds nothing."""

from __future__ import annotations

import time
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
LOOSE = st.lists(st.tuples(st.integers(0, 6), st.sampled_from([None, *PLACES]), st.booleans()), max_size=25)


def bearers_of(people: list[Any], work: list[Any]) -> tuple[dict[int, Bearer], list[Loose]]:
    """Agents with claimed load and loose work on top."""
    loose = [
        Loose(number, index % len(people), (need,), stalled)
        for number, (index, need, stalled) in enumerate(work)
    ]
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


def gap(giver: Bearer, taker: Bearer) -> int:
    return giver.load * taker.capacity - taker.load * giver.capacity


def is_worth_it(giver: Bearer, taker: Bearer, *, stalled: bool = False) -> bool:
    """The published rule, in integers."""
    return gap(giver, taker) >= (0 if stalled else giver.capacity + taker.capacity)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(people=AGENTS, work=LOOSE)
def test_each_move_lowers_the_potential_and_a_second_run_makes_none(
    people: list[Any], work: list[Any]
) -> None:
    """The potential: the number of stalled bookings, then the sum of load^2 / capacity."""
    bearers, loose = bearers_of(people, work)
    moves = even_out(bearers_of(people, work)[0].values(), loose)
    held = {each.booking_id: each.agent_id for each in loose}
    needs = {each.booking_id: each.needs for each in loose}
    stalled = {each.booking_id for each in loose if each.stalled}
    moved_once: set[int] = set()
    for move in moves:
        giver, taker = bearers[move.from_agent_id], bearers[move.to_agent_id]
        assert held[move.booking_id] == move.from_agent_id != move.to_agent_id
        assert move.booking_id not in moved_once, "what was stalled moves once"
        assert not move.stalled or move.booking_id in stalled
        assert is_worth_it(giver, taker, stalled=move.stalled)
        assert taker.suits(needs[move.booking_id])
        before = len(stalled), weight(bearers)
        giver.load, taker.load = giver.load - 1, taker.load + 1
        held[move.booking_id] = move.to_agent_id
        stalled.discard(move.booking_id)
        moved_once |= {move.booking_id} if move.stalled else set()
        assert (len(stalled), weight(bearers)) < before
        assert taker.load <= taker.capacity
    again = [
        Loose(number, agent_id, needs[number], number in stalled)
        for number, agent_id in held.items()
        if number not in moved_once
    ]
    for each in again:  # tries every pair, without heaps
        for taker in bearers.values():
            giver = bearers[each.agent_id]
            room = taker.may_take and taker.load < taker.capacity and taker is not giver
            worth_it = is_worth_it(giver, taker, stalled=each.stalled)
            assert not (worth_it and room and taker.suits(each.needs))
    assert even_out(bearers.values(), again) == []


def test_two_hundred_bookings_of_thirty_agents_settle() -> None:
    """docs/rules.md, Round robin and shuffle: 200 bookings and 30 agents settle in about 50 moves, then 0."""
    bearers, loose = bearers_of(
        [(0, 10, True, None)] * 30, [(number * number % 30, None, False) for number in range(200)]
    )
    moves = even_out(bearers.values(), loose)
    assert max(each.load for each in bearers.values()) - min(each.load for each in bearers.values()) <= 1
    assert len({move.booking_id for move in moves}) == len(moves)


def test_the_oldest_move_first() -> None:
    """What has waited longest in a stalled agent's list is the first to leave it."""
    bearers, loose = bearers_of([(0, 10, True, None)] * 3, [(0, None, False)] * 6)
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


def test_what_lies_with_an_agent_who_does_not_work_moves_on(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look, clock: Any
) -> None:
    """Equal loads, one agent stalled: the oldest lead moves within two dwell times and a sweep, once."""
    configuration.set_value(desk, "shuffle_seconds", "60")
    add_agent("Ada", years=9)
    add_agent("Bob", years=1)
    for _ in range(4):  # 1 and 3 to Ada, 2 and 4 to Bob
        add_lead()
    bookings.claim(desk, 2, 2)
    bookings.claim(desk, 4, 2)
    clock.advance(minutes=19)
    assert sweep(desk)["moves"] == []
    clock.advance(minutes=1)
    assert sweep(desk)["moves"] == [{"booking_id": 1, "from_agent_id": 1, "to_agent_id": 2}]
    assert look(why, 1)["reason"] == "moved from agent 1, where nobody claimed it"
    clock.advance(minutes=59)
    assert sweep(desk)["moves"] == [], "it moved within the hour, and Ada has less to do now"
    assert loads_of(look) == [1, 3]


def test_without_a_dwell_time_nothing_is_stalled(
    desk: Desk, two: None, add_lead: AddLead, clock: Any
) -> None:
    for key, value in (("shuffle_seconds", "60"), ("dwell_minutes", "0")):
        configuration.set_value(desk, key, value)
    add_lead()
    add_lead()
    clock.advance(hours=1)
    assert sweep(desk)["moves"] == []


def test_many_stalled_bookings_take_no_time() -> None:
    bearers, loose = bearers_of(
        [(0, 100, True, None)] * 100, [(number, None, True) for number in range(3000)]
    )
    begun = time.process_time()
    moves = even_out(bearers.values(), loose)
    assert moves
    assert time.process_time() - begun < 5
