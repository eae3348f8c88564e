"""The first rows of a search, on a desk of 1,000,000 bookings and as many customers.

The texts match tens of thousands, thousands, few or no rows; the slowest is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from benchmarks.large import large_desk, timed
from benchmarks.measure import Effort, Row, ms
from dispatch import customers, queries

TEXTS = ("k", "ka", "katarina", "schmidt", "katarina schmidt", "zzqx", "#777", "mars", "4971112")
PAGE = 100
BUDGET_S = 0.2


def run(effort: Effort, _folder: Path) -> list[Row]:
    desk, bookings = large_desk(effort)
    try:
        with desk.reading():
            queue = [partial(queries.list_bookings, queries.BookingFilter(text=text), PAGE) for text in TEXTS]
            found = [partial(customers.find, text) for text in TEXTS]
            return [
                _row(f"text filter of the queue, {bookings:,} bookings", queue, effort.rounds),
                _row(f"finding a customer, {bookings:,} bookings", found, effort.rounds),
            ]
    finally:
        desk.close()


def _row(what: str, queries: Sequence[Callable[[], object]], rounds: int) -> Row:
    times = {text: timed(query, rounds) for text, query in zip(TEXTS, queries, strict=True)}
    slowest = max(times, key=lambda text: times[text].median)
    taken = times[slowest]
    ratio = f"{taken.median / BUDGET_S:.2f} x"
    ok = taken.median <= BUDGET_S
    what = f"{what}, slowest: {slowest}"
    return Row(what, f"<= {BUDGET_S * 1e3:.0f} ms", ms(taken.median), ms(taken.best), ratio, ok)
