"""How many leads agents got under the caps, and who is at one (docs/rules.md, Caps).

The counts follow the bookings as loads do, by signals; ``recounted`` derives them again. The row of an agent
at a cap says so, so that the index of agents who take work leaves them out (``Agent.capped_until``), or lets
a lead skip them (``capped_scopes``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache, reduce
from operator import or_
from typing import Any

from peewee import EXCLUDED, BooleanField, CompositeKey, Expression, IntegerField, TextField, Value, fn

from models import shares
from models.agents import Agent
from models.base import CompiledQuery, DeskModel, Json, after_save, parameter, tuples
from models.bookings import Booking
from models.caps import Cap, CapRule, Caps, Given, Whose, current_caps
from models.customers import Lead
from models.ramp import RAMP_ID
from models.sql import joined, listed
from models.windows import WEEK, Window, window

COUNTED = ("agent_id", "given_at", "voided", "destination")


class CapCount(DeskModel):
    """The leads that an agent got under a cap in one window; ``reached`` once that is all it allows."""

    table = "cap_counts"

    cap_id = IntegerField()
    agent_id = IntegerField()
    window_start = TextField()
    window_end = TextField()
    taken = IntegerField()
    reached = BooleanField()

    class Meta:
        primary_key = CompositeKey("cap_id", "agent_id", "window_start")


class Reached(DeskModel):
    """The counts of agents at a cap: a view on an index that has no others."""

    table = "caps_reached"

    cap_id = IntegerField()
    agent_id = IntegerField()
    window_end = TextField()
    taken = IntegerField()

    class Meta:
        primary_key = False


@after_save(Booking)
def count_given(_sender: type[Booking], booking: Booking, created: bool) -> None:
    """Move the counts when a booking gets another agent, or is given to its own again."""
    caps = current_caps()
    if caps is None or not (created or not booking.changed.keys().isdisjoint(COUNTED)):
        return
    was = _given(booking.loaded) if booking.loaded is not None else None
    given = _given(booking.__data__)
    if was != given:
        for one, step in ((was, -1), (given, 1)):
            if one is not None:
                _count(caps, booking, one, step)


@after_save(Lead)
def count_source(_sender: type[Lead], lead: Lead, created: bool) -> None:
    """Count the agent's leads again when a source is corrected."""
    if not created and current_caps() is not None and "source" in lead.changed:
        recount(agent_id for (agent_id,) in _agent_of(lead_id=lead.lead_id))


@after_save(Agent)
def count_department(_sender: type[Agent], agent: Agent, created: bool) -> None:
    """Count an agent's leads again after a change of department, or of settling in: other caps cover them."""
    is_other = "department" in agent.changed or "settling_until" in agent.changed
    if not created and current_caps() is not None and is_other:
        recount([agent.agent_id])


def _given(row: Json) -> Given | None:
    if row["agent_id"] is None or row["given_at"] is None or row["voided"]:
        return None
    return Given(row["agent_id"], row["given_at"], row["destination"])


def _count(caps: Caps, booking: Booking, given: Given, step: int) -> None:
    now = caps.now()

    def source() -> str:
        return booking.source or str(_source(lead_id=booking.lead_id)[0][0])

    def whose() -> Whose:
        return Whose(*_whose(agent_id=given.agent_id)[0])

    counts = [
        (rule, caps.window(rule, given.given_at, whose().settling_until if rule.cap_id == RAMP_ID else None))
        for rule in caps.covering(given, source, whose)
    ]
    if counts := [(rule, span) for rule, span in counts if span.end > now]:
        _step(given.agent_id, counts, step)


def _step(agent_id: int, counts: list[tuple[CapRule, Window]], step: int) -> None:
    """Move an agent's counts, and say in the agent's row whether a cap is reached, where that changes."""
    values: Json = {"agent_id": agent_id, "step": step}
    for place, (rule, span) in enumerate(counts):
        values |= {f"cap {place}": rule.cap_id, f"start {place}": span.start, f"end {place}": span.end}
    taken = dict(_adding(len(counts))(**values))
    turned = [one for one in counts if taken[one[0].cap_id] == one[0].leads - (step < 0)]
    for rule, span in turned:
        this = {CapCount.cap_id: rule.cap_id, CapCount.agent_id: agent_id, CapCount.window_start: span.start}
        CapCount.update(reached=step > 0).where(
            *(column == value for column, value in this.items())
        ).execute()
    if turned:
        _mark(agent_id=agent_id)
        shares.follow_agent(agent_id)


@cache
def _adding(number: int) -> CompiledQuery:
    """The query that adds a step to so many counts of an agent: caps, with what was taken then."""
    columns = (CapCount.cap_id, CapCount.agent_id, CapCount.window_start, CapCount.window_end, CapCount.taken)

    def build() -> Any:
        rows = [
            (*map(parameter, (f"cap {place}", "agent_id", f"start {place}", f"end {place}", "step")), False)
            for place in range(number)
        ]
        return (
            CapCount.insert_many(rows, (*columns, CapCount.reached))
            .on_conflict(
                conflict_target=columns[:3], update={CapCount.taken: CapCount.taken + EXCLUDED.taken}
            )
            .returning(CapCount.cap_id, CapCount.taken)
        )

    return CompiledQuery(build)


