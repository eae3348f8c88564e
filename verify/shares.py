"""The shares of the policy ``share``, and what agents are owed after an absence, worked out from the log.

A second version of docs/rules.md (Shares, Absence). An agent is a member while they may take work and have a
weight. ``due`` is when a member is entitled to one lead more than received; ``lag`` what anybody else is
behind.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from verify import choice
from verify.hours import is_on
from verify.log import Log, Row, same

ABSENT = ("break", "away", "offline")
DECIDING = {"presence", "presence_reason", "hours", "due_at", "left_at"}
BALANCED, TENTHS, DECIMALS = "balanced", 10, 6
YEAR_SHIFT = 56  # of a desk that has no setting of its own
CLOCK = ["moment", "given", "members", "in_force"]
CLOSE = 2e-6  # of a lead


@dataclass
class Clock:
    """What was given out so far; ``members`` are how many have each weight (tenths).

    Leads count whose decision is later than ``since``.
    """

    in_force: bool
    since: int = 0
    moment: float = 0.0
    given: float = 0.0
    members: Counter[int] = field(default_factory=Counter)

    @property
    def total(self) -> float:
        return sum(tenths * number for tenths, number in self.members.items()) / TENTHS


@dataclass
class Part:
    """An agent's part in it."""

    due: float | None = None
    lag: float = 0.0
    owed: float = 0.0
    absent_since: float | None = None
    held_back_since: int | None = None


