"""The shares of the policy ``share``: how far each agent is behind or ahead of what their weight entitles to.

Every lead that the policy gives out entitles each *member* (an agent here who may take work, with a weight)
to weight / W of a lead, W being the sum of the members' weights. Only a clock is moved for that: a lead moves
it by 1 / W. A member's ``share_due`` is the moment at which they are entitled to one lead more than they
received, so receiving one moves it by 1 / weight, and nobody else's row changes. An agent who is no member
has no ``share_due``, and keeps in ``share_lag`` what was entitled and not received, a negative number if
they are ahead; it continues when they are back.

The listeners keep this up while ``share`` is the desk's policy; queries that fire no signals are followed by
``recount``. For one lead under another policy, ``recount`` comes first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache, reduce
from operator import or_
from types import MappingProxyType
from typing import Any, NamedTuple

from peewee import BooleanField, Case, DoubleField, IntegerField, TextField, Value, fn

from models.agents import TAKES_WORK, Agent, Holder, Taker
from models.audit import Decision
from models.base import BaseModel, CompiledQuery, after_save, parameter
from models.sql import ONE

SHARE = "share"
THE_CLOCK = 1
TENTHS = 10  # weights have one decimal, so their sums are exact as whole numbers


def _last_decision() -> int:
    return int(Decision.select(fn.MAX(Decision.decision_id)).scalar() or 0)


class ShareClock(BaseModel):
    """The one clock: its ``moment``, and the number of members by weight (JSON; tenths: number).

    ``given`` is moved by each lead as the moment is, but never turned back.

    ``in_force`` is whether ``share`` is the desk's policy; otherwise the members are as of the last lead that
    was given by it. Leads count whose decision is later than ``since_decision``.
    """

    label = "share clock"
    table = "share_clock"

    clock_id = IntegerField(primary_key=True)
    moment = DoubleField(default=0.0)
    given = DoubleField(default=0.0)
    members = TextField(default="{}")
    in_force = BooleanField(default=False)
    since_decision = IntegerField(default=_last_decision)

    @property
    def state(self) -> State:
        return State(self.moment, self.members, self.in_force)


class State(NamedTuple):
    """The clock's columns, as a policy reads them."""

    moment: float = 0.0
    members: str = "{}"
    in_force: bool = False

    @property
    def counts(self) -> Mapping[int, int]:
        """The number of members by weight, in tenths."""
        return _counted(self.members)[0]

    @property
    def total(self) -> float:
        """The sum of the members' weights."""
        return _counted(self.members)[1]


@lru_cache(maxsize=64)  # the same from lead to lead
def _counted(members: str) -> tuple[Mapping[int, int], float]:
    counts = {int(tenths): number for tenths, number in json.loads(members).items()}
    return MappingProxyType(counts), sum(tenths * number for tenths, number in counts.items()) / TENTHS


class Sharer(BaseModel):
    """The columns of an agent that the shares are about; no event holds them, as they follow from others."""

    label = "agent"
    table = "space_travel_agents"

    agent_id = IntegerField(primary_key=True)
    weight = DoubleField()
    takes_work = BooleanField()
    left_at = TextField(null=True)
    share_due = DoubleField(null=True)
    share_lag = DoubleField(default=0.0)
    owed = DoubleField(default=0.0)
    absent_since = DoubleField(null=True)
    held_back_since = IntegerField(null=True)

    @property
    def may_share(self) -> bool:
        """Whether the agent belongs to the members."""
        return bool(self.takes_work) and self.left_at is None and self.weight > 0


