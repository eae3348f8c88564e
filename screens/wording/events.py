"""An event's changes in words: every row before and after."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from dispatch.desk.commands import TABLES
from dispatch.desk.event_chain import is_erased
from dispatch.desk.row_types import EventRow
from dispatch.desk.settings import described
from dispatch.desk.undo_chain import REVERSALS, UNDO
from dispatch.operations.command_list import (
    describe_command,
    describe_refused,
    describe_target,
    describe_undone,
    describe_value,
)
from dispatch.operations.row_types import SettingChange, UndoPreview, UndoResult
from dispatch.queries.new_work import Restored
from dispatch.queries.wording import exact, moment_column, money, plural, short_moment
from dispatch.reporting import event_sentences
from dispatch.reporting.event_sentences import Names
from dispatch.reporting.named_changes import MECHANICAL, column_name
from dispatch.service.wording import priority_words
from models.base import Json
from models.priorities import PRIORITIES
from models.steps import STEPS
from screens.wording.reasons import policy_word

OF_AGENTS = frozenset(
    {"agent_id", "declined_by", "let_lapse_by", "moved_from", "moved_to", "not_claimed_by", "pulled_from"}
)
IN_SNAKE_CASE = frozenset({"status", "category", "channel", "outcome", "trigger"})
POLICY = "policy"  # the setting whose values have words of their own on screens
IN_SENTENCE = frozenset({"warnings", "escalations", "command", STEPS})
"""What the sentence tells, or nobody reads."""


def changes(event: EventRow, names: Names | None = None) -> list[tuple[str, list[str]]]:
    """Return each row that was made or changed, with its first values or its changes, agents by name."""
    parts: list[tuple[str, list[str]]] = []
    for key, after in event["after"].items():
        table, _, number = key.rpartition(":")
        name = f"{TABLES[table].label if table in TABLES else table} {number}"
        before = event["before"].get(key)
        told = {
            column: after[column] for column in sorted(after, key=column_name) if column not in MECHANICAL
        }
        words = partial(_value, names=names or {})
        if before is None:
            first = [
                f"{column_name(column)}: {words(column, value)}" for column, value in told.items() if value
            ]
            parts.append((f"{name}, new", first))
            continue
        pairs = {
            column: (words(column, before.get(column)), words(column, value))
            for column, value in told.items()
        }
        changed = [
            f"{column_name(column)}: {old} → {new}" for column, (old, new) in pairs.items() if old != new
        ]
        if changed:
            parts.append((name, changed))
    return parts


def agents_in(event: EventRow) -> set[int]:
    """Return the agents that an event's rows had before or after it."""
    rows = (*event["before"].values(), *event["after"].values())
    return {value for row in rows for column, value in row.items() if column in OF_AGENTS and value}


def details(event: EventRow, names: Names | None = None) -> list[tuple[str, str]]:
    """Return the words of the command: a reason, a text, a score; not what its sentence has told."""
    return [
        (column_name(key), _value(key, value, names or {}))
        for key, value in event["detail"].items()
        if key not in IN_SENTENCE
    ]


def _value(column: str, value: Any, names: Names) -> str:
    if value is None or value in ("", [], {}):
        return "–"
    if column in OF_AGENTS:
        return names.get(value, str(value))
    if column.endswith("_at") and isinstance(value, str):
        return exact(value)
    if column.endswith("_cents"):
        return money(value / 100)
    if column in IN_SNAKE_CASE and isinstance(value, str):
        return value.replace("_", " ")
    if column == "priority" and isinstance(value, int):
        return priority_words(PRIORITIES[value - 1])
    return describe_value(value)


WHO = {
    "booking.claim": " for {agent}",
    "booking.decline": " by {declined_by}",
    "booking.lapse": " by {not_claimed_by}",
    "booking.reassign": " to {agent}",
    "issue.claim": " for {agent}",
    "issue.reassign": " to {agent}",
    "lead.add": ", given to {agent}",
}
"""Whose a command's part in a history was, by the fields of its event; left out where nobody is named."""


