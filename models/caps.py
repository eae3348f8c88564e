"""Caps: how many leads each agent may get in a calendar window (docs/rules.md, Caps).

A booking counts for the agent who has it, in the window in which it was given to them; models/cap_counts.py
counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from peewee import (
    AutoField,
    BooleanField,
    IntegerField,
    TextField,
    fn,
)

from models.agents import Agent
from models.base import BaseModel, tuples
from models.database import database_at_work
from models.ramp import RAMP_ID, Ramp
from models.windows import HOUR, Window, window


class Cap(BaseModel):
    """At most ``leads`` a window (``per`` hour, day or week) for each agent that the cap covers.

    It covers one agent, those of a department, or all; and the leads from a source, to a destination, of
    both, or all. A ``removed`` one stays, so that undo can bring it back; of the others each scope is there
    once.
    """

    label = "cap"
    table = "caps"

    cap_id = AutoField()
    leads = IntegerField()
    per = TextField()
    agent_id = IntegerField(null=True)
    department = TextField(null=True)
    source = TextField(null=True)
    destination = TextField(null=True)
    removed = BooleanField(default=False)
    version = IntegerField(default=1)


class Given(NamedTuple):
    """What counts of a booking that an agent has."""

    agent_id: int
    given_at: str
    destination: str


class CapRule(NamedTuple):
    """A cap in force."""

    cap_id: int
    leads: int
    per: str
    agent_id: int | None
    department: str | None
    source: str | None
    destination: str | None

    @property
    def is_scoped(self) -> bool:
        """Whether it is about some leads only."""
        return self.source is not None or self.destination is not None

    def concerns(self, source: str | None, destination: str | None) -> bool:
        """Whether it is about the leads from a source to a destination."""
        return self.source in (None, source) and self.destination in (None, destination)


class Whose(NamedTuple):
    """What counts of an agent."""

    department: str
    settling_until: str | None


RULE_COLUMNS = (Cap.cap_id, Cap.leads, Cap.per, Cap.agent_id, Cap.department, Cap.source, Cap.destination)


@dataclass(frozen=True)
class Caps:
    """The caps in force on a desk, with what its calendar needs; ``now`` returns the desk's time."""

    rules: tuple[CapRule, ...]
    zone: str
    year_shift: int
    now: Callable[[], str]

    @cached_property
    def scoped(self) -> list[CapRule]:
        return [rule for rule in self.rules if rule.is_scoped]

    def window(self, rule: CapRule, at: str, settled_at: str | None = None) -> Window:
        """The window of a time; that of the ramp ends when the agent has settled in."""
        span = window(rule.per, at, self.zone, self.year_shift)
        if rule.cap_id != RAMP_ID or settled_at is None:
            return span
        return Window(span.start, min(span.end, settled_at))

    def next_end(self) -> str:
        """When the first of the windows of now ends, or an agent has settled in."""
        now = self.now()
        settled = tuples(Agent.select(fn.MIN(Agent.settling_until)).where(Agent.settling_until > now))
        ends = [self.window(rule, now).end for rule in self.rules]
        return min([*ends, str(settled[0][0])]) if settled[0][0] else min(ends)

    def covering(self, given: Given, source: Callable[[], str], agent: Callable[[], Whose]) -> list[CapRule]:
        """The caps under which a booking counts; source and agent are only looked up where it matters."""
        return [
            rule
            for rule in self.rules
            if rule.agent_id in (None, given.agent_id)
            and rule.destination in (None, given.destination)
            and (rule.source is None or rule.source == source())
            and (rule.department is None or rule.department == agent().department)
            and (rule.cap_id != RAMP_ID or given.given_at < (agent().settling_until or ""))
        ]


def caps_in_force() -> list[CapRule]:
    """Read the caps, in the order in which they were set."""
    query = Cap.select(*RULE_COLUMNS).where(~Cap.removed).order_by(Cap.cap_id)
    return [CapRule._make(row) for row in tuples(query)]


class CapsOfDesk:
    """The caps of a desk as of a version of its settings, read when they are first asked for."""

    def __init__(self, zone: str, year_shift: int, now: Callable[[], str], ramp: Ramp | None) -> None:
        self._calendar = zone, year_shift, now
        self._ramp = ramp
        self._caps: Caps | None = None
        self._is_read = False

    def get(self) -> Caps | None:
        if not self._is_read:
            of_ramp = CapRule(RAMP_ID, self._ramp.leads, HOUR, None, None, None, None) if self._ramp else None
            rules = (*caps_in_force(), *filter(None, [of_ramp]))
            self._caps = Caps(rules, *self._calendar) if rules else None
            self._is_read = True
            if not rules:  # every lead asks: the quickest answer
                database_at_work().caps = None
        return self._caps


def current_caps() -> Caps | None:
    """The caps in force on the desk at work; None if there are none."""
    known: CapsOfDesk | None = database_at_work().caps
    return None if known is None else known.get()


def mark(cap_id: int) -> str:
    """How a cap on some leads is found in an agent's ``capped_scopes``."""
    return f",{cap_id},"
