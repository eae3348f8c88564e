"""What a filter's text may go on with, and whom its names mean."""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.desk.accepted_values import listing
from dispatch.inputs.filters.filter_language import Node, Pair, Words, fold, parse
from dispatch.inputs.filters.filter_offers import meant_by, offers
from dispatch.inputs.filters.filter_reader import Keys, Reading, read
from models.agents import Agent, ids_named
from models.base import tuples
from models.errors import InvalidInput

AGENT = "agent"
MOST_NAMED = 3


def accepted(kind: str) -> Sequence[str]:
    """Return the values of one of the desk's lists, or the agents' names. Reads the database."""
    if kind != AGENT:
        return [row["name"] for row in listing(kind)]
    names = Agent.select(Agent.first_name, Agent.last_name).where(Agent.left_at.is_null())
    return [f"{first} {last}" for first, last in tuples(names.order_by(Agent.first_name, Agent.last_name))]


def completions(word: str, keys: Keys) -> list[tuple[str, str]]:
    """Return how a filter's last word may go on, each with its meaning. Reads the database."""
    if ":" in word:
        return offers(word, keys, accepted)
    spelled = [(name, key.help) for key in keys.values() for name in (key.name, *key.also)]
    begun = [(f"{name}:", meaning) for name, meaning in spelled if word and name.startswith(word.casefold())]
    return begun + (meant_by(word, keys) if word else [])


def names_meant(text: str, keys: Keys, reading: Reading) -> str:
    """Say whom the agents' names in a text mean; "" for a text that cannot be read. Reads the database."""
    try:
        return "  ".join(who_is_meant(read(parse(text), keys, reading)))
    except InvalidInput:
        return ""


def who_is_meant(asked: Node | None) -> list[str]:
    """Say whom each agent's name in a filter means: ``agent:soren → Soren Baker (6)``. Reads the database."""
    found: list[str] = []

    def leaf(part: Words | Pair) -> None:
        if isinstance(part, Pair) and part.key == AGENT and isinstance(part.value, str):
            found.append(f"agent:{part.value} → {_named(part.value)}")

    if asked is not None:
        fold(asked, leaf, lambda *_: None)
    return found


def _named(text: str) -> str:
    ids = ids_named(text)
    query = Agent.select(Agent.agent_id, Agent.first_name, Agent.last_name).where(Agent.agent_id.in_(ids))
    names = [f"{first} {last} ({number})" for number, first, last in tuples(query.limit(MOST_NAMED))]
    more = f" and {len(ids) - MOST_NAMED} more" if len(ids) > MOST_NAMED else ""
    return ", ".join(names) + more if names else "no agent"
