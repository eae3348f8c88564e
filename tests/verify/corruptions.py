"""What somebody could change in a desk's file behind its back, each by SQL on a copy."""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
from collections.abc import Callable
from typing import Any

Row = dict[str, Any]
DIGESTED = ["lead_id", "agent_id", "decided_at", "policy", "settings_version", "after_event"]
CHECKED = "policy IN ('rank', 'balanced', 'round_robin', 'share')"


class Vandal:
    """Changes something in a file that was sound; each method returns what, in words."""

    def __init__(self, connection: sqlite3.Connection, seed: int) -> None:
        self.connection, self.random = connection, random.Random(seed)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = OFF")
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in connection.execute(triggers).fetchall():
            connection.execute(f"DROP TRIGGER {name}")

    def one(self, query: str) -> Row:
        return dict(self.random.choice(self.connection.execute(query).fetchall()))

    def put(self, table: str, key: str, row: Row, **new: Any) -> str:
        columns = ", ".join(f"{name} = ?" for name in new)
        sql = f"UPDATE {table} SET {columns} WHERE {key} = ?"
        assert self.connection.execute(sql, (*new.values(), row[key])).rowcount == 1
        return f"{table} {row[key]}: {new}"

    def decision(self, where: str = "1", *, again: bool = True, **new: Any) -> str:
        """Change a decision, and, as somebody who knows how would, its digest."""
        return self.rewrite(self.one(f"SELECT * FROM decisions WHERE {where}"), again=again, **new)

    def rewrite(self, row: Row, *, again: bool = True, **new: Any) -> str:
        row |= new
        text = json.dumps([row[name] for name in DIGESTED], separators=(",", ":"))[:-1]
        text += f",{row['candidates']},{row['notes']}]"
        seen = hashlib.blake2b(text.encode(), digest_size=32).hexdigest() if again else row["seen"]
        return self.put("decisions", "decision_id", row, **new, seen=seen)

    def other_agent(self, agent_id: int) -> int:
        return int(
            self.one(f"SELECT agent_id FROM space_travel_agents WHERE agent_id <> {agent_id}")["agent_id"]
        )

    def agent(self, where: str = "1") -> Row:
        return self.one(f"SELECT * FROM space_travel_agents WHERE {where}")

    def image(self, where: str, table: str, change: Callable[[Row], object], side: str = "after") -> str:
        """Change what an event says of a row."""
        row = self.one(f"SELECT * FROM events WHERE {where} AND {side} LIKE '%\"{table}:%'")
        rows = json.loads(row[side])
        key = next(key for key in rows if key.startswith(table))
        change(rows[key])
        return self.put("events", "event_id", row, **{side: json.dumps(rows)})


def _agent_of_booking(by: Vandal) -> str:
    row = by.one("SELECT * FROM bookings WHERE agent_id IS NOT NULL")
    return by.put("bookings", "booking_id", row, agent_id=by.other_agent(row["agent_id"]))


def _agent_of_assignment(by: Vandal) -> str:
    row = by.one("SELECT * FROM assignment_history WHERE agent_id IS NOT NULL")
    return by.put("assignment_history", "assignment_id", row, agent_id=by.other_agent(row["agent_id"]))


def _both_agents(by: Vandal) -> str:
    row = by.one(
        "SELECT b.* FROM bookings b JOIN assignment_history USING (assignment_id) WHERE b.agent_id > 0"
    )
    other = by.other_agent(row["agent_id"])
    by.put("assignment_history", "assignment_id", row, agent_id=other)
    return by.put("bookings", "booking_id", row, agent_id=other)


def _column(column: str, change: Callable[[Any], Any]) -> Callable[[Vandal], str]:
    def corrupt(by: Vandal) -> str:
        row = by.agent(f"{column} IS NOT NULL")
        return by.put("space_travel_agents", "agent_id", row, **{column: change(row[column])})

    return corrupt


def _presence_in_log(by: Vandal) -> str:
    other = {"available": "busy"}
    return by.image(
        "command = 'agent.presence'",
        "space_travel_agents",
        lambda row: row.update(presence=other.get(row["presence"], "available")),
    )


def _presence_forgotten(by: Vandal) -> str:
    return by.image(
        "command = 'agent.presence'", "space_travel_agents", lambda row: row.pop("presence", None)
    )


def _capacity_in_log(by: Vandal) -> str:
    where = "command = 'agent.set' AND after LIKE '%capacity%'"
    return by.image(where, "space_travel_agents", lambda row: row.update(capacity=row["capacity"] + 1))


def _old_capacity_in_log(by: Vandal) -> str:
    where = "command = 'agent.set' AND before LIKE '%capacity%'"
    change = lambda row: row.update(capacity=row["capacity"] + 1)  # noqa: E731
    return by.image(where, "space_travel_agents", change, "before")


