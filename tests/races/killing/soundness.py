"""What holds on every desk at any moment, in plain SQL: each query lists what breaks a rule."""

from __future__ import annotations

import sqlite3

OUTCOMES = """WITH outcomes AS (
    SELECT coalesce(b.agent_id, CASE WHEN b.booking_id IS NULL THEN a.agent_id END) AS agent_id,
           a.method, a.source, b.destination, substr(b.completed_at, 1, 10) AS day,
           b.completed_at IS NOT NULL AS confirmed,
           CASE WHEN b.completed_at IS NULL THEN 0
                ELSE coalesce(destination_revenue_cents, 0) + coalesce(package_revenue_cents, 0) END AS cents
    FROM assignment_history a LEFT JOIN bookings b ON b.lead_id = a.lead_id
    WHERE b.booking_id IS NULL OR (b.status <> 'Pending' AND NOT b.voided)
), counted AS (
    SELECT 'all' AS kind, '' AS value, * FROM outcomes
    UNION ALL SELECT 'method', method, * FROM outcomes
    UNION ALL SELECT 'source', source, * FROM outcomes
    UNION ALL SELECT 'destination', destination, * FROM outcomes WHERE destination IS NOT NULL
    UNION ALL SELECT 'day', day, * FROM outcomes WHERE day IS NOT NULL
), recount AS (
    SELECT kind, value, agent_id, count(*), sum(confirmed), sum(cents) FROM counted
    WHERE agent_id IS NOT NULL GROUP BY kind, value, agent_id
), stored AS (
    SELECT kind, value, agent_id, closed, confirmed, revenue_cents FROM match_tallies
    WHERE closed OR confirmed OR revenue_cents
) """
SCORES = """(SELECT scored_agent_id AS agent_id, score FROM bookings WHERE score IS NOT NULL
    UNION ALL SELECT agent_id, score FROM surveys WHERE score IS NOT NULL)"""


def _gap(table: str, key: str) -> str:
    return f"SELECT count(*) FROM {table} HAVING count(*) <> coalesce(max({key}), 0)"


