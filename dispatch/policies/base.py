"""What a policy is: it puts the eligible agents in order for a lead, and says why."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar, NamedTuple, Protocol

from models.customers import Lead


class Candidate(NamedTuple):
    """An eligible agent and the values the policy compared, in the order it compared them."""

    agent_id: int
    keys: tuple[Any, ...]


class Policy(Protocol):
    """Orders eligible agents, best first. A policy reads; it never writes."""

    name: ClassVar[str]
    help: ClassVar[str]
    key_names: ClassVar[tuple[str, ...]]

    def ranked(self, lead: Lead, limit: int, excluded: Collection[int]) -> list[Candidate]:
        """The best ``limit`` eligible agents without the excluded ones, best first."""
        ...

    def reason(self, ranked: list[Candidate]) -> str:
        """Why the first won, in words: the keys down to the one that decided."""
        ...
