"""Caps in words, and the agents who are at one (docs/rules.md, Caps)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from peewee import ModelSelect, fn

from dispatch.queries.agents import names_of
from dispatch.queries.row_types import CapRow
from models.agents import Agent
from models.base import CompiledQuery, parameter, tuples
from models.bookings import Booking
from models.cap_counts import CapCount, Reached
from models.caps import CapRule, caps_in_force, current_caps
from models.customers import Lead
from models.ramp import RAMP_ID
from models.sql import listed
from models.windows import DAYS, HOUR, wall_clock

CAP = "cap"
"""The name of the rule, as capacity and presence have theirs."""
THIS = {"hour": "this hour", "day": "today", "week": "this week"}


class AtCap(NamedTuple):
    """An agent at a cap, the number of leads that it counts, and ``until`` when its window lasts."""

    agent_id: int
    rule: CapRule
    until: str
    taken: int

    @property
    def words(self) -> str:
        """``has 5 of 5 leads to Mars this hour, until 15:00``, or ``settling in: 2 an hour until 13:00``."""
        if self.rule.cap_id == RAMP_ID:
            settled_at = Agent.lock(self.agent_id).settling_until or self.until
            return f"settling in: {self.rule.leads} an hour until {until_words(settled_at)}"
        return f"has {_taken_words(self.rule, self.taken)}, until {until_words(self.until)}"


def _of_caps() -> ModelSelect[Any]:
    columns = (Reached.agent_id, Reached.cap_id, Reached.window_end, Reached.taken)
    return Reached.select(*columns).where(Reached.cap_id.in_(listed(parameter("caps"))))


_reached = CompiledQuery(_of_caps)
_reached_by = CompiledQuery(lambda: _of_caps().where(Reached.agent_id.in_(listed(parameter("agents")))))
_lead = CompiledQuery(
    lambda: Lead.select(Lead.source, Lead.destination).where(Lead.lead_id == parameter("lead_id"))
)
_trip: Callable[..., list[Any]] = CompiledQuery(
    lambda: (
        Booking.select(Lead.source, Booking.destination)
        .join(Lead, on=(Lead.lead_id == Booking.lead_id))
        .where(Booking.booking_id == parameter("booking_id"))
    )
)


def scoped_rules(source: str | None, destination: str | None) -> list[CapRule]:
    """The caps on some leads only that are about such a lead."""
    caps = current_caps()
    return [rule for rule in caps.scoped if rule.concerns(source, destination)] if caps else []


def _in_force() -> Sequence[CapRule]:
    """The caps in force, the ramp among them."""
    caps = current_caps()
    return caps.rules if caps else ()


def _agents_at(rules: Iterable[CapRule], agent_ids: Iterable[int] | None = None) -> list[AtCap]:
    """The agents at some caps, all or of these alone; caps that end first before the others."""
    by_id = {rule.cap_id: rule for rule in rules}
    if not by_id:
        return []
    caps = json.dumps(list(by_id))
    rows = (
        _reached(caps=caps)
        if agent_ids is None
        else _reached_by(caps=caps, agents=json.dumps(list(agent_ids)))
    )
    found = (AtCap(agent_id, by_id[cap_id], end, taken) for agent_id, cap_id, end, taken in rows)
    return sorted(found, key=lambda one: (one.until, one.rule.cap_id))


def over_caps() -> list[AtCap]:
    """The agents who have got more leads than a cap allows, as people decided."""
    return [one for one in _agents_at(_in_force()) if one.taken > one.rule.leads]


def kept_from(source: str | None, destination: str | None) -> set[int]:
    """The agents at a cap on such leads; those at a cap on all leads take no work anyway."""
    return {one.agent_id for one in _agents_at(scoped_rules(source, destination))}


def kept_from_booking(booking_id: int) -> set[int]:
    """The agents at a cap on leads such as a booking's."""
    return AtCaps().of_booking(booking_id)


class AtCaps:
    """The agents at caps on some leads, looked up once for each source and destination."""

    def __init__(self) -> None:
        self._by_trip: dict[tuple[str, str], set[int]] = {}

    def of_booking(self, booking_id: int) -> set[int]:
        caps = current_caps()
        if caps is None or not caps.scoped:
            return set()
        trip = _trip(booking_id=booking_id)[0]
        if trip not in self._by_trip:
            self._by_trip[trip] = kept_from(*trip)
        return self._by_trip[trip]

    def count(self, agent_id: int) -> None:
        """Look again at an agent who has been given a booking."""
        caps = current_caps()
        reached = _agents_at(caps.scoped, [agent_id]) if caps and self._by_trip else []
        for trip, agent_ids in self._by_trip.items():
            if any(one.rule.concerns(*trip) for one in reached):
                agent_ids.add(agent_id)


def at_cap(agent_ids: Iterable[int], source: str | None, destination: str | None) -> dict[int, AtCap]:
    """Which of some agents are at a cap on such leads, with the one that ends last (the oldest)."""
    rules = [rule for rule in _in_force() if rule.concerns(source, destination)]
    last: dict[int, AtCap] = {}
    for one in _agents_at(rules, agent_ids):
        if one.agent_id not in last or one.until > last[one.agent_id].until:
            last[one.agent_id] = one
    return last


