"""Analyse an issue's text: the service desk's only access to triage, loaded on first use.

Triage knows the desk's own names, and learns from every category that a person chose for an issue.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from peewee import fn

from dispatch.triage.row_types import Triage
from models.accepted_values import Destination, LaunchLocation, Package
from models.agents import Agent
from models.audit import ERASED_TEXT
from models.base import tuples
from models.database import current_database
from models.issues import Issue

if TYPE_CHECKING:
    from dispatch.triage.corrections import Corrections
    from dispatch.triage.entities import KnownNames


def understand(text: str, tier: str | None, category: str | None = None) -> Triage:
    """Return category (a person's choice if given), confidence, priority with its steps, sentiment, ..."""
    from dispatch.triage.pipeline import triage

    names, corrections = _names(), _corrections()
    return triage(text, customer_tier=tier, known=names, corrections=corrections, category=category)


def prioritise(category: str, text: str, tier: str | None) -> Triage:
    """Return the priority, with its steps, for a category that a person chose (docs/rules.md, Priority)."""
    from dispatch.triage.pipeline import triage

    return triage(text, customer_tier=tier, category=category)


def feeling(text: str) -> float:
    """Return the compound sentiment of a message, -1 to 1."""
    from dispatch.triage.message import Message
    from dispatch.triage.sentiment import sentiment

    return sentiment(Message(text))["compound"]


def _names() -> KnownNames:
    """Return the desk's names, reread when there are more of them."""
    lists = (Destination, LaunchLocation, Package)
    size = (tuples(Agent.select(fn.MAX(Agent.agent_id)))[0][0], *(model.select().count() for model in lists))
    return _names_of(current_database.obj.address, size)


@lru_cache(maxsize=4)
def _names_of(_address: str, _size: tuple[int, ...]) -> KnownNames:
    from dispatch.triage.known_names import of_the_desk

    return of_the_desk()


def _corrections() -> Corrections:
    """Return people's corrections, reread when there are more of them."""
    last = tuples(Issue.select(fn.MAX(Issue.corrected_at), fn.COUNT(Issue.corrected_at)).where(_corrected()))
    return _corrections_of(current_database.obj.address, last[0])


@lru_cache(maxsize=4)
def _corrections_of(_address: str, _last: tuple[Any, ...]) -> Corrections:
    from dispatch.triage.corrections import REMEMBERED, Corrections
    from dispatch.triage.model import shipped_model

    newest = (
        Issue.select(Issue.description, Issue.category)
        .where(_corrected())
        .order_by(Issue.corrected_at.desc(), Issue.issue_id.desc())
        .limit(REMEMBERED)
    )
    return Corrections(shipped_model(), reversed(tuples(newest)))


def _corrected() -> Any:
    return Issue.corrected_at.is_null(False) & (Issue.description != ERASED_TEXT)
