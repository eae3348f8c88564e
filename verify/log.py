"""A desk's file as the checker reads it: the rows as they are now, the decisions, and the events in order.

Reads the SQLite file alone, in one snapshot, and imports nothing of Astra's. One look through the events
finds the numbers that are missing, and what the replay must know beforehand.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Row = dict[str, Any]

AGENTS, BOOKINGS, LEADS, ASSIGNED = "space_travel_agents", "bookings", "new_customer", "assignment_history"
CAPS = "caps"
COLUMNS = {
    AGENTS: [
        *("agent_id", "presence", "capacity", "left_at", "department", "skills", "locations"),
        *("years_of_service", "prior_rating", "prior_answers", "presence_reason", "hours", "due_at"),
    ],
    LEADS: ["lead_id", "destination", "launch_location", "requests", "customer_id", "source"],
    BOOKINGS: [
        *("booking_id", "status", "agent_id", "lead_id", "package"),
        *("score", "scored_agent_id", "completed_at", "voided", "given_at"),
    ],
    "issues": ["issue_id", "status", "agent_id"],
    "surveys": ["survey_id", "agent_id", "score"],
}
"""The columns that choices depend on, the key first; the tables in the order of their references."""
ASSIGNMENT = ["assignment_id", "lead_id", "agent_id", "assigned_at"]
DIGESTED = ["lead_id", "agent_id", "decided_at", "policy", "settings_version", "after_event"]
DECISION = ["decision_id", *DIGESTED, "candidates", "notes", "excluded", "seen"]
EVENT = ["event_id", "at", "command", "booking_id", "detail", "before", "after", "undoes"]

DERIVED = ["load", "issue_load", "score_sum", "score_count", "rating", "last_given_at"]
HELD = {BOOKINGS: ("Pending",), "issues": ("assigned", "in_progress", "pending_customer")}
COVERS, HOLIDAYS = "covers", "holidays"
COVER = ["cover_id", "booking_id", "agent_id", "substitute_id", "ended_at"]
HOLIDAY = ["holiday_id", "calendar", "day", "removed"]
CAP = ["cap_id", "leads", "per", "agent_id", "department", "source", "destination", "removed"]
BESIDE = ("presence_reason", "hours", "due_at", "settling_until")
"""What changes together with an agent's presence."""
SEEN = {
    "booking.decline": "declined_by",
    "booking.lapse": "not_claimed_by",
    "booking.expire": "let_lapse_by",
}


class Fault(Exception):
    """The first thing that does not follow, by name, and where."""


def is_erased(value: object) -> bool:
    return isinstance(value, dict) and "erased" in value


def same(what: str, recorded: Any, follows: Any, **where: int | None) -> None:
    """Raise Fault for two values that differ; one that was erased may have been any."""
    if recorded != follows and not is_erased(recorded) and not is_erased(follows):
        places = dict.fromkeys(("event", "decision", "booking"))
        raise Fault({"what": what, **places, **where, "recorded": recorded, "follows": follows})


RETURNING = {"True": "seller", "False": "off"}
"""The setting ``owner`` by the values of the one that was called ``returning``."""


def settings_of(event: Row) -> list[tuple[str, str | None, str]]:
    """The settings that an event has changed: the key, the value before, if it is told, and after."""
    detail, command = event["detail"], event["command"]
    if "setting.set" in (command, detail.get("command")):
        key, old, new = (str(detail[name]) for name in ("key", "old", "new"))
        return [("owner", RETURNING[old], RETURNING[new])] if key == "returning" else [(key, old, new)]
    if command == "weights.use":
        return [("match_weights", None, detail["weights"])]
    if "value.rename" in (command, detail.get("command")):
        return [(key, old, new) for key, (old, new) in detail.get("settings", {}).items()]
    some = detail.get("settings", {}) if command == "import" else {}
    return [(key, None, str(new)) for key, new in some.items()]


