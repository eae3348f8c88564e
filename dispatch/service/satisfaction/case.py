"""An issue as the satisfaction models see it (docs/rules.md, Satisfaction)."""

from __future__ import annotations

from dataclasses import dataclass

from dispatch.service.satisfaction.formula import Facts


@dataclass(frozen=True)
class Case:
    """An issue as the models see it."""

    facts: Facts
    category: str
    priority: int
    channel: str
