"""The check of the schema: every table, index, view and trigger is as the migrations make it."""

from __future__ import annotations

from dispatch.desk.desk import Desk
from dispatch.operations.integrity.findings import REPAIR, RESTORE, Finding, finding, joined
from models import engine


def check(desk: Desk) -> Finding:
    """Compare the file's schema, and its number, with this version's."""
    version = desk.database.schema_version()
    sound = f"schema {version}, this Astra uses {engine.SCHEMA_VERSION}"
    expected = desk.database.expected_schema(desk.settings["policy"])
    different = expected.differences()
    if expected.not_compared and version == engine.SCHEMA_VERSION:
        problem = f"{sound}; not checked further: {expected.not_compared}"
        return finding("schema", sound, problem, "let the owner of the tables run the doctor", warning=True)
    problem = joined([sound if version != engine.SCHEMA_VERSION else "", *different])
    mendable = all(one.is_mendable for one in different)
    hint = f"{REPAIR} recreates them" if mendable and version == engine.SCHEMA_VERSION else RESTORE
    return finding("schema", sound, problem, hint)


def repair(desk: Desk) -> list[str]:
    """Make missing or different indexes, views and triggers again; return their names."""
    different = desk.database.expected_schema(desk.settings["policy"]).differences()
    parts = sorted((one for one in different if one.is_mendable), key=lambda one: one.order)
    return [one.name for one in parts if one.mend()]
