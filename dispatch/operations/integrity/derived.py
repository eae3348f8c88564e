"""Checks of what follows from other rows, and its repair: loads, averages, tallies, search."""

from __future__ import annotations

from typing import Any, NamedTuple

from peewee import fn

from dispatch.desk.desk import Desk
from dispatch.operations.integrity.findings import Finding, counted, finding, joined, named
from dispatch.operations.integrity.work import miscounted
from dispatch.queries.customer_index import LARGE_BACKLOG, backlog
from models import cap_counts, shares, tallies
from models.agents import RATING_DECIMALS, Agent
from models.base import Json
from models.bookings import PENDING, Assignment, Booking
from models.database import current_database
from models.hints import act
from models.inspection import agreements, search_index
from models.search_index import SearchIndex
from models.text_index import INDEXES

RECOUNT = f"{act('doctor.repair')} recounts them"
SMALLEST = 10**-RATING_DECIMALS


class Average(NamedTuple):
    """An agent's average as stored, and the scores it should follow from."""

    agent_id: int
    score_sum: int
    score_count: int
    points: int
    answers: int
    rating: float
    prior_rating: float
    prior_answers: int

    @property
    def is_right(self) -> bool:
        counts = (self.score_sum, self.score_count) == (self.points, self.answers)
        return counts and abs(self.rating - self.right) <= SMALLEST

    @property
    def right(self) -> float:
        """The average of the earlier answers and the scores given here."""
        agent = Agent(
            prior_rating=self.prior_rating,
            prior_answers=self.prior_answers,
            score_sum=self.points,
            score_count=self.answers,
        )
        agent.refresh_rating()
        return float(agent.rating)


def loads() -> Finding:
    """Check that every agent's load is the number of Pending bookings."""
    wrong = counted(wrong_loads(), lambda row: "agent {} has load {} and {} Pending".format(*row))
    return finding("loads", "every agent's load is the number of Pending bookings", wrong, RECOUNT)


def wrong_loads() -> list[tuple[int, int, int]]:
    """Agents whose load differs from their number of Pending bookings: (agent, load, Pending)."""
    is_held = (Booking.status == PENDING, Booking.agent_id.is_null(False))
    return miscounted(Agent.load, Booking, *is_held)


def assignments() -> Finding:
    """Check that every assignment has its booking's agent."""
    what = "with a different agent than their booking"
    astray = counted(_astray_assignments(), lambda row: str(row[0]), what)
    hint = f"{act('doctor.repair')} corrects them"
    return finding("assignments", "every assignment has its booking's agent", astray, hint)


def repair_assignments() -> list[Json]:
    """Give every assignment its booking's agent."""
    astray = _astray_assignments()
    for assignment_id, _, holder in astray:
        assignment = Assignment.lock(assignment_id)
        assignment.agent_id = holder
        assignment.save()
    return [{"assignment_id": number, "to_agent_id": holder} for number, _, holder in astray]


def _astray_assignments() -> list[tuple[int, int | None, int | None]]:
    """Assignments whose agent differs from their booking's: (assignment, its agent, the booking's)."""
    query: Any = (
        Assignment.select(Assignment.assignment_id, Assignment.agent_id, Booking.agent_id)
        .join(Booking, on=(Booking.assignment_id == Assignment.assignment_id))
        .where(fn.COALESCE(Assignment.agent_id, 0) != fn.COALESCE(Booking.agent_id, 0))
        .order_by(Assignment.assignment_id)
    )
    return list(query.tuples())


def ratings() -> Finding:
    """Check that every agent's average follows from the scores."""
    wrong = counted(
        wrong_ratings(), lambda one: f"agent {one.agent_id} has {one.rating}, should have {one.right}"
    )
    return finding("ratings", "every agent's rating follows from the scores", wrong, RECOUNT)


def wrong_ratings() -> list[Average]:
    rows = current_database.obj.run(agreements.RATINGS, ()).fetchall()
    return [one for one in map(Average._make, rows) if not one.is_right]


def repair_ratings() -> list[Json]:
    """Recompute the averages; what an agent brought along is not known from anything else."""
    wrong = wrong_ratings()
    for one in wrong:
        agent = Agent.lock(one.agent_id)
        agent.score_sum, agent.score_count = one.points, one.answers
        agent.refresh_rating()
        agent.save()
    return [{"agent_id": one.agent_id, "from": one.rating, "to": one.right} for one in wrong]


def shares_agree(desk: Desk) -> Finding:
    """Check that the shares of the policy ``share`` are those of the agents who may take work."""
    sound = "the shares by weight agree with the agents"
    return finding("shares", sound, shares.fault(desk.settings["policy"]), RECOUNT)


def tallies_agree() -> Finding:
    """Check that the match score's tallies are those of the bookings."""
    differing = tallies.differing(tallies.stored(), tallies.recomputed())
    wrong = counted(differing, lambda row: f"{row[0]} {row[1]}".strip() + f" of agent {row[2]}")
    return finding("tallies", "the match score's tallies agree with the bookings", wrong, RECOUNT)


def repair_tallies() -> int:
    """Count the tallies again; return how many were wrong."""
    counts = tallies.recomputed()
    wrong = tallies.differing(tallies.stored(), counts)
    if wrong:
        tallies.replace(counts)
    return len(wrong)


def caps_agree() -> Finding:
    """Check that the counts of caps are those of the bookings given in the windows of now."""
    wrong = named("caps not counted right for agents", cap_counts.differing())
    return finding("caps", "the counts of caps agree with the bookings", wrong, RECOUNT)


def repair_caps() -> int:
    """Count caps again; return for how many agents they were wrong."""
    wrong = len(cap_counts.differing())
    if wrong:
        cap_counts.recount()
    return wrong


def search() -> Finding:
    """Check that every indexed customer, wish and note is found by its own words."""
    wrong = joined([_unfound(index) for index in INDEXES])
    if wrong:
        return Finding("search", False, wrong, f"{act('doctor.repair')} rebuilds the index")
    behind = backlog()
    sound = f"{behind} of the newest rows are not in the index yet"
    problem = f"{behind} rows are not in the index yet" if behind >= LARGE_BACKLOG else ""
    return finding("search", sound, problem, f"the next {act('find')} indexes them", warning=True)


def _unfound(index: SearchIndex) -> str:
    unfound = named(f"{index.rows} not found by their words", search_index.outdated(index))
    return unfound or search_index.damage(index)
