"""What rows of several tables say about each other; each query lists the rows that disagree."""

from __future__ import annotations

from typing import NamedTuple

from models.inspection.words import differs, greatest, is_json, json_number, json_text
from models.issues import HELD, OPEN

NUMBERED = (
    "customers",
    "new_customer",
    "decisions",
    "events",
    "interactions",
    "sla_clocks",
    "sla_warnings",
    "escalations",
    "surveys",
    "issues",
    "learned_weights_table",
    "satisfaction_models",
    "round_robin_pointers",
)
"""Tables from which no row is ever deleted, numbered by the desk itself: 1, 2, 3, ..."""


class Agreement(NamedTuple):
    """The table whose keys ``query`` lists, and what is wrong with these rows."""

    table: str
    words: str
    query: str


RESTORED = (
    f"AND t.{{}} NOT IN (SELECT coalesce({json_number('detail', '.last_event')}, 0) FROM events"
    f" WHERE command = 'desk.restore' AND {is_json('detail')})"
)
"""A restored desk goes on after the numbers of the one it replaced."""


IMPORTED = (
    f"AND NOT EXISTS (SELECT 1 FROM events WHERE command = 'import' AND {is_json('detail')}"
    f" AND ({json_number('detail', '.leads')} > 0 OR {json_number('detail', '.customers')} > 0))"
)
"""Leads and customers that are imported keep their numbers, and not every number is in a file.

One of theirs that is lost is named by its import's event (dispatch/operations/integrity/history.py).
"""
LEFT_OUT = {"events": RESTORED, "customers": IMPORTED, "new_customer": IMPORTED}


def gaps(table: str, key: str) -> str:
    """The query for the numbers that are missing in a table; of a longer gap, the first one."""
    return (
        f"SELECT t.{key} + 1 FROM (SELECT 0 AS {key} UNION ALL SELECT {key} FROM {table}) AS t"
        f" WHERE t.{key} < (SELECT max({key}) FROM {table})"
        f" AND NOT EXISTS (SELECT 1 FROM {table} AS n WHERE n.{key} = t.{key} + 1)"
        f" {LEFT_OUT.get(table, '').format(key)}"
    )