_clock = CompiledQuery(lambda: ShareClock.select(ShareClock.moment, ShareClock.members, ShareClock.in_force))
_since = CompiledQuery(lambda: ShareClock.select(ShareClock.since_decision))
_astray = CompiledQuery(
    lambda: (
        Sharer.select(Sharer.agent_id)
        .where(Sharer.share_due.is_null(False) != (_may_share()))
        .order_by(Sharer.agent_id)
    )
)
_by_weight = CompiledQuery(
    lambda: (
        Sharer.select(Sharer.weight, fn.COUNT(Sharer.agent_id))
        .where(Sharer.share_due.is_null(False))
        .group_by(Sharer.weight)
    )
)
_next_weight = CompiledQuery(
    lambda: Taker.select(fn.MIN(Taker.weight)).where(
        Taker.share_due.is_null(), Taker.weight > parameter("above")
    )
)
_receive = CompiledQuery(
    lambda: Sharer.update(
        {
            Sharer.share_due: fn.COALESCE(Sharer.share_due, 0.0) + Value(1.0) / Sharer.weight,
            Sharer.owed: Case(None, [(Sharer.owed > 1, Sharer.owed - 1)], 0.0),
        }
    ).where(Sharer.agent_id == parameter("agent_id"))
)
_go_on = CompiledQuery(
    lambda: ShareClock.update(
        {
            ShareClock.moment: ShareClock.moment + parameter("step"),
            ShareClock.given: ShareClock.given + parameter("step"),
        }
    )
)
_total_of_takers = CompiledQuery(
    lambda: Taker.select(fn.SUM(Taker.weight)).where(TAKES_WORK, Taker.weight > 0)
)


def _may_share() -> Any:
    return (Sharer.takes_work == ONE) & Sharer.left_at.is_null() & (Sharer.weight > 0)


def state() -> State:
    """The clock as stored; at its beginning if ``share`` was never used."""
    rows = _clock()
    return State(*rows[0]) if rows else State()


def total_of_takers() -> float:
    """The sum of the weights of those who may take work now, where nobody keeps it up."""
    return float(_total_of_takers()[0][0] or 0)


def weights_of_others() -> list[float]:
    """The weights of the agents here who are no members: one indexed step for each."""
    found, last = [], -1.0
    while (rows := _next_weight(above=last))[0][0] is not None:
        last = rows[0][0]
        found.append(last)
    return found


def receive(agent_id: int, clock: State) -> None:
    """Count a lead that the policy has given to an agent, in the transaction that gives it.

    ``clock`` is as it was read for the choice.
    """
    if not clock.in_force:
        kept = ShareClock.lock_or_none(THE_CLOCK)
        # the decision about this lead is there already
        clock = _recounted(kept or ShareClock(clock_id=THE_CLOCK, since_decision=_last_decision() - 1)).state
    _receive(agent_id=agent_id)
    _go_on(step=1 / clock.total)


def give_back(agent_id: int, leads: int = 1) -> bool:
    """Let leads that were undone count no more, neither for the agent nor, a part each, for the members."""
    clock = ShareClock.lock_or_none(THE_CLOCK)
    if clock is None:
        return False
    agent = Sharer.lock(agent_id)
    _credit(agent, clock, leads)
    agent.save()
    clock.save()
    return True


def _credit(agent: Sharer, clock: ShareClock, leads: float) -> None:
    """Let an agent be behind by more leads; the other members, if the agent is one, give them."""
    if agent.share_due is None:
        agent.share_lag += leads
    else:
        agent.share_due -= leads / agent.weight
        clock.moment -= leads / clock.state.total


def leave_owed(agent: Sharer, most: float) -> None:
    """Owe an agent who is back what others of the same weight got meanwhile, at most so many leads."""
    clock = ShareClock.lock_or_none(THE_CLOCK)
    if clock is None or agent.absent_since is None:
        return
    missed = min(most, agent.weight * (clock.given - agent.absent_since))
    if missed > 0:
        _credit(agent, clock, missed)
        agent.owed += missed
        clock.save()


def given() -> float | None:
    """What the clock has given out so far; None if it does not run."""
    clock = ShareClock.lock_or_none(THE_CLOCK)
    return clock.given if clock is not None and clock.in_force else None


def counts_since() -> int | None:
    """The last decision before the shares began; None if they have not."""
    rows = _since()
    return rows[0][0] if rows else None


def follow(policy: str) -> None:
    """Begin with all agents level when ``share`` becomes the desk's policy; end when another does."""
    clock = ShareClock.lock_or_none(THE_CLOCK)
    if policy == SHARE:
        if clock is None or not clock.in_force:
            _forget()
            _recounted(ShareClock(clock_id=THE_CLOCK, in_force=True))
    else:
        _forget()


