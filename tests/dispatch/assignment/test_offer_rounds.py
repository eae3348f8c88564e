"""Offers: nobody sees a lead twice before all have, and nobody is set away by one lead."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from dispatch import agents, bookings, customers, queries
from dispatch.agents.presence import set_presence
from dispatch.assignment.explanations import why
from dispatch.bootstrap import open_desk
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.operations import configuration
from dispatch.operations.sweep import sweep
from dispatch.operations.undo import undo
from dispatch.queries.offer_rounds import DECLINED, NO_ROUND, NOT_CLAIMED, rounds_of
from dispatch.queries.wording import booking_state
from tests.steady import STEADY, examples

AddAgent = Callable[..., dict[str, Any]]
AddLead = Callable[..., Any]
Look = Callable[..., Any]
TRIP = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Sydney Stellar Port"}


@pytest.fixture
def three(desk: Desk, add_agent: AddAgent) -> None:
    """Ada (1), Bob (2) and Cid (3), in the order of rank; offers lapse after 5 minutes."""
    for name, years in (("Ada", 9), ("Bob", 5), ("Cid", 1)):
        add_agent(name, years=years)
    configuration.set_value(desk, "offer_minutes", "5")


@pytest.fixture
def holder(look: Look) -> Callable[[int], int | None]:
    return lambda number: look(queries.booking, number)["agent_id"]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.integers(1, 4), max_size=12))
def test_a_round_is_the_longest_tail_of_distinct_agents_from_its_begin(seen: list[int]) -> None:
    """Against a plain model: cut the sequence wherever an agent appears again."""
    rounds: list[list[int]] = [[]]
    current = NO_ROUND
    for place, agent_id in enumerate(seen):
        rounds.append([agent_id]) if agent_id in rounds[-1] else rounds[-1].append(agent_id)
        current = current.after(agent_id, DECLINED if place % 2 else NOT_CLAIMED, str(place))
    assert list(current.seen) == rounds[-1]


def night(desk: Desk, clock: Any, look: Look, hours: int, minutes: int) -> list[int | None]:
    """Sweep every few minutes for some hours; return who had booking 1, one after the other."""
    turns: list[int | None] = [look(queries.booking, 1)["agent_id"]]
    end = clock.moment + timedelta(hours=hours)
    while clock.moment < end:
        clock.advance(minutes=minutes)
        sweep(desk)
        holder = look(queries.booking, 1)["agent_id"]
        if holder != turns[-1]:
            turns.append(holder)
    return turns


def test_one_lead_in_the_night_sets_nobody_away(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, look: Look, clock: Any
) -> None:
    """Thirty agents, none of whom answers for twelve hours: it used to set 29 of them away."""
    for number in range(30):
        add_agent(f"Agent {number}", years=number)
    configuration.set_value(desk, "offer_minutes", "5")
    add_lead()
    turns = night(desk, clock, look, 12, 1)
    assert {row["presence"] for row in look(queries.list_agents)} == {"available"}
    first, *others = _parted(turns)
    assert sorted(first) == list(range(1, 31)), "all have seen it before anybody sees it twice"
    assert len(others) >= 3
    for one in others[:-1]:
        assert sorted(one) == list(range(1, 31))
    assert len(others[-1]) == len(set(others[-1]))


def _parted(turns: list[int | None]) -> list[list[int]]:
    """The agents of each round: between two rounds it waits."""
    rounds: list[list[int]] = [[]]
    for agent_id in turns:
        if agent_id is None:
            rounds.append([])
        else:
            rounds[-1].append(agent_id)
    return rounds


def test_what_all_have_seen_waits_and_says_so(
    desk: Desk, three: None, add_lead: AddLead, look: Look, holder: Any, clock: Any
) -> None:
    add_lead()
    bookings.decline(desk, 1, "full")
    for _ in range(2):
        clock.advance(minutes=5)
        done = sweep(desk)
        assert done["lapsed"] == [1]
    assert holder(1) is None
    assert done["seen_by_all"] == [1]
    assert look(why, 1)["reason"].endswith("seen by all (1 declined it, 2 did not claim it)")
    assert look(queries.count_totals).seen_by_all == (1,)
    seen = look(lambda: queries.with_seen([queries.booking(1)]))
    assert [booking_state(row) for row in seen] == ["Seen by all"]
    card = look(lambda: customers.card(1))
    assert [booking_state(row) for row in card["bookings"]] == ["Seen by all"]
    clock.advance(minutes=29)
    assert sweep(desk)["seen_by_all"] == [1], "it is told as long as it is so"
    assert holder(1) is None
    clock.advance(minutes=1)
    done = sweep(desk)
    assert (done["assigned"], done["seen_by_all"]) == ([1], [])
    assert holder(1) == 1, "the next round begins"
    assert look(queries.count_totals).seen_by_all == ()


def test_who_has_not_seen_it_gets_it_at_once(
    desk: Desk, three: None, add_lead: AddLead, holder: Any, clock: Any
) -> None:
    set_presence(desk, 3, "away")
    add_lead()
    for _ in range(2):
        bookings.decline(desk, 1, "full")
    assert holder(1) is None
    set_presence(desk, 3, "available")
    assert holder(1) == 3


def test_it_is_not_given_back_while_somebody_has_not_seen_it(
    desk: Desk, three: None, add_lead: AddLead, holder: Any, clock: Any
) -> None:
    """Long after decline_minutes, the agent who declined it is still behind the others."""
    configuration.set_value(desk, "offer_minutes", "60")
    add_lead()
    bookings.decline(desk, 1, "full")
    assert holder(1) == 2
    clock.advance(minutes=60)
    sweep(desk)
    assert holder(1) == 3


def test_later_leads_are_not_blocked_by_one_that_all_have_seen(
    desk: Desk, three: None, add_lead: AddLead, holder: Any, clock: Any
) -> None:
    add_lead()
    for _ in range(3):
        bookings.decline(desk, 1, "full")
    for number in (1, 2, 3):
        set_presence(desk, number, "break")
    add_lead()
    assert (holder(1), holder(2)) == (None, None)
    set_presence(desk, 2, "available")
    assert (holder(1), holder(2)) == (None, 2)


def test_what_one_agent_alone_has_seen_stays_there(
    desk: Desk, add_agent: AddAgent, add_lead: AddLead, holder: Any, clock: Any
) -> None:
    """On a desk of one agent nobody gains by taking it away; it goes on as soon as another could take it."""
    configuration.set_value(desk, "offer_minutes", "5")
    add_agent("Ada")
    add_lead()
    clock.advance(hours=3)
    assert sweep(desk)["lapsed"] == []
    assert holder(1) == 1
    add_agent("Bob")
    assert sweep(desk)["lapsed"] == [1]
    assert holder(1) == 2


def test_an_undone_decline_was_no_look(desk: Desk, three: None, add_lead: AddLead, look: Look) -> None:
    add_lead()
    bookings.decline(desk, 1, "full")
    bookings.decline(desk, 1, "full")
    assert look(rounds_of, [1])[1].seen == {1: DECLINED, 2: DECLINED}
    undo(desk)
    assert look(rounds_of, [1])[1].seen == {1: DECLINED}


def test_a_lead_missed_twice_counts_once(
    desk: Desk, three: None, add_lead: AddLead, look: Look, clock: Any
) -> None:
    add_lead()
    night(desk, clock, look, 3, 5)
    lapses = [row for row in look(event_log.events, booking_id=1) if row["command"] == "booking.lapse"]
    assert len(lapses) > 6, "everybody missed it several times"
    assert {row["presence"] for row in look(queries.list_agents)} == {"available"}


@pytest.mark.parametrize(("fewest", "away"), [("3", 0), ("2", 1), ("1", 2)])
def test_the_last_ones_are_never_set_away(
    desk: Desk, three: None, add_lead: AddLead, look: Look, clock: Any, fewest: str, away: int
) -> None:
    configuration.set_value(desk, "min_present", fewest)
    for _ in range(9):
        add_lead()
    for _ in range(12):
        clock.advance(minutes=5)
        sweep(desk)
    assert [row["presence"] for row in look(queries.list_agents)].count("away") == away


# -- random days, against a plain model of the round


@cache
def template() -> Path:
    path = Path(tempfile.mkdtemp()) / "template.db"
    desk = open_desk(path, create=True)
    configuration.set_value(desk, "offer_minutes", "5")
    desk.close()
    return path


class Offers(RuleBasedStateMachine):
    """Leads that are declined or let lapse, by agents who come and go; each look is written down here."""

    def __init__(self) -> None:
        super().__init__()
        self.moment = datetime(2026, 3, 1, 9, 0, 0, tzinfo=UTC)
        self.open = ExitStack()
        folder = self.open.enter_context(tempfile.TemporaryDirectory())
        path = shutil.copy(template(), Path(folder) / "desk.db")
        self.desk = open_desk(path, clock=lambda: self.moment, actor="kim")
        self.open.callback(self.desk.close)
        self.round: dict[int, list[int]] = {}
        self.last: dict[int, datetime] = {}

    def teardown(self) -> None:
        self.open.close()

    @initialize(people=st.integers(1, 4))
    def agents_at_work(self, people: int) -> None:
        for _ in range(people):
            self.somebody_comes()

    @rule()
    def somebody_comes(self) -> None:
        if len(self.people()) < 5:
            who = {"first_name": "Ada", "last_name": "Byron", "department": "Premium Bookings"}
            who |= {"job_title": "Space Travel Agent"}
            self.acts(lambda: agents.add(self.desk, **who))

    @rule()
    def a_lead(self) -> None:
        if len(self.pending()) < 4:
            self.acts(lambda: intake.receive(self.desk, name="Kate", **TRIP))

    @rule(pick=st.integers(0, 9))
    def decline(self, pick: int) -> None:
        held = [number for number, agent_id in self.pending().items() if agent_id]
        if held:
            number = held[pick % len(held)]
            self.sees(number, self.pending()[number])
            self.acts(lambda: bookings.decline(self.desk, number, "full"))

    @rule(pick=st.integers(0, 9), presence=st.sampled_from(["available", "away", "break"]))
    def presence(self, pick: int, presence: str) -> None:
        people = list(self.people())
        self.acts(lambda: set_presence(self.desk, people[pick % len(people)], presence))

    @rule(minutes=st.sampled_from([1, 5, 30]))
    def time_passes(self, minutes: int) -> None:
        self.moment += timedelta(minutes=minutes)
        before = self.last_event()
        held = self.pending()
        sweep(self.desk)
        for booking_id, agent_id in self.lapses_since(before):
            self.sees(booking_id, agent_id)
        self.check(held)

    # -- the model

    def sees(self, booking_id: int, agent_id: int | None) -> None:
        assert agent_id is not None
        current = self.round.setdefault(booking_id, [])
        if agent_id in current:
            current.clear()
        current.append(agent_id)
        self.last[booking_id] = self.moment

    def acts(self, command: Callable[[], object]) -> None:
        before = self.pending()
        command()
        self.check(before)

    def check(self, before: dict[int, int | None]) -> None:
        free = set(self.free())
        for number, agent_id in self.pending().items():
            seen = set(self.round.get(number, []))
            if agent_id is None:
                assert free <= seen, "who has not seen it gets it at once"
            elif agent_id != before.get(number) and agent_id in seen:
                rested = self.moment - self.last[number] >= timedelta(minutes=30)
                assert rested, "nobody sees it again so soon"
                assert not free - seen - {agent_id}, "somebody else had not seen it"

    # -- reading

    def rows(self, query: str, *values: object) -> list[Any]:
        with self.desk.reading():
            found: list[Any] = self.desk.database.driver().execute(query, values).fetchall()
            return found

    def people(self) -> dict[int, str]:
        return dict(self.rows("SELECT agent_id, presence FROM space_travel_agents"))

    def free(self) -> list[int]:
        return [row[0] for row in self.rows("SELECT agent_id FROM space_travel_agents WHERE takes_work")]

    def pending(self) -> dict[int, int | None]:
        return dict(self.rows("SELECT booking_id, agent_id FROM bookings WHERE status = 'Pending'"))

    def last_event(self) -> int:
        return int(self.rows("SELECT coalesce(max(event_id), 0) FROM events")[0][0])

    def lapses_since(self, event_id: int) -> list[tuple[int, int]]:
        return self.rows(
            "SELECT booking_id, json_extract(detail, '$.not_claimed_by') FROM events"
            " WHERE command = 'booking.lapse' AND event_id > ? ORDER BY event_id",
            event_id,
        )


TestOffers = Offers.TestCase
TestOffers.settings = settings(STEADY, max_examples=examples(30), stateful_step_count=30)