class Shares:
    """The parts of all agents; False in ``is_known`` once they cannot be worked out."""

    def __init__(
        self, agents: dict[int, Row], settings: dict[str, str], holidays: dict[int, Row] | None = None
    ) -> None:
        self._agents, self._settings, self.is_known = agents, settings, True
        self._every_holiday = {} if holidays is None else holidays
        self._parts: defaultdict[int, Part] = defaultdict(Part)
        self._clock: Clock | None = None
        self._balanced: list[int] = []  # the decisions by balanced that gave a lead
        self.last_decision = 0

    def switch(self, policy: str) -> None:
        """Another policy of the desk: all begin level."""
        self._parts.clear()
        self._clock = None
        if policy == choice.SHARE and self.is_known:
            self._clock = Clock(True, self.last_decision)
            self._recount(self._clock)

    # -- members

    @staticmethod
    def _may_share(agent: Row) -> bool:
        return choice.takes_work(agent) and agent["weight"] > 0

    def _recount(self, clock: Clock) -> None:
        for agent in self._agents.values():
            if (self._parts[agent["agent_id"]].due is not None) != self._may_share(agent):
                self._turn(agent, clock.moment)
        here = (one for one in self._agents.values() if self._parts[one["agent_id"]].due is not None)
        clock.members = Counter(round(one["weight"] * TENTHS) for one in here)

    def _turn(self, agent: Row, moment: float, weight: float | None = None) -> None:
        """Let an agent be a member or none; ``weight`` is the one before."""
        part = self._parts[agent["agent_id"]]
        lag = part.lag if part.due is None else 1 - (weight or agent["weight"]) * (part.due - moment)
        is_member = self._may_share(agent)
        part.due = moment + (1 - lag) / agent["weight"] if is_member else None
        part.lag = 0.0 if is_member else lag

    def follow(self, agent: Row, weight: float | None = None) -> None:
        """Count an agent in or out, or with another weight; ``weight`` is the one before."""
        clock, part = self._clock, self._parts[agent["agent_id"]]
        if clock is None or not clock.in_force or not self.is_known:
            return
        was, old, is_member = part.due is not None, weight or agent["weight"], self._may_share(agent)
        if (was, old) == (is_member, agent["weight"]):
            return
        self._turn(agent, clock.moment, old)
        clock.members[round(old * TENTHS)] -= was
        clock.members[round(agent["weight"] * TENTHS)] += is_member
        clock.members = +clock.members

    # -- leads

    def receive(self, decision: Row) -> None:
        """Count the lead of a decision, before it is a load."""
        agent = self._agents.get(decision["agent_id"] or 0)
        if agent is None or not self.is_known:
            return
        if decision["policy"] == BALANCED:
            self._balanced.append(decision["decision_id"])
            self._ease(agent["agent_id"])
        elif decision["policy"] == choice.SHARE:
            clock = self._clock = self._clock or Clock(False, decision["decision_id"] - 1)
            if not clock.in_force:
                self._recount(clock)
            part, step = self._parts[agent["agent_id"]], 1 / clock.total
            part.due = (part.due or 0.0) + 1 / agent["weight"]
            part.owed = max(0.0, part.owed - 1)
            clock.moment, clock.given = clock.moment + step, clock.given + step

    def counts(self, decision: int) -> bool:
        """Whether the lead of a decision by share counts still."""
        return self._clock is not None and decision > self._clock.since

    def give_back(self, detail: Row) -> None:
        """Let the leads that an event undid count no more, and those that it redid again."""
        for name, step in (("credit", 1), ("taken_again", -1)):
            for agent_id, leads in detail.get(name, {}).get(choice.SHARE, {}).items():
                for _ in range(leads):
                    self._credit(self._agents[int(agent_id)], step)

    def _credit(self, agent: Row, leads: float) -> None:
        part, clock = self._parts[agent["agent_id"]], self._clock
        if part.due is None or clock is None:
            part.lag += leads
        else:
            part.due -= leads / agent["weight"]
            clock.moment -= leads / clock.total

    def keys(self, given: list[list[Any]]) -> dict[int, list[Any]]:
        """What the policy compares of every agent; what a decision has of it, where that is close enough."""
        clock = self._clock or Clock(in_force=False)
        weights = (one["weight"] for one in self._agents.values() if self._may_share(one))
        total = clock.total if clock.in_force else sum(weights)
        told = {one[0]: one[1:] for one in given}
        found = {}
        for number, agent in self._agents.items():
            keys = self._keys(agent, self._parts[number], clock.moment, total)
            found[number] = told[number] if number in told and _is_close(told[number], keys) else keys
        return found

    @staticmethod
    def _keys(agent: Row, part: Part, moment: float, total: float) -> list[Any]:
        weight, lag = agent["weight"], part.lag
        if not weight:
            return [False, None, round(lag, DECIMALS), weight]
        if part.due is not None:
            lag = 1 - weight * (part.due - moment)
        behind = round(lag + weight / (total or weight), DECIMALS)
        due_in = max(0.0, round((1 - lag) / weight * (total or weight), DECIMALS))
        return [behind > 0, due_in, behind, weight]

    # -- absences

    def absence(self, agent: Row, at: str) -> None:
        """Let an absence begin or end, as the agent's row says by now."""
        part, policy = self._parts[agent["agent_id"]], self._settings["policy"]
        if policy not in (choice.SHARE, BALANCED) or not self.is_known:
            return
        holidays = self._holidays(agent)
        if is_absent(agent, at, int(self._settings.get("year_shift", YEAR_SHIFT)), holidays):
            if part.absent_since is None:
                given = self._clock.given if self._clock else None
                part.absent_since = given if policy == choice.SHARE else self.last_decision
            return
        if part.absent_since is None:
            return
        credit = "none" if agent["left_at"] else self._settings.get("absence_credit", "none")
        most = {"full": float("inf"), "none": 0.0}.get(credit)
        self._owe(agent, part, policy, float(credit) if most is None else most)
        part.absent_since = None

    def _holidays(self, agent: Row) -> set[str]:
        """The days of the agent's calendar: of the region that they are in, or the desk."""
        calendar = agent.get("region") or ""
        every = self._every_holiday.values()
        return {row["day"] for row in every if row["calendar"] == calendar and not row["removed"]}

    def _owe(self, agent: Row, part: Part, policy: str, most: float) -> None:
        since = part.absent_since or 0.0
        if policy == choice.SHARE and self._clock is not None:
            missed = min(most, agent["weight"] * (self._clock.given - since))
            if missed > 0:
                self._credit(agent, missed)
                part.owed += missed
        elif policy == BALANCED and most != float("inf") and (given := self._given_since(since)):
            part.held_back_since, part.owed = int(since), min(most, given // (self._at_work() or 1))

    def _given_since(self, decision: float) -> int:
        return len(self._balanced) - bisect_right(self._balanced, decision)

    def _at_work(self) -> int:
        return sum(map(choice.takes_work, self._agents.values()))

    def held_back(self) -> set[int]:
        """The agents whom ``balanced`` holds back at the next lead."""
        held = {number: part for number, part in self._parts.items() if part.held_back_since is not None}
        others = self._at_work() - 1 if held else 0
        return {
            number
            for number, part in held.items()
            if part.owed < 1
            and self._given_since(part.held_back_since or 0) < others
            and not self._is_level(number)
        }

    def _ease(self, winner: int) -> None:
        for number, part in self._parts.items():
            if part.held_back_since is None:
                continue
            if self._is_level(number):
                part.held_back_since, part.owed = None, 0.0
            elif number == winner:
                part.held_back_since, part.owed = self.last_decision, max(0.0, part.owed - 1)

    def _is_level(self, number: int) -> bool:
        """Whether somebody else at work is as free."""
        most = choice.ratio(self._agents[number])
        others = (one for one in self._agents.values() if one["agent_id"] != number)
        is_here = self._agents[number]["left_at"] is None
        return not is_here or any(choice.takes_work(one) and choice.ratio(one) <= most for one in others)

    # -- the end

    def compare(self, log: Log) -> None:
        """Compare with the clock and the agents as they are."""
        clock = self._clock
        recorded = [tuple(row.values()) for row in log.select("share_clock", CLOCK)]
        counts = {str(tenths): number for tenths, number in sorted(clock.members.items())} if clock else {}
        follows = [(clock.moment, clock.given, counts, int(clock.in_force))] if clock else []
        told = [(moment, given, json.loads(members), force) for moment, given, members, force in recorded]
        close = len(told) == len(follows) and all(map(_is_close, told, follows))
        same("the clock of the shares", told, told if close else follows)
        names = ["share_due", "share_lag", "owed", "absent_since", "held_back_since"]
        for row in log.select("space_travel_agents", ["agent_id", *names]):
            part = self._parts[row["agent_id"]]
            values = (part.due, part.lag, part.owed, part.absent_since, part.held_back_since)
            for name, value in zip(names, values, strict=True):
                if not _is_close([row[name]], [value]):
                    same(f"{name} of agent {row['agent_id']} now", row[name], value)


def _is_close(some: Any, others: Any) -> bool:
    """Whether values are equal, numbers but for the last digits."""
    return len(some) == len(others) and all(
        abs(one - other) < CLOSE
        if isinstance(one, float) and isinstance(other, float | int)
        else one == other
        for one, other in zip(some, others, strict=True)
    )


def is_absent(agent: Row, at: str, year_shift: int, holidays: Collection[str] = ()) -> bool:
    """Whether an agent is on shift and not there."""
    if agent["left_at"] is not None or agent["presence"] not in ABSENT:
        return False
    if agent["presence"] == "offline" and agent["presence_reason"] == "shift over":
        return False
    return agent["hours"] is None or is_on(agent["hours"], at, year_shift, holidays)
