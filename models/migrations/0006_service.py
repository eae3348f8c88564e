"""The service desk: issues, interactions, clocks, warnings, escalations, surveys, and agents' abilities."""

from __future__ import annotations

from typing import Any

TIERS = "('bronze', 'silver', 'gold', 'platinum', 'enterprise')"
CHANNELS = "('email', 'phone', 'chat', 'social_media', 'web_form')"
STATUSES = "('new', 'assigned', 'in_progress', 'pending_customer', 'resolved', 'closed')"
OPEN = "('new', 'assigned', 'in_progress', 'pending_customer')"

COLUMNS = [
    f"ALTER TABLE customers ADD COLUMN tier TEXT CHECK (tier IN {TIERS})",
    "ALTER TABLE space_travel_agents ADD COLUMN level INTEGER CHECK (level BETWEEN 1 AND 5)",
    "ALTER TABLE space_travel_agents ADD COLUMN specialisations TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE space_travel_agents ADD COLUMN languages TEXT NOT NULL DEFAULT '[]'",
    """ALTER TABLE space_travel_agents ADD COLUMN issue_load INTEGER NOT NULL DEFAULT 0
        CHECK (issue_load >= 0)""",
    "ALTER TABLE events ADD COLUMN issue_id INTEGER",
]

# Bookings and issues share one capacity, so takes_work depends on both loads.
CAPACITY = [
    "DROP INDEX agents_best_first",
    "ALTER TABLE space_travel_agents DROP COLUMN takes_work",
    """ALTER TABLE space_travel_agents ADD COLUMN takes_work INTEGER
        GENERATED ALWAYS AS (presence = 'available' AND load + issue_load < capacity) VIRTUAL""",
    """CREATE INDEX agents_best_first ON space_travel_agents
        (takes_work, load, years_of_service DESC, rating DESC, agent_id)
        WHERE left_at IS NULL""",
]

TABLES = [
    f"""CREATE TABLE issues (
        issue_id INTEGER PRIMARY KEY,
        customer_id INTEGER REFERENCES customers (customer_id),
        booking_id INTEGER REFERENCES bookings (booking_id),
        agent_id INTEGER REFERENCES space_travel_agents (agent_id),
        status TEXT NOT NULL CHECK (status IN {STATUSES}),
        category TEXT NOT NULL,
        confidence DOUBLE PRECISION NOT NULL CHECK (confidence BETWEEN 0 AND 1),
        unsure INTEGER NOT NULL,
        priority INTEGER NOT NULL CHECK (priority BETWEEN 1 AND 5),
        priority_steps TEXT NOT NULL,
        tier TEXT CHECK (tier IN {TIERS}),
        channel TEXT NOT NULL CHECK (channel IN {CHANNELS}),
        title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 100),
        description TEXT NOT NULL,
        tags TEXT NOT NULL,
        sentiment TEXT NOT NULL,
        entities TEXT NOT NULL,
        urgency_indicators TEXT NOT NULL,
        complexity TEXT NOT NULL,
        routing_reason TEXT NOT NULL,
        opened_at TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        waiting_since TEXT,
        assigned_at TEXT,
        resolved_at TEXT,
        closed_at TEXT,
        reopened_at TEXT,
        corrected_at TEXT,
        voided INTEGER NOT NULL,
        version INTEGER NOT NULL,
        CHECK (status != 'new' OR agent_id IS NULL),
        CHECK (status NOT IN ('assigned', 'in_progress', 'pending_customer') OR agent_id IS NOT NULL),
        CHECK ((waiting_since IS NOT NULL) = (status = 'new'))
    )""",
    f"""CREATE TABLE interactions (
        interaction_id INTEGER PRIMARY KEY,
        issue_id INTEGER NOT NULL REFERENCES issues (issue_id),
        at TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('message', 'note', 'status')),
        author TEXT NOT NULL CHECK (author IN ('customer', 'desk')),
        agent_id INTEGER REFERENCES space_travel_agents (agent_id),
        channel TEXT CHECK (channel IN {CHANNELS}),
        text TEXT,
        compound DOUBLE PRECISION CHECK (compound BETWEEN -1 AND 1),
        resolution_attempt INTEGER NOT NULL,
        answer_needed INTEGER NOT NULL,
        status_from TEXT,
        status_to TEXT,
        CHECK ((kind = 'status') = (status_to IS NOT NULL)),
        CHECK ((kind = 'status') = (text IS NULL))
    )""",
    """CREATE TABLE sla_clocks (
        clock_id INTEGER PRIMARY KEY,
        issue_id INTEGER NOT NULL REFERENCES issues (issue_id),
        kind TEXT NOT NULL CHECK (kind IN ('first_response', 'resolution')),
        started_at TEXT NOT NULL,
        allowed_s INTEGER NOT NULL CHECK (allowed_s > 0),
        hours TEXT NOT NULL,
        due_at TEXT NOT NULL,
        late_pause_s INTEGER NOT NULL,
        paused_at TEXT,
        met_at TEXT,
        UNIQUE (issue_id, kind)
    )""",
    """CREATE TABLE sla_warnings (
        warning_id INTEGER PRIMARY KEY,
        issue_id INTEGER NOT NULL REFERENCES issues (issue_id),
        kind TEXT NOT NULL CHECK (kind IN ('first_response', 'resolution')),
        percent INTEGER NOT NULL CHECK (percent IN (50, 75, 90, 100)),
        at TEXT NOT NULL,
        UNIQUE (issue_id, kind, percent)
    )""",
    """CREATE TABLE escalations (
        escalation_id INTEGER PRIMARY KEY,
        issue_id INTEGER NOT NULL REFERENCES issues (issue_id),
        trigger_name TEXT NOT NULL,
        since TEXT NOT NULL,
        urgency TEXT NOT NULL CHECK (urgency IN ('high', 'medium')),
        level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 3),
        reason TEXT NOT NULL,
        raised_by TEXT NOT NULL,
        steps TEXT NOT NULL,
        opened_at TEXT NOT NULL,
        next_step_at TEXT,
        acknowledged_at TEXT,
        acknowledged_by TEXT,
        closed_at TEXT,
        closed_by TEXT,
        close_reason TEXT,
        CHECK ((closed_at IS NOT NULL) = (close_reason IS NOT NULL))
    )""",
    """CREATE TABLE issue_watch (
        issue_id INTEGER PRIMARY KEY REFERENCES issues (issue_id),
        next_check_at TEXT
    )""",
    """CREATE TABLE surveys (
        survey_id INTEGER PRIMARY KEY,
        issue_id INTEGER NOT NULL UNIQUE REFERENCES issues (issue_id),
        agent_id INTEGER NOT NULL REFERENCES space_travel_agents (agent_id),
        asked_at TEXT NOT NULL,
        score INTEGER CHECK (score BETWEEN 1 AND 5),
        answered_at TEXT,
        comment TEXT,
        CHECK ((score IS NOT NULL) = (answered_at IS NOT NULL))
    )""",
    """CREATE TABLE satisfaction_models (
        model_id INTEGER PRIMARY KEY,
        trained_at TEXT NOT NULL,
        answers INTEGER NOT NULL,
        error DOUBLE PRECISION NOT NULL,
        formula_error DOUBLE PRECISION NOT NULL,
        accuracy DOUBLE PRECISION NOT NULL,
        weights TEXT NOT NULL
    )""",
]