_source = CompiledQuery(lambda: Lead.select(Lead.source).where(Lead.lead_id == parameter("lead_id")))
_whose = CompiledQuery(
    lambda: Agent.select(Agent.department, Agent.settling_until).where(
        Agent.agent_id == parameter("agent_id")
    )
)
_agent_of = CompiledQuery(
    lambda: Booking.select(Booking.agent_id).where(
        Booking.lead_id == parameter("lead_id"), Booking.agent_id.is_null(False)
    )
)


def _marks() -> dict[Any, Any]:
    """What an agent's row says of the caps they are at: when those on all leads end, and the others."""
    on_some = Cap.select(Cap.cap_id).where(Cap.source.is_null(False) | Cap.destination.is_null(False))
    theirs = Reached.select().where(Reached.agent_id == Agent.agent_id)
    listed_ids = joined(Reached.cap_id)
    return {
        Agent.capped_until: theirs.select(fn.MAX(Reached.window_end)).where(Reached.cap_id.not_in(on_some)),
        Agent.capped_scopes: theirs.select(Value(",").concat(listed_ids).concat(",")).where(
            Reached.cap_id.in_(on_some)
        ),
    }


_mark = CompiledQuery(lambda: Agent.update(_marks()).where(Agent.agent_id == parameter("agent_id")))


def roll(now: str) -> bool:
    """Forget the windows that have ended; return whether agents were at a cap in one of them."""
    ended = Reached.select(Reached.agent_id).where(Reached.window_end <= now)
    freed = {agent_id for (agent_id,) in tuples(ended)}
    CapCount.delete().where(CapCount.window_end <= now).execute()
    mark_again(Agent.agent_id.in_(listed(freed)))
    return bool(freed)


def mark_again(whom: Expression) -> None:
    """Let some agents' rows say which caps they are at; whoever is at one on all leads takes no share."""
    Agent.update(_marks()).where(whom).execute()
    shares.recount()


Key = tuple[int, int, str]
"""A cap, an agent, and the start of a window."""


def differing() -> list[int]:
    """The agents whose counts are not those of their bookings, or who are marked as at other caps."""
    caps = current_caps()
    counted, kept = recounted(caps), stored()
    wrong = {key[1] for key in counted.keys() | kept.keys() if counted.get(key) != kept.get(key)}
    stale = [fn.COALESCE(column, "") != fn.COALESCE(right, "") for column, right in _marks().items()]
    marked = Agent.select(Agent.agent_id).where(reduce(or_, stale))
    return sorted(wrong | {agent_id for (agent_id,) in tuples(marked)})


def recounted(caps: Caps | None, agent_ids: Iterable[int] | None = None) -> dict[Key, tuple[str, int, bool]]:
    """Derive the counts of the present windows from the bookings: end, number, and whether it is reached."""
    if caps is None:
        return {}
    now = caps.now()
    earliest = window(WEEK, now, caps.zone, caps.year_shift).start
    columns = (Booking.agent_id, Booking.given_at, Booking.destination, Lead.source)
    query = (
        Booking.select(*columns, Agent.department, Agent.settling_until)
        .join(Lead, on=(Lead.lead_id == Booking.lead_id))
        .join(Agent, on=(Agent.agent_id == Booking.agent_id))
        .where(Booking.given_at >= earliest, ~Booking.voided, _among(Booking.agent_id, agent_ids))
    )
    taken: Counter[tuple[CapRule, int, Window]] = Counter()
    for agent_id, given_at, destination, source, *agent in query.tuples().iterator():
        given, whose = Given(agent_id, given_at, destination), Whose(*agent)
        for rule in caps.covering(given, lambda source=source: source, lambda whose=whose: whose):  # type: ignore[misc]
            taken[rule, agent_id, caps.window(rule, given_at, whose.settling_until)] += 1
    return {
        (rule.cap_id, agent_id, span.start): (span.end, number, number >= rule.leads)
        for (rule, agent_id, span), number in taken.items()
        if span.end > now
    }


def stored() -> dict[Key, tuple[str, int, bool]]:
    """Read the counts, without those of ended windows and without zeros."""
    caps = current_caps()
    rows = tuples(CapCount.select())
    return {
        (cap_id, agent_id, start): (end, taken, bool(reached))
        for cap_id, agent_id, start, end, taken, reached in rows
        if taken and (caps is None or end > caps.now())
    }


def recount(agent_ids: Iterable[int] | None = None) -> None:
    """Count again what some agents got, or all; for changes that no signal tells of."""
    caps = current_caps()
    ids = None if agent_ids is None else list(agent_ids)
    if ids == [] or (caps is None and ids is not None):
        return
    CapCount.delete().where(_among(CapCount.agent_id, ids)).execute()
    rows = [(*key, *count) for key, count in recounted(caps, ids).items()]
    if rows:
        CapCount.insert_many(rows, CapCount._meta.sorted_fields).execute()
    marked = Agent.capped_until.is_null(False) | Agent.capped_scopes.is_null(False)
    at_cap = marked | Agent.agent_id.in_(Reached.select(Reached.agent_id))
    whom = at_cap if ids is None else Agent.agent_id.in_(listed(ids))
    mark_again(whom)


def _among(column: Any, agent_ids: Iterable[int] | None) -> Expression:
    found: Expression = column.is_null(False) if agent_ids is None else column.in_(listed(agent_ids))
    return found