def at_cap_for(lead_id: int, agent_id: int) -> str:
    """The cap an agent is at for a lead, in words; empty if they may get it."""
    if current_caps() is None:
        return ""
    found = at_cap([agent_id], *_lead(lead_id=lead_id)[0]).get(agent_id)
    return found.words if found else ""


def override_words(agent_name: str | None, over_cap: str) -> str:
    """What giving an agent at a cap another lead means; ``over_cap`` is as of ``at_cap_for``."""
    return f"{agent_name} is at a cap: {over_cap.removeprefix('has ')}; a person's choice overrides it"


def caps_of(agent_id: int) -> list[str]:
    """The caps an agent is at now, in words, those that end first before the others."""
    return [one.words for one in _agents_at(_in_force(), [agent_id])]


def room_under(agent_id: int) -> list[str]:
    """The caps that cover an agent and still leave room, as ``3 of 5 leads to Mars this hour``."""
    return [
        f"{'settling in: ' if rule.cap_id == RAMP_ID else ''}{_taken_words(rule, taken)}"
        for _, rule, taken in _covering([agent_id])
        if taken < rule.leads
    ]


def left_for(agent_ids: Iterable[int]) -> dict[int, int]:
    """How many leads each of some agents may still get now: what the narrowest of their caps leaves."""
    left: dict[int, int] = {}
    for agent_id, rule, taken in _covering(list(agent_ids)):
        room = rule.leads - taken
        left[agent_id] = min(room, left.get(agent_id, room))
    return left


def _covering(agent_ids: list[int]) -> Iterator[tuple[int, CapRule, int]]:
    """Yield each cap that covers an agent now, and how many leads it has counted in its window."""
    caps = current_caps()
    if caps is None:
        return
    now = caps.now()
    query = CapCount.select(CapCount.cap_id, CapCount.agent_id, CapCount.taken)
    taken = {row[:2]: row[2] for row in tuples(query.where(CapCount.window_end > now))}
    whose = Agent.select(Agent.agent_id, Agent.department, Agent.settling_until)
    rows = tuples(whose.where(Agent.agent_id.in_(listed(agent_ids))))
    for agent_id, department, settling_until in rows:
        for rule in caps.rules:
            covers = rule.agent_id in (None, agent_id) and rule.department in (None, department)
            if covers and (rule.cap_id != RAMP_ID or (settling_until or "") > now):
                yield agent_id, rule, taken.get((rule.cap_id, agent_id), 0)


def until_words(end: str) -> str:
    """When a window ends, by the clock of the desk's zone: ``15:00``, on a later day ``Mon 00:00``."""
    caps = current_caps()
    if caps is None:
        return end
    clock, now = (wall_clock(at, caps.zone, caps.year_shift) for at in (end, caps.now()))
    is_soon = clock - now < timedelta(days=1)
    return f"{clock:%H:%M}" if is_soon else f"{DAYS[clock.weekday()]} {clock:%H:%M}"


def _taken_words(rule: CapRule, taken: int) -> str:
    noun = "lead" if rule.leads == 1 else "leads"
    return f"{taken:,} of {rule.leads:,} {noun}{of_leads(rule)} {THIS[rule.per]}"


def of_leads(rule: CapRule) -> str:
    """Which leads a cap is about, empty for all: `` from Bought to Mars``."""
    source = f" from {rule.source}" if rule.source is not None else ""
    return source + (f" to {rule.destination}" if rule.destination is not None else "")


def cap_words(rule: CapRule, agent_name: str | None = None) -> str:
    """A cap in words: ``at most 5 leads to Mars an hour for each agent in Premium Bookings``."""
    whom = "each agent"
    if rule.agent_id is not None:
        whom = agent_name or f"agent {rule.agent_id}"
    elif rule.department is not None:
        whom = f"each agent in {rule.department}"
    noun = "lead" if rule.leads == 1 else "leads"
    article = "an" if rule.per == HOUR else "a"
    return f"at most {rule.leads:,} {noun}{of_leads(rule)} {article} {rule.per} for {whom}"


def list_caps() -> list[CapRow]:
    """The caps in force, in the order they were set, with the number of agents who are at each now."""
    rules = caps_in_force()  # as another terminal may have set them just now
    names = names_of({rule.agent_id for rule in rules} - {None})
    query = Reached.select(Reached.cap_id, fn.COUNT(Reached.agent_id), fn.MIN(Reached.window_end))
    counts = {cap_id: (number, end) for cap_id, number, end in tuples(query.group_by(Reached.cap_id))}
    return [cap_row(rule, names.get(rule.agent_id), *counts.get(rule.cap_id, (0, None))) for rule in rules]


def cap_row(rule: CapRule, agent_name: str | None, agents: int = 0, until: str | None = None) -> CapRow:
    return {
        "cap_id": rule.cap_id,
        "leads": rule.leads,
        "per": rule.per,
        "agent_id": rule.agent_id,
        "agent_name": agent_name,
        "department": rule.department,
        "source": rule.source,
        "destination": rule.destination,
        "words": cap_words(rule, agent_name),
        "agents_at_cap": agents,
        "until": until,
    }
