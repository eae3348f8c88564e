"""The log with the clock's acts folded: those between two other events are one row with their numbers."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import replace
from typing import cast

from dispatch.desk import event_log
from dispatch.desk.desk import DESK_ACTOR
from dispatch.desk.event_filter import EventFilter
from dispatch.desk.row_types import EventRow, ListedEvent
from models.audit import Event
from models.base import tuples


def folds(which: EventFilter) -> bool:
    """Return whether a list folds the clock's acts: unless these or something else are asked for."""
    return replace(which, since=None, until=None) == EventFilter()


def page(
    which: EventFilter, limit: int, before: ListedEvent | None = None, after: ListedEvent | None = None
) -> list[ListedEvent]:
    """Return the log around other rows of it, newest first, as ``event_log.page`` does."""
    older_than = before["event_id"] if before is not None else None
    newer_than = after.get("newest_id", after["event_id"]) if after is not None else None
    others = _listed(event_log.page(replace(which, without=DESK_ACTOR), limit, older_than, newer_than))
    is_cut = len(others) >= limit
    low, high = newer_than or 0, older_than
    if is_cut and after is None:
        low = others[-1]["event_id"]
    elif is_cut:
        high = others[0]["event_id"]
    acts = _acts(which, low, high)
    rows = sorted([*others, *_folded(others, acts)], key=lambda row: -row["event_id"])
    return rows[:limit] if after is None else rows[-limit:]


def _listed(rows: list[EventRow]) -> list[ListedEvent]:
    return cast(list[ListedEvent], rows)


def _acts(which: EventFilter, low: int, high: int | None) -> dict[int, str]:
    """Return the command of each of the clock's acts between two events, in their order."""
    ids = replace(which, actor=DESK_ACTOR).numbers(high, low)
    commands = Event.select(Event.event_id, Event.command).where(
        Event.event_id.in_(ids.select_from(ids.c.event_id))
    )
    return dict(sorted((number, command) for number, command in tuples(commands)))


def _folded(others: list[ListedEvent], acts: dict[int, str]) -> list[ListedEvent]:
    """Return a row for each run of acts; one alone is itself."""
    numbers = sorted(row["event_id"] for row in others)
    runs: dict[int, list[int]] = defaultdict(list)
    for act in acts:
        runs[bisect_left(numbers, act)].append(act)
    ends = {end for run in runs.values() for end in (run[0], run[-1])}
    found = _listed(event_log.events_among(sorted(ends))) if ends else []
    known = {row["event_id"]: row for row in found}
    return [
        known[run[-1]]
        if len(run) == 1
        else _fold(known[run[0]], known[run[-1]], Counter(acts[act] for act in run))
        for run in runs.values()
    ]


def _fold(oldest: ListedEvent, newest: ListedEvent, kinds: dict[str, int]) -> ListedEvent:
    """Return the row of a run: it is of no single command, booking or agent."""
    return {
        **newest,
        "event_id": oldest["event_id"],
        "newest_id": newest["event_id"],
        "since": oldest["at"],
        "folded": sum(kinds.values()),
        "kinds": dict(kinds),
        "command": "",
        "undone_by": None,
        "undoes": None,
        "booking_id": None,
        "issue_id": None,
        "agent_id": None,
        "customer_id": None,
        "customer_name": None,
        "detail": {},
        "before": {},
        "after": {},
    }
