"""The caps on agents' leads, counted from the bookings of the log.

A second version of docs/rules.md (Caps): how many leads each agent has got in the windows of now, and so who
is at a cap, on all leads (``capped`` in the agent's row) or on some (``scopes``: the numbers of those caps).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from verify.hours import shifted
from verify.log import AGENTS, BOOKINGS, CAPS, LEADS, Log, Row, same

COUNTED = {"agent_id", "given_at", "voided"}
RAMP = 0
WINDOWS_END_AT = "windows_end_at"
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
Key = tuple[int, int, str]
Span = tuple[str, str]


class Caps:
    """The counts; ``follow`` is told of agents who have come to a cap on all leads, or are below it again."""

    def __init__(
        self,
        tables: dict[str, dict[int, Row]],
        log: Log,
        settings: dict[str, str],
        follow: Callable[[Row], None],
    ) -> None:
        self._tables, self._booked, self._settings, self._follow = tables, log.booked, settings, follow
        self._counts = Counter[Key]()
        self._counted: dict[int, list[Key]] = {}  # by booking
        self._rules: list[Row] = []
        self._now, self._next_end = "", ""

    @staticmethod
    def _is_scoped(rule: Row) -> bool:
        return rule["source"] is not None or rule["destination"] is not None

    def rules_of(self, lead: Row) -> list[tuple[str, Any]]:
        """The caps on some leads that are about this one, as rules of eligibility."""
        return [
            ("cap", rule["cap_id"])
            for rule in self._rules
            if self._is_scoped(rule)
            and rule["source"] in (None, lead["source"])
            and rule["destination"] in (None, lead["destination"])
        ]

    def reset(self) -> None:
        """Count everything again, as under other caps or in another zone."""
        rules = [row for _, row in sorted(self._tables.get(CAPS, {}).items()) if not row["removed"]]
        leads, is_ramp, _ = self._settings.get("ramp", "off").partition("/")
        if is_ramp:
            ramp = dict.fromkeys(("agent_id", "department", "source", "destination"))
            rules.append({"cap_id": RAMP, "leads": int(leads), "per": "hour", **ramp})
        if not rules and not self._rules:
            return
        self._rules, self._counts, self._counted = rules, Counter(), {}
        for booking in self._tables[BOOKINGS].values():
            self._add(booking)
        self._mark(self._tables[AGENTS].values())

    def roll(self, now: str) -> None:
        """Begin the windows of now, if others have ended."""
        self._now = now
        if self._rules and now >= self._next_end:
            self._mark(self._tables[AGENTS].values())

    def count(self, booking: Row | None) -> None:
        """Count a booking that has changed."""
        if booking is None or not self._rules:
            return
        keys = self._counted.pop(booking["booking_id"], [])
        self._counts.subtract(keys)
        touched = {key[1] for key in (*keys, *self._add(booking))}
        self._mark(self._tables[AGENTS][number] for number in touched)

    def count_agent(self, agent: Row) -> None:
        """Count all that an agent has, whom other caps cover now."""
        if self._rules:
            for booking in self._tables[BOOKINGS].values():
                if booking["agent_id"] == agent["agent_id"]:
                    self.count(booking)
            self._mark([agent])

    def _add(self, booking: Row) -> list[Key]:
        agent, lead = (
            self._tables[AGENTS].get(booking["agent_id"] or 0),
            self._tables[LEADS][booking["lead_id"]],
        )
        if agent is None or booking["given_at"] is None or booking["voided"]:
            return []
        keys = [
            (rule["cap_id"], agent["agent_id"], self._window(rule, booking["given_at"])[0])
            for rule in self._rules
            if rule["agent_id"] in (None, agent["agent_id"])
            and rule["department"] in (None, agent["department"])
            and rule["source"] in (None, lead["source"])
            and rule["destination"] in (None, lead["destination"])
            and (rule["cap_id"] != RAMP or booking["given_at"] < (agent["settling_until"] or ""))
        ]
        self._counted[booking["booking_id"]] = keys
        self._counts.update(keys)
        return keys

    def _window(self, rule: Row, at: str) -> Span:
        return window(rule["per"], at, self._settings.get("zone", "UTC"), int(self._settings["year_shift"]))

    def _spans(self, agent: Row) -> list[tuple[Row, Span]]:
        """The windows of now that are open for an agent; that of the ramp ends when they have settled in."""
        found = []
        for rule in self._rules:
            start, end = self._window(rule, self._now)
            if rule["cap_id"] == RAMP:
                end = min(end, agent["settling_until"] or "")
            if end > self._now:
                found.append((rule, (start, end)))
        return found

    def _mark(self, agents: Iterable[Row]) -> None:
        """Let agents' rows say which caps they are at."""
        ends = [self._window(rule, self._now)[1] for rule in self._rules]
        settling = (one["settling_until"] for one in self._tables[AGENTS].values())
        self._next_end = min([*ends, *(one for one in settling if one and one > self._now)], default="")
        for agent in agents:
            reached = [
                (rule, span[1])
                for rule, span in self._spans(agent)
                if self._counts[rule["cap_id"], agent["agent_id"], span[0]] >= rule["leads"]
            ]
            agent["scopes"] = {rule["cap_id"] for rule, _ in reached if self._is_scoped(rule)}
            capped = max((end for rule, end in reached if not self._is_scoped(rule)), default=None)
            was, agent["capped"] = agent["capped"], capped
            if was != capped:
                self._follow(agent)

    def compare(self, log: Log) -> None:
        """Compare with the counts and the agents as they are, in windows that have not ended since."""
        since = max(self._now, log.settings.get(WINDOWS_END_AT, ""))
        names = ["cap_id", "agent_id", "window_start", "window_end", "taken", "reached"]
        rows = [tuple(row.values()) for row in log.select("cap_counts", names)]
        told = sorted(row for row in rows if row[3] >= since and row[4])
        follows = []
        for number, agent in self._tables[AGENTS].items():
            for rule, (start, end) in self._spans(agent):
                taken = self._counts[rule["cap_id"], number, start]
                if taken and end >= since:
                    follows.append((rule["cap_id"], number, start, end, taken, int(taken >= rule["leads"])))
        same("the counts under caps", told, sorted(follows))
        for row in log.select(AGENTS, ["agent_id", "capped_until", "capped_scopes"]):
            agent = self._tables[AGENTS][row["agent_id"]]
            if (agent["capped"] or row["capped_until"] or since) >= since:
                what = f"until when agent {row['agent_id']} is at a cap"
                same(what, row["capped_until"], agent["capped"])
            spans = {rule["cap_id"]: end for rule, (_, end) in self._spans(agent)}
            scopes = {one for one in agent["scopes"] if spans[one] >= since}
            kept = {int(one) for one in (row["capped_scopes"] or "").split(",") if one}
            same(f"the caps agent {row['agent_id']} is at", sorted(kept), sorted(scopes))


