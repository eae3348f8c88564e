"""Random commands against a second, plain version of the rules: both agree after every step.

``Rules`` is written from docs/rules.md with dicts and sorting, and imports no rule of
the desk. Loads, ranks and averages are worked out from its bookings, never kept.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from dispatch import agents, bookings, queries
from dispatch.agents import handover
from dispatch.agents.presence import set_presence
from dispatch.assignment import shuffle as shuffling
from dispatch.bookings import editing, follow_ups
from dispatch.bootstrap import open_desk
from dispatch.leads import intake
from dispatch.operations import undo
from dispatch.operations.doctor import examine
from dispatch.queries.row_types import BookingRow
from models.clock import from_text, shift_years, to_text
from models.errors import DeskError
from tests.conftest import make_quiet
from tests.steady import STEADY, examples

Row = dict[str, Any]

PRIOR_ANSWERS = 20
DECLINE_MINUTES = 30
GONE = ("away", "offline")


class No(Exception):
    """The rules forbid it."""


class Rules:
    """What the desk should do."""

    def __init__(self) -> None:
        self.agents: dict[int, Row] = {}
        self.bookings: dict[int, Row] = {}
        self.events: list[Row] = []
        self.assignments = 0
        self.touched: dict[tuple[str, int], Row | None] = {}
        self.minute = 0
        self.kept_from: dict[int, set[int]] = {}
        self.declining: dict[int, int] = {}
        self.reversing: list[int] = []

    # -- derived

    def load(self, agent_id: int) -> int:
        return sum(b["status"] == "Pending" and b["agent"] == agent_id for b in self.bookings.values())

    def rating(self, agent_id: int) -> float:
        agent = self.agents[agent_id]
        scores = [b["score"] for b in self.bookings.values() if b["scored"] == agent_id]
        if not scores:
            return float(agent["rating"])
        answers = PRIOR_ANSWERS if agent["rated"] else 0
        average: float = (agent["rating"] * answers + sum(scores)) / (answers + len(scores))
        return round(average, 6)

    def key(self, agent_id: int) -> tuple[int, int, float]:
        return self.load(agent_id), -self.agents[agent_id]["years"], -self.rating(agent_id)

    def here(self) -> list[int]:
        return [agent_id for agent_id, agent in self.agents.items() if not agent["left"]]

    def rank(self, agent_id: int) -> int | None:
        if self.agents[agent_id]["left"]:
            return None
        return 1 + sum(self.key(other) < self.key(agent_id) for other in self.here())

    def takes(self, agent_id: int) -> bool:
        agent = self.agents[agent_id]
        able = agent["presence"] == "available" and self.load(agent_id) < agent["capacity"]
        return able and not agent["left"]

    def best(self, without: set[int]) -> int | None:
        eligible = [agent_id for agent_id in self.here() if agent_id not in without and self.takes(agent_id)]
        return min(eligible, key=lambda agent_id: (self.key(agent_id), agent_id), default=None)

    def decliners(self, booking_id: int) -> set[int]:
        gone = self.gone()
        return self.kept_from.get(booking_id, set()) | {
            event["declined"][1]
            for number, event in enumerate(self.events, 1)
            if event["declined"]
            and event["declined"][0] == booking_id
            and number not in gone
            and self.minute - event["minute"] < DECLINE_MINUTES
        }

    def round(self, booking_id: int) -> tuple[set[int], int | None]:
        """Who has declined a booking in the present round, and when the last one did."""
        gone = self.gone()
        looks = [
            (event["declined"][1], event["minute"])
            for number, event in enumerate(self.events, 1)
            if event["declined"] and event["declined"][0] == booking_id and number not in gone
        ]
        if booking_id in self.declining:
            looks.append((self.declining[booking_id], self.minute))
        seen: set[int] = set()
        for agent_id, _ in looks:
            seen = {agent_id} if agent_id in seen else seen | {agent_id}
        return seen, looks[-1][1] if looks else None

    def taker(self, booking_id: int, without: frozenset[int] = frozenset()) -> int | None:
        """The best agent who has not seen a booking in this round; after a rest, anybody if all have."""
        seen, last = self.round(booking_id)
        kept_out = self.kept_from.get(booking_id, set()) | without
        found = self.best(seen | kept_out)
        rested = last is not None and self.minute - last >= DECLINE_MINUTES
        return self.best(kept_out) if found is None and rested else found

    # -- rows

    def change(self, kind: str, number: int, **new: Any) -> None:
        row = (self.agents if kind == "agent" else self.bookings)[number]
        differing = {name: row[name] for name, value in new.items() if row[name] != value}
        if differing:
            before = self.touched.setdefault((kind, number), {})
            if before is not None:
                for name, value in differing.items():
                    before.setdefault(name, value)
            row.update(new)

    def pending(self, booking_id: int, *, waiting_too: bool = False) -> Row:
        booking = self.existing(booking_id)
        if booking["status"] != "Pending" or (booking["agent"] is None and not waiting_too):
            raise No
        return booking

    def existing(self, booking_id: int) -> Row:
        if booking_id not in self.bookings:
            raise No
        return self.bookings[booking_id]

    def present(self, agent_id: int) -> Row:
        if agent_id not in self.agents or self.agents[agent_id]["left"]:
            raise No
        return self.agents[agent_id]

    def attending(self, agent_id: int) -> None:
        """Nobody gets work while away."""
        if self.present(agent_id)["presence"] in GONE:
            raise No

    def give(self, booking_id: int, agent_id: int | None, *, by_person: bool = False) -> None:
        self.change("booking", booking_id, agent=agent_id, claimed=False, pinned=by_person)
        if agent_id is not None and self.bookings[booking_id]["assignment"] is None:
            self.assignments += 1
            self.change("booking", booking_id, assignment=self.assignments)

    def to_the_desk(self, agent_id: int, *, only_unclaimed: bool = False) -> None:
        stays = not self.agents[agent_id]["left"] and self.agents[agent_id]["presence"] not in GONE
        for booking_id, booking in self.bookings.items():
            held = booking["status"] == "Pending" and booking["agent"] == agent_id
            if not held or (only_unclaimed and booking["claimed"]):
                continue
            taker = self.taker(booking_id, frozenset([agent_id]))
            if taker is not None or not stays:
                self.kept_from[booking_id] = {agent_id}
                self.give(booking_id, taker)

    def drain(self) -> None:
        for booking_id, booking in self.bookings.items():
            if booking["status"] == "Pending" and booking["agent"] is None:
                taker = self.taker(booking_id)
                if taker is not None:
                    self.give(booking_id, taker)

    # -- commands

    def run(self, command: str, *arguments: Any) -> None:
        """One command and its event; a refused one has changed nothing."""
        self.touched, self.kept_from, self.declining, self.reversing = {}, {}, {}, []
        event = {"command": command, "undoes": None, "declined": None, "minute": self.minute} | (
            getattr(self, command)(*arguments) or {}
        )
        if command != "lead":
            self.drain()
        self.events.append(event | {"touched": self.touched})
        self.declining = {}  # the event says it from now on

    def add(self, years: int, rating: float | None, capacity: int) -> None:
        number = len(self.agents) + 1
        self.agents[number] = {
            "years": years,
            "rating": rating or 0.0,
            "rated": rating is not None,
            "left": False,
            "presence": "available",
            "capacity": capacity,
        }
        self.touched["agent", number] = None

    def alter(self, agent_id: int, years: int, rating: float | None, capacity: int) -> None:
        if agent_id not in self.agents:
            raise No
        self.change("agent", agent_id, years=years, capacity=capacity)
        if rating is not None:
            self.change("agent", agent_id, rating=rating, rated=True)

    def leave(self, agent_id: int) -> None:
        self.present(agent_id)
        if self.load(agent_id):
            raise No
        self.change("agent", agent_id, left=True)

    def come_back(self, agent_id: int) -> None:
        if agent_id not in self.agents or not self.agents[agent_id]["left"]:
            raise No
        self.change("agent", agent_id, left=False, presence="available")

    def presence(self, agent_id: int, presence: str) -> None:
        self.present(agent_id)
        self.change("agent", agent_id, presence=presence)
        if presence in GONE:
            self.to_the_desk(agent_id, only_unclaimed=True)

    def hand_over(self, agent_id: int, to: int | None) -> None:
        if not any(_held(row) and row["agent"] == agent_id for row in self.bookings.values()):
            raise No
        if to is None:
            self.to_the_desk(agent_id)
            return
        self.attending(to)
        if to == agent_id:
            raise No
        for booking_id, booking in self.bookings.items():
            if booking["status"] == "Pending" and booking["agent"] == agent_id:
                self.give(booking_id, to, by_person=True)

    def shuffle(self, moves: list[Row]) -> None:
        """Each move was allowed, and no other is possible afterwards."""
        for move in moves:
            booking = self.bookings[move["booking_id"]]
            assert booking["agent"] == move["from_agent_id"]
            assert self.may_shuffle(move["booking_id"], move["to_agent_id"])
            self.change("booking", move["booking_id"], agent=move["to_agent_id"])
        assert not any(self.may_shuffle(number, to) for number in self.bookings for to in self.agents)

    def may_shuffle(self, booking_id: int, to: int) -> bool:
        booking = self.bookings[booking_id]
        if not _held(booking) or booking["claimed"] or booking["pinned"] or not self.takes(to):
            return False
        if self.decliners(booking_id):
            return False
        giver, taker = self.agents[booking["agent"]], self.agents[to]
        gap = self.load(booking["agent"]) * taker["capacity"] - self.load(to) * giver["capacity"]
        return bool(gap >= giver["capacity"] + taker["capacity"])

    def lead(self, name: str) -> None:
        number, taker = len(self.bookings) + 1, self.best(set())
        self.bookings[number] = {
            "name": name,
            "status": "Pending",
            "agent": taker,
            "assignment": None,
            "claimed": False,
            "pinned": False,
            "contacted": False,
            "attempts": 0,
            "in_row": 0,
            "unreachable": False,
            "outcome": None,
            "follow": None,
            "quoted": False,
            "reason": None,
            "score": None,
            "scored": None,
            "voided": False,
        }
        if taker is not None:
            self.assignments += 1
            self.bookings[number]["assignment"] = self.assignments
        self.touched["booking", number] = None

    def claim(self, booking_id: int, agent_id: int) -> None:
        booking = self.pending(booking_id)
        self.present(agent_id)
        if booking["agent"] != agent_id or booking["claimed"]:
            raise No
        self.change("booking", booking_id, claimed=True)

    def release(self, booking_id: int) -> None:
        if not self.pending(booking_id)["claimed"]:
            raise No
        self.change("booking", booking_id, claimed=False, pinned=False)
        holder = self.bookings[booking_id]["agent"]
        if self.agents[holder]["presence"] in GONE:
            self.give(booking_id, self.taker(booking_id))

    def decline(self, booking_id: int) -> Row:
        holder = self.pending(booking_id)["agent"]
        self.kept_from[booking_id], self.declining[booking_id] = {holder}, holder
        self.give(booking_id, self.taker(booking_id))
        return {"declined": (booking_id, holder)}

    def contact(self, booking_id: int, outcome: str, follow: str | None, now: str) -> None:
        booking = self.pending(booking_id)
        reaches, last, again = OUTCOMES[outcome]
        row = 0 if reaches else booking["in_row"] + 1
        is_last = last is not None and (reaches or row >= last)
        if is_last and follow:
            raise No
        self.change("booking", booking_id, attempts=booking["attempts"] + 1, outcome=outcome, in_row=row)
        if reaches:
            self.change("booking", booking_id, contacted=True)
        if is_last:
            closed = {"status": "Cancelled", "follow": None, "claimed": True}
            tries = f"{outcome.replace('_', ' ')}" + (f", {row} attempts in a row" if row > 1 else "")
            reason = "not interested" if reaches else f"unreachable: {tries}"
            self.change("booking", booking_id, **closed, reason=reason, unreachable=not reaches)
        elif follow or booking["follow"] is None or booking["follow"] <= now:
            at = to_text(from_text(now) + again)
            self.change("booking", booking_id, follow=follow or at)

    def follow_up(self, booking_id: int, follow: str | None) -> None:
        if self.pending(booking_id)["follow"] is None and follow is None:
            raise No
        self.change("booking", booking_id, follow=follow)

    def confirm(self, booking_id: int, quoting: bool) -> None:
        booking = self.pending(booking_id)
        if not (quoting or booking["quoted"]):
            raise No
        self.change("booking", booking_id, status="Confirmed", claimed=True, quoted=True, follow=None)

    def cancel(self, booking_id: int) -> None:
        booking = self.pending(booking_id, waiting_too=True)
        claimed = booking["agent"] is not None
        closed = {"status": "Cancelled", "reason": "no money", "follow": None}
        self.change("booking", booking_id, **closed, claimed=claimed)

    def reassign(self, booking_id: int, agent_id: int) -> None:
        booking = self.pending(booking_id, waiting_too=True)
        self.attending(agent_id)
        if booking["agent"] == agent_id:
            raise No
        self.give(booking_id, agent_id, by_person=True)

    def reopen(self, booking_id: int) -> None:
        booking = self.existing(booking_id)
        if booking["status"] == "Pending" or booking["voided"]:
            raise No
        holder = booking["agent"]
        if holder is None or not self.takes(holder):
            holder = self.taker(booking_id)
        begun = {"in_row": 0, "unreachable": False}
        self.change("booking", booking_id, status="Pending", reason=None, claimed=False, **begun)
        self.give(booking_id, holder)

    def rate(self, booking_id: int, score: int) -> None:
        booking = self.existing(booking_id)
        if booking["status"] == "Pending" or booking["voided"] or booking["agent"] is None:
            raise No
        self.change("booking", booking_id, score=score, scored=booking["agent"])

    def edit(self, booking_id: int, name: str) -> None:
        if self.existing(booking_id)["name"] == name:
            raise No
        self.change("booking", booking_id, name=name)

    # -- undo

    def gone(self) -> set[int]:
        """The undone events: whatever stands undoes its own, so the newest decides first."""
        gone = set(self.reversing)
        for number in range(len(self.events), 0, -1):
            undone = self.events[number - 1]["undoes"]
            if undone is not None and number not in gone:
                gone.add(undone)
        return gone

    def is_undo(self, number: int) -> bool:
        """An undo undoes anything but an undo; what undoes an undo is a redo."""
        undone = self.events[number - 1]["undoes"]
        return undone is not None and not self.is_undo(undone)

    def is_empty(self, number: int) -> bool:
        """A command that changed nothing, such as a presence set again, is nothing to undo."""
        event = self.events[number - 1]
        return event["undoes"] is None and not event["touched"]

    def ends(self) -> list[int]:
        followed = {event["undoes"] for event in self.events}
        return [number for number in range(1, len(self.events) + 1) if number not in followed]

    def end(self, number: int) -> int:
        if not 1 <= number <= len(self.events):
            raise No
        later = [n for n, event in enumerate(self.events, 1) if event["undoes"] == number]
        return self.end(later[0]) if later else number

    def undo(self, number: int | None) -> Row:
        if number is None:
            done = (n for n in self.ends() if not (self.is_undo(n) or self.is_empty(n)))
            return self.reverse(max(done, default=None))
        end = self.end(number)
        return self.reverse(end if self.is_undo(end) is self.is_undo(number) else None)

    def redo(self, number: int | None) -> Row:
        if number is None:
            number = max((n for n in self.ends() if self.is_undo(n)), default=0)
            later = range(number + 1, len(self.events) + 1)
            if any(self.events[n - 1]["undoes"] is None and not self.is_empty(n) for n in later):
                raise No
        end = self.end(number)
        return self.reverse(end if self.is_undo(end) else None)

    def reverse(self, number: int | None) -> Row:
        if number is None or self.is_empty(number):
            raise No
        kept, gone = deepcopy((self.agents, self.bookings)), self.gone()
        self.reversing = [number]
        try:
            self.put_all_back(number, self.events[number - 1], gone)
        except No:
            self.agents, self.bookings = kept
            raise
        return {"undoes": number}

    def put_all_back(self, number: int, event: Row, gone: set[int]) -> None:
        for row, before in event["touched"].items():
            self.check_undo(number, row, before, gone)
        for (kind, row_id), before in event["touched"].items():
            self.put_back(kind, row_id, before)
        for kind, row_id in event["touched"]:
            booking = self.bookings[row_id] if kind == "booking" else None
            if booking and _held(booking) and not booking["claimed"]:
                self.attending(booking["agent"])
        for kind, row_id in event["touched"]:
            if (
                kind == "agent"
                and self.agents[row_id]["presence"] in GONE
                and not self.agents[row_id]["left"]
            ):
                self.to_the_desk(row_id, only_unclaimed=True)

    def check_undo(self, number: int, row: tuple[str, int], before: Row | None, gone: set[int]) -> None:
        for later_number, later in enumerate(self.events[number:], number + 1):
            if row not in later["touched"] or later_number in gone:
                continue
            undone = later["undoes"]
            if undone is None or undone < number or row not in self.events[undone - 1]["touched"]:
                raise No  # changed since
        kind, row_id = row
        if kind == "booking" and before is not None:
            then = self.bookings[row_id] | before
            returning = self.events[number - 1]["touched"].get(("agent", then["agent"])) or {}
            if then["status"] == "Pending" and then["agent"] is not None and returning.get("left", True):
                self.present(then["agent"])
        if kind == "agent" and not self.agents[row_id]["left"] and (before is None or before.get("left")):
            touched = self.events[number - 1]["touched"]
            for booking_id, booking in self.bookings.items():
                holds = booking["status"] == "Pending" and booking["agent"] == row_id
                if holds and ("booking", booking_id) not in touched:
                    raise No

    def put_back(self, kind: str, row_id: int, before: Row | None) -> None:
        if before is not None:
            kept = {name: value for name, value in before.items() if name != "assignment"}
            self.change(kind, row_id, **kept)
        elif kind == "agent":
            self.change("agent", row_id, left=True)
        else:
            reason = "entered by mistake"
            self.change("booking", row_id, status="Cancelled", reason=reason, voided=True)


OUTCOMES: dict[str, tuple[bool, int | None, timedelta]] = {
    "reached": (True, None, timedelta(days=2)),
    "no_answer": (False, 6, timedelta(hours=4)),
    "voicemail": (False, 6, timedelta(days=1)),
    "wrong_number": (False, 1, timedelta()),
    "not_interested": (True, 1, timedelta()),
}
"""Whether it reaches the customer, the number of the last attempt, and the time until the next one."""


@cache
def template() -> Path:
    path = Path(tempfile.mkdtemp()) / "template.db"
    open_desk(path, create=True).close()
    make_quiet(path)
    return path


PICKS = st.integers(0, 99)
YEARS = st.integers(0, 2)
CAPACITIES = st.sampled_from([0, 1, 2, 10])
PRESENCES = st.sampled_from(["available", "available", "busy", "break", "away", "offline"])
RATINGS = st.sampled_from([None, 3.0, 4.5])
NAMES = st.sampled_from(["Kate", "Liam"])
MOMENTS = st.sampled_from([None, "2082-03-02 09:00:00", "2083-01-01 12:30:00"])  # none comes during a run
QUOTE = {"package": "Luxury Dome Stay", "destination_revenue": "100", "package_revenue": "50"}
TRIP = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Sydney Stellar Port"}


class DeskAndRules(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.plain = Rules()
        self.moment = datetime(2026, 3, 1, 9, 0, 0, tzinfo=UTC)
        self.open = ExitStack()
        folder = self.open.enter_context(tempfile.TemporaryDirectory())
        path = shutil.copy(template(), Path(folder) / "desk.db")
        self.desk = open_desk(path, clock=lambda: self.moment, actor="kim")
        self.open.callback(self.desk.close)

    def teardown(self) -> None:
        with self.open, self.desk.reading():
            found = [row for row in examine(self.desk)["checks"] if not (row["ok"] or row["warning"])]
        assert found == []

    def both(self, command: Callable[..., object], name: str, /, *arguments: Any, **given: Any) -> None:
        """Run a command on the desk and in the rules: both succeed, or both refuse."""
        self.moment += timedelta(seconds=1)
        try:
            self.plain.run(name, *arguments)
        except No:
            refused = True
        else:
            refused = False
        try:
            command(self.desk, **given)
        except DeskError as refusal:
            answer = refusal.code
        else:
            answer = "done"
        assert (answer != "done") is refused, f"{name} {arguments}: {answer} on the desk, the rules disagree"

    def booking(self, pick: int, suits: Callable[[Row], object]) -> int:
        """A booking that suits the command, four times out of five; else any, or a missing one."""
        rows = self.plain.bookings
        return _picked(pick, [number for number, row in rows.items() if suits(row)], [*rows, 99])

    def agent(self, pick: int, *, left: bool = False) -> int:
        rows = self.plain.agents
        return _picked(pick, [number for number, row in rows.items() if row["left"] == left], [*rows, 99])

    @initialize(years=YEARS, leads=st.integers(0, 3), capacity=CAPACITIES)
    def two_agents(self, years: int, leads: int, capacity: int) -> None:
        self.add(years, 4.5, 10)
        self.add(1, None, capacity)
        for _ in range(leads):
            self.lead("Kate")

    @rule(minutes=st.sampled_from([1, 20, 40]))
    def time_passes(self, minutes: int) -> None:
        """Declined work is offered again after a while, at the next command that may free an agent."""
        self.plain.minute += minutes
        self.moment += timedelta(minutes=minutes)

    @rule(pick=PICKS, presence=PRESENCES)
    def presence(self, pick: int, presence: str) -> None:
        agent_id = self.agent(pick)
        given = {"agent_id": agent_id, "presence": presence}
        self.both(set_presence, "presence", agent_id, presence, **given)

    @rule(pick=PICKS, other=PICKS)
    def hand_over(self, pick: int, other: int) -> None:
        agent_id, to = self.agent(pick), self.agent(other) if other < 60 else None
        self.both(handover.hand_over, "hand_over", agent_id, to, agent_id=agent_id, to=to or "desk")

    @rule()
    def shuffle(self) -> None:
        self.moment += timedelta(seconds=1)
        self.plain.run("shuffle", shuffling.shuffle(self.desk)["moves"])

    @rule(years=YEARS, rating=RATINGS, capacity=CAPACITIES)
    def add(self, years: int, rating: float | None, capacity: int) -> None:
        given: Row = {"department": "Premium Bookings", "job_title": "Space Travel Agent"}
        name = {"first_name": "Ada", "last_name": "Byron"}
        if len(self.plain.agents) < 5:
            given |= {"years": years, "rating": rating, "capacity": capacity, **name}
            self.both(agents.add, "add", years, rating, capacity, **given)

    @rule(pick=PICKS, years=YEARS, rating=RATINGS, capacity=CAPACITIES)
    def alter(self, pick: int, years: int, rating: float | None, capacity: int) -> None:
        agent_id = self.agent(pick)
        given = {"agent_id": agent_id, "years": years, "rating": rating, "capacity": capacity}
        self.both(agents.change, "alter", agent_id, years, rating, capacity, **given)

    @rule(pick=PICKS)
    def leave(self, pick: int) -> None:
        idle = [agent_id for agent_id in self.plain.here() if not self.plain.load(agent_id)]
        agent_id = _picked(pick, idle, [*self.plain.agents, 99])
        self.both(agents.leave, "leave", agent_id, agent_id=agent_id)

    @rule(pick=PICKS)
    def come_back(self, pick: int) -> None:
        agent_id = self.agent(pick, left=True)
        self.both(agents.come_back, "come_back", agent_id, agent_id=agent_id)

    @rule(name=NAMES)
    def lead(self, name: str) -> None:
        if len(self.plain.bookings) < 7:
            self.both(intake.receive, "lead", name, name=name, **TRIP)

    @rule(pick=PICKS, other=PICKS)
    def claim(self, pick: int, other: int) -> None:
        booking_id = self.booking(pick, lambda row: _held(row) and not row["claimed"])
        holder = self.plain.bookings.get(booking_id, {}).get("agent")
        agent_id = self.agent(other) if other < 20 else holder or 1
        self.both(bookings.claim, "claim", booking_id, agent_id, booking_id=booking_id, agent_id=agent_id)

    @rule(pick=PICKS)
    def release(self, pick: int) -> None:
        booking_id = self.booking(pick, lambda row: _held(row) and row["claimed"])
        self.both(bookings.release, "release", booking_id, booking_id=booking_id)

    @rule(pick=PICKS)
    def decline(self, pick: int) -> None:
        booking_id = self.booking(pick, _held)
        self.both(bookings.decline, "decline", booking_id, booking_id=booking_id, reason="full")

    @rule(pick=PICKS, outcome=st.sampled_from([*OUTCOMES]), at=MOMENTS)
    def contact(self, pick: int, outcome: str, at: str | None) -> None:
        booking_id = self.booking(pick, _held)
        given = {"booking_id": booking_id, "outcome": outcome, "follow_up": at and f"{at} UTC"}
        now = to_text(shift_years(self.moment + timedelta(seconds=1), 56))
        self.both(bookings.contact, "contact", booking_id, outcome, at, now, **given)

    @rule(pick=PICKS, at=MOMENTS)
    def follow_up(self, pick: int, at: str | None) -> None:
        booking_id = self.booking(pick, lambda row: _held(row) and (at or row["follow"]))
        given = {"booking_id": booking_id, "at": at and f"{at} UTC"}
        self.both(follow_ups.follow_up, "follow_up", booking_id, at, **given)

    @rule(pick=PICKS, quoting=st.booleans())
    def confirm(self, pick: int, quoting: bool) -> None:
        booking_id = self.booking(pick, _held)
        given = QUOTE if quoting else {}
        self.both(bookings.confirm, "confirm", booking_id, quoting, booking_id=booking_id, **given)

    @rule(pick=PICKS)
    def cancel(self, pick: int) -> None:
        booking_id = self.booking(pick, lambda row: row["status"] == "Pending")
        self.both(bookings.cancel, "cancel", booking_id, booking_id=booking_id, reason="no money")

    @rule(pick=PICKS, other=PICKS)
    def reassign(self, pick: int, other: int) -> None:
        booking_id = self.booking(pick, lambda row: row["status"] == "Pending")
        agent_id = self.agent(other)
        given = {"booking_id": booking_id, "to_agent_id": agent_id, "reason": "speaks French"}
        self.both(bookings.reassign, "reassign", booking_id, agent_id, **given)

    @rule(pick=PICKS)
    def reopen(self, pick: int) -> None:
        booking_id = self.booking(pick, lambda row: row["status"] != "Pending")
        self.both(bookings.reopen, "reopen", booking_id, booking_id=booking_id)

    @rule(pick=PICKS, score=st.integers(1, 5))
    def rate(self, pick: int, score: int) -> None:
        booking_id = self.booking(pick, lambda row: row["status"] != "Pending")
        self.both(bookings.rate, "rate", booking_id, score, booking_id=booking_id, score=score)

    @rule(pick=PICKS, name=NAMES)
    def edit(self, pick: int, name: str) -> None:
        booking_id = self.booking(pick, lambda row: row["name"] != name)
        self.both(editing.edit, "edit", booking_id, name, booking_id=booking_id, name=name)

    @rule()
    def undo_the_last(self) -> None:
        self.both(undo.undo, "undo", None)

    @rule(back=st.integers(0, 6))
    def undo_an_earlier_one(self, back: int) -> None:
        number = len(self.plain.events) - back
        self.both(undo.undo, "undo", number, event_id=number)

    @rule()
    def redo_the_last(self) -> None:
        self.both(undo.redo, "redo", None)

    @rule(back=st.integers(0, 6))
    def redo_an_earlier_one(self, back: int) -> None:
        number = len(self.plain.events) - back
        self.both(undo.redo, "redo", number, event_id=number)

    @rule()
    def undo_and_redo(self) -> None:
        """All is as before; only what waits, or is with somebody absent, may have found an agent."""
        rules, before, number = self.plain, self.seen(), len(self.plain.events)
        is_settled = all(row["status"] != "Pending" or row["agent"] for row in rules.bookings.values())
        is_settled &= not any(agent["presence"] in GONE for agent in rules.agents.values())
        self.both(undo.undo, "undo", None)
        if len(rules.events) > number:
            self.both(undo.redo, "redo", None)
            assert not is_settled or self.seen() == before

    def seen(self) -> list[Row]:
        with self.desk.reading():
            rows: list[Any] = [*queries.list_bookings(queries.BookingFilter(sort="id"))]
            rows += queries.list_agents(with_left=True)
        moving = {"changed_at", "version", "assignment_id"}
        return [{name: row[name] for name in row.keys() - moving} for row in rows]

    @invariant()
    def the_desk_is_as_the_rules_say(self) -> None:
        with self.desk.reading():
            rows = queries.list_bookings(queries.BookingFilter(sort="id", descending=False))
            people = queries.list_agents(with_left=True)
            totals = queries.count_totals()
            undoes = self.desk.database.driver().execute("SELECT undoes FROM events ORDER BY event_id")
        rules = self.plain
        assert [_comparable(row) for row in rows] == [
            _expected(number, row) for number, row in rules.bookings.items()
        ]
        assert {row["agent_id"]: (row["load"], row["rank"], row["rating"]) for row in people} == {
            agent_id: (rules.load(agent_id), rules.rank(agent_id), rules.rating(agent_id))
            for agent_id in rules.agents
        }
        assert [row[0] for row in undoes] == [event["undoes"] for event in rules.events]
        waiting = sum(map(_waits, rules.bookings.values()))
        pending = sum(row["status"] == "Pending" for row in rules.bookings.values())
        assert totals == queries.Totals(waiting, pending, (), self.seen_by_all())
        assert {row["agent_id"]: (row["presence"], row["capacity"]) for row in people} == {
            agent_id: (agent["presence"], agent["capacity"]) for agent_id, agent in rules.agents.items()
        }
        for row in rows:
            assert (row["completed_at"] is not None) == (row["status"] == "Confirmed")
            assert (row["cancelled_at"] is not None) == (row["status"] == "Cancelled")

    def seen_by_all(self) -> tuple[int, ...]:
        rules = self.plain
        free = {agent_id for agent_id in rules.here() if rules.takes(agent_id)}
        waits = [number for number, row in rules.bookings.items() if _waits(row)]
        return tuple(number for number in waits if free and free <= rules.round(number)[0])

    @invariant()
    def an_assignment_is_its_bookings(self) -> None:
        found = self.desk.database.driver().execute(
            "SELECT a.assignment_id, a.agent_id, b.agent_id, a.customer_name, l.customer_name"
            " FROM assignment_history a JOIN bookings b USING (assignment_id)"
            " JOIN new_customer l ON l.lead_id = a.lead_id"
            " ORDER BY a.assignment_id"
        )
        rows = found.fetchall()
        assert [row[0] for row in rows] == list(range(1, self.plain.assignments + 1))
        assert all(row[1] == row[2] and row[3] == row[4] for row in rows)


def _picked(pick: int, suitable: list[int], others: list[int]) -> int:
    chosen = suitable if suitable and pick >= 20 else others
    return chosen[pick % len(chosen)]


def _held(row: Row) -> bool:
    return row["status"] == "Pending" and row["agent"] is not None


def _waits(row: Row) -> bool:
    return row["status"] == "Pending" and row["agent"] is None


def _comparable(row: BookingRow) -> Row:
    return {
        "booking_id": row["booking_id"],
        "status": row["status"],
        "score": row["score"],
        "voided": row["voided"],
        "package": row["package"],
        "name": row["customer_name"],
        "agent": row["agent_id"],
        "assignment": row["assignment_id"],
        "claimed": row["claimed_at"] is not None,
        "pinned": row["pinned_at"] is not None,
        "contacted": row["contacted_at"] is not None,
        "attempts": row["contact_attempts"],
        "in_row": row["attempts_in_row"],
        "unreachable": row["unreachable"],
        "outcome": row["last_outcome"],
        "follow": row["follow_up_at"],
        "reason": row["cancel_reason"],
    }


def _expected(number: int, row: Row) -> Row:
    package = "Luxury Dome Stay" if row["quoted"] else None
    kept = {name: value for name, value in row.items() if name not in ("quoted", "scored")}
    return kept | {"booking_id": number, "package": package}


TestDeskAndRules = DeskAndRules.TestCase
TestDeskAndRules.settings = settings(STEADY, max_examples=examples(40), stateful_step_count=45)


def test_a_redo_brings_an_agent_back_together_with_their_work() -> None:
    """The agent has left only by the undo that is redone, so nothing keeps the booking from them."""
    machine = DeskAndRules()
    machine.two_agents(years=1, leads=1, capacity=0)
    machine.both(bookings.decline, "decline", 1, booking_id=1, reason="full")
    to_the_first = {"booking_id": 1, "to_agent_id": 1, "reason": "speaks French"}
    machine.both(bookings.reassign, "reassign", 1, 1, **to_the_first)
    machine.undo_the_last()
    machine.add(years=2, rating=None, capacity=1)
    machine.undo_the_last()
    machine.redo_the_last()
    machine.the_desk_is_as_the_rules_say()
    assert machine.plain.bookings[1]["agent"] == 3
    machine.teardown()
