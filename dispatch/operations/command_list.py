"""All commands of the desk, and the wording of their events on screen and command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from dispatch.desk.commands import COMMANDS, CommandInfo
from dispatch.desk.event_chain import is_erased
from dispatch.desk.row_types import EventRow
from dispatch.desk.settings import described
from dispatch.operations.row_types import RefusedRow, SettingChange, UndoPreview, UndoResult
from dispatch.queries.wording import plural
from dispatch.reporting.event_sentences import noun_for

MODULES = """
agents.cover agents.file_intake agents.handover agents.holidays agents.planned_absences agents.presence
agents.roster agents.unattended assignment.caps assignment.shuffle batches.record bookings.bulk_actions
bookings.contact bookings.dispositions bookings.editing bookings.follow_ups bookings.lifecycle
customers.merging customers.records leads.file_intake leads.file_record leads.intake
matching.learning.version_store matching.weights
operations.changed_rows.changing operations.configuration operations.doctor operations.import_record
operations.import_undo operations.restore operations.timeouts.first_contact
operations.timeouts.offers_and_claims operations.undo operations.undoing.files people.tokens
people.users privacy.erasure service.bulk_actions service.due_checks service.issues.conversation
service.issues.editing service.issues.escalation_commands service.issues.intake service.issues.lifecycle
service.issues.ownership service.issues.queue service.issues.surveys service.satisfaction.training
service.ticket_files.intake views.desk_views
"""

SEVERAL = "several "
"""The beginning of the words for a command on several rows; a number takes its place where it is known."""


@cache
def every_command() -> Mapping[str, CommandInfo]:
    """All commands by name; their modules are imported on first use, not at every start."""
    for module in MODULES.split():
        import_module(f"dispatch.{module}")
    return COMMANDS


def describe_command(name: str) -> str:
    """Return the log's words for a command, or its name if only a later version of Astra knows it."""
    known = every_command().get(name)
    return known.past if known else name


def describe_actor(row: EventRow) -> str:
    """Name who signed an event; a name that is only said, with the account that said it."""
    return row["actor"] if row["account"] is None else f"{row['actor']} ({row['account']})"


def describe_subject(row: Mapping[str, Any]) -> str:
    """Name the issue or booking of an event or undo, else the customer, else the agent."""
    for kind in ("issue", "booking", "customer", "agent"):
        if row.get(f"{kind}_id") is not None:
            return f"{kind} {row[f'{kind}_id']}"
    return ""


def describe_value(value: Any) -> str:
    """Format a value of an event's detail: a list with commas, a row with its names, "erased" for a text."""
    if is_erased(value):
        return "erased"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(describe_value, value))
    if isinstance(value, dict):
        return " ".join(f"{_noun(key)} {describe_value(one)}" for key, one in value.items())
    return str(value)


def _noun(key: str) -> str:
    return key.removesuffix("_id").replace("_", " ")


def describe_event(row: Mapping[str, Any]) -> str:
    """Describe an event: ``booking 12 claimed``."""
    return f"{describe_subject(row)} {describe_command(row['command'])}".strip()


def describe_refused(refused: Sequence[RefusedRow]) -> str:
    """Say which rows an undo leaves, to be put behind what it does: ``; booking 12 stays``."""
    rows = list(dict.fromkeys(row["row"] for row in refused))
    return f"; {_counted(rows)} {'stays' if len(rows) == 1 else 'stay'}" if rows else ""


def _counted(rows: Sequence[str]) -> str:
    """Name a row, or count several: ``booking 12``, ``2 bookings``, ``3 rows``."""
    kinds = {row.split()[0] for row in rows}
    return rows[0] if len(rows) == 1 else f"{len(rows):,} {kinds.pop() if len(kinds) == 1 else 'row'}s"


def _set_to(change: SettingChange) -> str:
    return described(change["new"]) or "empty"


def describe_undone(done: UndoResult) -> str:
    """Describe what is undone or redone: ``the cancellation of booking 12``, ``policy is rank again``."""
    if done["setting"] is not None:
        return f"{done['setting']['key']} is {_set_to(done['setting'])} again"
    several = {"bookings": plural(done["bookings"], "booking")} if done["bookings"] else {}
    return _noun_of(done, several)


def describe_target(found: UndoPreview) -> str:
    """Describe what would be undone or redone: ``the claim on booking 12``, ``policy, back to rank``.

    Of several rows, also how many, and how many stay.
    """
    if found["setting"] is not None:
        return f"{found['setting']['key']}, back to {_set_to(found['setting'])}"
    rows = list(filter(None, found["rows"]))  # a view or a cap is no row of a list
    count = _counted(rows) if rows else ""
    what = _noun_of(found, dict.fromkeys(("bookings", "issues"), count))
    is_counted = count in what or found["command"] == "import"
    several = len(found["rows"]) > 1 or found["refused"]
    return (f"{what} ({count})" if several and not is_counted else what) + describe_refused(found["refused"])


def _noun_of(row: UndoPreview | UndoResult, several: Mapping[str, str]) -> str:
    """Return what an undo or redo reverses, as a noun with the numbers that lists show."""
    words = {**several, **row["about"]}
    for kind in ("booking", "issue", "customer"):
        number = row[f"{kind}_id"]  # type: ignore[literal-required]
        if number is not None:
            words[kind] = f"{kind} {number}"
    if row["command"] == "lead.add" and row["booking"] is not None:
        words["lead"] = f"{words['booking']} ({row['booking']['customer_name']})"
    if row["command"].startswith("agent.") and row["agent_name"] is not None:
        words["agent"] = row["agent_name"]
    return noun_for(row["command"], words)
