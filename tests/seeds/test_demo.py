"""The demo desk: the walkthrough holds, the history is plausible, and loads are right at any size."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dispatch import bookings, queries
from dispatch.bootstrap import open_desk
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.leads import intake
from models.agents import Agent
from models.bookings import Assignment, Booking
from models.clock import from_text, to_text
from models.customers import Lead
from models.errors import InvalidInput, Refused
from seeds.demo.agents import THIRTY
from seeds.demo.demo import make_demo


def ranks(desk: Desk) -> dict[int, int | None]:
    with desk.reading():
        return {row["agent_id"]: row["rank"] for row in queries.list_agents()}


def everything(desk: Desk) -> list[list[tuple[object, ...]]]:
    models: tuple[Any, ...] = (Agent, Lead, Booking)
    with desk.reading():
        return [list(model.select().order_by(model._meta.primary_key).tuples()) for model in models]


def test_the_published_walkthrough_holds(desk: Desk) -> None:
    make_demo(desk)

    assert list(ranks(desk).items())[:6] == [(6, 1), (3, 2), (27, 2), (24, 4), (1, 5), (16, 5)]
    wanted = {"method": "Text", "source": "Organic", "destination": "Mars", "launch": "Sydney Stellar Port"}
    kate = intake.receive(desk, name="Kate Nguyen", **wanted)
    john = intake.receive(desk, name="John Doe", **wanted)
    assert (kate["agent_name"], kate["assignment_id"]) == ("Soren Baker", 451)
    assert (john["agent_name"], john["assignment_id"], john["booking_id"]) == ("Nova Singh", 452, 414)
    after = ranks(desk)
    assert list(after.items())[:5] == [(27, 1), (24, 2), (1, 3), (16, 3), (19, 5)]
    assert after[3] == 17
    bookings.cancel(desk, 414, "changed plans")
    assert list(ranks(desk).items())[:5] == [(3, 1), (27, 1), (24, 3), (1, 4), (16, 4)]


def test_the_default_demo(desk: Desk) -> None:
    made = make_demo(desk)

    assert made == {"agents": 30, "assignments": 450, "bookings": 412, "pending": 20, "resumed": None}
    with desk.reading():
        assert [row["name"] for row in sorted(queries.list_agents(), key=lambda row: row["agent_id"])] == [
            f"{first} {last}" for first, last, *_ in THIRTY
        ]
        statuses = Counter(row["status"] for row in queries.list_bookings(queries.BookingFilter()))
        unbooked = Lead.select().where(Lead.lead_id.not_in(Booking.select(Booking.lead_id)))
        assert [lead.destination is not None for lead in unbooked] == [True] * 38
        *parts, event = event_log.events()
    assert statuses["Pending"] == 20
    assert 0.6 < statuses["Confirmed"] / 412 < 0.72
    assert (event["command"], event["actor"]) == ("import", "kim")
    assert [part["command"] for part in parts] == ["import.rows", "import.rows"]


@pytest.mark.parametrize("hours", [0, 7.5, 16, 23.9])
def test_the_history_is_plausible_at_any_hour(desk: Desk, clock: object, hours: float) -> None:
    clock.advance(hours=hours)  # type: ignore[attr-defined]
    make_demo(desk)

    now = desk.now()
    two_days_ago = to_text(from_text(now) - timedelta(days=2))
    ten_weeks_ago = to_text(from_text(now) - timedelta(weeks=10))
    with desk.reading():
        rows: list[Any] = list(Booking.select(Booking, Assignment.assigned_at).join(Assignment).dicts())
        assigned = [row.assigned_at for row in Assignment.select().order_by(Assignment.assignment_id)]
        packages = {place: desk.values.packages(place) for place in desk.values.of("destination")}
    assert assigned == sorted(assigned)
    assert all(ten_weeks_ago <= at < now and "09:00" <= at[11:16] < "18:00" for at in assigned)
    for row in rows:
        steps = [
            row["assigned_at"],
            row["claimed_at"],
            row["contacted_at"],
            row["completed_at"] or row["cancelled_at"],
        ]
        times = [step for step in steps if step]
        assert times == sorted(times)
        assert row["changed_at"] == times[-1] <= now
        assert row["package"] in packages[row["destination"]]
        assert row["date_fault"] is None
        assert row["status"] != "Pending" or row["assigned_at"] >= two_days_ago
        assert row["status"] == "Pending" or times[-1] > row["assigned_at"]


def test_the_same_seed_and_time_make_the_same_desk(desk: Desk, tmp_path: Path, clock: object) -> None:
    others = [open_desk(tmp_path / f"{name}.db", clock=clock, create=True) for name in "ab"]
    make_demo(desk)
    make_demo(others[0])
    make_demo(others[1], seed=7)

    assert everything(desk) == everything(others[0])
    assert everything(desk) != everything(others[1])
    for other in others:
        other.close()


def test_a_larger_desk_has_right_loads(desk: Desk) -> None:
    heard: list[tuple[int, int, str]] = []

    made = make_demo(desk, agents=300, bookings=5_000, progress=lambda *step: heard.append(step))

    with desk.reading():
        totals = queries.count_totals()
        loads = [row["load"] for row in queries.list_agents()]
    assert (totals.waiting, totals.drift) == (0, ())
    assert totals.pending == made["pending"] == sum(loads) > 0
    assert max(loads) <= 2 < len(loads) == 300
    assert heard[-1] == (made["assignments"], made["assignments"], "writing")


@pytest.mark.parametrize(("agents", "number"), [(1, 0), (1, 1), (2, 40), (30, 0), (31, 412), (30, 2_000)])
def test_small_and_odd_sizes(desk: Desk, agents: int, number: int) -> None:
    made = make_demo(desk, agents=agents, bookings=number)

    with desk.reading():
        assert (Agent.select().count(), Booking.select().count()) == (agents, number)
        assert Assignment.select().count() == made["assignments"]
        assert queries.count_totals().drift == ()


def test_a_desk_in_use_is_refused(desk: Desk) -> None:
    make_demo(desk, agents=1, bookings=0)

    with pytest.raises(Refused) as caught:
        make_demo(desk)

    assert caught.value.code == "not_empty"


@pytest.mark.parametrize(
    "size", [{"agents": 0}, {"agents": 30_001}, {"bookings": -1}, {"bookings": 1_000_001}]
)
def test_a_size_out_of_range_is_wrong_input(desk: Desk, size: dict[str, int]) -> None:
    with pytest.raises(InvalidInput):
        make_demo(desk, **size)  # type: ignore[arg-type]
