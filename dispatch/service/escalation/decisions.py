"""Decisions about an issue: warnings to give, and escalations to raise, climb, rest and close.

Rows in, named actions out, no database: monitor.py reads the rows and writes the actions.

Example: Ada has had a HIGH issue since 09:00. At 17:00, when its eight hours are over, ``decide`` returns
``Raise(unresolved)`` and notifies Ada; she has one hour, the HIGH first-response time, to acknowledge. She
does not, so ``Climb`` raises it to level 2 at 18:00. Her manager acknowledges at 18:30, which sets the next
check four hours later. A note written at 20:00 makes that check, at 22:30, a ``Rest`` until 00:00, and then,
if nothing else has been done, ``Climb`` raises it to level 3. With business hours, all of it is working time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from dispatch.service.escalation import triggers
from dispatch.service.escalation.levels import step_after
from dispatch.service.escalation.triggers import NO_PROGRESS, UNASSIGNED, UNRESOLVED, Fired, Watched
from dispatch.service.sla import clocks, targets
from models.clock import from_text, to_text
from models.hours import WorkingTime
from models.issues import OPEN, RESOLUTION, Escalation

SECOND = timedelta(seconds=1)


class Warn(NamedTuple):
    """A percentage of a clock's time is used up."""

    clock: str
    percent: int


class Close(NamedTuple):
    """Work on an idle issue has resumed."""

    escalation: Escalation


class Raise(NamedTuple):
    """A trigger fired for the first time on this occasion."""

    fired: Fired
    urgency: str


class Climb(NamedTuple):
    """Nobody acknowledged it in time, or work stopped: notify the next level."""

    escalation: Escalation


class Rest(NamedTuple):
    """It is acknowledged and work continues, or the customer has to answer: check again at ``until``."""

    escalation: Escalation
    until: datetime


Action = Warn | Close | Raise | Climb | Rest


def decide(watched: Watched, now: datetime) -> list[Action]:
    """Return everything due, in writing order; an ended issue only gets warnings."""
    warnings = [
        Warn(kind, percent)
        for kind, clock in watched.clocks.items()
        for percent in clocks.passed_percents(clock, now)
        if (kind, percent) not in watched.warned
    ]
    if watched.issue.status not in OPEN:
        return [*warnings]
    unclosed = [row for row in watched.escalations.values() if row.closed_at is None]
    over = [row for row in unclosed if row.trigger == NO_PROGRESS and row.since < watched.progress]
    live = [row for row in unclosed if row not in over]
    fired, occasions = list(triggers.fired(watched, now)), watched.occasions
    open_triggers, urgency = {row.trigger for row in live}, triggers.urgency(fired)
    raised = [
        Raise(one, urgency)
        for one in fired
        if one.trigger not in open_triggers and (one.trigger, one.since) not in occasions
    ]
    is_working_time = _hours(watched).opening(now) == now
    due = [row for row in live if row.next_step_at is not None and row.next_step_at <= to_text(now)]
    steps = (_next_step(watched, row, now) for row in due if is_working_time)
    return [*warnings, *map(Close, over), *raised, *steps]


def _next_step(watched: Watched, row: Escalation, now: datetime) -> Climb | Rest:
    """Rest an acknowledged escalation until work has been idle for the unassigned limit."""
    if row.acknowledged_at is None:
        return Climb(row)
    idle_since = watched.idle_since
    quiet_since = now if idle_since is None else from_text(max(row.acknowledged_at, idle_since))
    until = step_after(_hours(watched), quiet_since, triggers.unassigned_s(watched.issue.priority))
    return Rest(row, until) if until > now else Climb(row)


def _hours(watched: Watched) -> WorkingTime:
    return clocks.hours_of(watched.clocks[RESOLUTION])


def next_check(watched: Watched, now: datetime) -> datetime | None:
    """Return when something will next be due if nobody touches the issue; None once it has ended."""
    if watched.issue.status not in OPEN:
        return None
    steps = [
        _hours(watched).opening(max(now, from_text(row.next_step_at)))
        for row in watched.escalations.values()
        if row.closed_at is None and row.next_step_at is not None
    ]
    moments = [*_warning_moments(watched), *_trigger_moments(watched), *steps]
    return max(now + SECOND, min(moments)) if moments else None


def _warning_moments(watched: Watched) -> Iterator[datetime]:
    """Yield the time of each running clock's next warning."""
    for kind, clock in watched.clocks.items():
        if clock.paused_at is None and clock.met_at is None:
            for percent in targets.WARNING_PERCENTS:
                if (kind, percent) not in watched.warned:
                    yield clocks.moment_of(clock, clock.allowed_s * percent // 100)
                    break


def _trigger_moments(watched: Watched) -> Iterator[datetime]:
    """Yield the time at which each timed trigger fires; the others fire on messages."""
    issue, clock, occasions = watched.issue, watched.clocks[RESOLUTION], watched.occasions
    hours, limit = clocks.hours_of(clock), triggers.unassigned_s(issue.priority)
    if issue.waiting_since and (UNASSIGNED, issue.waiting_since) not in occasions:
        yield hours.after(from_text(issue.waiting_since), limit)
    if clock.paused_at is None and (UNRESOLVED, watched.opened) not in occasions:
        yield clocks.moment_of(clock, triggers.unresolved_s(issue.priority))
    if watched.is_our_turn and (NO_PROGRESS, watched.progress) not in occasions:
        yield hours.after(from_text(watched.progress), limit)
