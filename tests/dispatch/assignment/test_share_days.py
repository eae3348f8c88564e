"""The bound of the policy ``share`` over random days, caps among them, and what it is with caps.

A plain model in exact fractions follows each day lead by lead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import agents, bookings
from dispatch.agents.presence import set_presence
from dispatch.assignment.caps import remove_cap, set_cap
from dispatch.assignment.decisions import BY_HAND
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.operations import configuration
from dispatch.operations.sweep import sweep
from dispatch.operations.undo import undo
from models import cap_counts, shares
from models.agents import Agent
from models.audit import Decision, Event
from models.base import tuples
from models.bookings import Booking
from models.customers import Lead
from models.errors import DeskError, Refused
from tests.conftest import TestClock
from tests.plain_distribution import IN_FORCE, PlainCap, end_of, lags
from tests.steady import examples

Row = dict[str, Any]
DEPARTMENTS = ("Premium Bookings", "Luxury Voyages")
SOURCES, PLACES, PERIODS = ("Organic", "Bought"), ("Mars", "Titan"), ("hour", "day", "week")
MINUTES = (7, 40, 90, 1500, 8 * 1440)
TRIP = {"method": "Text", "launch": "Tokyo Spaceport Terminal"}


def harmonic(number: int) -> float:
    return float(sum(Fraction(1, one) for one in range(1, number + 1)))


class Held(NamedTuple):
    """A booking that an agent has: what caps count of it."""

    agent_id: int
    given_at: str
    source: str
    destination: str


class Made(NamedTuple):
    """A decision, with the booking it is about."""

    decision_id: int
    agent_id: int | None
    policy: str
    notes: str
    booking_id: int
    source: str
    destination: str


class Model:
    """Who received what, and what each lead entitled those to who could have had it at that moment."""

    def __init__(self) -> None:
        self.now = ""
        self.weights: dict[int, Fraction] = {}
        self.departments: dict[int, str] = {}
        self.here: set[int] = set()
        self.caps: list[PlainCap] = []
        self.held: dict[int, Held] = {}
        self.entitled: Counter[int] = Counter()
        self.received: Counter[int] = Counter()

    def caps_reached(self, agent_id: int) -> list[PlainCap]:
        theirs = [one for one in self.held.values() if one.agent_id == agent_id]
        return [
            cap
            for cap in self.caps
            if cap.covers(agent_id, self.departments[agent_id])
            and cap.leads
            <= sum(
                cap.concerns(one.source, one.destination)
                and end_of(cap.per, one.given_at) == end_of(cap.per, self.now)
                for one in theirs
            )
        ]

    def members(self) -> set[int]:
        return {one for one in self.here if all(cap.is_scoped for cap in self.caps_reached(one))}

    def kept_from(self, lead: Made) -> set[int]:
        """The agents whom a cap keeps from such a lead."""
        return {
            one
            for one in self.weights
            if any(cap.concerns(lead.source, lead.destination) for cap in self.caps_reached(one))
        }

    def lead(self, agent_id: int) -> None:
        self._entitle(+1)
        self.received[agent_id] += 1

    def take_back(self, agent_id: int) -> None:
        """Forget a lead: who is a member now gives back their part of it."""
        self.received[agent_id] -= 1
        if agent_id in self.members():
            self._entitle(-1)

    def _entitle(self, leads: int) -> None:
        members = self.members()
        total = sum(self.weights[one] for one in members)
        for one in members:
            self.entitled[one] += leads * self.weights[one] / total  # type: ignore[assignment]  # a fraction

    def lags(self) -> dict[int, float]:
        return {one: float(self.entitled[one] - self.received[one]) for one in self.weights}


class Day:
    """A desk and its model, which reads the agents and caps, and decides itself what follows from them."""

    def __init__(self, desk: Desk, clock: TestClock, weights: list[float]) -> None:
        self.desk, self.clock, self.model = desk, clock, Model()
        self.made: list[Made] = []
        self.is_turned, self.is_bounded, self.is_capped = False, True, False
        for number, weight in enumerate(weights):
            self.add(number, weight)
        configuration.set_value(desk, "policy", "share")
        self._look()
        self._members = self.model.members()

    def act(self, what: str, which: int, weight: float) -> None:
        """Do something, and compare the desk with the model."""
        is_newest = what == "undo lead"
        if is_newest and not (len(self.made) == 1 and self.made[0].policy == shares.SHARE):
            return  # only without the newest lead everybody is as near as before
        undone = None
        if what in UNDOS:
            undone = self.undo_lead(which, is_newest=is_newest)
        else:
            ACTIONS[what](self, self.agents()[which % len(self.agents())], which, weight)
        self.is_turned = self.is_turned or what == "weigh"
        self.is_bounded = self.is_bounded and what != "undo old"
        self._look()
        if undone is not None:
            booking_id, agent_id = undone
            self.model.held.pop(booking_id)
            self.model.take_back(agent_id)
        self.made = self._decisions()
        for decision in self.made:
            self._follow(decision)
        self._note_turn()
        self._check()

    def _look(self) -> None:
        rows, model = self.agents(), self.model
        model.now = self.desk.now()
        model.weights = {one.agent_id: Fraction(str(one.weight)) for one in rows}
        model.departments = {one.agent_id: one.department for one in rows}
        model.here = {
            one.agent_id
            for one in rows
            if one.left_at is None and one.presence == "available" and one.weight and one.held < one.capacity
        }
        with self.desk.reading():
            model.caps = [PlainCap(*row) for row in self.desk.database.driver().execute(IN_FORCE)]
        self.is_capped = self.is_capped or bool(model.caps)

    def _decisions(self) -> list[Made]:
        columns = (Decision.decision_id, Decision.agent_id, Decision.policy, Decision.notes)
        last = self.made[-1].decision_id if self.made else self._last
        with self.desk.reading():
            query = (
                Decision.select(*columns, Booking.booking_id, Lead.source, Booking.destination)
                .join(Booking, on=(Booking.lead_id == Decision.lead_id))
                .join(Lead, on=(Lead.lead_id == Decision.lead_id))
            )
            rows = tuples(query.where(Decision.decision_id > last).order_by(Decision.decision_id))
        made = [Made(*row) for row in rows]
        self._last = made[-1].decision_id if made else last
        return made

    _last = 0

    def _follow(self, decision: Made) -> None:
        """Count a decision, unless nobody got the lead; nobody gets one at a cap, but from a person."""
        model, agent_id = self.model, decision.agent_id
        model.held.pop(decision.booking_id, None)
        if agent_id is None:
            return
        kept = model.kept_from(decision)
        if decision.policy == BY_HAND:
            assert (agent_id in kept) == ("over_cap" in decision.notes)
        else:
            self._note_turn()
            assert agent_id not in kept
            self.is_bounded = self.is_bounded and not kept & model.members()
            model.lead(agent_id)
        held = Held(agent_id, model.now, decision.source, decision.destination)
        model.held[decision.booking_id] = held

    def _note_turn(self) -> None:
        members = self.model.members()
        self.is_turned = self.is_turned or members != self._members
        self._members = members

    def _check(self) -> None:
        right = self.model.lags()
        assert lags(self.desk) == pytest.approx(right, abs=1e-6)
        with self.desk.reading():
            self.desk.settings.begin()
            assert shares.fault("share") == ""
            assert cap_counts.differing() == []
        if self.is_bounded:
            most = (
                max(2, harmonic(len(right))) if self.is_capped else 2
            )  # the example below reaches more than 2
            bound = most if self.is_turned else 1
            assert max(map(abs, right.values())) < bound

    # -- what is done

    def agents(self) -> list[Agent]:
        with self.desk.reading():
            return list(Agent.select().order_by(Agent.agent_id))

    def add(self, which: int, weight: float) -> None:
        given: Row = {"department": DEPARTMENTS[which % 2], "job_title": "Space Travel Agent"}
        agents.add(self.desk, first_name="Ada", last_name="Byron", weight=weight, capacity=10_000, **given)

    def lead(self, which: int) -> None:
        about = {"source": SOURCES[which % 2], "destination": PLACES[which // 2 % 2]}
        intake.receive(self.desk, name="Kate Nguyen", **TRIP, **about)

    def weigh(self, row: Agent, weight: float) -> None:
        if weight or row.weight == 0:
            agents.change(self.desk, row.agent_id, weight=weight)

    def weigh_and_back(self, row: Agent, weight: float) -> None:
        if weight and row.weight and weight != row.weight:
            agents.change(self.desk, row.agent_id, weight=weight)
            undo(self.desk)

    def undo_lead(self, which: int, *, is_newest: bool) -> tuple[int, int] | None:
        """Undo a lead that its agent has by the policy; return the booking and the agent."""
        with self.desk.reading():
            query = (
                Booking.select(Booking.booking_id, Booking.agent_id, Event.event_id)
                .join(Event, on=(Event.booking_id == Booking.booking_id))
                .where(Event.command == "lead.add", ~Booking.voided, Booking.agent_id.is_null(False))
            )
            found = tuples(query.order_by(Booking.booking_id))
        if is_newest:
            found = [row for row in found if row[0] == self.made[0].booking_id]
        if not found:
            return None
        booking_id, agent_id, event_id = found[which % len(found)]
        try:
            undo(self.desk, event_id)
        except Refused:  # it went to somebody else since
            return None
        return booking_id, agent_id

    def presence(self, row: Agent, name: str) -> None:
        if row.left_at is None:
            set_presence(self.desk, row.agent_id, name)

    def leave(self, row: Agent) -> None:
        if row.left_at is None:
            agents.leave(self.desk, row.agent_id, hand_over=True)

    def back(self, row: Agent) -> None:
        if row.left_at is not None:
            agents.come_back(self.desk, row.agent_id)

    def cap(self, row: Agent, which: int, *, is_scoped: bool = False) -> None:
        about: Row = {"source": SOURCES[which % 2]} if which % 4 < 2 else {"destination": PLACES[which % 2]}
        covers: tuple[Row, ...] = {}, {"agent_id": row.agent_id}, {"department": DEPARTMENTS[which % 2]}
        scope = covers[which % 3] | (about if is_scoped else {})
        with suppress(DeskError):  # the agent may have left
            set_cap(self.desk, 1 + which % 2, PERIODS[which // 3 % 3], **scope)

    def cap_and_back(self, row: Agent, which: int) -> None:
        before = len(self.model.caps)
        self.cap(row, which)
        self._look()
        if len(self.model.caps) > before:
            undo(self.desk)

    def uncap(self, which: int) -> None:
        if self.model.caps:
            remove_cap(self.desk, self.model.caps[which % len(self.model.caps)].cap_id)

    def time(self, which: int) -> None:
        """Windows end by the sweep, or by the command that comes next."""
        self.clock.advance(minutes=MINUTES[which % len(MINUTES)])
        sweep(self.desk) if which % 2 else self.lead(which)

    def reassign(self, which: int) -> None:
        """To an agent by name, at a cap or not."""
        held = sorted(self.model.held)
        if held:
            number = held[which % len(held)]
            others = sorted(self.model.here - {self.model.held[number].agent_id})
            if others:
                bookings.reassign(self.desk, number, others[which % len(others)], "asked for her")


UNDOS = ("undo lead", "undo old")
Action = Callable[[Day, Agent, int, float], object]
ACTIONS: dict[str, Action] = {
    "lead": lambda day, _, which, __: day.lead(which),
    "join": lambda day, _, which, weight: day.add(which, weight),
    "leave": lambda day, row, *_: day.leave(row),
    "back": lambda day, row, *_: day.back(row),
    "weigh": lambda day, row, _, weight: day.weigh(row, weight),
    "undo weight": lambda day, row, _, weight: day.weigh_and_back(row, weight),
    "away": lambda day, row, *_: day.presence(row, "away"),
    "here": lambda day, row, *_: day.presence(row, "available"),
}
CAPPING: dict[str, Action] = {
    "cap": lambda day, row, which, _: day.cap(row, which),
    "undo cap": lambda day, row, which, _: day.cap_and_back(row, which),
    "uncap": lambda day, _, which, __: day.uncap(which),
    "time": lambda day, _, which, __: day.time(which),
    "reassign": lambda day, _, which, __: day.reassign(which),
}
SCOPED: dict[str, Action] = {"cap on some": lambda day, row, which, _: day.cap(row, which, is_scoped=True)}


def acts(*names: str) -> st.SearchStrategy[list[tuple[str, int, float]]]:
    weights = st.sampled_from([0, 0.1, 0.5, 1, 1, 2, 3.5, 10])
    what = st.sampled_from(["lead"] * len(names) + list(names) + list(UNDOS))
    return st.lists(st.tuples(what, st.integers(0, 50), weights), min_size=10, max_size=60)


ALL_DAYS = st.one_of(acts(*ACTIONS), acts(*ACTIONS, *CAPPING), acts(*ACTIONS, *CAPPING, *SCOPED))
ACTIONS |= CAPPING | SCOPED


@given(st.lists(st.sampled_from([0.1, 0.7, 1, 2, 10]), min_size=1, max_size=6), ALL_DAYS)
@settings(max_examples=examples(40), deadline=None)
def test_random_days_keep_everybody_near_their_share(
    tmp_path_factory: pytest.TempPathFactory, empty_desk_file: Path, weights: list[float], acts: list[Any]
) -> None:
    with _desk(tmp_path_factory.mktemp("day") / "desk.db", empty_desk_file) as (desk, clock):
        day = Day(desk, clock, weights)
        for act in acts:
            day.act(*act)


@contextmanager
def _desk(path: Path, empty: Path) -> Iterator[tuple[Desk, TestClock]]:
    path.write_bytes(empty.read_bytes())
    clock = TestClock()
    with closing(open_desk(path, actor="kim", clock=clock)) as desk:
        yield desk, clock


@pytest.mark.parametrize("weights", [[1.0] * 11, [10.0] + [0.1] * 11], ids=["equal", "one great weight"])
def test_the_last_whom_a_cap_leaves_is_as_far_behind_as_under_any_policy(
    tmp_path: Path, empty_desk_file: Path, weights: list[float]
) -> None:
    """Each lead goes to one of those left, so the last of n has been entitled to 1/n + ... + 1/2 + 1 leads.

    Whoever is behind by a lead goes first in the next hour. In the order of their due times, agents of small
    weight would be before the one of great weight until that one is 5 leads behind.
    """
    with _desk(tmp_path / "desk.db", empty_desk_file) as (desk, clock):
        day, most = Day(desk, clock, weights), 0.0
        set_cap(desk, 1, "hour")
        for _ in range(6):
            for _ in weights:
                day.lead(0)
                most = max(most, *lags(desk).values())
            clock.advance(hours=1)
    assert 2 < most <= harmonic(len(weights)) - 1 + 1e-6
