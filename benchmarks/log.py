"""The newest page of the log, on a desk of 1,000,000 events, with every kind of filter.

The filters match common, rare or no events; the slowest is reported.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

from peewee import chunked

from benchmarks.large import large_desk, timed
from benchmarks.measure import Effort, Row, ms
from dispatch.desk import event_log
from dispatch.desk.desk import Desk
from dispatch.desk.event_filter import EventFilter
from models.audit import MOST_LINES, Event, write_lines

FILTERS = {
    "all": EventFilter(),
    "a common command": EventFilter(command="booking.claim"),
    "no such actor": EventFilter(actor="nobody"),
    "no such command, an agent": EventFilter(command="nothing", agent_id=7),
    "before them all": EventFilter(until="2000-01-01 00:00:00"),
    "a booking": EventFilter(booking_id=77),
    "text without a match": EventFilter(text="kim note"),
    "undone events": EventFilter(undone=True),
}
PAGE = 100
BUDGET_S = 0.2
COMMANDS = ("lead.add", "booking.claim", "booking.contact", "booking.confirm")


def run(effort: Effort, _folder: Path) -> list[Row]:
    desk, events = large_desk(effort)
    try:
        _fill(desk, events)
        with desk.reading():
            times = {
                what: timed(partial(event_log.page, which, PAGE), effort.rounds)
                for what, which in FILTERS.items()
            }
            middle = partial(event_log.page, EventFilter(), PAGE, before=events // 2)
            times["a page in the middle"] = timed(middle, effort.rounds)
    finally:
        desk.close()
    slowest = max(times, key=lambda what: times[what].median)
    taken = times[slowest]
    ratio = f"{taken.median / BUDGET_S:.2f} x"
    what, budget = (
        f"newest page of the log, {events:,} events, slowest: {slowest}",
        f"<= {BUDGET_S * 1e3:.0f} ms",
    )
    return [Row(what, budget, ms(taken.median), ms(taken.best), ratio, taken.median <= BUDGET_S)]


def _fill(desk: Desk, count: int) -> None:
    """Write events like those of daily work, without running their commands."""
    rows = ("customers", "new_customer", "assignment_history", "bookings")
    after = json.dumps({f"{table}:1000000": {} for table in rows})
    made = (
        {
            "at": f"2082-{number // 90_000 + 1:02}-01 00:00:00",
            "actor": "bench",
            "command": COMMANDS[number % len(COMMANDS)],
            "booking_id": number + 1,
            "agent_id": number % 300 + 1,
            "after": after,
        }
        for number in range(count)
    )
    for batch in chunked(made, MOST_LINES):
        with desk.transaction():
            Event.insert_many(batch).execute()
            write_lines()
