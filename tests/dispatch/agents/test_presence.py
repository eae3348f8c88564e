"""Presence: an absent agent's work moves, stays or waits, and the clock brings agents back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from dispatch import agents, bookings, queries
from dispatch.agents.handover import hand_over
from dispatch.agents.presence import set_hours, set_presence
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.desk.event_filter import EventFilter
from dispatch.inputs.times.hours import on_calendar, parsed, understand, written
from dispatch.operations import configuration
from dispatch.operations.sweep import sweep
from dispatch.operations.undo import undo
from models.errors import InvalidInput, NotFound, Refused
from tests.dispatch.conftest import rows_in_sight

AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., Any]
Look = Callable[..., Any]


@pytest.fixture
def work(desk: Desk, two: None, add_lead: AddLead) -> None:
    """Ada has bookings 1 (claimed) and 3, Bob has 2 and 4."""
    for _ in range(4):
        add_lead()
    bookings.claim(desk, 1, 1)


def holders(look: Look) -> list[int | None]:
    return [
        row["agent_id"]
        for row in look(queries.list_bookings, queries.BookingFilter(sort="id", descending=False))
    ]


@pytest.mark.parametrize("presence", ["away", "offline"])
def test_unclaimed_work_of_an_absent_agent_moves_at_once(
    desk: Desk, work: None, look: Look, presence: str
) -> None:
    row = set_presence(desk, 1, presence, reason="dentist")
    assert (row["returned"], row["kept"], row["presence"]) == ([3], [1], presence)
    assert row["moves"] == [{"booking_id": 3, "from_agent_id": 1, "to_agent_id": 2}]
    assert holders(look) == [1, 2, 2, 2]
    assert look(queries.booking, 1)["unattended"]
    assert not look(queries.booking, 3)["unattended"]


def test_a_handover_keeps_what_nobody_else_can_take_and_returns_what_found_an_agent(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look
) -> None:
    """A waiting booking that gets the agent's free place is not one that stays."""
    add_agent("Ada", capacity=1)
    add_lead()
    add_lead()
    add_agent("Bob", capacity=0)
    row = hand_over(desk, 1, 2)
    assert (len(row["moves"]), row["kept"], row["drained"]) == (1, [], [2])
    assert holders(look) == [2, 1]
    row = hand_over(desk, 1, "desk")
    assert (row["moves"], row["kept"], row["drained"]) == ([], [2], [])


@pytest.mark.parametrize("presence", ["busy", "break"])
def test_a_busy_agent_keeps_all_work_and_gets_no_more(
    desk: Desk, work: None, look: Look, add_lead: AddLead, presence: str
) -> None:
    row = set_presence(desk, 1, presence)
    assert (row["returned"], row["kept"]) == ([], [1, 3])
    assert add_lead()["agent_id"] == add_lead()["agent_id"] == 2


def test_a_preview_gives_the_same_result_and_changes_nothing(desk: Desk, work: None, look: Look) -> None:
    before = look(rows_in_sight)
    preview = desk.rehearse(lambda: set_presence(desk, 1, "away", "in 2 hours", "dentist"))
    assert look(rows_in_sight) == before
    assert preview == set_presence(desk, 1, "away", "in 2 hours", "dentist")


def test_with_everybody_away_leads_wait_with_the_reason(
    desk: Desk, work: None, look: Look, add_lead: AddLead
) -> None:
    set_presence(desk, 1, "away")
    row = set_presence(desk, 2, "offline")
    assert [move["to_agent_id"] for move in row["moves"]] == [None, None, None]
    lead = add_lead()
    assert (lead["agent_id"], lead["reason"]) == (None, "no agent can take it yet: 1 away, 1 offline")
    assert look(queries.count_totals).waiting == 4
    back = set_presence(desk, 2, "available")
    assert back["drained"] == [2, 3, 4, 5]
    assert look(queries.count_totals).waiting == 0


def test_a_returning_agent_gets_no_more_than_the_capacity(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look
) -> None:
    add_agent(capacity=2)
    set_presence(desk, 1, "away")
    for _ in range(4):
        add_lead()
    assert set_presence(desk, 1, "available")["drained"] == [1, 2]
    assert agents.change(desk, 1, capacity=3)["load"] == 3
    bookings.cancel(desk, 1, "no money")
    assert holders(look) == [1, 1, 1, 1]
    assert look(queries.count_totals).waiting == 0