def _forget() -> None:
    ShareClock.delete().execute()
    none: dict[Any, Any] = dict.fromkeys((Sharer.share_due, Sharer.absent_since, Sharer.held_back_since))
    zero: dict[Any, Any] = dict.fromkeys((Sharer.share_lag, Sharer.owed), 0.0)
    is_any = [column.is_null(False) for column in none] + [column != 0 for column in zero]
    Sharer.update(none | zero).where(reduce(or_, is_any)).execute()


def recount() -> None:
    """Find out again who the members are, if ``share`` is in force: after queries that fire no signals."""
    clock = ShareClock.lock_or_none(THE_CLOCK)
    if clock is not None and clock.in_force:
        _recounted(clock)


def _recounted(clock: ShareClock) -> ShareClock:
    _join_level(clock)
    for (agent_id,) in _astray():
        _turn(Sharer.lock(agent_id), clock.moment)
    counts = {round(weight * TENTHS): number for weight, number in _by_weight()}
    clock.members = json.dumps(counts, sort_keys=True)
    clock.save()
    return clock


def _join_level(clock: ShareClock) -> None:
    """Let those without a past join at once: all of them, when the shares begin."""
    due = clock.moment + Value(1.0) / Sharer.weight
    Sharer.update({Sharer.share_due: due}).where(
        _may_share(), Sharer.share_due.is_null(), Sharer.share_lag == 0
    ).execute()


def _turn(agent: Sharer, moment: float, weight: float | None = None) -> None:
    """Let an agent be a member or none, as they may share now; ``weight`` is the one they had before."""
    lag = agent.share_lag
    if agent.share_due is not None:
        lag = 1 - (weight or agent.weight) * (agent.share_due - moment)
    is_member = agent.may_share
    agent.share_due = moment + (1 - lag) / agent.weight if is_member else None
    agent.share_lag = 0.0 if is_member else lag
    agent.save()


_DECIDING = frozenset(("presence", "capacity", "left_at", "weight"))


@after_save(Agent)
def _follow_agent(_sender: type[Agent], agent: Agent, created: bool) -> None:
    if created or not _DECIDING.isdisjoint(agent.changed) or _is_crossing(agent):
        follow_agent(agent.agent_id, agent.was("weight"))


@after_save(Holder)
def _follow_holder(_sender: type[Holder], holder: Holder, _created: bool) -> None:
    if _is_crossing(holder):
        follow_agent(holder.agent_id)


def _is_crossing(agent: Agent | Holder) -> bool:
    """Whether a change of load has filled the agent up, or made the first room."""
    old: Any = agent.loaded
    new = agent.__data__
    was_free = old["load"] + old["issue_load"] < new["capacity"]
    return bool(was_free != (new["load"] + new["issue_load"] < new["capacity"]))


def follow_agent(agent_id: int, weight: float | None = None) -> None:
    """Count an agent in or out, or with another weight, as the row in the database says by now."""
    if not state().in_force:
        return
    agent, clock = Sharer.lock(agent_id), ShareClock.lock(THE_CLOCK)
    was, old = agent.share_due is not None, weight or agent.weight
    if (was, old) == (agent.may_share, agent.weight):
        return
    counts = dict(clock.state.counts)
    _turn(agent, clock.moment, old)
    for is_member, of, step in ((was, old, -1), (agent.share_due is not None, agent.weight, +1)):
        if is_member:
            tenths = round(of * TENTHS)
            counts[tenths] = counts.get(tenths, 0) + step
    clock.members = json.dumps({tenths: number for tenths, number in sorted(counts.items()) if number})
    clock.save()


def repair(policy: str) -> bool:
    """Keep up what follows from the agents and the policy again; return whether anything was wrong."""
    if not fault(policy):
        return False
    follow(policy)
    recount()
    return True


def fault(policy: str) -> str:
    """Say how the shares disagree with the agents and the desk's policy; "" if they do not."""
    rows = _clock()
    in_force = bool(rows) and State(*rows[0]).in_force
    if in_force != (policy == SHARE):
        return "the shares are kept up, but not the policy" if in_force else "the shares are not kept up"
    if not in_force:
        return ""
    astray = [agent_id for (agent_id,) in _astray()]
    if astray:
        return f"agents wrongly in or out: {', '.join(map(str, astray[:TENTHS]))}"
    counts = {round(weight * TENTHS): number for weight, number in _by_weight()}
    return "" if counts == state().counts else "the sum of the weights is not that of the members"
