"""Why an agent has a booking, and why another has not: the answer first, then a table."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch.assignment.policies import POLICIES
from screens.bookings.why_panels import LINE, why_not_panel, why_panel, why_text
from screens.wording.reasons import FIGURES, plain_reason, policy_word
from screens.wording.reasons import POLICIES as WORDS

FIRST = {"agent_id": 6, "agent_name": "Soren Baker", "load": 0, "years_of_service": 21, "rating": 4.57}
SECOND = {"agent_id": 27, "agent_name": "Ronan Young", "load": 10, "years_of_service": 7, "rating": 4.4}
WHY: Any = {
    "booking_id": 413,
    "decisions": 1,
    "policy": "rank",
    "agent_id": 6,
    "agent_name": "Soren Baker",
    "reason": "fewest bookings (0), then most years (21)",
    "settings_version": 1,
    "decided_at": "2082-03-04 12:00:00",
    "winner": FIRST,
    "next": [SECOND],
}
BY_HAND: Any = {
    "kind": "chosen",
    "because": "rank would choose Nova Singh now",
    "agent_id": 3,
    "agent_name": "Nova Singh",
    "booking_id": 8,
    "as_of": "2082-03-04 12:00:00",
    "decided": "by hand: kim: asked for the agent of last year",
}
OTHERS: Any = [
    {
        "policy": "balanced",
        "agent_id": 16,
        "agent_name": "Zion Parker",
        "reason": "lowest load ratio (0.10), then longest without a new booking (since 2082-03-04 08:00:00)",
    }
]


def test_those_compared_are_a_table() -> None:
    lines = why_panel(WHY, 30).text.plain.splitlines()
    assert lines[:3] == ["Soren Baker", WHY["reason"], ""]
    assert lines[3:7] == [
        "Order  No.  Agent        Bookings  Years  Rating",
        "    1    6  Soren Baker         0     21    4.57",
        "    2   27  Ronan Young        10      7    4.40",
        "first 2 of 30 agents",
    ]
    assert "Decided 4 Mar 2082 12:00: Rank, settings version 1" in lines


def test_beside_a_list_the_table_is_narrow() -> None:
    assert "Agent        Bookings  Years  Rating\nSoren Baker" in why_text(WHY, is_narrow=True).plain
    by_hand = WHY | {"policy": "by hand", "winner": {"agent_id": 6, "agent_name": "Soren Baker"}, "next": []}
    assert "Agent" not in why_text(by_hand).plain, "nobody was compared"


def do_nothing() -> None:
    """Stand in for asking about another agent."""


def test_the_answer_comes_first_and_reasons_hang() -> None:
    lines = why_not_panel(BY_HAND, OTHERS, "Soren Baker", "W", do_nothing).text.plain.splitlines()
    assert lines[0] == "Kim chose Soren Baker by hand: asked for the agent of last year"
    assert lines[1] == "Otherwise: Nova Singh would get it now"
    first, *more, empty, another = lines[lines.index("If assigned now") + 1 :]
    assert (empty, another) == ("", "W compares with another agent")
    indent = first.index("lowest")
    assert first.startswith("Balanced load  Zion Parker  ")
    assert more
    assert all(line.startswith(" " * indent) for line in more)
    assert all(len(line) <= LINE for line in lines)
    assert ":00:00" not in " ".join(more)


@pytest.mark.parametrize(
    ("kind", "because", "line"),
    [
        ("rule", "away", "Nova Singh: away"),
        ("key", "load: 3, where Soren Baker had 0", "Nova Singh: load 3, where Soren Baker had 0"),
        ("chosen", "Nova Singh has it", "Nova Singh has it"),
    ],
)
def test_an_answer_names_the_agent(kind: str, because: str, line: str) -> None:
    answer: Any = {key: value for key, value in BY_HAND.items() if key != "decided"}
    text = why_not_panel(
        answer | {"kind": kind, "because": because}, [], "Soren Baker", "W", do_nothing
    ).text.plain
    assert text.splitlines()[0] == line


def test_reasons_have_no_seconds_and_no_third_decimal() -> None:
    assert plain_reason("score (0.517: level 4), since 2082-03-04 08:00:00") == (
        "score (0.52: level 4), since 4 Mar 2082 08:00"
    )
    assert plain_reason("no difference (p = 0.075)") == "no difference (p = 0.075)"


def test_each_policy_and_each_of_its_figures_has_a_word() -> None:
    assert set(WORDS) == set(POLICIES)
    assert {key for policy in POLICIES.values() for key in policy.key_names} == set(FIGURES)
    assert policy_word("by hand") == "by hand"
