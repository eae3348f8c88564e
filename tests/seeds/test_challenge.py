"""The public challenge's own files, and docs/rules.md, Published walkthrough on them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dispatch import bookings, queries
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.operations.row_types import ImportResult
from models.errors import InvalidInput

Load = Callable[..., ImportResult]

KATE = {
    "name": "Kate Nguyen",
    "method": "Text",
    "source": "Organic",
    "destination": "Mars",
    "launch": "Dallas-Fort Worth Launch Complex",
}
JOHN = {
    "name": "John Doe",
    "method": "Phone Call",
    "source": "Bought",
    "destination": "Europa",
    "launch": "Sydney Stellar Port",
}


def ranks(desk: Desk) -> dict[int, int | None]:
    with desk.reading():
        return {row["agent_id"]: row["rank"] for row in queries.list_agents()}


def check_walkthrough(desk: Desk) -> None:
    """Every published rank, agent and id."""
    assert list(ranks(desk).items())[:6] == [(6, 1), (3, 2), (27, 2), (24, 4), (1, 5), (16, 5)]
    kate = intake.receive(desk, **KATE)
    john = intake.receive(desk, **JOHN)
    assert (kate["agent_id"], kate["assignment_id"]) == (6, 451)
    assert (john["agent_id"], john["assignment_id"], john["booking_id"]) == (3, 452, 414)
    after = ranks(desk)
    assert list(after.items())[:5] == [(27, 1), (24, 2), (1, 3), (16, 3), (19, 5)]
    assert after[3] == 17
    bookings.cancel(desk, 414, "changed plans")
    assert list(ranks(desk).items())[:5] == [(3, 1), (27, 1), (24, 3), (1, 4), (16, 4)]


def test_the_published_walkthrough_holds(desk: Desk, load: Load, challenge_data: Path) -> None:
    result = load(*sorted(challenge_data.glob("*.sql.txt")))

    assert (result["agents"], result["assignments"], result["bookings"]) == (30, 450, 412)
    assert result["quarantined"] == result["passed_over"] == []
    assert len(result["flagged"]) == 18
    with desk.reading():
        assert queries.count_totals() == queries.Totals(waiting=0, pending=20, drift=())
    check_walkthrough(desk)


def test_agents_alone_first_then_everything(desk: Desk, load: Load, challenge_data: Path) -> None:
    people, *rest = sorted(challenge_data.glob("*.sql.txt"), key=lambda path: "agents" not in path.name)
    assert load(people)["agents"] == 30

    result = load(people, *rest)

    assert (result["agents"], result["assignments"], result["bookings"]) == (0, 450, 412)
    assert result["unchanged"] == {"agents": 30, "assignments": 0, "bookings": 0}


def test_truncated_files_are_refused(desk: Desk, load: Load, challenge_data: Path, tmp_path: Path) -> None:
    content = (challenge_data / "bookings.sql.txt").read_bytes()
    for length in (700, 20_000, 40_001, len(content) - 1, len(content) - 30):
        cut = tmp_path / "bookings.sql.txt"
        cut.write_bytes(content[:length])
        with pytest.raises(InvalidInput, match=r"line \d+"):
            load(cut)
