"""What the policies ``balanced`` and ``skill`` order by, as indexes; and undone leads count in no rate."""

from __future__ import annotations

from typing import Any

# Whoever may not take work can have a capacity of 0: the ratio is then the load itself.
RATIO = "(CAST(load + issue_load AS REAL) / max(capacity, 1))"
LEVEL = "coalesce(level, min(5, 1 + years_of_service / 5))"

# Derived by the database, so that no writer can forget them; a lead moves a row of each index.
COLUMNS = [
    f"ALTER TABLE space_travel_agents ADD COLUMN load_ratio REAL GENERATED ALWAYS AS {RATIO} VIRTUAL",
    # mission.md C3 without what depends on the lead, the 0.4 of a specialist
    f"""ALTER TABLE space_travel_agents ADD COLUMN skill_base REAL GENERATED ALWAYS AS
        (round({LEVEL} * 0.2 / 5 + (1.0 - {RATIO}) * 0.2 + rating / 5.0 * 0.2, 9)) VIRTUAL""",
]

INDEXES = [
    """CREATE INDEX agents_by_ratio ON space_travel_agents
        (takes_work, load_ratio, last_given_at, agent_id)
        WHERE left_at IS NULL""",
    # Each agent is in one of these two. With the skills in it, a look for specialists passes over the
    # others without reading their rows.
    """CREATE INDEX agents_by_skill_any ON space_travel_agents
        (takes_work, skill_base DESC, agent_id)
        WHERE left_at IS NULL AND skills IS NULL""",
    """CREATE INDEX agents_by_skill_listed ON space_travel_agents
        (takes_work, skill_base DESC, agent_id, skills)
        WHERE left_at IS NULL AND skills IS NOT NULL""",
]

# A lead entered by mistake was never given to anybody.
VOIDED = "UPDATE bookings SET given_at = NULL WHERE voided AND given_at IS NOT NULL"


def up(migrator: Any, db: Any) -> None:
    for statement in [*COLUMNS, *INDEXES, VOIDED]:
        db.execute_sql(statement)