def _holder_in_log(by: Vandal) -> str:
    where = "command = 'booking.decline' AND after LIKE '%\"agent_id\":%'"
    return by.image(
        where, "bookings", lambda row: row.update(agent_id=by.other_agent(row.get("agent_id") or 0))
    )


def _order_of_events(by: Vandal) -> str:
    row = by.one("SELECT event_id FROM events WHERE event_id < (SELECT max(event_id) FROM events)")
    first, free = row["event_id"], 10**9
    for old, new in ((first, free), (first + 1, first), (free, first + 1)):
        by.connection.execute("UPDATE events SET event_id = ? WHERE event_id = ?", (new, old))
    return f"events {first} and {first + 1} exchanged"


def _deleted(table: str, key: str, where: str = "1") -> Callable[[Vandal], str]:
    def corrupt(by: Vandal) -> str:
        row = by.one(f"SELECT * FROM {table} WHERE {where}")
        by.connection.execute(f"DELETE FROM {table} WHERE {key} = ?", (row[key],))
        return f"{table} {row[key]} deleted"

    return corrupt


def _runners_up(by: Vandal) -> str:
    row = by.one("SELECT * FROM decisions WHERE json_array_length(candidates) > 2 AND policy = 'rank'")
    some = json.loads(row["candidates"])
    some[1], some[2] = some[2], some[1]
    return by.rewrite(row, candidates=json.dumps(some, separators=(",", ":")))


def _keys(by: Vandal) -> str:
    row = by.one("SELECT * FROM decisions WHERE policy = 'rank' AND agent_id IS NOT NULL")
    some = json.loads(row["candidates"])
    some[-1][1] += 1
    return by.rewrite(row, candidates=json.dumps(some, separators=(",", ":")))


def _winner(by: Vandal) -> str:
    row = by.one("SELECT * FROM decisions WHERE json_array_length(candidates) > 1 AND policy = 'balanced'")
    some = json.loads(row["candidates"])[1:]
    return by.rewrite(row, agent_id=some[0][0], candidates=json.dumps(some, separators=(",", ":")))


def _share(by: Vandal) -> str:
    row = by.one("SELECT * FROM decisions WHERE policy = 'share' AND agent_id IS NOT NULL")
    some = json.loads(row["candidates"])
    some[0][3] += 0.01
    return by.rewrite(row, candidates=json.dumps(some, separators=(",", ":")))


def _winner_of_share(by: Vandal) -> str:
    row = by.one("SELECT * FROM decisions WHERE json_array_length(candidates) > 1 AND policy = 'share'")
    some = json.loads(row["candidates"])
    some[:2] = some[1::-1]
    return by.rewrite(row, agent_id=some[0][0], candidates=json.dumps(some, separators=(",", ":")))


def _weight_in_log(by: Vandal) -> str:
    where = "command = 'agent.set' AND after LIKE '%weight%'"
    return by.image(where, "space_travel_agents", lambda row: row.update(weight=row["weight"] + 1))


def _clock(by: Vandal) -> str:
    row = by.one("SELECT * FROM share_clock")
    return by.put("share_clock", "clock_id", row, moment=row["moment"] + 0.01)


def _cap_count(by: Vandal) -> str:
    row = by.one("SELECT * FROM cap_counts WHERE window_end >= (SELECT max(at) FROM events)")
    where = "cap_id = :cap_id AND agent_id = :agent_id AND window_start = :window_start"
    by.connection.execute(f"UPDATE cap_counts SET taken = taken + 1 WHERE {where}", row)
    return f"one more counted in {row}"


def _cap_in_log(by: Vandal) -> str:
    return by.image("command = 'cap.set'", "caps", lambda row: row.update(leads=row.get("leads", 0) + 1))


def _credit(by: Vandal) -> str:
    row = by.one("SELECT * FROM events WHERE command = 'undo' AND detail LIKE '%credit%share%'")
    detail = json.loads(row["detail"])
    del detail["credit"]
    return by.put("events", "event_id", row, detail=json.dumps(detail))


def _cap(by: Vandal) -> str:
    row = by.one("SELECT * FROM caps")
    return by.put("caps", "cap_id", row, leads=row["leads"] + 1)


def _time_given(by: Vandal) -> str:
    row = by.one("SELECT * FROM bookings WHERE given_at IS NOT NULL")
    return by.put("bookings", "booking_id", row, given_at=row["given_at"].replace("2082", "2081"))


def _counts(by: Vandal) -> str:
    row = by.one(f"SELECT * FROM decisions WHERE notes LIKE '%counts%' AND {CHECKED}")
    notes = json.loads(row["notes"])
    rule = by.random.choice(list(notes["counts"]))
    notes["counts"][rule] += 1
    return by.rewrite(row, notes=json.dumps(notes, separators=(",", ":")))


def _excluded(by: Vandal) -> str:
    row = by.one(f"SELECT * FROM decisions WHERE excluded <> '{{}}' AND {CHECKED}")
    return by.put("decisions", "decision_id", row, excluded="{}")