INDEXES = [
    f"CREATE INDEX issues_urgent ON issues (priority DESC, opened_at, issue_id) WHERE status IN {OPEN}",
    "CREATE INDEX issues_waiting ON issues (priority DESC, opened_at, issue_id) WHERE status = 'new'",
    "CREATE INDEX issues_agent ON issues (agent_id, status)",
    "CREATE INDEX issues_customer ON issues (customer_id, category, opened_at) WHERE customer_id IS NOT NULL",
    "CREATE INDEX issues_booking ON issues (booking_id) WHERE booking_id IS NOT NULL",
    "CREATE INDEX issues_opened ON issues (opened_at)",
    "CREATE INDEX issues_corrected ON issues (corrected_at) WHERE corrected_at IS NOT NULL",
    "CREATE INDEX issues_resolved ON issues (resolved_at) WHERE resolved_at IS NOT NULL",
    "CREATE INDEX interactions_issue ON interactions (issue_id, interaction_id)",
    # At most one open escalation for each (issue, trigger).
    "CREATE UNIQUE INDEX escalations_open ON escalations (issue_id, trigger_name) WHERE closed_at IS NULL",
    "CREATE INDEX escalations_issue ON escalations (issue_id)",
    # Lets the sweep find what is due, however many issues are open.
    "CREATE INDEX watch_due ON issue_watch (next_check_at) WHERE next_check_at IS NOT NULL",
    "CREATE INDEX surveys_answered ON surveys (answered_at) WHERE answered_at IS NOT NULL",
    "CREATE INDEX events_issue ON events (issue_id) WHERE issue_id IS NOT NULL",
]

# Interactions are append-only.
APPEND_ONLY = [
    """CREATE TRIGGER interactions_keep BEFORE UPDATE ON interactions
        BEGIN SELECT RAISE(ABORT, 'interactions are append-only'); END""",
    """CREATE TRIGGER interactions_stay BEFORE DELETE ON interactions
        BEGIN SELECT RAISE(ABORT, 'interactions are append-only'); END""",
]


def up(migrator: Any, db: Any) -> None:
    for statement in [*COLUMNS, *CAPACITY, *TABLES, *INDEXES, *APPEND_ONLY]:
        db.execute_sql(statement)
