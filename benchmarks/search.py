"""The first rows of a search, on a desk of 1,000,000 bookings and as many customers.

The texts and filters match tens of thousands, thousands, few or no rows; the slowest is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from benchmarks.large import large_desk, timed
from benchmarks.measure import Effort, Row, ms
from dispatch import customers, queries
from dispatch.desk.desk import Desk
from dispatch.inputs.filters.filter_language import parse
from dispatch.inputs.filters.filter_reader import Reading, asked
from dispatch.queries.booking_filter_keys import BOOKING_KEYS
from dispatch.queries.bookings import BookingFilter

TEXTS = ("k", "ka", "katarina", "schmidt", "katarina schmidt", "zzqx", "#777", "mars", "4971112")
FILTERS = (
    "created:today",
    "created>=2082-11-01 not to:mars",
    "agent:soren",
    "agent:nobody",
    "customer:katarina",
    'customer:"katarina schmidt"',
    "customer:zzqx",
    "number:777",
    "follow_up<tomorrow",
    "not status:pending",
    "to:mars or agent:6",
    "katarina or schmidt",
)
PAGE = 100
BUDGET_S = 0.2


def run(effort: Effort, _folder: Path) -> list[Row]:
    desk, bookings = large_desk(effort)
    try:
        with desk.reading():
            return [
                _row(f"text filter of the queue, {bookings:,} bookings", _queue(desk, TEXTS), effort.rounds),
                _row(f"filter by keys, {bookings:,} bookings", _queue(desk, FILTERS), effort.rounds),
                _row(
                    f"finding a customer, {bookings:,} bookings",
                    {text: partial(customers.find, text) for text in TEXTS},
                    effort.rounds,
                ),
            ]
    finally:
        desk.close()


def _queue(desk: Desk, texts: Sequence[str]) -> dict[str, Callable[[], object]]:
    reading = Reading(desk.now(), desk.values.of)
    filters = {text: asked(parse(text), BOOKING_KEYS, reading)[0] for text in texts}
    return {
        text: partial(queries.list_bookings, BookingFilter(**fields), PAGE)
        for text, fields in filters.items()
    }


def _row(what: str, queries: Mapping[str, Callable[[], object]], rounds: int) -> Row:
    times = {text: timed(query, rounds) for text, query in queries.items()}
    slowest = max(times, key=lambda text: times[text].median)
    taken = times[slowest]
    ratio = f"{taken.median / BUDGET_S:.2f} x"
    ok = taken.median <= BUDGET_S
    what = f"{what}, slowest: {slowest}"
    return Row(what, f"<= {BUDGET_S * 1e3:.0f} ms", ms(taken.median), ms(taken.best), ratio, ok)
