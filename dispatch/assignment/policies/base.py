"""What every policy has: it puts the eligible agents in order for a lead, and says why."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, ClassVar

from dispatch.assignment.eligibility import RELAXED_FIRST, Order, Pool
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
        make, columns = partial(tuple.__new__, cls), itemgetter(slice(1 + keys))
        return list(map(make, map(columns, rows)))

    @property
    def agent_id(self) -> int:
        return int(self[0])

    @property
    def keys(self) -> tuple[Any, ...]:
        return self[1:]


class Policy(ABC):
    """An order of the agents of a pool, best first. A policy reads; only ``chosen`` may write.

    The pool applies the rules of eligibility. An OrderedPolicy has one order in SQL; others call
    ``pool.first`` with orders of their own, or ``pool.agent_ids``.
    """

    name: ClassVar[str]
    help: ClassVar[str]
    key_names: ClassVar[tuple[str, ...]]
    relaxed_first: ClassVar[Sequence[tuple[str, ...]]] = RELAXED_FIRST
    """The rules of eligibility to drop, in order and together, when no free agent meets them all."""
    is_steady: ClassVar[bool] = True
    """Whether most candidates compare as they did for the last lead."""
    by_weight: ClassVar[bool] = False
    """Whether agents of weight 0 get nothing."""
    shares_out: ClassVar[bool] = False
    """Whether everybody's turn comes, so that nobody starves."""

    @abstractmethod
    def ranked(self, lead: Lead, pool: Pool, limit: int) -> list[Candidate]:
        """The best ``limit`` agents of the pool, best first."""

    @abstractmethod
    def place(self, candidate: Candidate) -> tuple[Any, ...]:
        """A candidate's sort key, lower is better, comparable across pools."""

    @abstractmethod
    def preference(self, first: Candidate, second: Candidate) -> str:
        """Why the first is better than the second, in words."""

    def held_back(self, candidate: Candidate) -> str:
        """Why a candidate comes after others in spite of their keys; empty if they do not."""
        return ""

    def reason(self, ranked: Sequence[Candidate]) -> str:
        """Why the first won, in words."""
        return ONLY_ONE if len(ranked) == 1 else self.preference(*ranked[:2])

    def chosen(self, lead: Lead, winner: Candidate, pool: Pool) -> None:  # noqa: B027  # most remember nothing
        """Remember what the next choice needs, once the winner, the first of the pool, has the lead."""

    def give_back(self, lead: Lead, agent_id: int) -> bool:
        """Forget it again, as the lead was undone; return whether there was anything to forget."""
        return False

    def take_again(self, lead: Lead, agent_id: int) -> bool:
        """Remember it again, as the lead is back; return whether there was anything to remember."""
        return False


class OrderedPolicy(Policy):
    """A policy with one order in SQL, and a phrase for each key that may decide."""

    order: ClassVar[Order]
    """The agent's id, then the keys."""
    phrases: ClassVar[tuple[str, ...]]
    """Why an agent is preferred: for each key, and for the id, with {} for its value."""

    def ranked(self, lead: Lead, pool: Pool, limit: int) -> list[Candidate]:
        return Candidate.of_rows(pool.first(self.order, limit), len(self.key_names))

    def preference(self, first: Candidate, second: Candidate) -> str:
        """The phrases up to the deciding key."""
        words = []
        mine, theirs = first[1:] + first[:1], second[1:] + second[:1]
        for phrase, own, other in zip(self.phrases, mine, theirs, strict=True):
            words.append(phrase.format(own))
            if own != other:
                break
        return ", then ".join(words)
