"""Eligibility for a lead: presence, capacity, caps; department, skill, location, language where listed.

These rules apply before any policy, which only puts the agents of a ``Pool`` in order. An example: a lead to
Mars, the policy ``rank``, and four agents, here in the order of their rank:

- Ada may take work, and lists only Titan
- Bob is away
- Cleo may take work, and lists nothing, which means every destination
- Dan may take work, and lists Mars

The pool has the rule ``skill``. ``first`` reads those who may take work, best rank first, and checks the
rules for each: Ada fails, Cleo and Dan pass. If all of them passed, that would be the answer, after one
indexed seek regardless of the number of agents. Here the pool ``is_narrow``, and a second query leaves out
those who fail: Cleo gets the lead, Dan is the runner-up.

Then selection.kept_out names those who rank before Cleo but fail a rule: ``everybody()`` drops the rules and
finds Ada ("does not cover Mars"), ``unable()`` finds Bob ("away"). Both keep the ``profiles`` of the agents
found, which give the reason. If nobody passed, ``relaxations`` would drop the rules in order.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, reduce
from operator import and_, itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from peewee import Case, Expression, ModelSelect, fn

from dispatch.queries.caps import CAP, scoped_rules
from models.agents import AVAILABLE, BREAK, TAKES_WORK, Holder, Taker
from models.base import CompiledQuery, parameter, tuples
from models.caps import current_caps, mark
from models.customers import Lead
from models.database import database_at_work
from models.sql import ONE, TRUE, ZERO, position

if TYPE_CHECKING:
    from dispatch.desk.desk import Desk

FULL = "full"
DEPARTMENT, SKILL, LOCATION, LANGUAGE = "department", "skill", "location", "language"
WEIGHT = "without weight"  # for a policy that goes by it
ONLY = "only"  # one agent
RELAXED_FIRST = ((LOCATION,), (SKILL,), (LANGUAGE,), (DEPARTMENT,))
"""The order in which rules are dropped when no free agent meets them all; presence, capacity, caps never."""

EVERY = 2**62  # as a limit
QUOTE = '"'
NONE_LISTED = "[]"  # languages

Tuple = tuple[Any, ...]

_SOMEBODY_UNABLE = fn.EXISTS(Taker.select(ONE).where(Taker.takes_work == ZERO))
_KEEPS, _UNABLE = -2, -1  # the extra columns of a first look
PROFILE: Final = (
    Taker.presence,
    Taker.presence_reason,
    Taker.load + Taker.issue_load,
    Taker.capacity,
    Taker.department,
    Taker.skills,
    Taker.locations,
    Taker.weight,
    Taker.languages,
)
HOLDER: Final = Holder._meta.sorted_fields
FEW = 16  # agents whose rows are read along
UNABLE_COLUMNS = 4  # the first columns of a profile, which say why an agent may take no work
_keeps_rules = itemgetter(_KEEPS)


def _condition(rule: str, wanted: object) -> Expression:
    """A rule as a condition on agents; ``wanted`` is a value, or a parameter of a compiled query."""
    if rule.startswith(CAP):  # of several, each is a rule
        return Taker.capped_scopes.is_null() | (position(Taker.capped_scopes, wanted) == 0)
    if rule == DEPARTMENT:
        return Taker.department == wanted
    if rule == WEIGHT:
        return Taker.weight > wanted
    if rule == ONLY:
        return Taker.agent_id == wanted
    if rule == LANGUAGE:
        return (Taker.languages == NONE_LISTED) | (position(Taker.languages, wanted) > 0)
    names = Taker.skills if rule == SKILL else Taker.locations
    return names.is_null() | (position(names, wanted) > 0)


class Shape(NamedTuple):
    """The shape of a pool's query, each compiled once.

    A first ``look`` is not narrowed by the rules, but has two extra columns: whether the agent meets the
    rules, and whether any agent may not take work. Usually all do, and none is unable. ``profile`` is the
    number of PROFILE columns after the policy's. With ``row`` the columns of HOLDER come last.
    """

    rules: tuple[str, ...]
    look: bool = False
    profile: int = 0
    row: bool = False


class Order:
    """A policy's order of agents: ``build`` makes the query of Taker's columns, the agent's id first.

    Values for its ``parameter(name)`` are given when it runs. With ``by_id`` it uses no index that
    begins with who may take work: it scans the table in id order, or has an index of its own. With
    ``all_able`` whoever the query finds may take work anyway.
    """

    def __init__(
        self, build: Callable[[], ModelSelect[Any]], *, by_id: bool = False, all_able: bool = False
    ) -> None:
        self._build = build
        takes_work: Any = Taker.takes_work + ZERO if by_id else Taker.takes_work
        self._able = [] if all_able else [takes_work == parameter("takes_work")]
        self._compiled: dict[Shape, CompiledQuery] = {}

    def rows(self, shape: Shape, given: Sequence[dict[str, object]]) -> list[Tuple]:
        """The rows for each set of values, one after the other."""
        query = self._compiled.get(shape)
        if query is None:
            query = self._compiled[shape] = CompiledQuery(lambda: self._query(shape))
        return query(**given[0]) if len(given) == 1 else query.each(given)

    def _query(self, shape: Shape) -> ModelSelect[Any]:
        query = self._build().where(*self._able)
        rules = [_condition(rule, parameter(rule)) for rule in shape.rules]
        if shape.look:
            query = query.select_extend(reduce(and_, rules) if rules else TRUE, _SOMEBODY_UNABLE)
        elif rules:
            query = query.where(*rules)
        if shape.profile:
            query = query.select_extend(*PROFILE[: shape.profile])
        if shape.row:
            query = query.join(Holder, on=Holder.agent_id == Taker.agent_id).select_extend(*HOLDER)
        return query.limit(parameter("limit"))


@dataclass(slots=True)
class Pool:
    """A selection of current agents, for a policy to put in order.

    They may take work, meet the ``rules`` (which require the ``values``), and are not in ``without``. With
    ``takes_work`` 0 they are those who may not take work. ``desk`` is for policies that need its clock or
    settings.

    After a look ``is_narrow`` is whether the rules excluded anybody who would have been among the first,
    and ``some_unable`` whether any agent may not take work. If ``profile`` columns are requested,
    ``profiles`` has those of every agent found. ``read`` is for what a policy read for its choice and needs
    again when the lead is given. ``holders`` are rows of agents, read along with the order.
    """

    desk: Desk | None = None
    values: dict[str, object] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    without: Collection[int] = ()
    takes_work: int = 1
    is_narrow: bool = False
    some_unable: bool = True
    profile: int = 0
    profiles: dict[int, Tuple] = field(default_factory=dict)
    holders: dict[int, Tuple] = field(default_factory=dict)
    read: Any = None

    def first(self, order: Order, limit: int, **values: object) -> list[Tuple]:
        """The first agents in an order: its columns, possibly followed by others."""
        rows = self._read(order, [self._given(limit, values)])
        return rows[:limit] if self.without and limit != EVERY else rows

    def first_of_each(self, order: Order, name: str, limits: Mapping[float, int]) -> list[Tuple]:
        """The first agents in an order for several values of a parameter: so many of each, or a few more."""
        given = [self._given(limit, {name: value}) for value, limit in limits.items()]
        return self._read(order, given) if given else []

    def _given(self, limit: int, values: Mapping[str, object]) -> dict[str, object]:
        wanted = limit if limit == EVERY else limit + len(self.without)
        return {**self.values, **values, "limit": wanted, "takes_work": self.takes_work}

    def _read(self, order: Order, given: Sequence[dict[str, object]]) -> list[Tuple]:
        if self.profile:
            rows = order.rows(Shape(self.rules, profile=self.profile), given)
            self.profiles |= {row[0]: row[-self.profile :] for row in rows}
        elif rows := self._rows(order, Shape(self.rules, look=True), given):
            self.some_unable = rows[0][_UNABLE]
            if self.rules and not all(map(_keeps_rules, rows)):
                self.is_narrow = True
                rows = self._rows(order, Shape(self.rules), given)
        return [row for row in rows if row[0] not in self.without] if self.without else rows

    def _rows(self, order: Order, shape: Shape, given: Sequence[dict[str, object]]) -> list[Tuple]:
        """The rows in an order; a server, where each question is a trip, is asked for ``holders`` along."""
        limit: Any = given[0]["limit"]
        if len(given) > 1 or limit > FEW or not database_at_work().sends_ahead:
            return order.rows(shape, given)
        rows = order.rows(shape._replace(row=True), given)
        self.holders |= {row[0]: row[-len(HOLDER) :] for row in rows}
        return [row[: -len(HOLDER)] for row in rows]

    def holder(self, agent_id: int) -> Holder | None:
        """The row of an agent of the pool, if it was read along."""
        values = self.holders.get(agent_id)
        return None if values is None else Holder.as_read(values)

    def agent_ids(self) -> list[int]:
        """The ids of all agents of the pool, in order: for a policy that has no order in SQL."""
        return [row[0] for row in self.first(_BY_ID, EVERY)]

    def first_id(self) -> int | None:
        """Any one agent of the pool; None if it is empty."""
        rows = self.first(_ANY, 1)
        return rows[0][0] if rows else None

    def only(self, agent_id: int) -> Pool:
        """The same pool narrowed to one agent, or empty."""
        return replace(self, values=self.values | {ONLY: agent_id}, rules=(*self.rules, ONLY))

    def relaxations(self, order: Sequence[tuple[str, ...]]) -> Iterator[tuple[Pool, tuple[str, ...]]]:
        """Increasingly wide pools, each with the rules it drops; ``order`` as in RELAXED_FIRST."""
        dropped: tuple[str, ...] = ()
        for rules in order:
            more = tuple(rule for rule in rules if rule in self.rules)
            if more:
                dropped = (*dropped, *more)
                kept = tuple(rule for rule in self.rules if rule not in dropped)
                yield replace(self, rules=kept), dropped

    def everybody(self, profile: int = 0) -> Pool:
        """All agents who may take work, without the other rules."""
        return replace(self, rules=(), without=(), profile=profile, profiles={})

    def unable(self) -> Pool:
        """Current agents who may not take work (not available, at capacity or a cap), with the reasons."""
        return replace(self, rules=(), without=(), takes_work=0, profile=UNABLE_COLUMNS, profiles={})


def kept_out_counts(pool: Pool) -> dict[str, int]:
    """The number of current agents a pool excludes, by the rule's name.

    Presence comes first, then capacity, then the rules in order: each agent counts once.
    """
    is_full = Taker.load + Taker.issue_load >= Taker.capacity
    word = Case(None, [(Taker.presence != AVAILABLE, Taker.presence), (is_full, FULL)], CAP).alias("rule")
    unable = Taker.select(word, fn.COUNT(Taker.agent_id)).where(Taker.takes_work == ZERO)
    counts: Counter[str] = Counter(dict(tuples(unable.group_by(word))))
    rest = Taker.select(fn.COUNT(Taker.agent_id)).where(TAKES_WORK)
    before = tuples(rest)[0][0]
    for rule in pool.rules:
        rest = rest.where(_condition(rule, pool.values[rule]))
        after = tuples(rest)[0][0]
        counts[CAP if rule.startswith(CAP) else rule] += before - after
        before = after
    return {rule: number for rule, number in counts.items() if number}


_ANY = Order(lambda: Taker.select(Taker.agent_id))
_BY_ID = Order(lambda: Taker.select(Taker.agent_id).order_by(Taker.agent_id))


def pool_for(
    desk: Desk,
    lead: Lead,
    package: str | None = None,
    without: Collection[int] = (),
    *,
    by_weight: bool = False,
) -> Pool:
    """The strictest pool for a lead; ``without`` are excluded agents, and ``by_weight`` those of weight 0."""
    values: dict[str, object] = {WEIGHT: 0} if by_weight else {}
    if current_caps() is not None:
        for number, rule in enumerate(scoped_rules(lead.source, lead.destination)):
            values[f"{CAP} {number}"] = mark(rule.cap_id)
    departments = desk.settings["departments"]
    department = department_for(departments, lead, package) if departments else None
    if department:
        values[DEPARTMENT] = department
    if desk.settings.some_listing:
        if lead.destination:
            values[SKILL] = listed_word(lead.destination)
        if lead.launch_location:
            values[LOCATION] = listed_word(lead.launch_location)
    if lead.language:
        values[LANGUAGE] = listed_word(lead.language)
    return Pool(desk, values, tuple(values), without)


@lru_cache(maxsize=1024)
def listed_word(name: str) -> str:
    """A name as it is stored in an agent's list."""
    return json.dumps(name, ensure_ascii=False)