BOOKINGS = [
    Agreement(
        "bookings",
        "the assignment is another lead's",
        "SELECT b.booking_id FROM bookings b JOIN assignment_history a USING (assignment_id)"
        " WHERE a.lead_id <> b.lead_id",
    ),
    Agreement(
        "bookings",
        "the lead's assignment is not the booking's",
        "SELECT b.booking_id FROM assignment_history a JOIN bookings b ON b.lead_id = a.lead_id"
        " WHERE b.assignment_id IS NULL",
    ),
    Agreement(
        "bookings",
        "the trip or time differs from the lead's",
        "SELECT b.booking_id FROM bookings b JOIN new_customer l USING (lead_id)"
        f" WHERE {differs('b.destination', 'l.destination')}"
        f" OR {differs('b.launch_location', 'l.launch_location')}"
        f" OR {differs('b.created_at', 'l.received_at')}",
    ),
    Agreement(
        "bookings",
        "given to an agent on arrival, without a decision",
        "SELECT booking_id FROM bookings b WHERE given_at = created_at"
        " AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.lead_id = b.lead_id)",
    ),
    Agreement(
        "leads",
        "neither booking nor assignment",
        "SELECT lead_id FROM new_customer l"
        " WHERE NOT EXISTS (SELECT 1 FROM bookings b WHERE b.lead_id = l.lead_id)"
        " AND NOT EXISTS (SELECT 1 FROM assignment_history a WHERE a.lead_id = l.lead_id)",
    ),
    Agreement(
        "assignments",
        "name, method or source differs from the lead's",
        "SELECT a.assignment_id FROM assignment_history a JOIN new_customer l USING (lead_id)"
        " WHERE a.method <> l.method OR a.source <> l.source OR a.customer_name <> l.customer_name",
    ),
    Agreement(
        "assignments",
        "made when nothing was decided",
        "SELECT a.assignment_id FROM assignment_history a JOIN new_customer l USING (lead_id)"
        " WHERE a.assigned_at <> l.received_at AND NOT EXISTS"
        " (SELECT 1 FROM decisions d WHERE d.lead_id = a.lead_id AND d.decided_at = a.assigned_at)",
    ),
]
CUSTOMERS = [
    Agreement(
        "customers",
        "made at another time than any lead",
        "SELECT customer_id FROM customers c WHERE merged_into IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM new_customer l WHERE l.customer_id = c.customer_id AND l.received_at = c.created_at)"
        " AND EXISTS (SELECT 1 FROM new_customer l WHERE l.customer_id = c.customer_id)",
    ),
    Agreement(
        "leads",
        "of a merged customer",
        "SELECT l.lead_id FROM customers c JOIN new_customer l ON l.customer_id = c.customer_id"
        " WHERE c.merged_into IS NOT NULL",
    ),
    Agreement(
        "issues",
        "of a merged customer",
        "SELECT i.issue_id FROM customers c JOIN issues i ON i.customer_id = c.customer_id"
        " WHERE c.merged_into IS NOT NULL",
    ),
    Agreement(
        "customers",
        "neither lead nor issue",
        "SELECT customer_id FROM customers c WHERE merged_into IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM new_customer l WHERE l.customer_id = c.customer_id)"
        " AND NOT EXISTS (SELECT 1 FROM issues i WHERE i.customer_id = c.customer_id)"
        # those with nothing but issues come from another desk without these
        f" AND NOT EXISTS (SELECT 1 FROM events WHERE command = 'import' AND {is_json('detail')}"
        f" AND {json_number('detail', '.customers')} > 0)",
    ),
    Agreement(
        "customers",
        "merged in a circle, or into a customer who does not exist",
        # from every merged customer to the end: a circle comes back to where it began
        "WITH RECURSIVE way (start, here) AS ("
        " SELECT customer_id, merged_into FROM customers WHERE merged_into IS NOT NULL"
        " UNION SELECT start, merged_into FROM way JOIN customers ON customer_id = here"
        " WHERE merged_into IS NOT NULL AND start <> here)"
        " SELECT DISTINCT start FROM way WHERE here = start"
        " OR NOT EXISTS (SELECT 1 FROM customers WHERE customer_id = here) ORDER BY start",
    ),
]
AGENTS = [
    Agreement(
        "agents",
        "have left, but hold work",
        "SELECT agent_id FROM space_travel_agents a WHERE left_at IS NOT NULL AND ("
        "EXISTS (SELECT 1 FROM bookings b WHERE b.agent_id = a.agent_id AND status = 'Pending')"
        # an issue may be reopened with its holder, though that agent has left
        f" OR EXISTS (SELECT 1 FROM issues i WHERE i.agent_id = a.agent_id AND status IN {HELD}"
        " AND (i.reopened_at IS NULL OR i.reopened_at < a.left_at)))",
    ),
]
ISSUES = [
    Agreement(
        "issues",
        "not one clock of each kind",
        "SELECT issue_id FROM issues i WHERE"
        " (SELECT count(*) FROM sla_clocks c WHERE c.issue_id = i.issue_id) <> 2",
    ),
    Agreement(
        "issues",
        "never checked again",
        "SELECT issue_id FROM issues i WHERE NOT EXISTS"
        " (SELECT 1 FROM issue_watch w WHERE w.issue_id = i.issue_id)",
    ),
    Agreement(
        "issues",
        "ended, but to be checked again",
        f"SELECT issue_id FROM issues JOIN issue_watch USING (issue_id) WHERE status NOT IN {OPEN}"
        " AND next_check_at IS NOT NULL",
    ),
    Agreement(
        "issues",
        "the status differs from the conversation's",
        "SELECT issue_id FROM issues i WHERE status <> coalesce((SELECT status_to FROM interactions n"
        " WHERE n.issue_id = i.issue_id AND kind = 'status' ORDER BY interaction_id DESC LIMIT 1), 'new')",
    ),
    Agreement(
        "issues",
        "the booking is another customer's",
        "SELECT issue_id FROM issues i JOIN bookings b USING (booking_id) JOIN new_customer l USING (lead_id)"
        f" WHERE {differs('i.customer_id', 'l.customer_id')}",
    ),
    Agreement(
        "clocks",
        "started at another time than their issue",
        "SELECT clock_id FROM sla_clocks c JOIN issues i USING (issue_id) WHERE c.started_at <> i.opened_at",
    ),
    Agreement(
        "interactions",
        "out of order, or with another status before it",
        "SELECT interaction_id FROM (SELECT interaction_id, at, kind, status_from,"
        " lag(at, 1, '') OVER (PARTITION BY issue_id ORDER BY interaction_id) AS before,"
        " lag(status_to, 1, 'new') OVER (PARTITION BY issue_id, kind ORDER BY interaction_id) AS status"
        " FROM interactions) AS talk"
        f" WHERE at < before OR kind = 'status' AND {differs('status_from', 'status')}"
        " ORDER BY interaction_id",
    ),
    Agreement(
        "warnings",
        "given before their issue was opened",
        "SELECT warning_id FROM sla_warnings w JOIN issues i USING (issue_id) WHERE w.at < i.opened_at",
    ),
    Agreement(
        "warnings",
        "of a clock that does not exist",
        "SELECT warning_id FROM sla_warnings w WHERE NOT EXISTS"
        " (SELECT 1 FROM sla_clocks c WHERE c.issue_id = w.issue_id AND c.kind = w.kind)",
    ),
    Agreement(
        "escalations",
        "open, though the issue has ended",
        "SELECT escalation_id FROM escalations e JOIN issues i USING (issue_id)"
        f" WHERE e.closed_at IS NULL AND i.status NOT IN {OPEN}",
    ),
    Agreement(
        "surveys",
        "about an agent who did not resolve the issue",
        "SELECT survey_id FROM surveys s WHERE NOT EXISTS (SELECT 1 FROM events e"
        " WHERE e.issue_id = s.issue_id AND e.agent_id = s.agent_id AND e.at = s.asked_at"
        " AND e.command IN ('issue.resolve', 'issue.status'))",
    ),
]
LAST_LINE = "coalesce((SELECT max(event_id) FROM events_log), 0)"
WHOLE_BLOCKS = "coalesce((SELECT max(event_id) FROM events) / 64 * 64, 0)"
LOG_COPY = [
    Agreement(
        "log lines",
        "differ from their event",
        "SELECT l.event_id FROM events_log l LEFT JOIN events e USING (event_id) WHERE e.event_id IS NULL"
        f" OR {differs('l.at', 'e.at')} OR {differs('l.actor', 'e.actor')}"
        f" OR {differs('l.command', 'e.command')} OR {differs('l.agent_id', 'e.agent_id')}",
    ),
    Agreement(
        "events",
        "without their line of the log",
        f"SELECT e.event_id FROM events e WHERE e.event_id <= {greatest(LAST_LINE, WHOLE_BLOCKS)}"
        " AND NOT EXISTS (SELECT 1 FROM events_log l WHERE l.event_id = e.event_id)",
    ),
]
LOG = [
    *LOG_COPY,
    Agreement(
        "events",
        "undo another command than they say",
        "SELECT e.event_id FROM events e JOIN events u ON u.event_id = e.undoes WHERE e.undoes IS NOT NULL"
        f" AND CASE WHEN {is_json('e.detail')} THEN {json_text('e.detail', '.command')} END"
        " <> CASE WHEN u.undoes IS NULL THEN u.command"
        f" WHEN {is_json('u.detail')} THEN {json_text('u.detail', '.command')} END",
    ),
    Agreement(
        "events",
        "an undo of an undo, or a redo of another command",
        "SELECT e.event_id FROM events e JOIN events u ON u.event_id = e.undoes WHERE e.undoes IS NOT NULL"
        " AND (e.command = 'redo') <> (u.command = 'undo')",
    ),
    Agreement(
        "events",
        "about a row that does not exist",
        "SELECT event_id FROM events e WHERE"
        " e.booking_id IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM bookings r WHERE r.booking_id = e.booking_id)"
        " OR e.agent_id IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM space_travel_agents r WHERE r.agent_id = e.agent_id)"
        " OR e.customer_id IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM customers r WHERE r.customer_id = e.customer_id)"
        " OR e.issue_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM issues r WHERE r.issue_id = e.issue_id)",
    ),
]
RATINGS = """SELECT a.agent_id, a.score_sum, a.score_count, coalesce(s.points, 0), coalesce(s.answers, 0),
        a.rating, a.prior_rating, a.prior_answers
    FROM space_travel_agents a LEFT JOIN (
        SELECT agent_id, sum(score) AS points, count(*) AS answers FROM (
            SELECT scored_agent_id AS agent_id, score FROM bookings WHERE score IS NOT NULL
            UNION ALL SELECT agent_id, score FROM surveys WHERE score IS NOT NULL) AS scores
        GROUP BY agent_id) s USING (agent_id) ORDER BY a.agent_id"""
