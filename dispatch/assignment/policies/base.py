"""The interface of policies, which put the eligible agents in order for a lead and say why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Protocol

from dispatch.assignment.eligibility import RELAXED_FIRST, Pool
from models.customers import Lead

ONLY_ONE = "the only agent who can take it"


class Candidate(tuple[Any, ...]):
    """An agent's id, followed by the values the policy compared, in order."""

    __slots__ = ()

    def __new__(cls, agent_id: int, keys: Iterable[Any]) -> Candidate:
        return tuple.__new__(cls, (agent_id, *keys))

    @classmethod
    def of_rows(cls, rows: Iterable[tuple[Any, ...]], keys: int) -> list[Candidate]:
        """Candidates from rows that begin with the id and ``keys`` key columns."""
        columns = 1 + keys
        return [tuple.__new__(cls, row[:columns]) for row in rows]

    @property
    def agent_id(self) -> int:
        return int(self[0])

    @property
    def keys(self) -> tuple[Any, ...]:
        return self[1:]


class Policy(Protocol):
    """An order of the agents of a pool, best first. A policy reads; only ``chosen`` may write.

    The pool applies the rules of eligibility. A policy with an order in SQL calls
    ``pool.first(order, limit)``, any other ``pool.agent_ids()``.
    """

    name: ClassVar[str]
    help: ClassVar[str]
    key_names: ClassVar[tuple[str, ...]]
    relaxed_first: ClassVar[Sequence[tuple[str, ...]]]
    """The rules of eligibility to drop, in order and together, when no free agent meets them all."""

    def ranked(self, lead: Lead, pool: Pool, limit: int) -> list[Candidate]:
        """The best ``limit`` agents of the pool, best first."""
        ...

    def place(self, candidate: Candidate) -> tuple[Any, ...]:
        """A candidate's sort key, lower is better, comparable across pools."""
        ...

    def reason(self, ranked: Sequence[Candidate]) -> str:
        """Why the first won, in words: the keys up to the deciding one."""
        ...

    def chosen(self, lead: Lead, winner: Candidate) -> None:
        """Remember what the next choice needs, once the winner has the lead."""
        ...


class Forgetful:
    """A policy that remembers nothing and drops the rules one by one."""

    relaxed_first: ClassVar[Sequence[tuple[str, ...]]] = RELAXED_FIRST

    def chosen(self, lead: Lead, winner: Candidate) -> None:
        """Nothing to remember."""


def reason_for(phrases: Sequence[str], ranked: Sequence[Candidate]) -> str:
    """Why the first won: a phrase for each key, {} for its value, up to the deciding one."""
    if len(ranked) == 1:
        return ONLY_ONE
    first, second = ((*one.keys, one.agent_id) for one in ranked[:2])
    words = []
    for phrase, mine, theirs in zip(phrases, first, second, strict=True):
        words.append(phrase.format(mine))
        if mine != theirs:
            break
    return ", then ".join(words)
