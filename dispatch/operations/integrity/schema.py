"""The check of the schema: every table, index, view and trigger is as the migrations make it."""

from __future__ import annotations

from dispatch.desk.desk import Desk
from dispatch.operations.integrity.findings import REPAIR, RESTORE, Finding, finding, joined
from models.database import SCHEMA_VERSION, current_database
from models.inspection import schema


def check(desk: Desk) -> Finding:
    """Compare the file's schema, and its number, with this version's."""
    version = int(current_database.pragma("user_version"))
    sound = f"schema {version}, this Astra uses {SCHEMA_VERSION}"
    different = schema.differences(desk.settings["policy"])
    problem = joined([sound if version != SCHEMA_VERSION else "", *different])
    mendable = all(one.expected is not None and one.expected.is_mendable for one in different)
    hint = f"{REPAIR} recreates them" if mendable and version == SCHEMA_VERSION else RESTORE
    return finding("schema", sound, problem, hint)


def repair(desk: Desk) -> list[str]:
    """Make missing or different indexes, views and triggers again; return their names."""
    different = schema.differences(desk.settings["policy"])
    order = ("index", "view", "trigger")  # a view may name an index
    parts = [one for one in different if one.expected is not None and one.expected.is_mendable]
    parts.sort(key=lambda one: order.index(one.expected.kind) if one.expected else 0)
    return [one.expected.name for one in parts if one.expected and schema.mend(one)]