def _shifted(column: str, step: int) -> Callable[[Vandal], str]:
    def corrupt(by: Vandal) -> str:
        row = by.one("SELECT * FROM decisions")
        return by.rewrite(row, **{column: row[column] + step})

    return corrupt


def _time_of_event(by: Vandal) -> str:
    row = by.one("SELECT * FROM events WHERE event_id > 5")
    return by.put("events", "event_id", row, at=row["at"].replace("2082", "2081"))


def _setting_in_log(by: Vandal) -> str:
    row = by.one("SELECT * FROM events WHERE command = 'setting.set'")
    detail = json.loads(row["detail"]) | {"old": "5"}
    return by.put("events", "event_id", row, detail=json.dumps(detail))


def _actor(by: Vandal) -> str:
    return by.put("events", "event_id", by.one("SELECT * FROM events"), actor="nobody")


def _policy(by: Vandal) -> str:
    row = by.one("SELECT * FROM settings WHERE key = 'policy'")
    return by.put("settings", "key", row, value="skill")


def _pointer(by: Vandal) -> str:
    row = by.one("SELECT * FROM round_robin_pointers")
    return by.put("round_robin_pointers", "pointer_id", row, agent_id=by.other_agent(row["agent_id"]))


def _destination(by: Vandal) -> str:
    row = by.one("SELECT * FROM new_customer WHERE destination <> 'Titan'")
    return by.put("new_customer", "lead_id", row, destination="Titan")


CORRUPTIONS: dict[str, Callable[[Vandal], str]] = {
    "agent of a booking": _agent_of_booking,
    "agent of an assignment": _agent_of_assignment,
    "agent of both": _both_agents,
    "load": _column("load", lambda load: load + 1),
    "issue load": _column("issue_load", lambda load: load + 1),
    "rating": _column("rating", lambda rating: max(0.0, rating - 0.5)),
    "capacity": _column("capacity", lambda capacity: capacity + 1),
    "years": _column("years_of_service", lambda years: years + 1),
    "presence": _column("presence", lambda presence: "busy" if presence != "busy" else "available"),
    "time of the last booking": _column("last_given_at", lambda at: at.replace("2082", "2081")),
    "presence in the log": _presence_in_log,
    "presence forgotten in the log": _presence_forgotten,
    "capacity in the log": _capacity_in_log,
    "old capacity in the log": _old_capacity_in_log,
    "holder in the log": _holder_in_log,
    "order of events": _order_of_events,
    "deleted event": _deleted("events", "event_id"),
    "deleted newest event": _deleted("events", "event_id", "event_id = (SELECT max(event_id) FROM events)"),
    "deleted decision": _deleted("decisions", "decision_id"),
    "deleted newest decision": _deleted(
        "decisions", "decision_id", "decision_id = (SELECT max(decision_id) FROM decisions)"
    ),
    "deleted assignment": _deleted("assignment_history", "assignment_id"),
    "deleted booking": _deleted("bookings", "booking_id"),
    "weight": _column("weight", lambda weight: weight + 0.1),
    "weight in the log": _weight_in_log,
    "due": _column("share_due", lambda due: due - 0.001),
    "lag": _column("share_lag", lambda lag: lag + 0.001),
    "owed": _column("owed", lambda owed: owed + 1),
    "clock of the shares": _clock,
    "count under a cap": _cap_count,
    "cap in the log": _cap_in_log,
    "cap": _cap,
    "lead given back": _credit,
    "deleted cap event": _deleted("events", "event_id", "command = 'cap.set'"),
    "agent at a cap": _column("capped_until", lambda _end: None),
    "time given": _time_given,
    "keys of share": _share,
    "winner of share": _winner_of_share,
    "runners-up": _runners_up,
    "keys": _keys,
    "winner": _winner,
    "counts": _counts,
    "excluded": _excluded,
    "digest": lambda by: by.put("decisions", "decision_id", by.one("SELECT * FROM decisions"), seen="0" * 64),
    "digest removed": lambda by: by.put(
        "decisions", "decision_id", by.one("SELECT * FROM decisions"), seen=None
    ),
    "candidates without a new digest": lambda by: by.decision("agent_id > 0", again=False, candidates="[]"),
    "settings version": _shifted("settings_version", 1),
    "earlier settings version": _shifted("settings_version", -1),
    "last event": _shifted("after_event", 1),
    "lead of a decision": _shifted("lead_id", 1),
    "time of a decision": lambda by: by.decision(decided_at="2082-01-01T00:00:00Z"),
    "policy of a decision": lambda by: by.decision("policy = 'rank'", policy="skill"),
    "by hand after all": lambda by: by.decision("policy = 'rank'", policy="by hand"),
    "time of an event": _time_of_event,
    "setting in the log": _setting_in_log,
    "actor": _actor,
    "setting": _policy,
    "pointer": _pointer,
    "destination": _destination,
}
