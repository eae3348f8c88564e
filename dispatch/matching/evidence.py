"""Evidence for the score: the gate, and what the desk's history says about agents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from peewee import fn

from dispatch.matching.features import one_moment
from dispatch.matching.row_types import Evidence
from dispatch.matching.significance import chi_square_p
from dispatch.matching.weights import PUBLISHED, TRAINED, WeightSet, newest
from models.agents import Agent
from models.base import CompiledQuery, Json, tuples
from models.bookings import PENDING, Assignment, Booking
from models.tallies import ALL, METHOD, SOURCE, Tally

LEAST_TO_LEARN, LEAST_OUTCOMES = 50, 300
SIGNIFICANT = 0.05
MATCH, RANK = "match", "rank"

_closed = CompiledQuery(
    lambda: Tally.select(Tally.agent_id, Tally.closed, Tally.confirmed).where(
        Tally.kind == ALL, Tally.value == ""
    )
)
_loads = CompiledQuery(lambda: Agent.select(Agent.agent_id, Agent.load).where(Agent.load > 0))


@dataclass(frozen=True)
class Verdict:
    """The verdict on a score: whether it steers, on what grounds, and the figures behind them.

    ``believed`` is the gate: the weights are learned, and beat the lead alone. ``steers``: ``match`` uses the
    score, because the gate is open or somebody chose these weights.
    """

    believed: bool
    steers: bool
    grounds: str
    weights: str
    assignments: int
    p_agents: float

    def counts_under(self, policy: str) -> bool:
        """Return whether the score is worth showing: it is believed, or the policy goes by it."""
        return self.believed or policy == MATCH

    @property
    def sentence(self) -> str:
        """Return the grounds, and what the ``match`` policy makes of them."""
        return self.under(MATCH)

    def under(self, policy: str, called: str = "") -> str:
        """Return the grounds, and what decides under a policy, which people may know by another name."""
        if not self.steers:
            by = "rank" if policy in (MATCH, RANK) else called or f"the {policy} policy"
            return f"{self.grounds}: ordering by {by}"
        if policy != MATCH:
            return f"{self.grounds}; only the match policy goes by it"
        return self.grounds if self.believed else f"{self.grounds}: {self.weights} weights decide, as chosen"


def verdict(used: WeightSet) -> Verdict:
    """Return the verdict on these weights, inside ``desk.reading()`` or a command."""
    counts = confirmed_by_agent()
    assignments = sum(assigned for _, assigned in counts.values())
    p = chi_square_p(counts.values())
    learned = used.learned
    if learned is not None and learned.gate_open:
        gain = json.loads(learned.evaluation)["gain"]
        grounds = (
            f"{learned.outcomes:,} outcomes support it: log loss {gain['mean']:.3f} lower than by the lead"
            f" alone (95%: {gain['low']:.3f} to {gain['high']:.3f})"
        )
        return Verdict(True, True, grounds, used.name, assignments, p)
    return Verdict(False, used.is_wish, _doubt(used, assignments, p), used.name, assignments, p)


def _doubt(used: WeightSet, assignments: int, p: float) -> str:
    """Return why the score is not to be believed."""
    if not assignments:
        return "no assignments to learn from yet"
    shown = "1 assignment shows" if assignments == 1 else f"{assignments:,} assignments show"
    if p >= SIGNIFICANT:
        return f"{shown} no difference between agents ({format_p(p)})"
    differ = f"{shown} that agents differ ({format_p(p)})"
    learned = used.learned
    if learned is None or learned.origin != TRAINED:
        whose = "the published" if used.name == PUBLISHED else "these"
        return f"{differ}, but {whose} weights are not learned from them"
    if learned.outcomes < LEAST_OUTCOMES:
        return f"{differ}, but {learned.outcomes} outcomes are fewer than {LEAST_OUTCOMES}"
    return f"{differ}, but the learned weights predict no better than the lead alone"


def format_p(p: float) -> str:
    """Format a p-value, to three places if small."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"


def describe_differences(p_values: Mapping[str, float]) -> list[tuple[str, str, str]]:
    """Return for each possible difference (``agents``) the formatted p-value and its meaning."""
    return [
        (f"{name}s", format_p(p), "they differ" if p < SIGNIFICANT else "no visible difference")
        for name, p in p_values.items()
    ]


def describe_gain(evaluation: Json) -> str:
    """Describe how much the agent's features improve on the lead alone, and what the gate requires."""
    gain = evaluation["gain"]
    assert gain is not None  # always present once models have been compared
    figures = f"{gain['mean']:+z.4f} in log loss (95%: {gain['low']:+z.4f} to {gain['high']:+z.4f})"
    return f"Better than the lead alone by {figures}; the gate requires more than 0."


def confirmed_by_agent() -> dict[int, tuple[int, int]]:
    """Return confirmed and assigned by agent, with open ones and former agents included."""
    with one_moment():
        counts = {agent: (confirmed, closed) for agent, closed, confirmed in _closed()}
        for agent, number in _loads():
            confirmed, assigned = counts.get(agent, (0, 0))
            counts[agent] = confirmed, assigned + number
    return counts


def decided() -> int:
    """Return how many assignments have an outcome, to learn from."""
    return sum(closed for _, closed, _ in _closed())


def lead_differences() -> dict[str, float]:
    """Return the p-values of differences between leads by method and by source."""
    found = {}
    with one_moment():
        for kind, column in ((METHOD, Assignment.method), (SOURCE, Assignment.source)):
            closed = Tally.select(Tally.value, fn.SUM(Tally.closed), fn.SUM(Tally.confirmed))
            closed_rows = tuples(closed.where(Tally.kind == kind).group_by(Tally.value))
            counts = {value: (confirmed, number) for value, number, confirmed in closed_rows}
            pending = (
                Booking.select(column, fn.COUNT(Booking.booking_id))
                .join(Assignment, on=(Booking.assignment_id == Assignment.assignment_id))
                .where(Booking.status == PENDING, Booking.agent_id.is_null(False))
                .group_by(column)
            )
            for value, number in tuples(pending):
                confirmed, assigned = counts.get(value, (0, 0))
                counts[value] = confirmed, assigned + number
            found[kind] = chi_square_p(counts.values(), yates=len(counts) == 2)
    return found


def summary(used: WeightSet, policy: str) -> Evidence:
    """Return the verdict on weights with all figures behind it: ``astra weights evidence --json``."""
    with one_moment():
        found = verdict(used)
        differences = lead_differences()
        known = decided()
        was_learned = newest() is not None
    return {
        "weights": used.name,
        "policy": policy,
        "sentence": found.under(policy),
        "believed": found.believed,
        "steers": found.steers,
        "assignments": found.assignments,
        "decided": known,
        "was_learned": was_learned,
        "p_values": {"agent": found.p_agents} | differences,
    }
