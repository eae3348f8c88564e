"""What agents were entitled to of the leads of a period (docs/rules.md, Fairness).

Every lead entitles the agents who were available when it was given out: each to their weight, divided by the
weights of all of them. Who was available when, and with which weight, follows from the log, read backwards
from the roster as it is.
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any, Final, NamedTuple

from peewee import fn

from models.agents import AVAILABLE, Agent
from models.audit import Event, LogLine, last_line
from models.base import Json, tuples

_TABLE = Agent._meta.table_name
_COLUMNS: Final = {"presence": Agent.presence, "left_at": Agent.left_at, "weight": Agent.weight}
"""What makes an agent one of those who are entitled."""

State = dict[str, Any]
"""The values of ``_COLUMNS`` of an agent; empty before the agent was added."""


class Change(NamedTuple):
    """What an event did to one agent's state: the columns that it changed."""

    at: str
    agent_id: int
    before: State
    after: State


@dataclass
class Shares:
    """A clock that each lead moves by 1 / the weights of all members, who are entitled to weight x its time.

    So a lead costs one addition, whatever the number of agents.
    """

    time: float = 0.0
    total: float = 0.0
    members: dict[int, tuple[float, float]] = field(default_factory=dict)
    """The agents who are available now: their weight, and the time at which they became it."""
    earned: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))

    @classmethod
    def of(cls, states: Mapping[int, State]) -> Shares:
        """The shares that begin with these states."""
        shares = cls()
        for agent_id, state in states.items():
            shares.put(agent_id, state)
        return shares

    def put(self, agent_id: int, state: State) -> None:
        """Let an agent in, or out, or change the weight, by a state that begins now."""
        weight, since = self.members.pop(agent_id, (0.0, 0.0))
        self.earned[agent_id] += weight * (self.time - since)
        self.total -= weight
        if state.get("presence") == AVAILABLE and state.get("left_at") is None and state["weight"]:
            self.members[agent_id] = state["weight"], self.time
            self.total += state["weight"]

    def give(self) -> None:
        """Count one lead."""
        if self.members:
            self.time += 1 / self.total

    def entitled(self) -> dict[int, float]:
        """The number of leads that each agent was entitled to, by now."""
        for agent_id, (weight, since) in self.members.items():
            self.earned[agent_id] += weight * (self.time - since)
            self.members[agent_id] = weight, self.time
        return dict(self.earned)


def entitled(moments: Sequence[str], starts: Iterable[str]) -> dict[str, dict[int, float]]:
    """The leads that each agent was entitled to since each of some times, of those given out at ``moments``.

    These are in order, from the first start on. What changed in the same second as a lead counts before it:
    presences are applied before work goes out.
    """
    waiting = deque(sorted(starts))
    changes = _changes(waiting[0])
    states = _present_states()
    for change in reversed(changes):
        states[change.agent_id] = states.get(change.agent_id, {}) | change.before
    begun: dict[str, Shares] = {}
    ahead = deque(changes)
    for moment in moments:
        while waiting and waiting[0] <= moment:
            begun[waiting.popleft()] = Shares.of(states)
        while ahead and ahead[0].at <= moment:
            change = ahead.popleft()
            states[change.agent_id] |= change.after
            for shares in begun.values():
                shares.put(change.agent_id, states[change.agent_id])
        for shares in begun.values():
            shares.give()
    begun |= {start: Shares.of(states) for start in waiting}
    return {start: shares.entitled() for start, shares in begun.items()}


def _present_states() -> dict[int, State]:
    query = Agent.select(Agent.agent_id, *_COLUMNS.values())
    return {agent_id: dict(zip(_COLUMNS, values, strict=True)) for agent_id, *values in tuples(query)}


def _changes(since: str) -> list[Change]:
    """Every change of a state since then, oldest first."""
    first = tuples(LogLine.select(fn.MIN(LogLine.event_id)).where(LogLine.at >= since))[0][0]
    ids = Event.event_id >= (last_line() + 1 if first is None else first)  # the newest may have no line yet
    named = [side.contains(f'"{name}":') for side in (Event.before, Event.after) for name in _COLUMNS]
    query = Event.select(Event.at, Event.before, Event.after).where(
        ids, Event.at >= since, reduce(or_, named)
    )
    return [
        change
        for at, before, after in tuples(query.order_by(Event.event_id))
        if at >= since  # the clock may have been set back
        for change in _changes_of(at, json.loads(before or "{}"), json.loads(after or "{}"))
    ]


def _changes_of(at: str, before: Json, after: Json) -> Iterator[Change]:
    for key, row in after.items():
        table, _, number = key.partition(":")
        if table == _TABLE:
            earlier = before.get(key)
            # a row that the event made had no state; of another, only what changed is in the event
            old = dict.fromkeys(_COLUMNS) if earlier is None else _state_in(earlier)
            yield Change(at, int(number), old, _state_in(row))


def _state_in(row: Json) -> State:
    return {name: row[name] for name in _COLUMNS if name in row}
