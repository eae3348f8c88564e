"""The log with the clock's checks folded: those between two other events are one row with their number."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import replace
from typing import Any, cast

from peewee import Entity

from dispatch.desk import event_log
from dispatch.desk.event_filter import EventFilter
from dispatch.desk.row_types import EventRow, ListedEvent
from models.base import tuples

CHECK = "issue.sweep"


def folds(which: EventFilter) -> bool:
    """Return whether a list folds the checks: unless they, or something in particular, are asked for."""
    return replace(which, since=None, until=None) == EventFilter()


def page(
    which: EventFilter, limit: int, before: ListedEvent | None = None, after: ListedEvent | None = None
) -> list[ListedEvent]:
    """Return the log around other rows of it, newest first, as ``event_log.page`` does."""
    older_than = before["event_id"] if before is not None else None
    newer_than = after.get("newest_id", after["event_id"]) if after is not None else None
    others = _listed(event_log.page(replace(which, without=CHECK), limit, older_than, newer_than))
    is_cut = len(others) >= limit
    low, high = newer_than or 0, older_than
    if is_cut and after is None:
        low = others[-1]["event_id"]
    elif is_cut:
        high = others[0]["event_id"]
    checks = _checks(which, low, high)
    rows = sorted([*others, *_folded(others, checks)], key=lambda row: -row["event_id"])
    return rows[:limit] if after is None else rows[-limit:]


def _listed(rows: list[EventRow]) -> list[ListedEvent]:
    return cast(list[ListedEvent], rows)


def _checks(which: EventFilter, low: int, high: int | None) -> list[int]:
    number: Any = Entity("event_id")
    ids = replace(which, command=CHECK).numbers(high, low)
    return sorted(number for (number,) in tuples(ids.select_from(ids.c.event_id).order_by(number)))


def _folded(others: list[ListedEvent], checks: list[int]) -> list[ListedEvent]:
    """Return a row for each run of checks; one alone is itself."""
    numbers = sorted(row["event_id"] for row in others)
    runs: dict[int, list[int]] = defaultdict(list)
    for check in checks:
        runs[bisect_left(numbers, check)].append(check)
    ends = {end for run in runs.values() for end in (run[0], run[-1])}
    found = _listed(event_log.events_among(sorted(ends))) if ends else []
    known = {row["event_id"]: row for row in found}
    return [
        known[run[-1]] if len(run) == 1 else _fold(known[run[0]], known[run[-1]], len(run))
        for run in runs.values()
    ]


def _fold(oldest: ListedEvent, newest: ListedEvent, number: int) -> ListedEvent:
    return {
        **newest,
        "event_id": oldest["event_id"],
        "newest_id": newest["event_id"],
        "since": oldest["at"],
        "folded": number,
        "issue_id": None,
        "agent_id": None,
        "customer_id": None,
        "detail": {},
    }
