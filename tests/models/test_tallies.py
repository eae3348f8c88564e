"""Tallies equal a full count, made here by plain SQL over the history."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch import agents, bookings, customers, queries
from dispatch.agents import handover
from dispatch.assignment import shuffle
from dispatch.bookings import editing
from dispatch.bootstrap import open_desk
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from dispatch.matching import weights
from dispatch.operations import doctor, undo
from models import tallies
from models.errors import DeskError, Refused
from tests.steady import examples

PLAIN = """
WITH h AS (
    SELECT CASE WHEN b.booking_id IS NULL THEN a.agent_id ELSE b.agent_id END AS agent, a.method, a.source,
           b.destination, b.status = 'Confirmed' AS sold, substr(b.completed_at, 1, 10) AS day,
           coalesce(b.destination_revenue_cents, 0) + coalesce(b.package_revenue_cents, 0) AS cents
    FROM assignment_history a LEFT JOIN bookings b ON b.lead_id = a.lead_id
    WHERE coalesce(b.status, '') <> 'Pending' AND coalesce(b.voided, 0) = 0)
SELECT {kind!r}, {value}, agent, count(*), sum(coalesce(sold, 0)), sum(coalesce(sold, 0) * cents)
FROM h WHERE agent IS NOT NULL AND {value} IS NOT NULL GROUP BY 2, 3
"""
KINDS = {"all": "''", "method": "method", "source": "source", "destination": "destination", "day": "day"}
TRIPS = [
    {"destination": "Mars", "package": "Luxury Dome Stay"},
    {"destination": "Venus", "package": "Cloud City Excursion"},
]
PEOPLE = {"department": "Premium Bookings", "job_title": "Space Travel Agent", "last_name": "Byron"}


def counted(path: Path) -> tallies.Tallies:
    with sqlite3.connect(path) as connection:
        rows = [
            row
            for kind, value in KINDS.items()
            for row in connection.execute(PLAIN.format(kind=kind, value=value))
        ]
    connection.close()
    return {(kind, value, agent): (a, b, c) for kind, value, agent, a, b, c in rows}


def check(desk: Desk) -> None:
    with desk.reading():
        stored = tallies.stored()
        assert tallies.recomputed() == stored
    assert counted(desk.database.file) == stored


@cache
def template() -> Path:
    path = Path(tempfile.mkdtemp()) / "template.db"
    desk = open_desk(path, create=True, actor="kim", clock=lambda: datetime(2026, 3, 1, 9, tzinfo=UTC))
    for name in ("Ada", "Bob", "Cyd"):
        agents.add(desk, first_name=name, **PEOPLE)
    desk.close()
    return path


def lead(desk: Desk, pick: int, other: int) -> None:
    intake.receive(
        desk,
        name=f"Kate {pick}",
        method=("Text", "Phone Call")[pick % 2],
        source=("Organic", "Bought")[other % 2],
        destination=TRIPS[other % 3 % 2]["destination"],
        launch="Sydney Stellar Port",
    )


def confirm(desk: Desk, pick: int, other: int) -> None:
    with desk.reading():
        destination = queries.booking(pick)["destination"]
    package = next(trip["package"] for trip in TRIPS if trip["destination"] == destination)
    bookings.confirm(desk, pick, package=package, destination_revenue=other, package_revenue="0.5")


def come_or_go(desk: Desk, agent_id: int) -> None:
    try:
        agents.come_back(desk, agent_id)
    except DeskError:
        agents.leave(desk, agent_id)


COMMANDS: dict[str, Callable[[Desk, int, int], object]] = {
    "lead": lead,
    "confirm": confirm,
    "cancel": lambda desk, pick, _: bookings.cancel(desk, pick, "no money"),
    "reopen": lambda desk, pick, _: bookings.reopen(desk, pick),
    "reassign": lambda desk, pick, other: bookings.reassign(desk, pick, other % 4 + 1, "speaks French"),
    "decline": lambda desk, pick, _: bookings.decline(desk, pick, "full"),
    "method": lambda desk, pick, other: editing.edit(desk, pick, method=("Text", "Phone Call")[other % 2]),
    "source": lambda desk, pick, other: editing.edit(desk, pick, source=("Organic", "Bought")[other % 2]),
    "trip": lambda desk, pick, other: editing.edit(desk, pick, **TRIPS[other % 2]),
    "come or go": lambda desk, pick, _: come_or_go(desk, pick % 3 + 1),
    "rate": lambda desk, pick, other: bookings.rate(desk, pick, other),
    "quote": lambda desk, pick, other: editing.edit(
        desk, pick, destination_revenue=other, package_revenue="7"
    ),
    "shuffle": lambda desk, *_: shuffle.shuffle(desk),
    "hand over": lambda desk, pick, other: handover.hand_over(desk, pick % 3 + 1, other % 3 + 1),
    "to the desk": lambda desk, pick, _: handover.hand_over(desk, pick % 3 + 1, handover.DESK),
    "merge": lambda desk, pick, other: customers.merge(desk, pick, other),
    "undo": lambda desk, *_: undo.undo(desk),
    "redo": lambda desk, *_: undo.redo(desk),
    "undo earlier": lambda desk, pick, _: undo.undo(desk, pick + 4),
}
COUNTED = ("lead", "confirm", "cancel", "reopen", "reassign", "method", "source", "undo", "redo")
STEPS = st.tuples(
    st.sampled_from([*sorted(COMMANDS), *COUNTED, *COUNTED]), st.integers(1, 5), st.integers(0, 5)
)


@settings(
    max_examples=examples(15),
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(steps=st.lists(STEPS, min_size=40, max_size=60))
def tallies_equal_a_full_count(steps: list[tuple[str, int, int]]) -> None:
    moment = datetime(2026, 3, 1, 9, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder:
        path = shutil.copy(template(), Path(folder) / "desk.db")
        desk = open_desk(path, clock=lambda: moment, actor="kim")
        try:
            for number in (1, 2, 3):
                lead(desk, number, number)
            confirm(desk, 1, 5)
            for name, pick, other in steps:
                moment += timedelta(hours=7)
                try:
                    COMMANDS[name](desk, pick, other)
                except DeskError:
                    continue
                DONE[name] += 1
                check(desk)
        finally:
            desk.close()


DONE: Counter[str] = Counter()
"""How often each command was not refused."""


def test_tallies_equal_a_full_count_after_random_commands() -> None:
    DONE.clear()
    tallies_equal_a_full_count()
    assert DONE.keys() == COMMANDS.keys()


def sold(desk: Desk, add_agent: Callable[..., Any], add_lead: Callable[..., Any]) -> int:
    add_agent("Ada")
    booking_id: int = add_lead()["booking_id"]
    bookings.confirm(desk, booking_id, "Luxury Dome Stay", "100", "50.25")
    return booking_id


def test_a_new_lead_writes_no_tally(
    desk: Desk, add_agent: Callable[..., Any], add_lead: Callable[..., Any]
) -> None:
    add_agent("Ada")
    add_lead()
    with desk.reading():
        assert tallies.Tally.select().count() == 0


def test_a_sale_counts_for_every_feature_of_the_score(
    desk: Desk, add_agent: Callable[..., Any], add_lead: Callable[..., Any]
) -> None:
    booking_id = sold(desk, add_agent, add_lead)
    with desk.reading():
        day = (queries.booking(booking_id)["completed_at"] or "")[:10]
        assert tallies.stored() == dict.fromkeys(
            [
                ("all", "", 1),
                ("method", "Text", 1),
                ("source", "Organic", 1),
                ("destination", "Mars", 1),
                ("day", day, 1),
            ],
            (1, 1, 15025),
        )


def test_reopening_removes_the_sale_from_the_tallies(
    desk: Desk, add_agent: Callable[..., Any], add_lead: Callable[..., Any]
) -> None:
    booking_id = sold(desk, add_agent, add_lead)
    bookings.reopen(desk, booking_id)
    with desk.reading():
        assert tallies.stored() == {}


@pytest.mark.on_file
def test_doctor_finds_and_recounts_wrong_tallies(
    desk: Desk, add_agent: Callable[..., Any], add_lead: Callable[..., Any]
) -> None:
    sold(desk, add_agent, add_lead)
    with desk.reading():
        tallies.Tally.update(closed=7).where(tallies.Tally.kind == "source").execute()
        tallies.Tally.delete().where(tallies.Tally.kind == "day").execute()
        finding = next(row for row in doctor.examine(desk)["checks"] if row["check"] == "tallies")
    assert not finding["ok"]
    assert finding["detail"].startswith("2 wrong: day ")
    assert "source Organic of agent 1" in finding["detail"]

    assert doctor.repair(desk)["tallies"] == 2

    check(desk)
    with desk.reading():
        assert doctor.examine(desk)["ok"]


def test_choosing_weights_is_reported_as_not_undoable(desk: Desk) -> None:
    weights.use(desk, "published")
    with pytest.raises(Refused, match="weights chosen cannot be undone"):
        undo.undo(desk)