def _who(event: EventRow, names: Names) -> str:
    form = WHO.get(event["command"], "")
    field = form.partition("{")[2].rstrip("}")
    number = event["agent_id"] if field == "agent" else event["detail"].get(field)
    return form.replace(f"{{{field}}}", names.get(number, f"agent {number}")) if number is not None else ""


def sentence(event: EventRow, names: Names) -> str:
    """Describe an event as the log does, a policy by its word."""
    detail = event["detail"]
    if detail.get("key") == POLICY:
        event = {**event, "detail": detail | {"new": policy_word(detail["new"])}}
    return event_sentences.sentence(event, names)


def _worded(change: SettingChange | None) -> SettingChange | None:
    if change is None or change["key"] != POLICY:
        return change
    return {**change, "new": policy_word(change["new"])}


def event_line(event: EventRow, names: Names, about: str = "") -> str:
    """Format one line of a history, with the agents' names: what was done, to what it is ``about``."""
    if event["command"] in REVERSALS:
        word, words = sentence({**event, "customer_name": ""}, names), ""
    else:
        word = f"{about} {describe_command(event['command'])}".lstrip() + _who(event, names)
        words = format_detail(event["command"], event["detail"])
    line = f"{moment_column(event['at'])}  {word}" + (f": {words}" if words else "")
    return f"{line}  ({event['actor']})" + (f"  [{undone_word(event)}]" if event["undone_by"] else "")


def undone_word(event: EventRow) -> str:
    """Name what became of an undone event: of an undo, that it was redone."""
    return "redone" if event["command"] == UNDO else "undone"


def undo_target(found: UndoPreview) -> str:
    """Describe what would be undone or redone: ``policy, back to Rank``."""
    return describe_target({**found, "setting": _worded(found["setting"])})


def describe_undo(done: UndoResult) -> str:
    """Describe an undo or redo, for the message line."""
    done = {**done, "setting": _worded(done["setting"])}
    what, count = describe_undone(done), plural(done["bookings"], "booking")
    several = f" ({count})" if done["bookings"] > 1 and count not in what else ""
    kept = [
        plural(len(rows), kind)
        for kind, rows in (("agent", done["kept_agents"]), ("booking", done["kept_bookings"]))
        if rows
    ]
    stays = "stays" if len(done["kept_agents"]) + len(done["kept_bookings"]) == 1 else "stay"
    left = f"; {' and '.join(kept)} with work or changes since {stays}" if kept else ""
    if done["kept_events"]:
        number, is_import = len(done["kept_events"]), done["command"] == "import"
        left += (
            f"; {plural(number, 'change')} with work since kept"
            if is_import
            else f"; {plural(number, 'command')} cannot be undone"
        )
    left += describe_refused(done["refused"])
    return f"{'Redone' if done['redone'] else 'Undone'}: {what}{several}{left}"


def format_detail(command: str, detail: Json) -> str:
    """Format an event's detail in one line."""
    if command == "setting.set":
        return f"{detail['key']} is {described(detail['new']) or 'empty'}"
    detail = {key: describe_value(value) if is_erased(value) else value for key, value in detail.items()}
    parts = [detail.get("outcome", "").replace("_", " "), detail.get("text") or detail.get("reason")]
    if "follow_up_at" in detail:
        at = short_moment(detail["follow_up_at"]) or "removed"
        parts.append(at if command == "booking.follow_up" else f"follow-up {at}")
    if "score" in detail:
        parts.append(str(detail["score"]))
    return ", ".join(filter(None, parts))


def describe_restore(done: Restored) -> str:
    """Describe for the message line that the desk has gone back to a backup."""
    lost = "" if done.lost_events is None else f"; {plural(done.lost_events, 'event')} lost"
    return f"The desk was restored from {Path(done.file).name} by {done.actor}{lost} (event {done.event_id})"


def describe_loaded(name: str, is_same_desk: bool) -> str:
    """Describe for the message line that the file which had taken the desk's place was loaded."""
    return f"Loaded {name}" + ("" if is_same_desk else ", another desk")