@lru_cache(maxsize=4096)
def window(per: str, at: str, zone: str, year_shift: int) -> Span:
    """The window of a time, from and until."""
    place = UTC if zone == "UTC" else ZoneInfo(zone)

    def offset(moment: datetime) -> timedelta:
        real = shifted(moment, -year_shift).replace(tzinfo=UTC)
        return real.astimezone(place).utcoffset() or timedelta()

    def midnight(here: datetime) -> datetime:
        return here - (shifted(here, -year_shift).replace(tzinfo=place).utcoffset() or timedelta())

    moment = datetime.fromisoformat(at)
    here = moment + offset(moment)
    if per == "hour":
        start = moment - timedelta(minutes=here.minute, seconds=here.second)
        end = start + HOUR
        if offset(start) != offset(moment):
            start = _change(offset, start, moment)
        if offset(end - SECOND) != offset(moment):
            end = _change(offset, moment, end - SECOND)
    else:
        first = here.replace(hour=0, minute=0, second=0)
        first -= timedelta(days=first.weekday() if per == "week" else 0)
        start, end = midnight(first), midnight(first + timedelta(days=7 if per == "week" else 1))
    return str(start), str(end)


def _change(offset: Callable[[datetime], timedelta], before: datetime, after: datetime) -> datetime:
    """The first second with the offset of ``after``."""
    while after - before > SECOND:
        middle = before + SECOND * ((after - before) // SECOND // 2)
        before, after = (middle, after) if offset(middle) == offset(before) else (before, middle)
    return after
