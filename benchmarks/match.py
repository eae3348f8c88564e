"""The match scores of all agents for a lead, against one SQL query over the history.

30 agents, 1,000,000 bookings. Both sides must agree on the scores.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.desks import FEW
from benchmarks.large import large_desk, timed
from benchmarks.measure import Effort, Row, ms
from dispatch.desk.desk import Desk
from dispatch.matching.features import Terms
from dispatch.matching.score import score
from dispatch.matching.weights import PUBLISHED_WEIGHTS

BUDGET_S = 0.005
LEAD = Terms("Phone Call", "Organic", "Mars", requests="a luxury dome")
SQL_ROUNDS = 3

PLAIN = """
WITH latest AS (SELECT max(completed_at) AS at FROM bookings),
h AS (
    SELECT a.agent_id, a.method, a.source, b.destination, b.status = 'Confirmed' AS sold,
           b.status = 'Pending' AS open, b.completed_at >= datetime(latest.at, '-30 days') AS recent,
           coalesce(b.destination_revenue_cents, 0) + coalesce(b.package_revenue_cents, 0) AS cents
    FROM latest, assignment_history a LEFT JOIN bookings b ON b.lead_id = a.lead_id
    WHERE a.agent_id IS NOT NULL AND coalesce(b.voided, 0) = 0),
f AS (
    SELECT g.agent_id, g.rating, g.years_of_service, g.department,
           coalesce(sum(cents) FILTER (WHERE sold), 0) AS revenue,
           coalesce(1.0 * count(*) FILTER (WHERE sold AND destination = :destination)
               / nullif(count(*) FILTER (WHERE sold), 0), 0) AS expertise,
           coalesce(1.0 * count(*) FILTER (WHERE sold AND source = :source)
               / nullif(count(*) FILTER (WHERE source = :source), 0), 0) AS conversion,
           coalesce(1.0 * count(*) FILTER (WHERE sold AND method = :method)
               / nullif(count(*) FILTER (WHERE method = :method), 0), 0) AS communication,
           coalesce(1.0 * count(*) FILTER (WHERE sold AND recent)
               / nullif(count(*) FILTER (WHERE sold), 0), 0) AS recency,
           1 - 1.0 * count(*) FILTER (WHERE open) / g.capacity AS availability
    FROM space_travel_agents g LEFT JOIN h USING (agent_id) WHERE g.left_at IS NULL GROUP BY g.agent_id),
s AS (
    SELECT agent_id,
           :rating_score * percent_rank() OVER (ORDER BY rating)
         + :experience_score * percent_rank() OVER (ORDER BY years_of_service)
         + :revenue_score * percent_rank() OVER (ORDER BY revenue)
         + :dest_expertise_score * percent_rank() OVER (ORDER BY expertise)
         + :lead_conversion_score * percent_rank() OVER (ORDER BY conversion)
         + :communication_score * percent_rank() OVER (ORDER BY communication)
         + :requirements_score * (department = 'Luxury Voyages' AND :requests LIKE '%luxury%')
         + :recency_score * percent_rank() OVER (ORDER BY recency)
         + :availability_score * percent_rank() OVER (ORDER BY availability) AS total
    FROM f)
SELECT agent_id, round(100 * (total - min(total) OVER ()) / (max(total) OVER () - min(total) OVER ()), 1)
FROM s ORDER BY agent_id
"""


def run(effort: Effort, _folder: Path) -> list[Row]:
    desk, bookings = large_desk(effort, FEW)
    values = LEAD._asdict() | PUBLISHED_WEIGHTS
    try:
        with desk.reading():
            plain = timed(lambda: desk.database.driver().execute(PLAIN, values).fetchall(), SQL_ROUNDS)
            ours = timed(lambda: score(LEAD, PUBLISHED_WEIGHTS), effort.rounds)
            _check_same_scores(desk, values)
    finally:
        desk.close()
    what = f"match score of {FEW} agents, {bookings:,} bookings"
    ratio = f"{ours.median / plain.median:.4f} x"
    budget, ok = f"<= {BUDGET_S * 1e3:.0f} ms", ours.median <= BUDGET_S
    return [
        Row(f"{what}, as SQL over the history", "", ms(plain.median), ms(plain.best)),
        Row(what, budget, ms(ours.median), ms(ours.best), ratio, ok),
    ]


def _check_same_scores(desk: Desk, values: dict[str, object]) -> None:
    theirs = dict(desk.database.driver().execute(PLAIN, values).fetchall())
    ours = {agent.agent_id: agent.match_score for agent in score(LEAD, PUBLISHED_WEIGHTS).agents}
    if any(abs(ours[agent] - points) > 0.11 for agent, points in theirs.items()) or len(ours) != len(theirs):
        raise RuntimeError("the two sides disagree on the scores")
