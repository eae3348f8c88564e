"""A replay of the challenge's 450 leads under each policy: how evenly are they distributed?

Every booking closes at its recorded time, a lead without a booking at once. The twenty still Pending have no
such time; left open, they would keep leads away from the agents who got one in the first week, so they close
after the longest time that any other took. Jain's index is 1 if all agents got the same number and 1/n if
one got everything (docs/rules.md, Policies).
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import datetime
from heapq import heappop, heappush
from pathlib import Path
from typing import Any

from peewee import JOIN

from benchmarks.measure import Effort, Row
from dispatch import bookings
from dispatch.assignment.policies import POLICIES
from dispatch.bootstrap import open_desk
from dispatch.leads import intake
from dispatch.reporting.fairness import jain
from models.agents import Agent
from models.base import tuples
from models.bookings import Assignment, Booking
from models.clock import from_text
from seeds.importing.importer import import_files

DATA = Path(__file__).resolve().parents[2] / "shared/data/agent-challenge"
BUDGET = 0.95
POLICY_WITH_BUDGET = "balanced"
DESTINATION, LAUNCH = "Mars", "Sydney Stellar Port"

Replayed = tuple[datetime, datetime | None, dict[str, str]]


def run(_effort: Effort, folder: Path) -> list[Row]:
    data = Path(os.environ.get("ASTRA_CHALLENGE_DATA", DATA))
    if not data.is_dir():
        return [Row("fairness of the policies", note="skipped: the challenge's data is missing")]
    leads, people = _history(folder, data)
    rows = []
    for name in POLICIES:
        got = _replay(folder / f"{name}.db", name, leads, people)
        index = jain([got[agent_id] for agent_id in range(1, len(people) + 1)])
        held = name == POLICY_WITH_BUDGET
        most = max(got.values()) / sum(got.values())
        rows.append(
            Row(
                f"fairness of {name} (Jain), {len(leads)} leads",
                f">= {BUDGET}" if held else "",
                f"{index:.3f}",
                "",
                f"most {most:.0%}",
                index >= BUDGET if held else None,
            )
        )
    return rows


def _history(folder: Path, data: Path) -> tuple[list[Replayed], list[dict[str, Any]]]:
    """Read the leads, with the time each was closed, and the agents."""
    desk = open_desk(folder / "history.db", create=True, actor="bench")
    import_files(desk, sorted(data.glob("*.sql*")))
    with desk.reading():
        query = (
            Assignment.select(
                Assignment.assigned_at, Assignment.customer_name, Assignment.method, Assignment.source,
                Booking.booking_id, Booking.completed_at, Booking.cancelled_at, Booking.destination,
                Booking.launch_location,
            )
            .join(Booking, JOIN.LEFT_OUTER, on=(Booking.assignment_id == Assignment.assignment_id))
            .order_by(Assignment.assigned_at, Assignment.assignment_id)
        )  # fmt: skip
        leads = _closed([_lead(*row) for row in tuples(query)])
        names = ("first_name", "last_name", "department", "job_title", "years_of_service", "rating")
        found = Agent.select(*(getattr(Agent, name) for name in names)).order_by(Agent.agent_id)
        people = [dict(zip(names, row, strict=True)) for row in tuples(found)]
    desk.close()
    return leads, people


def _closed(leads: list[Replayed]) -> list[Replayed]:
    longest = max(end - received for received, end, _ in leads if end is not None)
    return [(received, end or received + longest, lead) for received, end, lead in leads]


def _lead(
    at: str, name: str, method: str, source: str, booking_id: int | None, completed: str | None,
    cancelled: str | None, destination: str | None, launch: str | None,
) -> Replayed:  # fmt: skip
    trip = {"destination": destination or DESTINATION, "launch": launch or LAUNCH}
    closed = at if booking_id is None else completed or cancelled
    end = None if closed is None else from_text(max(closed, at))
    return from_text(at), end, {"name": name, "method": method, "source": source, **trip}


def _replay(path: Path, policy: str, leads: list[Replayed], people: list[dict[str, Any]]) -> Counter[int]:
    """Assign the leads on an empty desk, and count them by agent."""
    moment = leads[0][0]
    desk = open_desk(path, create=True, actor="bench", clock=lambda: moment, year_shift=0)
    with desk.reading(), desk.database.atomic():
        for person in people:
            Agent(**person, capacity=len(leads)).save()
    got: Counter[int] = Counter()
    closing: list[tuple[datetime, int]] = []
    for received, closed, lead in leads:
        while closing and closing[0][0] <= received:
            moment, booking_id = heappop(closing)
            bookings.cancel(desk, booking_id, "as recorded")
        moment = received
        result = intake.receive(desk, **lead, policy=policy)
        assert result["agent_id"] is not None  # nobody is away or full
        got[result["agent_id"]] += 1
        if closed is not None:
            heappush(closing, (closed, result["booking_id"]))
    desk.close()
    return got
