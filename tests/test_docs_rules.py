"""docs/rules.md: every cited section exists, and the tables match the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatch.bootstrap import RULES as DESK_RULES
from dispatch.matching.weights import PUBLISHED_WEIGHTS
from dispatch.service.escalation import triggers
from dispatch.service.sla import targets

ROOT = Path(__file__).resolve().parents[1]
RULES = (ROOT / "docs" / "rules.md").read_text("utf-8")
SECTIONS = tuple(re.findall(r"^## (.+)$", RULES, re.MULTILINE))
CITATION = re.compile(r"docs/rules\.md, ([^\n]*(?:\n[^\n]*)?)")
SLA_ROWS = {
    "first response": tuple(map(int, targets.FIRST_RESPONSE_MINUTES.split())),
    "resolution (": tuple(map(int, targets.RESOLUTION_MINUTES.split())),
    "escalates when unassigned": triggers.UNASSIGNED_MINUTES,
    "escalates when unresolved": triggers.UNRESOLVED_MINUTES,
}


def citations(text: str) -> Iterator[str]:
    """The text after each citation, including the next line of a docstring or comment."""
    for found in CITATION.findall(text):
        yield re.sub(r"\n\s*#?\s*", " ", found)


def row_of(beginning: str) -> list[str]:
    """The cells of the only table row with this beginning."""
    (row,) = re.findall(rf"^\| {re.escape(beginning)}.*\|$", RULES, re.MULTILINE)
    return [cell.strip() for cell in row.strip("|").split("|")]


def minutes(span: str) -> int:
    number, unit = span.split()
    return int(number) * {"min": 1, "h": 60}[unit]


@pytest.mark.parametrize("kind", ["*.py", "*.md"])
def test_every_cited_section_exists(kind: str) -> None:
    wrong = [
        f"{file.relative_to(ROOT)}: {cited[:60]}"
        for file in sorted([*ROOT.glob(kind), *ROOT.glob(f"[!.]*/**/{kind}")])
        for cited in citations(file.read_text("utf-8"))
        if not cited.startswith(SECTIONS)
    ]
    assert wrong == []


def test_a_citation_may_continue_on_the_next_line() -> None:
    text = "# as in docs/rules{}, Round robin\n    # and shuffle: and so on"
    assert next(citations(text.format(".md"))).startswith("Round robin and shuffle")


def test_published_weights_match_the_code() -> None:
    assert {name: float(row_of(f"`{name}`")[-1]) for name in PUBLISHED_WEIGHTS} == PUBLISHED_WEIGHTS


@pytest.mark.parametrize("beginning", SLA_ROWS)
def test_service_desk_times_match_the_code(beginning: str) -> None:
    assert tuple(minutes(cell) for cell in row_of(beginning)[1:]) == SLA_ROWS[beginning]


def test_every_setting_changes_a_rule_that_is_named() -> None:
    listed = RULES.split("## Settings")[1].split("## ")[0]
    assert set(re.findall(r"`(\w+)`", listed)) == set(DESK_RULES.settings)