def test_a_break_ends_by_itself_before_the_next_assignment(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look, clock: Any
) -> None:
    add_agent()
    assert set_presence(desk, 1, "break", "in 30 min")["presence_until"] == "2082-03-01 09:30:00"
    assert set_presence(desk, 1, "break", "240")["presence_until"] == "2082-03-01 13:00:00"
    assert set_presence(desk, 1, "break", " until 13 ")["presence_until"] == "2082-03-01 09:13:00"
    assert set_presence(desk, 1, "break", "30")["presence_until"] == "2082-03-01 09:30:00"
    assert add_lead()["agent_id"] is None
    clock.advance(minutes=30)
    assert add_lead()["agent_id"] == 1
    assert look(queries.count_totals).waiting == 0
    turn = look(event_log.page, EventFilter(command="agent.turn"))[0]
    assert (turn["actor"], turn["detail"]["to"]) == ("sweeper", "available")
    handed_out = look(event_log.page, EventFilter(command="waiting.assign"))[0]
    assert (handed_out["actor"], handed_out["detail"]["drained"]) == ("sweeper", [1])


def test_a_clock_that_jumps_back_repeats_nothing(
    desk: Desk, add_agent: AddAgent, look: Look, clock: Any
) -> None:
    add_agent()
    set_presence(desk, 1, "break", "in 30 min")
    clock.advance(minutes=31)
    assert sweep(desk)["presence"] == [1]
    clock.advance(minutes=-60)
    assert sweep(desk)["presence"] == []
    clock.advance(hours=5)
    assert sweep(desk)["presence"] == []
    assert look(queries.agent, 1)["presence"] == "available"


def test_undoing_presence_moves_the_work_back(desk: Desk, work: None, look: Look) -> None:
    before = look(queries.list_agents), holders(look)
    set_presence(desk, 1, "away")
    undo(desk)
    assert (look(queries.list_agents), holders(look)) == before


def test_undo_gives_no_work_to_an_absent_agent(desk: Desk, work: None) -> None:
    bookings.reassign(desk, 3, 2, "speaks French")
    with desk.acting_as("lee"):
        set_presence(desk, 1, "away")
    with pytest.raises(Refused, match="who is away"):
        undo(desk)


