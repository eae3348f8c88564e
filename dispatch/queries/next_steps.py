"""The next step of every Pending booking: exactly one kind each, and the time by which it is due.

Nothing of it is stored (docs/rules.md, Next steps). ``conditions`` says in SQL what ``step_of`` says of one
row; the doctor compares the two. A limit in working time becomes a *cut-off* for a query: the latest moment
from which on to now all of it has been used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, reduce
from operator import or_
from typing import Any, NamedTuple, Protocol

from peewee import Expression, ModelSelect, fn

from dispatch.inputs.times import hours
from dispatch.queries.order_of_work import TARGET_MINUTES, minutes_of
from dispatch.queries.row_types import BookingRow
from models.bookings import PENDING, Booking, Idle, Untried
from models.clock import from_text, to_text
from models.hours import WorkingTime
from models.priorities import PRIORITIES

WAITING, ASSIGNED, OFFERED = "waiting", "assigned", "offered"
CLAIMED, FOLLOW_UP, ROTTEN = "claimed", "follow_up", "rotten"
KINDS = (WAITING, ASSIGNED, OFFERED, CLAIMED, FOLLOW_UP, ROTTEN)
ROTTEN_DAYS = 2
PUNCTUAL = timedelta(minutes=5)  # a follow-up is due for this long, then overdue
USUAL: Mapping[str, Any] = {
    "lead_target_minutes": TARGET_MINUTES,
    "sla_hours": hours.ROUND_THE_CLOCK,
    "sla_holidays": "",
    "zone": "UTC",
    "offer_minutes": 0,
    "contact_hours": 4,
    "keep_minutes": 30,
    "rotten_days": ROTTEN_DAYS,
}
"""The settings that limits depend on, for a filter that is read without a desk."""


class Values(Protocol):
    """Settings of the desk, by name."""

    def __getitem__(self, key: str, /) -> Any: ...


class Step(NamedTuple):
    """A kind of next step and its time: by or at which it is due, of a rotten booking since when it is.

    None: no clock runs, as for imported bookings that nobody has touched at this desk.
    """

    kind: str
    at: str | None


@dataclass(frozen=True)
class Limits:
    """The desk's limits at a moment. ``hours`` are its working hours as stored, ``targets`` minutes."""

    now: str
    hours: str
    targets: str
    offer_minutes: int
    contact_hours: int
    keep_minutes: int
    rotten_days: int

    @cached_property
    def working(self) -> WorkingTime:
        return hours.stored(self.hours)

    def target_s(self, priority: int) -> int:
        """Return the working seconds to the first contact, by a priority from 1 to 5."""
        return 60 * minutes_of(self.targets, priority)

    @cached_property
    def rotten_s(self) -> int:
        """The working seconds that a claim may be left alone; 0: for ever."""
        return self.rotten_days * self.working.day_s

    @cached_property
    def rotten(self) -> str:
        return self.cut_off(self.rotten_s) if self.rotten_s else ""

    @cached_property
    def late(self) -> str:
        """The cut-off for follow-ups."""
        return to_text(from_text(self.now) - PUNCTUAL)

    def cut_offs(self, percent: int = 100) -> dict[int, str]:
        """Return by priority the cut-off for so much of the time to the first contact."""
        priorities = range(1, len(PRIORITIES) + 1)
        return {one: self.cut_off(self.target_s(one) * percent // 100) for one in priorities}

    def cut_off(self, seconds: int) -> str:
        """Return the latest moment since when so many working seconds are over; "" if there is none."""
        try:
            return to_text(self.working.before(from_text(self.now), seconds))
        except (ValueError, OverflowError):
            return ""

    def after(self, since: str, seconds: int) -> str | None:
        """Return when so many working seconds are over; None if they never are."""
        try:
            return to_text(self.working.after(from_text(since), seconds))
        except (ValueError, OverflowError):  # no working time within ten years, or a damaged row
            return None


def limits_of(settings: Values | None, now: str) -> Limits:
    """Return the limits by a desk's settings at a time of it."""
    chosen = USUAL if settings is None else settings
    return Limits(
        now,
        hours.of_a_clock(chosen["sla_hours"], chosen["sla_holidays"], chosen["zone"]),
        chosen["lead_target_minutes"],
        chosen["offer_minutes"],
        chosen["contact_hours"],
        chosen["keep_minutes"],
        chosen["rotten_days"],
    )


def step_of(row: BookingRow, limits: Limits) -> Step | None:
    """Return the next step of a booking's row (of ``views``); None when it is closed."""
    if row["status"] != PENDING:
        return None
    if row["agent_id"] is None:
        return Step(WAITING, target_of(row, limits))
    if row["claimed_at"] is None and limits.offer_minutes and row["given_at"] and not row["pinned_at"]:
        return Step(OFFERED, _later(row["given_at"], minutes=limits.offer_minutes))
    if row["follow_up_at"] is not None:
        return Step(FOLLOW_UP, row["follow_up_at"])
    if row["claimed_at"] is None:
        return Step(ASSIGNED, target_of(row, limits))
    ends_at = _claim_ends(row, limits)
    if not row["contact_attempts"]:
        return Step(CLAIMED, _earliest(target_of(row, limits), ends_at))
    since = idle_since(row)
    rots_at = limits.after(since, limits.rotten_s) if limits.rotten_s else None
    if since <= limits.rotten:
        return Step(ROTTEN, rots_at)
    return Step(CLAIMED, _earliest(rots_at, ends_at))


def awaited_since(row: BookingRow) -> str | None:
    """Return since when a booking's first contact is awaited; None where no clock runs for it."""
    runs = row["agent_id"] is None or row["given_at"] is not None
    return row["clock_from"] or row["created_at"] if runs else None


def idle_since(row: BookingRow) -> str:
    """Return since when nothing has been done for a booking whose customer somebody has tried to reach."""
    return row["progress_at"] or row["given_at"] or row["changed_at"]


def target_of(row: BookingRow, limits: Limits) -> str | None:
    """Return by when a booking's customer is to be contacted, or one that was tried to be claimed again."""
    since = idle_since(row) if row["contact_attempts"] else awaited_since(row)
    priority = PRIORITIES.index(row["priority"]) + 1
    return limits.after(since, limits.target_s(priority)) if since else None


def _claim_ends(row: BookingRow, limits: Limits) -> str | None:
    """When the sweep ends a claim whose customer was not reached, if nobody says that they work on it."""
    if not limits.contact_hours or row["contacted_at"] is not None or row["progress_at"] is None:
        return None
    return _later(row["progress_at"], hours=limits.contact_hours, minutes=limits.keep_minutes)


def _earliest(*moments: str | None) -> str | None:
    return min((one for one in moments if one is not None), default=None)


def _later(moment: str, **span: int) -> str:
    return to_text(from_text(moment) + timedelta(**span))


def is_late(row: BookingRow, limits: Limits) -> bool:
    """Return whether a booking is overdue; a rotten one is not, as it is worse."""
    step = step_of(row, limits)
    if step is None or step.kind == ROTTEN:
        return False
    if row["follow_up_at"] is not None:
        return row["follow_up_at"] <= limits.late
    if step.kind == CLAIMED and row["contact_attempts"]:
        return False
    target = target_of(row, limits)
    return target is not None and target <= limits.now


def overdue(limits: Limits) -> Any:
    """Return the query for the numbers of overdue bookings; every part of it reads an index."""
    due = limits.cut_offs()
    untried = Untried.select(Untried.booking_id.alias("booking_id")).where(used_up(Untried, due))
    tried = Idle.select(Idle.booking_id).where(used_up(Idle, due), Idle.claimed_at.is_null())
    promised = Booking.select(Booking.booking_id).where(Booking.follow_up_at <= limits.late)
    return untried + tried + promised


def rotten(limits: Limits) -> ModelSelect[Any]:
    """Return the query for the numbers of rotten bookings."""
    return Idle.select(Idle.booking_id).where(Idle.since <= limits.rotten, Idle.claimed_at.is_null(False))


def used_up(table: Any, cut_offs: Mapping[int, str]) -> Expression:
    """Match those of Untried or Idle whose time is used up, by their priority."""
    by_priority = ((table.priority == one) & (table.since <= since) for one, since in cut_offs.items())
    matched: Expression = (table.since <= max(cut_offs.values())) & reduce(or_, by_priority)
    return matched


class Late(NamedTuple):
    """How many bookings are due (a follow-up's time has come), overdue, and rotten."""

    due: int
    overdue: int
    rotten: int


NOTHING_LATE = Late(0, 0, 0)


def count_late(limits: Limits) -> Late:
    """Count what somebody is late with, through indexes of the few such bookings."""
    due = Booking.select(fn.COUNT(Booking.booking_id)).where(Booking.follow_up_at <= limits.now)
    return Late(int(due.scalar()), int(overdue(limits).count()), int(rotten(limits).count()))


def conditions(limits: Limits) -> dict[str, Expression]:
    """Return by kind which bookings have that next step, independently of ``step_of``."""
    held = (Booking.status == PENDING) & Booking.agent_id.is_null(False)
    claimed, planned = Booking.claimed_at.is_null(False), Booking.follow_up_at.is_null(False)
    offered = ~claimed & Booking.pinned_at.is_null() & Booking.given_at.is_null(False)
    if not limits.offer_minutes:
        offered &= Booking.booking_id.is_null()
    idle = fn.COALESCE(Booking.progress_at, Booking.given_at, Booking.changed_at)
    is_rotten = (Booking.contact_attempts > 0) & (idle <= limits.rotten)
    return {
        WAITING: (Booking.status == PENDING) & Booking.agent_id.is_null(),
        ASSIGNED: held & ~claimed & ~offered & ~planned,
        OFFERED: held & offered,
        CLAIMED: held & claimed & ~planned & ~is_rotten,
        FOLLOW_UP: held & planned & ~offered,
        ROTTEN: held & claimed & ~planned & is_rotten,
    }


def with_steps(rows: Iterable[BookingRow], limits: Limits) -> Iterable[BookingRow]:
    """Add to rows their next step and its time, one by one."""
    return (with_step(row, limits) for row in rows)


def with_step(row: BookingRow, limits: Limits) -> BookingRow:
    """Add a booking's next step and its time (``next_step``, ``next_step_at``), None for a closed one."""
    kind, at = step_of(row, limits) or (None, None)
    return row | {"next_step": kind, "next_step_at": at}


def is_due(follow_up_at: str | None, now: str) -> bool:
    """Return whether the follow-up time has come. Both are stored times."""
    return follow_up_at is not None and follow_up_at <= now


def next_action(row: BookingRow, now: str) -> str | None:
    """Return the next command for a booking's row (of ``views``); None when it is closed.

    A waiting booking is reassigned; else claim, then contact until the customer was reached and whenever a
    follow-up is due, then confirm. The names are those of ``astra booking`` and dispatch.bookings.
    """
    if row["status"] != PENDING:
        return None
    if row["agent_id"] is None:
        return "reassign"
    if row["claimed_at"] is None:
        return "claim"
    if is_due(row["follow_up_at"], now) or row["contacted_at"] is None:
        return "contact"
    return "confirm"