class Log:
    """A desk's file; ``close`` it after use."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        self._db.execute("BEGIN")  # one snapshot, whatever others write meanwhile
        tables = {name for (name,) in self._db.execute("SELECT name FROM sqlite_master")}
        self.columns, self.has_absences = COLUMNS, "share_clock" in tables
        self.knows_caps = CAPS in tables
        if self.has_absences:  # otherwise the file is from before that
            self.columns = self.columns | {AGENTS: [*self.columns[AGENTS], "weight"]}
        if self.knows_caps:
            self.columns = self.columns | {AGENTS: [*self.columns[AGENTS], "settling_until"], CAPS: CAP}
        if HOLIDAYS in tables:
            self.columns = self.columns | {AGENTS: [*self.columns[AGENTS], "region"]}
            self.columns = self.columns | {COVERS: COVER, HOLIDAYS: HOLIDAY}
        heads = {row[1] for row in self._db.execute(f"PRAGMA table_info({LEADS})")}
        if "language" in heads:
            languages = {LEADS: "language", AGENTS: "languages"}
            self.columns = self.columns | {one: [*self.columns[one], name] for one, name in languages.items()}
        self.present = {table: self._keyed(table, names) for table, names in self.columns.items()}
        self.assignments = self._keyed("assignment_history", ASSIGNMENT)
        self.booked = {row["lead_id"]: number for number, row in self.present[BOOKINGS].items()}
        self.settings = {row["key"]: row["value"] for row in self.select("settings", ["key", "value"])}
        self.owner_since = int(self.settings.get("owner_since_event", 0))
        self.first_settings: dict[str, str] = {}
        self.first: dict[str, Row] = {}  # of rows written in bulk: the oldest values that events know
        self.announced: dict[str, bool] = {}  # rows that an event made, and whether it has their values
        self.parts: set[int] = set()  # events that a command wrote while another was at work
        self.total = 0
        self.close = self._db.close

    def select(self, table: str, names: list[str]) -> Iterator[Row]:
        rows = self._db.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY 1")  # noqa: S608
        return (dict(zip(names, row, strict=True)) for row in rows)

    def _keyed(self, table: str, names: list[str]) -> dict[int, Row]:
        return {row[names[0]]: row for row in self.select(table, names)}

    def events(self) -> Iterator[Row]:
        for event in self.select("events", EVENT):
            event |= {name: json.loads(event[name] or "{}") for name in ("detail", "before", "after")}
            yield event | {"touched": {}, "decided": {}, "given": {}, "is_given_back": False}

    def decisions(self) -> list[Row]:
        """Every decision. Raises Fault for one that is missing, or whose digest is."""
        found = list(self.select("decisions", DECISION))
        since = next((one["decision_id"] for one in found if one["seen"] is not None), len(found) + 1)
        for number, row in enumerate(found, 1):
            same("the number of a decision", row["decision_id"], number, decision=number)
            is_new = number > since and self.announced.get(f"{LEADS}:{row['lead_id']}", False)
            same("a digest", row["seen"], row["seen"] or (None if not is_new else "one"), decision=number)
        return found

    def look_through(self) -> None:
        """Learn what the replay must know beforehand. Raises Fault if an event is missing."""
        last = 0
        for event in self.events():
            number, detail, before = event["event_id"], event["detail"], event["before"]
            expected = detail["last_event"] if event["command"] == "desk.restore" else number - 1
            same("the event before this one", last, expected, event=number)
            last, self.total = number, self.total + 1
            self.parts.update(one for one in detail.get("steps", ()) if isinstance(one, int) and one)
            for key, old, _ in settings_of(event):
                if old is not None:
                    self.first_settings.setdefault(key, old)
            for key, new in event["after"].items():
                if key not in before:
                    self.announced[key] = bool(new) and "moved" not in new
            for key, old in before.items():
                if not self.announced.get(key):
                    self.first[key] = old | self.first.get(key, {})