def test_an_absent_agent_gets_no_work(desk: Desk, work: None) -> None:
    set_presence(desk, 1, "away")
    with pytest.raises(Refused, match="Ada Byron \\(1\\) is away"):
        bookings.reassign(desk, 2, 1, "speaks French")
    bookings.release(desk, 1)
    assert set_presence(desk, 1, "offline")["load"] == 0, "the released one moved on"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"presence": "asleep"}, "not a presence"),
        ({"presence": "available", "until": "in 2 hours"}, "has no end"),
        ({"presence": "break", "until": "yesterday"}, "has passed"),
        ({"presence": "break", "until": "12"}, "12 may be minutes or an hour"),
        ({"presence": "break", "until": "241"}, "not understood"),
        ({"presence": "away", "reason": "x" * 101}, "101 characters"),
    ],
)
def test_an_unknown_presence_is_refused(desk: Desk, two: None, given: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        set_presence(desk, 1, **given)
    with pytest.raises(NotFound):
        set_presence(desk, 9, "away")


# -- shifts


def test_a_shift_brings_and_sends_agents_on_time(desk: Desk, work: None, look: Look, clock: Any) -> None:
    """1 March 2082 is a Sunday; the desk's clock is UTC."""
    row = set_hours(desk, 1, "mon-fri 09:00-17:00 UTC")
    assert (row["hours"], row["presence"], row["presence_reason"]) == (
        "mon-fri 09:00-17:00 +00:00",
        "offline",
        "shift over",
    )
    assert (row["returned"], row["kept"]) == ([3], [1])
    clock.advance(days=1)
    assert sweep(desk)["presence"] == [1]
    assert look(queries.agent, 1)["presence"] == "available"
    clock.advance(hours=8)
    assert sweep(desk)["presence"] == [1]
    assert look(queries.agent, 1)["presence"] == "offline"
    assert sweep(desk)["presence"] == []


def test_a_shift_does_not_end_a_chosen_absence(desk: Desk, two: None, look: Look, clock: Any) -> None:
    set_hours(desk, 1, "daily 08:00-17:00 UTC")
    set_presence(desk, 1, "away", reason="holidays")
    clock.advance(days=1)
    sweep(desk)
    assert look(queries.agent, 1)["presence"] == "away"


def test_overtime_lasts_until_the_next_shift_ends(desk: Desk, two: None, look: Look, clock: Any) -> None:
    set_hours(desk, 1, "daily 10:00-17:00 UTC")
    set_presence(desk, 1, "available")
    clock.advance(minutes=30)
    sweep(desk)
    assert look(queries.agent, 1)["presence"] == "available"
    clock.advance(hours=8)
    sweep(desk)
    assert look(queries.agent, 1)["presence"] == "offline"
    set_hours(desk, 1, "none")
    assert look(queries.agent, 1)["presence"] == "available"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mon-Fri 9-17", "mon-fri 09:00-17:00 +01:00"),
        ("daily 22:00-06:00 UTC", "daily 22:00-06:00 +00:00"),
        ("mon,wed, sat 8:30 - 12:15 -05:30", "mon,wed,sat 08:30-12:15 -05:30"),
        ("fri-mon 0:00-24:00", "mon,fri-sun 00:00-24:00 +01:00"),
        (
            "mon 9-12 13-17; sat 10-14 europe/berlin",
            "mon 09:00-12:00 13:00-17:00, sat 10:00-14:00 Europe/Berlin",
        ),
        ("odd weeks mon 9-17 even tue 9-17", "odd weeks mon 09:00-17:00, even weeks tue 09:00-17:00 +01:00"),
        ("daily 9-17, 2082-12-24 9-12", "daily 09:00-17:00, 2082-12-24 09:00-12:00 +01:00"),
        ("daily 9-17, 2082-12-25 off", "daily 09:00-17:00 +01:00 except 2082-12-25"),
        ("24x7", "24x7"),
        ("sat-mon 9-12", "mon,sat-sun 09:00-12:00 +01:00"),
        ("mon 9", None),
        ("someday 9-12", None),
        ("mon 9-25", None),
        ("mon 9-12 CETS", None),
        ("mon 9-12 tue", None),
        ("mon 9-9", None),
        ("m 9-12", None),
        ("", None),
    ],
)
def test_hours_are_understood_or_refused(text: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(InvalidInput):
            understand(text, "+01:00")
    else:
        shift = understand(text, "+01:00")
        assert written(shift) == expected
        assert parsed(expected) == shift


def test_a_zone_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(InvalidInput) as refused:
        understand("mon 9-17 Europe/Berln")
    assert "Europe/Berlin" in refused.value.hint


def test_a_shift_over_midnight_belongs_to_its_first_day() -> None:
    night = on_calendar("sun 22:00-06:00", 56)
    first, next_day = (partial(datetime, 2082, 3, day, tzinfo=UTC) for day in (1, 2))
    assert night.is_on(first(23))
    assert night.is_on(next_day(5, 59, 59))
    assert not night.is_on(next_day(6))
    assert not night.is_on(next_day(23))
    assert night.next_turn(next_day(5)) == next_day(6)
    assert night.next_turn(next_day(6)) == datetime(2082, 3, 8, 22, tzinfo=UTC)


# -- handing over


def test_all_work_is_handed_to_an_agent_even_above_capacity(desk: Desk, work: None, look: Look) -> None:
    agents.change(desk, 2, capacity=3)
    preview = desk.rehearse(lambda: hand_over(desk, 1, 2))
    assert (preview["over_capacity"], preview["kept"], len(preview["moves"])) == (True, [], 2)
    assert hand_over(desk, 1, 2) == preview
    assert holders(look) == [2, 2, 2, 2]
    assert look(queries.booking, 1)["claimed_at"] is None
    undo(desk)
    assert holders(look) == [1, 2, 1, 2]


def test_work_handed_to_the_desk_stays_if_nobody_else_can_take_it(desk: Desk, work: None, look: Look) -> None:
    agents.change(desk, 2, capacity=3)
    row = hand_over(desk, 1, "desk")
    assert (row["moves"], row["kept"]) == ([{"booking_id": 1, "from_agent_id": 1, "to_agent_id": 2}], [3])
    set_presence(desk, 1, "away")
    assert holders(look) == [2, 2, None, 2]


def test_a_leaving_agent_can_hand_over_first(desk: Desk, work: None, look: Look) -> None:
    with pytest.raises(Refused) as caught:
        agents.leave(desk, 1)
    assert "{agent.handover 1}" in caught.value.hint
    before = holders(look)
    row = agents.leave(desk, 1, hand_over=True)
    assert (row["load"], {move["to_agent_id"] for move in row["moves"]}) == (0, {2})
    assert holders(look) == [2, 2, 2, 2]
    undo(desk)  # undoing the leave gives the work back too
    assert holders(look) == before
    assert look(lambda: queries.agent(1))["left_at"] is None


@pytest.mark.parametrize("to", ["nobody", 1, 9])
def test_a_handover_needs_another_agent(desk: Desk, work: None, to: Any) -> None:
    with pytest.raises((InvalidInput, Refused, NotFound)):
        hand_over(desk, 1, to)


@pytest.mark.parametrize("to", ["desk", 2])
def test_without_work_there_is_nothing_to_hand_over(desk: Desk, two: None, look: Look, to: Any) -> None:
    """It wrote an event about nothing, which undo then would not undo."""
    before = look(event_log.events, limit=1)
    with pytest.raises(Refused, match="nothing to hand over: Ada"):
        hand_over(desk, 1, to)
    assert look(event_log.events, limit=1) == before


def test_an_undo_that_makes_an_agent_absent_leaves_them_no_work(
    desk: Desk, two: None, add_lead: AddLead, look: Look
) -> None:
    set_presence(desk, 1, "away")
    set_presence(desk, 1, "available")
    event = look(event_log.events, limit=1)[0]["event_id"]
    add_lead()
    assert holders(look) == [1]
    undo(desk, event)
    assert holders(look) == [2]


def test_an_undo_above_the_capacity_says_so(desk: Desk, work: None, look: Look, add_lead: AddLead) -> None:
    bookings.cancel(desk, 1, "no money")
    with desk.acting_as("lee"):
        agents.change(desk, 1, capacity=1)
    assert undo(desk)["over_capacity"] == [1]
    assert look(event_log.events, limit=1)[0]["detail"]["over_capacity"] == [1]
    assert look(queries.agent, 1)["load"] == 2


def test_a_full_agent_keeps_what_nobody_else_can_take(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look
) -> None:
    """It would wait next to the one agent who has just become free for it."""
    add_agent(capacity=2)
    for _ in range(2):
        add_lead()
    row = hand_over(desk, 1, "desk")
    assert (row["moves"], row["kept"]) == ([], [1, 2])
    assert look(queries.count_totals).waiting == 0


def of_each(look: Look) -> list[int]:
    return [row["load"] for row in sorted(look(queries.list_agents), key=lambda row: row["agent_id"])]


@pytest.mark.parametrize(
    ("capacities", "waiting", "shares"),
    [((10, 10, 10), 18, [6, 6, 6]), ((10, 5, 10), 18, [7, 4, 7]), ((3, 20), 6, [1, 5])],
)
def test_agents_whose_shifts_begin_together_share_what_waited(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look, clock: Any,
    capacities: tuple[int, ...], waiting: int, shares: list[int],
) -> None:  # fmt: skip
    """All are on duty before the first of the night's leads is given out."""
    configuration.set_value(desk, "policy", "balanced")
    for agent_id, capacity in enumerate(capacities, start=1):
        add_agent(capacity=capacity)
        set_hours(desk, agent_id, "daily 10:00-18:00")
    for _ in range(waiting):
        assert add_lead()["agent_id"] is None
    clock.advance(hours=1)
    done = sweep(desk)
    assert len(done["presence"]) == len(capacities)
    assert of_each(look) == shares