RULES = {
    "an agent's load is the number of the agent's Pending bookings": (
        "SELECT agent_id, load FROM space_travel_agents a WHERE load <>"
        " (SELECT count(*) FROM bookings b WHERE b.agent_id = a.agent_id AND status = 'Pending')"
    ),
    "an agent's issue load is the number of the agent's open issues": (
        "SELECT agent_id, issue_load FROM space_travel_agents a WHERE issue_load <>"
        " (SELECT count(*) FROM issues i WHERE i.agent_id = a.agent_id"
        " AND status IN ('assigned', 'in_progress', 'pending_customer'))"
    ),
    "an agent's scores are those of bookings and surveys": (
        "SELECT agent_id, score_sum, score_count FROM space_travel_agents a WHERE (score_sum, score_count) <>"
        f" (SELECT coalesce(sum(score), 0), count(*) FROM {SCORES} s WHERE s.agent_id = a.agent_id)"
    ),
    "every booking has its lead, and every lead its customer": (
        "SELECT booking_id FROM bookings LEFT JOIN new_customer USING (lead_id)"
        " LEFT JOIN customers USING (customer_id) WHERE customers.customer_id IS NULL"
    ),
    "every customer has a lead or an issue": (
        "SELECT customer_id FROM customers c WHERE merged_into IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM new_customer l WHERE l.customer_id = c.customer_id)"
        " AND NOT EXISTS (SELECT 1 FROM issues i WHERE i.customer_id = c.customer_id)"
    ),
    "a lead without a booking was at least given to somebody": (
        "SELECT lead_id FROM new_customer LEFT JOIN bookings USING (lead_id)"
        " LEFT JOIN assignment_history a USING (lead_id)"
        " WHERE booking_id IS NULL AND a.assignment_id IS NULL"
    ),
    "every lead has its assignment, unless it waits or waited until it ended": (
        "SELECT l.lead_id FROM new_customer l LEFT JOIN assignment_history a USING (lead_id)"
        " LEFT JOIN bookings b USING (lead_id) WHERE a.assignment_id IS NOT b.assignment_id"
        " AND b.booking_id IS NOT NULL OR a.assignment_id IS NULL AND b.agent_id IS NOT NULL"
    ),
    "an assignment is with its booking's agent": (
        "SELECT booking_id FROM bookings b JOIN assignment_history a USING (assignment_id)"
        " WHERE a.agent_id IS NOT b.agent_id"
    ),
    "the tallies hold what the bookings say": f"{OUTCOMES} SELECT * FROM recount EXCEPT SELECT * FROM stored",
    "the tallies hold nothing else": f"{OUTCOMES} SELECT * FROM stored EXCEPT SELECT * FROM recount",
    "every issue has two clocks": (
        "SELECT issue_id FROM issues i WHERE"
        " (SELECT count(*) FROM sla_clocks c WHERE c.issue_id = i.issue_id) <> 2"
    ),
    "every issue is watched": (
        "SELECT issue_id FROM issues WHERE issue_id NOT IN (SELECT issue_id FROM issue_watch)"
    ),
    "an issue's status is the last one of its conversation": (
        "SELECT issue_id FROM issues i WHERE status <> coalesce((SELECT status_to FROM interactions n"
        " WHERE n.issue_id = i.issue_id AND kind = 'status' ORDER BY interaction_id DESC LIMIT 1), 'new')"
    ),
    "the log has the blocks of events that are full, and nothing else": (
        "SELECT * FROM (SELECT event_id, at, actor, command, agent_id FROM events"
        " WHERE event_id <= (SELECT max(event_id) FROM events) / 64 * 64"
        " EXCEPT SELECT * FROM events_log)"
        " UNION ALL SELECT * FROM (SELECT * FROM events_log"
        " EXCEPT SELECT event_id, at, actor, command, agent_id FROM events)"
    ),
    "an event's further bookings exist": (
        "SELECT event_id FROM event_bookings WHERE booking_id NOT IN (SELECT booking_id FROM bookings)"
    ),
    "every lead that was decided on came in by an event": (
        "SELECT (SELECT count(DISTINCT lead_id) FROM decisions) AS decided,"
        " (SELECT count(*) FROM new_customer JOIN bookings USING (lead_id)"
        " JOIN events e USING (booking_id) WHERE e.command = 'lead.add')"
        " + coalesce((SELECT sum(json_extract(detail, '$.leads')) FROM events"
        " WHERE command = 'lead.add_all'), 0) AS told WHERE decided <> told"
    ),
    "nobody is entered twice by one file": (
        "SELECT customer_name FROM new_customer JOIN bookings USING (lead_id)"
        " WHERE customer_name LIKE 'Line %' AND NOT voided"  # an undone one may come in again
        " GROUP BY customer_name HAVING count(*) > 1"
    ),
    "the settings have a version": (
        "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM settings WHERE key = 'settings_version')"
    ),
} | {
    f"{table} are numbered without gaps": _gap(table, key)
    for table, key in (
        ("customers", "customer_id"),
        ("new_customer", "lead_id"),
        ("decisions", "decision_id"),
        ("events", "event_id"),
        ("issues", "issue_id"),
        ("interactions", "interaction_id"),
        ("sla_clocks", "clock_id"),
        ("sla_warnings", "warning_id"),
        ("escalations", "escalation_id"),
        ("surveys", "survey_id"),
    )
}


def broken_rules(connection: sqlite3.Connection) -> list[str]:
    """The rules that do not hold, each with what breaks it."""
    found = {rule: connection.execute(query).fetchmany(3) for rule, query in RULES.items()}
    return [f"broken: {rule}: {rows}" for rule, rows in found.items() if rows]
