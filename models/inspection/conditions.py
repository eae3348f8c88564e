"""What a row must not hold, table by table, as conditions (docs/rules.md, Accepted values).

Types, required columns and CHECK constraints follow from the schema itself; these are the rules beyond it.
Times are compared only where no command can break their order: a computer's clock may be set back.
"""

from __future__ import annotations

from models.accepted_values import (
    CommunicationMethod,
    Department,
    Destination,
    JobTitle,
    LaunchLocation,
    LeadSource,
)
from models.agents import PRESENCES
from models.dispositions import Disposition
from models.inspection.rule_kinds import (
    between,
    days,
    json_shape,
    listed,
    number_at,
    of_agents,
    one_of,
    switches,
    text,
    text_at,
    times,
    words,
)
from models.inspection.rules import Rule
from models.inspection.words import (
    differs,
    greatest,
    has,
    has_no_digits,
    is_json,
    is_no_time,
)
from models.issues import CATEGORIES, HELD, ISSUE_STATUSES, OPEN
from models.priorities import PRIORITIES

PAIR = "(t.location <> '' OR t.skill <> '')"
"""A pointer of a pair of places; the one without is the whole desk's."""


def _contacts() -> list[Rule]:
    digits = "CASE WHEN t.phone LIKE '+%' THEN substr(t.phone, 2) ELSE t.phone END"
    return [
        Rule("phone is no number", f"{has_no_digits(digits)} OR length({digits}) NOT BETWEEN 4 AND 20"),
        _email(),
    ]


def _email() -> Rule:
    return Rule(
        "email is no address",
        f"t.email NOT LIKE '%_@%.%' OR {has('t.email', SPACE)} OR {differs('lower(t.email)', 't.email')}",
    )


NAMES_OF_PRIORITIES = " ".join(f"WHEN {number} THEN '{name}'" for number, name in enumerate(PRIORITIES, 1))
SPACE, DETAIL, BATCH = "' '", "coalesce(t.detail, '')", "'\"batch\":'"
LONG, MESSAGE = 10_000, 100_000
QUOTE = "t.package IS NULL OR t.destination_revenue_cents IS NULL OR t.package_revenue_cents IS NULL"
_STEPS = ("completed_at", "cancelled_at", "claimed_at", "contacted_at")
LAST_STEP = greatest("t.created_at", *(f"coalesce(t.{name}, '')" for name in _STEPS))
OUTCOME = "coalesce(t.completed_at, t.cancelled_at)"
DECIDED_BY = (
    "rank",
    "rank+contact",
    "match",
    "skill",
    "round_robin",
    "balanced",
    "share",
    "by hand",
    "pull",
    "shuffle",
)
TRIGGERS = ("unassigned", "unresolved", "interactions", "sentiment", "no_progress", "manual")

