"""Sort columns of the policies ``balanced`` and ``skill``; undone leads no longer count in contact rates."""

from __future__ import annotations

from typing import Any

from models.policy_indexes import keep_order

# An agent who may not take work can have capacity 0; the ratio is then the load itself.
RATIO = "(CAST(load + issue_load AS REAL) / max(capacity, 1))"
LEVEL = "coalesce(level, min(5, 1 + years_of_service / 5))"

# Derived by the database, so no writer can forget them; models/policy_indexes.py indexes them.
COLUMNS = [
    f"ALTER TABLE space_travel_agents ADD COLUMN load_ratio REAL GENERATED ALWAYS AS {RATIO} VIRTUAL",
    # docs/rules.md, Policies: the skill score without the part that depends on the lead, a specialist's 0.4
    f"""ALTER TABLE space_travel_agents ADD COLUMN skill_base REAL GENERATED ALWAYS AS
        (round({LEVEL} * 0.2 / 5 + (1.0 - {RATIO}) * 0.2 + rating / 5.0 * 0.2, 9)) VIRTUAL""",
]

# A lead entered by mistake counts as never given to an agent.
VOIDED = "UPDATE bookings SET given_at = NULL WHERE voided AND given_at IS NOT NULL"


def up(migrator: Any, db: Any) -> None:
    for statement in [*COLUMNS, VOIDED]:
        db.execute_sql(statement)
    for (policy,) in db.execute_sql("SELECT value FROM settings WHERE key = 'policy'").fetchall():
        keep_order(policy)
