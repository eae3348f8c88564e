"""What a row must not hold, table by table, as conditions (docs/rules.md, Accepted values).

Types, required columns and CHECK constraints follow from the schema itself; these are the rules beyond it.
Times are compared only where no command can break their order: a computer's clock may be set back.
"""

from __future__ import annotations

from collections.abc import Iterable

from models.accepted_values import (
    CommunicationMethod,
    Department,
    Destination,
    JobTitle,
    LaunchLocation,
    LeadSource,
    NamedValue,
)
from models.agents import PRESENCES
from models.dispositions import Disposition
from models.inspection.rules import Rule
from models.inspection.words import (
    differs,
    greatest,
    has,
    has_controls,
    has_controls_in_lines,
    has_no_digits,
    is_json,
    is_no_switch,
    is_no_time,
    json_kind,
    json_number,
    json_text,
    lists_others,
)
from models.issues import CATEGORIES, HELD, ISSUE_STATUSES, OPEN
from models.priorities import PRIORITIES


def _times(*names: str) -> list[Rule]:
    return [Rule(f"{name} is no time", is_no_time(f"t.{name}")) for name in names]


def _days(*names: str) -> list[Rule]:
    return [Rule(f"{name} is no day", is_no_time(f"(t.{name} || ' 00:00:00')")) for name in names]


def _one_of(name: str, accepted: Iterable[str]) -> Rule:
    words = ", ".join(f"'{word}'" for word in accepted)
    return Rule(f"{name} is not an accepted value", f"t.{name} NOT IN ({words})")


def _listed(name: str, values: type[NamedValue] | type[Disposition]) -> Rule:
    return Rule(f"{name} is not on the list", f"t.{name} NOT IN (SELECT name FROM {values.table})")


def _json(name: str, shape: str) -> Rule:
    kind = f"CASE WHEN {is_json(f't.{name}')} THEN {json_kind(f't.{name}')} END"
    misshapen = differs(kind, f"'{shape}'")
    return Rule(f"{name} is not a JSON {shape}", f"t.{name} IS NOT NULL AND {misshapen}")


PAIR = "(t.location <> '' OR t.skill <> '')"
"""A pointer of a pair of places; the one without is the whole desk's."""


def _number_at(name: str, path: str) -> str:
    """A number inside a JSON column; NULL if it is no JSON."""
    return f"CASE WHEN {is_json(f't.{name}')} THEN {json_number(f't.{name}', path)} END"


def _text_at(name: str, path: str) -> str:
    """A text inside a JSON column; NULL if it is no JSON."""
    return f"CASE WHEN {is_json(f't.{name}')} THEN {json_text(f't.{name}', path)} END"


def _words(name: str, accepted: str = "") -> Rule:
    """A JSON list of texts, of names that a query lists if there is one."""
    valid = f"CASE WHEN {is_json(f't.{name}')} THEN t.{name} ELSE '[]' END"
    fault = lists_others(valid, accepted)
    return Rule(f"{name} lists what is not accepted", f"t.{name} IS NOT NULL AND {fault}")


def _between(name: str, low: int, high: int) -> Rule:
    return Rule(f"{name} is not from {low} to {high}", f"t.{name} NOT BETWEEN {low} AND {high}")


def _switches(*names: str) -> list[Rule]:
    return [Rule(f"{name} is neither 0 nor 1", is_no_switch(f"t.{name}")) for name in names]


def _text(name: str, limit: int = 100, *, lines: bool = False) -> Rule:
    """A text without control characters, neither empty nor too long."""
    has_refused = has_controls_in_lines if lines else has_controls
    return Rule(
        f"{name} is empty, too long, or has control characters",
        f"{has_refused(f't.{name}')}"
        f" OR length(t.{name}) NOT BETWEEN 1 AND {limit}"
        f" OR {differs(f'trim(t.{name})', f't.{name}')}",
    )


