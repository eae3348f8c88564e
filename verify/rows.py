"""The rows as they were at a moment of the log, with the loads, averages and times that follow from them."""

from __future__ import annotations

from collections import Counter

from verify import shares
from verify.caps import COUNTED, Caps
from verify.log import AGENTS, BOOKINGS, CAPS, DERIVED, HELD, HOLIDAYS, LEADS, Log, Row, same


class Rows:
    """The rows of each table by number; ``skipped`` counts what cannot be known of them.

    ``now`` is the time of the event that changes them, whose changes the ``shares`` follow.
    """

    def __init__(self, log: Log, settings: dict[str, str], skipped: Counter[str]) -> None:
        self._log, self._skipped, self.now = log, skipped, ""
        self.tables: dict[str, dict[int, Row]] = {table: {} for table in log.columns}
        self.agents = self.tables[AGENTS]
        self.shares = shares.Shares(self.agents, settings, self.tables.get(HOLIDAYS))
        self.caps = Caps(self.tables, log, settings, self.shares.follow)
        self.leads_of: dict[int, set[int]] = {}  # by customer
        self.knows_dates = True

    def add(self, event: Row, table: str, number: int, told: Row) -> None:
        """A new row: as its event tells, or, if it was written in bulk, as it must have been at first."""
        key, is_told = f"{table}:{number}", bool(told) and "moved" not in told
        present = self._log.present[table].get(number)
        same("a row that an event made", key if present else None, key, event=event.get("event_id"))
        self._skipped["rows written in bulk: what they held at first"] += not is_told
        known = told if is_told else (present or {}) | self._log.first.get(key, {})
        row = self.tables[table][number] = {
            **dict.fromkeys(self._log.columns[table]),
            self._log.columns[table][0]: number,
        }
        if table == AGENTS:
            moved = told.get("moved", {})  # just true in imports by earlier versions
            self.knows_dates &= isinstance(moved, dict)
            row |= {"capped": None, "scopes": set()}
            row |= dict.fromkeys(DERIVED, 0) | (
                {"last_given_at": None} | moved if isinstance(moved, dict) else {}
            )
        values = {name: known.get(name) for name in self._log.columns[table][1:]}
        if "languages" in values:
            values["languages"] = values["languages"] or "[]"
        self.change(table, row, values, event.get("at") if is_told else None)

    def given(self, assignment: int) -> None:
        """An assignment written in bulk: its first agent had not been given a later one."""
        row = self._log.assignments[assignment]
        first = self._log.first.get(f"{BOOKINGS}:{self._log.booked.get(row['lead_id'])}", {})
        agent = self.agents.get(first.get("agent_id", row["agent_id"]) or 0)
        if agent is None:  # it waited, unless the undo of its import has taken the agent away
            self.knows_dates &= row["lead_id"] in self._log.booked
        else:
            agent["last_given_at"] = max(agent["last_given_at"] or "", row["assigned_at"])

    def change(self, table: str, row: Row, values: Row, at: str | None) -> None:
        """Give a row new values, and count again; ``at`` is when an agent gets a booking by it."""
        if table == LEADS and "customer_id" in values:
            self._belongs(row, values["customer_id"])
        old, weight, is_new = self._counted(table, row), row.get("weight"), row.get("presence") is None
        row.update(values)
        new = self._counted(table, row)
        for (holder, scored, points), step in ((old, -1), (new, +1)):
            if holder is not None and old[0] != new[0]:
                agent = self.agents[holder]
                agent["load" if table == BOOKINGS else "issue_load"] += step
                if table == BOOKINGS and step > 0 and at is not None:
                    agent["last_given_at"] = at
                self.shares.follow(agent)
            if scored is not None and old[1:] != new[1:]:
                self._rate(self.agents[scored], points * step, step)
        self._count(table, row, values)
        if table == AGENTS:
            self._of_agent(row, values, weight, is_new)

    def _of_agent(self, agent: Row, values: Row, weight: float | None, is_new: bool) -> None:
        self._rate(agent, 0, 0)
        self.shares.follow(agent, weight)
        if not is_new and not shares.DECIDING.isdisjoint(values):
            self.shares.absence(agent, self.now)

    def _belongs(self, lead: Row, customer_id: int) -> None:
        self.leads_of.get(lead["customer_id"], set()).discard(lead["lead_id"])
        self.leads_of.setdefault(customer_id, set()).add(lead["lead_id"])

    def _count(self, table: str, row: Row, values: Row) -> None:
        """Let the caps follow a change."""
        if table == CAPS:
            self.caps.reset()
        elif table == BOOKINGS and not COUNTED.isdisjoint(values):
            self.caps.count(row)
        elif table == LEADS and not {"source", "destination"}.isdisjoint(values):
            self.caps.count(self.tables[BOOKINGS].get(self._log.booked.get(row["lead_id"], 0)))
        elif table == AGENTS and not {"department", "settling_until"}.isdisjoint(values):
            self.caps.count_agent(row)

    @staticmethod
    def _counted(table: str, row: Row) -> tuple[int | None, int | None, int]:
        """The agent who holds a row, and the one scored in it, with the score."""
        holder = row["agent_id"] if row.get("status") in HELD.get(table, ()) else None
        scored = row["scored_agent_id" if table == BOOKINGS else "agent_id"] if row.get("score") else None
        return holder, scored, row.get("score") or 0

    def _rate(self, agent: Row, points: int, answers: int) -> None:
        agent["score_sum"] += points
        agent["score_count"] += answers
        total = agent["prior_rating"] * agent["prior_answers"] + agent["score_sum"]
        number = agent["prior_answers"] + agent["score_count"]
        agent["rating"] = round(total / number, 6) if agent["score_count"] else agent["prior_rating"]
