"""What the ``match`` policy asks: the scores that are to decide, if they are to, and why."""

from __future__ import annotations

from dispatch.match.evidence import verdict
from dispatch.match.features import Terms
from dispatch.match.score import score
from dispatch.match.weights import in_use
from models.customers import Lead


def deciding_scores(lead: Lead) -> dict[int, float]:
    """Every agent's score for a lead; empty where the score does not steer."""
    used = in_use()
    if not verdict(used).steers:
        return {}
    terms = Terms(lead.method or "", lead.source or "", lead.destination or "", requests=lead.requests or "")
    return {agent.agent_id: agent.match_score for agent in score(terms, used.weights).agents}


def sentence() -> str:
    """What the desk thinks of the score by the weights in use."""
    return verdict(in_use()).sentence
