"""Scores for the ``match`` policy, with the reason whether they decide."""

from __future__ import annotations

from dispatch.matching.evidence import verdict
from dispatch.matching.lead_terms import saved_terms
from dispatch.matching.row_types import AgentScore
from dispatch.matching.score import score
from dispatch.matching.weights import in_use
from models.customers import Lead


def deciding_scores(lead: Lead) -> dict[int, float]:
    """Return every agent's score for a lead; empty where the score does not steer."""
    used = in_use()
    if not verdict(used).steers:
        return {}
    return {agent.agent_id: agent.match_score for agent in score(saved_terms(lead), used.weights).agents}


def parts_for(lead: Lead, agent_id: int) -> AgentScore | None:
    """Return an agent's current score for a lead with its parts and weights; None for a former agent."""
    used = in_use()
    for agent in score(saved_terms(lead), used.weights).agents:
        if agent.agent_id == agent_id:
            return agent.row() | {"weights": used.name}
    return None


def sentence() -> str:
    """Return the verdict on the score by the weights in use."""
    return verdict(in_use()).sentence
