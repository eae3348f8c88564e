"""A service desk to test on, with a triage that says what the test's words say.

A message names its category in square brackets, and every "!" or ":(" makes it angrier: what a real
message means is for the tests of triage.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch.desk.desk import Desk
from dispatch.operations import doctor
from dispatch.service.issues import intake, queries, text_analysis
from dispatch.triage import categories
from models.errors import DeskError
from models.issues import CATEGORIES
from models.priorities import PRIORITIES

Row = Any  # of a test that looks at a few keys

HIGHER = ("technical_support", "billing_dispute", "account_access")
TIER_ADDS = {"enterprise": 2, "platinum": 1, "gold": 1}


def category_of(text: str) -> str:
    return next((one for one in CATEGORIES if f"[{one}]" in text), "general_inquiry")


def compound_of(text: str) -> float:
    return max(-1.0, 0.2 - 0.4 * text.count(":("))


def prioritise(category: str, text: str, tier: str) -> Row:
    """docs/rules.md, Priority, as far as these tests need it."""
    number, steps = (3 if category in HIGHER else 2), []
    adds = (
        ("sentiment", int(compound_of(text) <= -0.5)),
        ("tier", TIER_ADDS.get(tier, 0)),
        ("urgency", int("urgent" in text)),
    )
    steps.append({"step": "category", "why": category, "add": 0, "priority": PRIORITIES[number - 1]})
    for step, add in adds:
        number = min(5, number + add)
        steps.append({"step": step, "why": "", "add": add, "priority": PRIORITIES[number - 1]})
    return {"priority": PRIORITIES[number - 1], "priority_steps": steps}


def understand(text: str, tier: str, category: str | None = None) -> Row:
    compound = compound_of(text)
    chosen = categories.category(category) if category is not None else category_of(text)
    return {
        "category": chosen,
        "confidence": 0.9,
        "unsure": False,
        "sentiment": {"compound": compound, "positive": 0.0, "negative": 0.0, "neutral": 1.0},
        "entities": [],
        "keywords": ["account"],
        "urgency_indicators": ["urgent"] if "urgent" in text else [],
        "complexity": "low",
    } | prioritise(chosen, text, tier)


@pytest.fixture(autouse=True)
def _plain_triage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_analysis, "understand", understand)
    monkeypatch.setattr(text_analysis, "feeling", compound_of)
    monkeypatch.setattr(text_analysis, "prioritise", prioritise)


@pytest.fixture
def open_issue(desk: Desk) -> Callable[..., Row]:
    """Open an issue; MEDIUM, of a bronze customer, unless the test says otherwise."""

    def open_it(text: str = "How do I change my seat?", **given: Any) -> Row:
        return intake.open_issue(desk, text, **given)

    return open_it


@pytest.fixture
def ada(add_agent: Callable[..., Row]) -> Row:
    """Agent 1, of level 5, with room for ten."""
    return add_agent("Ada", years=20, rating=4.0)


@pytest.fixture
def show(desk: Desk) -> Callable[[int], Row]:
    """An issue as it is now."""

    def show_it(issue_id: int = 1) -> Row:
        with desk.reading():
            return queries.issue(desk, issue_id)

    return show_it


@pytest.fixture
def sound(desk: Desk) -> Callable[[], None]:
    """Assert that the doctor finds nothing wrong."""

    def look() -> None:
        with desk.reading():
            report = doctor.examine(desk)
        assert [check for check in report["checks"] if not check["ok"] and not check["warning"]] == []

    return look


def refused(action: Callable[[], Any], code: str) -> None:
    """Assert that the desk refuses something, by its code."""
    with pytest.raises(DeskError) as caught:
        action()
    assert caught.value.code == code
