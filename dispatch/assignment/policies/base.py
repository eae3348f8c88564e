"""What a policy is: it puts the eligible agents in order for a lead, and says why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Protocol

from dispatch.assignment.eligibility import RELAXED_FIRST, Pool
from models.customers import Lead

ONLY_ONE = "the only agent who can take it"


class Candidate(tuple[Any, ...]):
    """An agent's id, and behind it the values the policy compared, in the order it compared them."""

    __slots__ = ()

    def __new__(cls, agent_id: int, keys: Iterable[Any]) -> Candidate:
        return tuple.__new__(cls, (agent_id, *keys))

    @classmethod
    def of_rows(cls, rows: Iterable[tuple[Any, ...]], keys: int) -> list[Candidate]:
        """Candidates from rows that begin with the id and so many keys."""
        columns = 1 + keys
        return [tuple.__new__(cls, row[:columns]) for row in rows]

    @property
    def agent_id(self) -> int:
        return int(self[0])

    @property
    def keys(self) -> tuple[Any, ...]:
        return self[1:]


class Policy(Protocol):
    """Orders the agents of a pool, best first. A policy reads; only ``chosen`` may write.

    The pool has the rules of eligibility in it. A policy that can say its order in SQL asks for
    ``pool.first(order, limit)``, another takes ``pool.agent_ids()``.
    """

    name: ClassVar[str]
    help: ClassVar[str]
    key_names: ClassVar[tuple[str, ...]]
    relaxed_first: ClassVar[Sequence[tuple[str, ...]]]
    """Which rules of eligibility are dropped first, and which together, when nobody free keeps them all."""

    def ranked(self, lead: Lead, pool: Pool, limit: int) -> list[Candidate]:
        """The best ``limit`` agents of the pool, best first."""
        ...

    def place(self, candidate: Candidate) -> tuple[Any, ...]:
        """Where a candidate stands: the lower, the better. It compares candidates of several pools."""
        ...

    def reason(self, ranked: Sequence[Candidate]) -> str:
        """Why the first won, in words: the keys down to the one that decided."""
        ...

    def chosen(self, lead: Lead, winner: Candidate) -> None:
        """The lead has gone to the winner: remember what the next choice has to know."""
        ...


class Forgetful:
    """A policy that remembers nothing, and has the rules dropped one by one."""

    relaxed_first: ClassVar[Sequence[tuple[str, ...]]] = RELAXED_FIRST

    def chosen(self, lead: Lead, winner: Candidate) -> None:
        """Nothing to remember."""


def told(phrases: Sequence[str], ranked: Sequence[Candidate]) -> str:
    """Why the first won: a phrase for each key, {} for its value, down to the one that decided."""
    first = ranked[0]
    if len(ranked) == 1:
        return ONLY_ONE
    second = ranked[1]
    words = []
    for phrase, mine, theirs in zip(
        phrases, (*first.keys, first.agent_id), (*second.keys, second.agent_id), strict=True
    ):
        words.append(phrase.format(mine))
        if mine != theirs:
            break
    return ", then ".join(words)