def department_for(departments: str, lead: Lead, package: str | None) -> str | None:
    """A lead's department: by its package, by a name in the requests, or else by the destination."""
    known = department_map(departments)
    if package in known:
        return known[package]
    wishes = (lead.requests or "").casefold()
    for name, department in known.items():
        if wishes and name.casefold() in wishes:
            return department
    return known.get(lead.destination or "")


@lru_cache(maxsize=8)
def department_map(departments: str) -> dict[str, str]:
    """Parse the setting: ``Mars=Premium Bookings; Ringside Cruise=Luxury Voyages``. Raises ValueError."""
    known: dict[str, str] = {}
    for pair in filter(str.strip, departments.split(";")):
        name, equals, department = (part.strip() for part in pair.partition("="))
        if not (name and equals and department):
            raise ValueError(pair)
        known[name] = department
    return known


class Profile(NamedTuple):
    """The columns of PROFILE: all that the rules check of an agent."""

    presence: str
    reason: str | None
    load: int
    capacity: int
    department: str
    skills: str | None
    locations: str | None
    weight: float
    languages: str

    def broken_rule(self, pool: Pool, *, is_capped: bool = False) -> tuple[str, str]:
        """The first of a pool's rules the agent fails: its name, and the reason in words.

        ``is_capped``: the agent is at a cap on such leads, which no profile shows.
        """
        if is_capped and any(rule.startswith(CAP) for rule in pool.rules):
            return CAP, "at a cap"
        return next(self.broken_rules(pool), ("other", "kept out"))

    def broken_rules(self, pool: Pool) -> Iterator[tuple[str, str]]:
        """All of a pool's rules the agent fails, as ``broken_rule`` has the first."""
        for rule in pool.rules:
            wanted = str(pool.values[rule])
            if rule == WEIGHT and not self.weight:
                yield rule, rule
            if rule == DEPARTMENT and self.department != wanted:
                yield rule, f"not in {wanted}"
            names = {SKILL: self.skills, LOCATION: self.locations}.get(rule)
            if names is not None and wanted not in names:
                yield rule, f"does not cover {wanted.strip(QUOTE)}"
            if rule == LANGUAGE and self.languages != NONE_LISTED and wanted not in self.languages:
                yield rule, f"speaks no {wanted.strip(QUOTE)}"

    def unable_rule(self) -> tuple[str, str]:
        """Why the agent may take no work: the rule's name, and the reason in words."""
        return unable_rule(*self[:UNABLE_COLUMNS])


_profile = CompiledQuery(lambda: Taker.select(*PROFILE).where(Taker.agent_id == parameter("agent_id")))


def profile_of(agent_id: int) -> Profile:
    """The profile of a current agent: what could keep them from taking a lead."""
    return Profile(*_profile(agent_id=agent_id)[0])


@lru_cache(maxsize=4096)
def unable_rule(presence: str, reason: str | None, load: int, capacity: int) -> tuple[str, str]:
    """Why an agent may take no work: the rule's name, and the reason in words.

    Of a cap queries.caps has the words. Cached: a decision may have fifty, mostly the same for hours.
    """
    if presence != AVAILABLE:
        why = f": {reason}" if reason else ""
        return presence, ("on a break" if presence == BREAK else presence) + why
    if load >= capacity:
        return FULL, f"full ({load}/{capacity})"
    return CAP, "at a cap"