VALUES: dict[str, list[Rule]] = {
    "space_travel_agents": [
        *times("left_at", "presence_until", "due_at", "last_given_at", "capped_until"),
        *times("gone_since", "settling_until"),
        text("first_name"),
        text("last_name"),
        text("manager_name"),
        text("license_number"),
        _email(),
        listed("department", Department),
        listed("job_title", JobTitle),
        one_of("presence", PRESENCES),
        between("years_of_service", 0, 80),
        between("capacity", 0, 100_000),
        between("offers_missed", 0, 100_000),
        between("prior_answers", 0, 100_000),
        between("prior_rating", 0, 5),
        between("weight", 0, 10),
        Rule("weight has more than one decimal", "abs(t.weight * 10 - round(t.weight * 10)) > 1e-9"),
        *(json_shape(name, "array") for name in ("skills", "locations", "specialisations", "languages")),
        words("languages"),
        words("specialisations", ", ".join(f"'{name}'" for name in CATEGORIES)),
        Rule(
            "the next change of presence is not planned",
            "t.left_at IS NULL AND (t.due_at IS NULL) <> (t.presence_until IS NULL AND t.hours IS NULL)",
        ),
        Rule("holds bookings, but was never given one", "t.load > 0 AND t.last_given_at IS NULL"),
        text("presence_reason"),
    ],
    "customers": [
        *times("created_at"),
        text("name"),
        *_contacts(),
        *(
            Rule(f"{name}_typed without {name}", f"t.{name} IS NULL AND t.{name}_typed IS NOT NULL")
            for name in ("phone", "email")
        ),
    ],
    "contact_points": [*switches("removed"), Rule("version is below 1", "t.version < 1")],
    "customers_apart": [*switches("removed"), Rule("version is below 1", "t.version < 1")],
    "new_customer": [
        *times("received_at"),
        *days("departs_on", "returns_on"),
        Rule("return is before the departure", "t.returns_on < t.departs_on"),
        text("language"),
        text("customer_name"),
        text("requests", LONG, lines=True),
        listed("method", CommunicationMethod),
        listed("source", LeadSource),
        listed("destination", Destination),
        listed("launch_location", LaunchLocation),
    ],
    "assignment_history": [
        *times("assigned_at"),
        text("customer_name"),
        listed("method", CommunicationMethod),
        listed("source", LeadSource),
    ],
    "bookings": [
        *times("created_at", "changed_at", "claimed_at", "contacted_at", "follow_up_at", "completed_at"),
        *times(
            "cancelled_at", "given_at", "progress_at", "asked_at", "shuffled_at", "pinned_at", "clock_from"
        ),
        listed("destination", Destination),
        listed("launch_location", LaunchLocation),
        Rule(
            "package is none of the destination's",
            "t.package IS NOT NULL AND NOT EXISTS"
            " (SELECT 1 FROM packages p WHERE p.destination = t.destination AND p.name = t.package)",
        ),
        text("cancel_reason", LONG, lines=True),
        listed("last_outcome", Disposition),
        *switches("voided", "unreachable"),
        Rule("version is below 1", "t.version < 1"),
        Rule("Confirmed without a complete quote", f"t.status = 'Confirmed' AND ({QUOTE})"),
        Rule("claimed without an agent", "t.agent_id IS NULL AND t.claimed_at IS NOT NULL"),
        Rule("with an agent but no assignment", "t.agent_id IS NOT NULL AND t.assignment_id IS NULL"),
        Rule("a score without its agent, or the reverse", "(t.score IS NULL) <> (t.scored_agent_id IS NULL)"),
        Rule(
            "Pending with a reason of cancellation", "t.cancel_reason IS NOT NULL AND t.status <> 'Cancelled'"
        ),
        Rule("entered by mistake but not Cancelled", "t.voided AND t.status <> 'Cancelled'"),
        Rule("unreachable but not Cancelled", "t.unreachable AND t.status <> 'Cancelled'"),
        Rule("more attempts in a row than in all", "t.attempts_in_row > t.contact_attempts"),
        Rule(
            "reached without an attempt",
            "t.contact_attempts = 0 AND (t.contacted_at IS NOT NULL OR t.last_outcome IS NOT NULL)",
        ),
        Rule(
            "changed_at differs from the last step",
            f"t.version = 1 AND {differs('t.changed_at', LAST_STEP)}",
        ),
        Rule(
            "dates are impossible but not flagged",
            "t.version = 1 AND t.given_at IS NULL"
            f" AND (t.date_fault IS NOT NULL) <> ({OUTCOME} < t.created_at)",
        ),
    ],
    "decisions": [
        *times("decided_at"),
        one_of("policy", DECIDED_BY),
        Rule("reason is empty", "t.reason = ''"),
        Rule(
            "settings_version is none there has been",
            "t.settings_version NOT BETWEEN 1 AND"
            " (SELECT CAST(value AS INTEGER) FROM settings WHERE key = 'settings_version')",
        ),
        json_shape("candidates", "array"),
        json_shape("excluded", "object"),
        json_shape("notes", "object"),
        Rule(
            "the agent is not the first candidate",
            differs(number_at("candidates", "[0][0]"), "t.agent_id"),
        ),
    ],
    "events": [
        *times("at"),
        text("actor"),
        text("command"),
        *(json_shape(name, "object") for name in ("detail", "before", "after")),
        Rule("result is no JSON", f"t.result IS NOT NULL AND NOT {is_json('t.result')}"),
        Rule("undoes a later event", "t.undoes >= t.event_id"),
        Rule("an undo of nothing, or no undo", "(t.command IN ('undo', 'redo')) <> (t.undoes IS NOT NULL)"),
        Rule(
            "a request without its result, or the reverse",
            # a row of a file is known by its request id, and repeated by nothing
            "(t.result IS NULL) <> (t.fingerprint IS NULL)"
            " OR (t.request_id IS NULL) <> (t.result IS NULL) AND NOT (t.request_id IS NOT NULL"
            f" AND t.command = 'lead.add' AND {has(DETAIL, BATCH)})",
        ),
    ],
    "issues": [
        *times("opened_at", "changed_at", "waiting_since", "assigned_at", "resolved_at", "closed_at"),
        *times("reopened_at", "corrected_at"),
        one_of("category", CATEGORIES),
        one_of("complexity", ("low", "medium", "high")),
        text("description", MESSAGE, lines=True),
        *switches("unsure", "voided"),
        *(json_shape(name, "array") for name in ("tags", "entities", "urgency_indicators", "priority_steps")),
        json_shape("sentiment", "object"),
        Rule(
            "sentiment has no compound from -1 to 1",
            f"({number_at('sentiment', '.compound')} BETWEEN -1 AND 1) IS NOT TRUE",
        ),
        Rule("version is below 1", "t.version < 1"),
        Rule(
            "resolved without its time, or the reverse",
            "(t.status = 'resolved') > (t.resolved_at IS NOT NULL)",
        ),
        Rule("closed_at does not fit the status", "(t.status = 'closed') <> (t.closed_at IS NOT NULL)"),
        Rule(
            "open but with the time of its end",
            f"t.status IN {OPEN} AND t.resolved_at IS NOT NULL",
        ),
        Rule("held without the time of its assignment", f"t.status IN {HELD} AND t.assigned_at IS NULL"),
        Rule("changed before it was opened", "t.changed_at < t.opened_at OR t.reopened_at < t.opened_at"),
        Rule("entered by mistake but not closed", "t.voided AND t.status <> 'closed'"),
        Rule("routing_reason is empty", "t.routing_reason = ''"),
        Rule(
            "the priority is not that of its last step",
            differs(
                text_at("priority_steps", "[#-1].priority"), f"CASE t.priority {NAMES_OF_PRIORITIES} END"
            ),
        ),
    ],
    "interactions": [
        *times("at"),
        text("text", MESSAGE, lines=True),
        *switches("resolution_attempt", "answer_needed"),
        one_of("status_from", ISSUE_STATUSES),
        one_of("status_to", ISSUE_STATUSES),
    ],
    "sla_clocks": [
        *times("started_at", "due_at", "paused_at", "met_at"),
        Rule("late_pause_s is below 0", "t.late_pause_s < 0"),
    ],
    "sla_warnings": times("at"),
    "contact_alarms": times("since", "warned_at", "next_level_at"),
    "escalations": [
        *times("since", "opened_at", "next_step_at", "acknowledged_at", "closed_at"),
        one_of("trigger_name", TRIGGERS),
        text("reason", LONG, lines=True),
        json_shape("raised_by", "array"),
        json_shape("steps", "array"),
        Rule(
            "the level is not that of the last step",
            differs(number_at("steps", "[#-1].level"), "t.level"),
        ),
        Rule(
            "opened at another time than its first step", differs(text_at("steps", "[0].at"), "t.opened_at")
        ),
        *(text(name, LONG, lines=True) for name in ("acknowledged_by", "closed_by", "close_reason")),
        Rule("acknowledged by nobody", "(t.acknowledged_at IS NULL) <> (t.acknowledged_by IS NULL)"),
        Rule("closed by nobody", "(t.closed_at IS NULL) <> (t.closed_by IS NULL)"),
        Rule("closed but with a next step", "t.closed_at IS NOT NULL AND t.next_step_at IS NOT NULL"),
    ],
    "issue_watch": times("next_check_at"),
    "surveys": [*times("asked_at", "answered_at"), text("comment", LONG, lines=True)],
    "learned_weights_table": [
        *times("learned_at", "first_at", "last_at"),
        *switches("gate_open"),
        Rule("outcomes is below 0", "t.outcomes < 0"),
    ],
    "satisfaction_models": [*times("trained_at"), Rule("answers is below 1", "t.answers < 1")],
    "round_robin_pointers": [
        Rule(
            "the location is not on the list",
            f"{PAIR} AND t.location NOT IN (SELECT name FROM {LaunchLocation.table})",
        ),
        Rule(
            "the skill is not on the list",
            f"{PAIR} AND t.skill NOT IN (SELECT name FROM {Destination.table})",
        ),
        Rule(
            "points to an agent who does not exist",
            "t.agent_id <> 0 AND"
            " NOT EXISTS (SELECT 1 FROM space_travel_agents a WHERE a.agent_id = t.agent_id)",
        ),
    ],
    **{
        values.table: [text("name")]
        for values in (CommunicationMethod, Department, Destination, JobTitle, LaunchLocation, LeadSource)
    },
    "packages": [text("name")],
    "caps": [
        listed("department", Department),
        listed("source", LeadSource),
        listed("destination", Destination),
        *switches("removed"),
        Rule("version is below 1", "t.version < 1"),
    ],
    "dispositions": [
        text("name"),
        text("reason"),
        Rule(
            "reached is retired, or ends a booking", "t.name = 'reached' AND (t.retired OR t.ends <> 'open')"
        ),
        *switches("reaches", "retired"),
        Rule("version is below 1", "t.version < 1"),
    ],
    "notice_marks": [*times("follow_ups_at", "sent_at")],
    "notice_failures": [*times("at")],
    "planned_absences": [
        *times("from_at", "until_at"),
        text("reason"),
        *switches("removed"),
        of_agents("agent_id", "substitute_id"),
        Rule("version is below 1", "t.version < 1"),
    ],
    "covers": [
        *times("begun_at", "ended_at"),
        of_agents("agent_id", "substitute_id"),
        Rule("version is below 1", "t.version < 1"),
    ],
    "holidays": [
        Rule("day is no time", is_no_time("(t.day || ' 00:00:00')")),
        text("name"),
        *switches("removed"),
        Rule("version is below 1", "t.version < 1"),
    ],
    "cap_counts": [*times("window_start", "window_end"), *switches("reached")],
    "match_tallies": [
        one_of("kind", ("all", "method", "source", "destination", "day")),
        Rule("counts are out of order", "t.closed < t.confirmed OR t.confirmed < 0 OR t.revenue_cents < 0"),
    ],
}
"""The rules of each table beyond its definition."""