def _of_agents(*names: str) -> Rule:
    """Numbers of agents, who may have left."""
    ids = " OR ".join(f"t.{name} NOT IN (SELECT agent_id FROM space_travel_agents)" for name in names)
    return Rule("of an agent who does not exist", ids)


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
        *_times("left_at", "presence_until", "due_at", "last_given_at", "capped_until"),
        *_times("gone_since", "settling_until"),
        _text("first_name"),
        _text("last_name"),
        _text("manager_name"),
        _text("license_number"),
        _email(),
        _listed("department", Department),
        _listed("job_title", JobTitle),
        _one_of("presence", PRESENCES),
        _between("years_of_service", 0, 80),
        _between("capacity", 0, 100_000),
        _between("offers_missed", 0, 100_000),
        _between("prior_answers", 0, 100_000),
        _between("prior_rating", 0, 5),
        _between("weight", 0, 10),
        Rule("weight has more than one decimal", "abs(t.weight * 10 - round(t.weight * 10)) > 1e-9"),
        *(_json(name, "array") for name in ("skills", "locations", "specialisations", "languages")),
        _words("languages"),
        _words("specialisations", ", ".join(f"'{name}'" for name in CATEGORIES)),
        Rule(
            "the next change of presence is not planned",
            "t.left_at IS NULL AND (t.due_at IS NULL) <> (t.presence_until IS NULL AND t.hours IS NULL)",
        ),
        Rule("holds bookings, but was never given one", "t.load > 0 AND t.last_given_at IS NULL"),
        _text("presence_reason"),
    ],
    "customers": [
        *_times("created_at"),
        _text("name"),
        *_contacts(),
        *(
            Rule(f"{name}_typed without {name}", f"t.{name} IS NULL AND t.{name}_typed IS NOT NULL")
            for name in ("phone", "email")
        ),
    ],
    "contact_points": [*_switches("removed"), Rule("version is below 1", "t.version < 1")],
    "customers_apart": [*_switches("removed"), Rule("version is below 1", "t.version < 1")],
    "new_customer": [
        *_times("received_at"),
        *_days("departs_on", "returns_on"),
        Rule("return is before the departure", "t.returns_on < t.departs_on"),
        _text("language"),
        _text("customer_name"),
        _text("requests", LONG, lines=True),
        _listed("method", CommunicationMethod),
        _listed("source", LeadSource),
        _listed("destination", Destination),
        _listed("launch_location", LaunchLocation),
    ],
    "assignment_history": [
        *_times("assigned_at"),
        _text("customer_name"),
        _listed("method", CommunicationMethod),
        _listed("source", LeadSource),
    ],
    "bookings": [
        *_times("created_at", "changed_at", "claimed_at", "contacted_at", "follow_up_at", "completed_at"),
        *_times(
            "cancelled_at", "given_at", "progress_at", "asked_at", "shuffled_at", "pinned_at", "clock_from"
        ),
        _listed("destination", Destination),
        _listed("launch_location", LaunchLocation),
        Rule(
            "package is none of the destination's",
            "t.package IS NOT NULL AND NOT EXISTS"
            " (SELECT 1 FROM packages p WHERE p.destination = t.destination AND p.name = t.package)",
        ),
        _text("cancel_reason", LONG, lines=True),
        _listed("last_outcome", Disposition),
        *_switches("voided", "unreachable"),
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
        *_times("decided_at"),
        _one_of("policy", DECIDED_BY),
        Rule("reason is empty", "t.reason = ''"),
        Rule(
            "settings_version is none there has been",
            "t.settings_version NOT BETWEEN 1 AND"
            " (SELECT CAST(value AS INTEGER) FROM settings WHERE key = 'settings_version')",
        ),
        _json("candidates", "array"),
        _json("excluded", "object"),
        _json("notes", "object"),
        Rule(
            "the agent is not the first candidate",
            differs(_number_at("candidates", "[0][0]"), "t.agent_id"),
        ),
    ],
    "events": [
        *_times("at"),
        _text("actor"),
        _text("command"),
        *(_json(name, "object") for name in ("detail", "before", "after")),
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
        *_times("opened_at", "changed_at", "waiting_since", "assigned_at", "resolved_at", "closed_at"),
        *_times("reopened_at", "corrected_at"),
        _one_of("category", CATEGORIES),
        _one_of("complexity", ("low", "medium", "high")),
        _text("description", MESSAGE, lines=True),
        *_switches("unsure", "voided"),
        *(_json(name, "array") for name in ("tags", "entities", "urgency_indicators", "priority_steps")),
        _json("sentiment", "object"),
        Rule(
            "sentiment has no compound from -1 to 1",
            f"({_number_at('sentiment', '.compound')} BETWEEN -1 AND 1) IS NOT TRUE",
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
                _text_at("priority_steps", "[#-1].priority"), f"CASE t.priority {NAMES_OF_PRIORITIES} END"
            ),
        ),
    ],
    "interactions": [
        *_times("at"),
        _text("text", MESSAGE, lines=True),
        *_switches("resolution_attempt", "answer_needed"),
        _one_of("status_from", ISSUE_STATUSES),
        _one_of("status_to", ISSUE_STATUSES),
    ],
    "sla_clocks": [
        *_times("started_at", "due_at", "paused_at", "met_at"),
        Rule("late_pause_s is below 0", "t.late_pause_s < 0"),
    ],
    "sla_warnings": _times("at"),
    "contact_alarms": _times("since", "warned_at", "next_level_at"),
    "escalations": [
        *_times("since", "opened_at", "next_step_at", "acknowledged_at", "closed_at"),
        _one_of("trigger_name", TRIGGERS),
        _text("reason", LONG, lines=True),
        _json("raised_by", "array"),
        _json("steps", "array"),
        Rule(
            "the level is not that of the last step",
            differs(_number_at("steps", "[#-1].level"), "t.level"),
        ),
        Rule(
            "opened at another time than its first step", differs(_text_at("steps", "[0].at"), "t.opened_at")
        ),
        *(_text(name, LONG, lines=True) for name in ("acknowledged_by", "closed_by", "close_reason")),
        Rule("acknowledged by nobody", "(t.acknowledged_at IS NULL) <> (t.acknowledged_by IS NULL)"),
        Rule("closed by nobody", "(t.closed_at IS NULL) <> (t.closed_by IS NULL)"),
        Rule("closed but with a next step", "t.closed_at IS NOT NULL AND t.next_step_at IS NOT NULL"),
    ],
    "issue_watch": _times("next_check_at"),
    "surveys": [*_times("asked_at", "answered_at"), _text("comment", LONG, lines=True)],
    "learned_weights_table": [
        *_times("learned_at", "first_at", "last_at"),
        *_switches("gate_open"),
        Rule("outcomes is below 0", "t.outcomes < 0"),
    ],
    "satisfaction_models": [*_times("trained_at"), Rule("answers is below 1", "t.answers < 1")],
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
        values.table: [_text("name")]
        for values in (CommunicationMethod, Department, Destination, JobTitle, LaunchLocation, LeadSource)
    },
    "packages": [_text("name")],
    "caps": [
        _listed("department", Department),
        _listed("source", LeadSource),
        _listed("destination", Destination),
        *_switches("removed"),
        Rule("version is below 1", "t.version < 1"),
    ],
    "dispositions": [
        _text("name"),
        _text("reason"),
        Rule(
            "reached is retired, or ends a booking", "t.name = 'reached' AND (t.retired OR t.ends <> 'open')"
        ),
        *_switches("reaches", "retired"),
        Rule("version is below 1", "t.version < 1"),
    ],
    "notice_marks": [*_times("follow_ups_at", "sent_at")],
    "notice_failures": [*_times("at")],
    "planned_absences": [
        *_times("from_at", "until_at"),
        _text("reason"),
        *_switches("removed"),
        _of_agents("agent_id", "substitute_id"),
        Rule("version is below 1", "t.version < 1"),
    ],
    "covers": [
        *_times("begun_at", "ended_at"),
        _of_agents("agent_id", "substitute_id"),
        Rule("version is below 1", "t.version < 1"),
    ],
    "holidays": [
        Rule("day is no time", is_no_time("(t.day || ' 00:00:00')")),
        _text("name"),
        *_switches("removed"),
        Rule("version is below 1", "t.version < 1"),
    ],
    "cap_counts": [*_times("window_start", "window_end"), *_switches("reached")],
    "match_tallies": [
        _one_of("kind", ("all", "method", "source", "destination", "day")),
        Rule("counts are out of order", "t.closed < t.confirmed OR t.confirmed < 0 OR t.revenue_cents < 0"),
    ],
}
"""The rules of each table beyond its definition."""
