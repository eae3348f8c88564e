"""Random days of a desk with everything on: invariants after every command, under any policy.

Unlike the machine in test_state_machine.py this one does not repeat the rules. It compares the desk
before and after each command.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from dispatch import agents, bookings
from dispatch.agents import handover
from dispatch.agents.presence import set_presence
from dispatch.assignment.policies import POLICIES
from dispatch.assignment.shuffle import shuffle
from dispatch.bookings import bulk_actions
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.operations import configuration, undo
from dispatch.operations.sweep import sweep
from models.errors import DeskError
from tests.steady import STEADY, examples

Row = dict[str, Any]
GONE = ("away", "offline")
DECLINE_MINUTES = 30
BY_HAND = {"booking.reassign", "booking.reassign_all", "agent.handover", "undo", "redo"}
"""Commands by which a person may give more than the capacity."""
AGENT, BOOKING = ("agent_id", "presence", "capacity", "load"), ("booking_id", "agent_id", "claimed_at")
MOST_PENDING = 12
DESTINATIONS = ("Mars", "Titan")
LAUNCHES = ("Sydney Stellar Port", "Dubai Interplanetary Hub")


class Event(NamedTuple):
    """What the log tells of a command."""

    event_id: int
    at: str
    command: str
    detail: str | None


class Seen(NamedTuple):
    """The agents who are here and the Pending bookings, by id."""

    agents: dict[int, Row]
    pending: dict[int, Row]
    last_event: int

    def load(self, agent_id: int | None) -> int:
        return sum(row["agent_id"] == agent_id for row in self.pending.values())

    def has_room(self, agent_id: int) -> bool:
        agent = self.agents[agent_id]
        return bool(agent["presence"] == "available" and self.load(agent_id) < agent["capacity"])

    def weight(self) -> Fraction:
        """sum(load^2 / capacity); a capacity of 0 counts as a very small one."""
        each = (
            Fraction(self.load(agent_id) ** 2) / (agent["capacity"] or Fraction(1, 10**6))
            for agent_id, agent in self.agents.items()
        )
        return sum(each, Fraction())


@cache
def template() -> Path:
    path = Path(tempfile.mkdtemp()) / "template.db"
    desk = open_desk(path, create=True)
    for key, value in (("pull", "on"), ("owner", "seller"), ("offer_minutes", "20"), ("contact_hours", "1")):
        configuration.set_value(desk, key, value)
    configuration.set_value(desk, "departments", "Titan=Luxury Voyages")
    desk.close()
    return path


PICKS = st.integers(0, 99)


class DayOfADesk(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.moment = datetime(2026, 3, 1, 9, 0, 0, tzinfo=UTC)
        self.open = ExitStack()
        folder = self.open.enter_context(tempfile.TemporaryDirectory())
        path = shutil.copy(template(), Path(folder) / "desk.db")
        self.desk = open_desk(path, clock=lambda: self.moment, actor="kim")
        self.open.callback(self.desk.close)
        self.before = self.look()

    def teardown(self) -> None:
        self.open.close()

    # -- reading

    def look(self) -> Seen:
        with self.desk.reading():
            driver = self.desk.database.driver()
            people = driver.execute(
                "SELECT agent_id, presence, capacity, load FROM space_travel_agents WHERE left_at IS NULL"
            )
            found = {row[0]: dict(zip(AGENT, row, strict=True)) for row in people}
            work = driver.execute(
                "SELECT booking_id, agent_id, claimed_at FROM bookings WHERE status = 'Pending'"
            )
            pending = {row[0]: dict(zip(BOOKING, row, strict=True)) for row in work}
            newest = driver.execute("SELECT coalesce(max(event_id), 0) FROM events").fetchone()[0]
        return Seen(found, pending, newest)

    def events(self, which: str, *values: object) -> list[Event]:
        query = f"SELECT event_id, at, command, detail FROM events WHERE {which}"
        return [Event(*row) for row in self.desk.database.driver().execute(query, values)]

    def round(self, booking_id: int) -> tuple[set[int], str]:
        """Who has seen a booking since somebody saw it again, and when the last one did."""
        seen, last = set[int](), ""
        for event in self.looks(booking_id):
            told = json.loads(event.detail or "{}")
            agent_id = told.get("declined_by") or told["not_claimed_by"]
            seen = {agent_id} if agent_id in seen else seen | {agent_id}
            last = event.at
        return seen, last

    def run(self, command: Callable[[Desk], object]) -> None:
        """Run a command, which may be refused, and check the invariants."""
        self.moment += timedelta(seconds=1)
        before = self.look()
        with suppress(DeskError):
            command(self.desk)
        after, events = self.look(), self.events("event_id > ?", before.last_event)
        self.loads_are_the_pending_bookings(after)
        self.nobody_gets_work_while_away(before, after)
        self.nobody_is_above_capacity_without_an_override(before, after, events)
        self.nothing_waits_while_an_eligible_agent_is_free(after, may_be_rested=True)
        sweep(self.desk)  # the sweep finds declines that have expired
        self.before = self.look()
        self.nothing_waits_while_an_eligible_agent_is_free(self.before)

    # -- invariants

    def loads_are_the_pending_bookings(self, after: Seen) -> None:
        assert all(agent["load"] == after.load(agent_id) for agent_id, agent in after.agents.items())
        held = {row["agent_id"] for row in after.pending.values()} - {None}
        assert held <= set(after.agents), "an agent who left holds nothing"

    def nobody_gets_work_while_away(self, before: Seen, after: Seen) -> None:
        for number, row in after.pending.items():
            holder = row["agent_id"]
            if holder is None or after.agents[holder]["presence"] not in GONE:
                continue
            assert row["claimed_at"], "unclaimed work does not stay with an absent agent"
            earlier = before.pending.get(number)
            assert earlier is not None
            assert earlier["agent_id"] == holder

    def nobody_is_above_capacity_without_an_override(
        self, before: Seen, after: Seen, events: list[Event]
    ) -> None:
        override = any(
            event.command in BY_HAND and json.loads(event.detail or "{}").get("over_capacity")
            for event in events
        )
        for agent_id, agent in after.agents.items():
            if after.load(agent_id) > agent["capacity"]:
                assert override or after.load(agent_id) <= before.load(agent_id)

    def nothing_waits_while_an_eligible_agent_is_free(
        self, after: Seen, *, may_be_rested: bool = False
    ) -> None:
        """Unless all have seen it, lately; the sweep finds what has rested long enough."""
        free = {agent_id for agent_id in after.agents if after.has_room(agent_id)}
        rested = (self.moment - timedelta(minutes=DECLINE_MINUTES)).replace(year=self.moment.year + 56)
        for number, row in after.pending.items():
            if row["agent_id"] is None and free:
                seen, last = self.round(number)
                assert free <= seen
                assert may_be_rested or last > rested.strftime("%Y-%m-%d %H:%M:%S")

    def looks(self, booking_id: int) -> list[Event]:
        """The declines and lapsed offers of a booking, undone ones excluded, in order."""
        return self.events(
            "booking_id = ? AND command IN ('booking.decline', 'booking.lapse') AND event_id NOT IN"
            " (SELECT undoes FROM events WHERE undoes IS NOT NULL) ORDER BY event_id",
            booking_id,
        )

    # -- picking

    def a_booking(self, pick: int) -> int:
        numbers = list(self.before.pending) or [1]
        return numbers[pick % len(numbers)]

    def an_agent(self, pick: int) -> int:
        numbers = list(self.before.agents) or [1]
        return numbers[pick % len(numbers)]

    def holder_of(self, number: int) -> int:
        return (self.before.pending.get(number) or {}).get("agent_id") or 1

    # -- commands

    @initialize(skills=st.sampled_from([None, "Mars", "Titan"]), leads=st.integers(3, 9))
    def three_agents_at_work(self, skills: str | None, leads: int) -> None:
        for number, capacity in enumerate((2, 1, 3)):
            self.take_on(capacity, skills if number else None, LAUNCHES[0] if number == 1 else None)
        self.leads(leads, "rank", DESTINATIONS[leads % 2], LAUNCHES[0], None)

    @rule(
        capacity=st.integers(0, 4),
        skills=st.sampled_from([None, None, "Mars", "Titan"]),
        launches=st.sampled_from([None, None, *LAUNCHES]),
    )
    def take_on(self, capacity: int, skills: str | None, launches: str | None) -> None:
        if len(self.before.agents) < 6:
            department = ("Luxury Voyages", "Premium Bookings")[capacity % 2]
            names: Row = {"first_name": "Ada", "last_name": "Byron", "job_title": "Space Travel Agent"}
            given: Row = {"capacity": capacity, "skills": skills, "locations": launches}
            given["department"] = department
            self.run(lambda desk: agents.add(desk, **names, **given))

    @rule(
        number=st.integers(1, 4),
        policy=st.sampled_from(list(POLICIES)),
        to=st.sampled_from(DESTINATIONS),
        launch=st.sampled_from(LAUNCHES),
        phone=st.sampled_from([None, "4711", "4712"]),
    )
    def leads(self, number: int, policy: str, to: str, launch: str, phone: str | None) -> None:
        trip = {"method": "Text", "source": "Organic", "destination": to, "launch": launch}
        for _ in range(min(number, MOST_PENDING - len(self.before.pending))):
            self.run(lambda desk: intake.receive(desk, name="Kate", phone=phone, policy=policy, **trip))

    @rule(policy=st.sampled_from(list(POLICIES)))
    def choose_policy(self, policy: str) -> None:
        self.run(lambda desk: configuration.set_value(desk, "policy", policy))

    @rule(
        pick=PICKS, presence=st.sampled_from(["available", "available", "busy", "break", "away", "offline"])
    )
    def presence(self, pick: int, presence: str) -> None:
        until = "in 30 min" if presence == "break" else None
        self.run(lambda desk: set_presence(desk, self.an_agent(pick), presence, until))

    @rule(pick=PICKS, capacity=st.integers(0, 4))
    def capacity(self, pick: int, capacity: int) -> None:
        self.run(lambda desk: agents.change(desk, self.an_agent(pick), capacity=capacity))

    @rule(pick=PICKS)
    def leave(self, pick: int) -> None:
        self.run(lambda desk: agents.leave(desk, self.an_agent(pick), True))

    @rule(pick=PICKS, other=PICKS)
    def hand_over(self, pick: int, other: int) -> None:
        to = self.an_agent(other) if other % 2 else "desk"
        self.run(lambda desk: handover.hand_over(desk, self.an_agent(pick), to))

    @rule(pick=PICKS, other=PICKS)
    def claim(self, pick: int, other: int) -> None:
        """By its holder, or pulled by another."""
        number = self.a_booking(pick)
        taker = self.holder_of(number) if other % 3 else self.an_agent(other)
        self.run(lambda desk: bookings.claim(desk, number, taker))

    @rule(pick=PICKS)
    def release(self, pick: int) -> None:
        self.run(lambda desk: bookings.release(desk, self.a_booking(pick)))

    @rule(pick=PICKS)
    def decline(self, pick: int) -> None:
        self.run(lambda desk: bookings.decline(desk, self.a_booking(pick), "full"))

    @rule(pick=PICKS)
    def cancel(self, pick: int) -> None:
        self.run(lambda desk: bookings.cancel(desk, self.a_booking(pick), "no money"))

    @rule(pick=PICKS)
    def confirm(self, pick: int) -> None:
        number = self.a_booking(pick)
        packages = {"package": "Luxury Dome Stay", "destination_revenue": "1", "package_revenue": "1"}
        self.run(lambda desk: bookings.confirm(desk, number, **packages))

    @rule(pick=PICKS, other=PICKS)
    def reassign(self, pick: int, other: int) -> None:
        self.run(lambda desk: bookings.reassign(desk, self.a_booking(pick), self.an_agent(other), "hers"))

    @rule(picks=st.lists(PICKS, min_size=1, max_size=4), other=PICKS, verb=st.integers(0, 2))
    def several(self, picks: list[int], other: int, verb: int) -> None:
        numbers = [self.a_booking(pick) for pick in picks]
        verbs: list[Callable[[Desk], object]] = [
            lambda desk: bulk_actions.reassign(desk, numbers, self.an_agent(other), "ill"),
            lambda desk: bulk_actions.cancel(desk, numbers, "launch is off"),
            lambda desk: bulk_actions.release(desk, numbers),
        ]
        self.run(verbs[verb])

    @rule(claims=st.lists(PICKS, max_size=6), newcomers=st.booleans())
    def even_out(self, claims: list[int], newcomers: bool) -> None:
        """Claimed work stays, each run lowers the sum, and a second one moves nothing."""
        for pick in claims:
            self.claim(pick, 1)
        if newcomers:
            self.take_on(4, None, None)
        before = self.before
        self.run(shuffle)
        moved = [
            number
            for number, row in self.before.pending.items()
            if before.pending[number]["agent_id"] not in (None, row["agent_id"])
        ]
        assert not any(before.pending[number]["claimed_at"] for number in moved)
        assert self.before.weight() < before.weight() if moved else True
        assert shuffle(self.desk)["moves"] == []

    @rule(minutes=st.sampled_from([1, 20, 40, 90]))
    def time_passes(self, minutes: int) -> None:
        self.moment += timedelta(minutes=minutes)
        self.run(sweep)

    @rule(minutes=st.sampled_from([5, 45]))
    def the_clock_jumps_back(self, minutes: int) -> None:
        self.moment -= timedelta(minutes=minutes)
        self.run(sweep)

    @rule()
    def undo_something(self) -> None:
        self.run(undo.undo)


TestDayOfADesk = DayOfADesk.TestCase
TestDayOfADesk.settings = settings(STEADY, max_examples=examples(20), stateful_step_count=40)
