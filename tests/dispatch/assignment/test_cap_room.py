"""What an agent may still get under each cap, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch.assignment.caps import set_cap
from dispatch.desk.desk import Desk
from dispatch.queries.caps import caps_of, left_for, room_under
from screens.app.cap_forms import caps_panel

Look = Callable[..., Any]


@pytest.fixture
def capped(desk: Desk, two: None, add_lead: Callable[..., Any]) -> None:
    """Two agents with a lead each, under three caps."""
    set_cap(desk, 1, "hour")
    set_cap(desk, 5, "day", agent_id=1)
    set_cap(desk, 3, "week", destination="Mars")
    for _ in range(2):
        add_lead()


@pytest.mark.usefixtures("capped")
def test_every_cap_that_covers_an_agent_is_named_once(look: Look) -> None:
    assert look(lambda: room_under(1)) == ["1 of 5 leads today", "1 of 3 leads to Mars this week"]
    assert [words.split(",")[0] for words in look(lambda: caps_of(1))] == ["has 1 of 1 lead this hour"]
    assert look(lambda: room_under(2)) == ["1 of 3 leads to Mars this week"]
    assert look(lambda: left_for([1, 2])) == {1: 0, 2: 0}


@pytest.mark.usefixtures("capped")
def test_the_panel_counts_who_is_at_each_cap(look: Look) -> None:
    lines = look(caps_panel).text.plain.splitlines()
    assert [lines[number].strip().split(",")[0] for number in (1, 3, 5)] == [
        "reached by 2 agents",
        "nobody has reached it",
        "nobody has reached it",
    ]


def test_without_a_cap_the_panel_says_how_to_set_one(desk: Desk, look: Look) -> None:
    assert "Cap: set" in look(caps_panel).text.plain
    assert look(lambda: room_under(1)) == []
