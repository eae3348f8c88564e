"""An issue's two clocks, first response and resolution: started, paused, ended and recomputed.

A clock stores when its time is used up (``due_at``), not how much was used: a running clock needs no
writing. Example: mon-fri 09:00-17:00, with the eight working hours of a HIGH issue:

- Mon 10:00  opened: seven hours remain on Monday, so it is due on Tue 10:00
- Mon 12:00  we ask the customer, and the clock pauses: two hours used, six left
- Tue 11:00  the customer answers: six hours from now, it is due on Tue 17:00
- Wed 10:00  nothing happened, it is one hour late; we ask again, and it pauses again
- Wed 13:00  answered: a due time that has passed stays, the three hours go into ``late_pause_s``
- Wed 14:00  resolved: five hours after the due time less three of pause, two hours late

``recomputed`` derives the same from the conversation alone, so that ``astra doctor`` can compare the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from dispatch.desk.settings import Settings
from dispatch.inputs.times.hours import ROUND_THE_CLOCK, of_a_clock, stored
from dispatch.queries.order_of_work import minutes_of
from dispatch.service.row_types import ClockState
from dispatch.service.sla import targets
from models.base import CompiledQuery, parameter
from models.clock import from_text, to_text
from models.holidays import holidays_of
from models.hours import DAY, WorkingTime
from models.issues import (
    CLOSED,
    DESK,
    FIRST_RESPONSE,
    MESSAGE,
    PENDING_CUSTOMER,
    RESOLUTION,
    RESOLVED,
    STATUS,
    Interaction,
    Issue,
    SlaClock,
)

KINDS = (FIRST_RESPONSE, RESOLUTION)
ENDED = (RESOLVED, CLOSED)


class ClockRow(NamedTuple):
    """A read-only clock for bulk reading: built in a fifth of a SlaClock's time."""

    issue_id: int
    kind: str
    due_at: str
    allowed_s: int
    hours: str
    late_pause_s: int
    paused_at: str | None
    met_at: str | None


class Turn(NamedTuple):
    """What of an interaction moves the clocks."""

    at: str
    kind: str
    author: str
    status_to: str | None


HOLIDAYS_AHEAD = timedelta(days=400)
"""Later ones are not written into a clock: no issue is open for so long."""
ROW_COLUMNS = tuple(getattr(SlaClock, name) for name in ClockRow._fields)
AnyClock = SlaClock | ClockRow


def start(issue: Issue, settings: Settings) -> list[SlaClock]:
    """Create both clocks of a new issue."""
    off = _holidays_from(issue.opened_at) if settings["sla_hours"] != ROUND_THE_CLOCK else ()
    week = of_a_clock(settings["sla_hours"], settings["sla_holidays"], settings["zone"], off)
    clocks = []
    for kind in KINDS:
        allowed_s = allowance_s(kind, issue.priority, settings)
        due = stored(week).after(from_text(issue.opened_at), allowed_s)
        clock = SlaClock(
            issue_id=issue.issue_id,
            kind=kind,
            started_at=issue.opened_at,
            allowed_s=allowed_s,
            hours=week,
            due_at=to_text(due),
        )
        clock.save()
        clocks.append(clock)
    return clocks


def _holidays_from(opened_at: str) -> list[date]:
    """The desk's holidays that may come while an issue is open."""
    opened = from_text(opened_at).date()
    return [day for day in holidays_of(None) if -DAY <= day - opened <= HOLIDAYS_AHEAD]


def allowance_s(kind: str, priority: int, settings: Settings) -> int:
    """Return the desk's allowance for a priority, in seconds."""
    return 60 * minutes_of(str(settings[targets.SETTINGS[kind]]), priority)


def pause(clock: SlaClock, at: str) -> None:
    """Pause until the customer answers, unless the clock has ended."""
    if clock.paused_at is None and clock.met_at is None:
        clock.paused_at = at
        clock.save()


def resume(clock: SlaClock, at: str) -> None:
    """End the pause; the time left is unchanged."""
    if clock.paused_at is not None:
        _leave_out(clock, clock.paused_at, at)
        clock.paused_at = None
        clock.save()


def end(clock: SlaClock, at: str) -> None:
    """End a clock. A second end changes nothing."""
    if clock.met_at is None:
        resume(clock, at)
        clock.met_at = at
        clock.save()


def reopen(clock: SlaClock, at: str) -> None:
    """Restart the resolution clock of a reopened issue with the time it had left."""
    if clock.met_at is not None:
        _leave_out(clock, clock.met_at, at)
        clock.met_at = None
        clock.save()


def _leave_out(clock: SlaClock, since: str, until: str) -> None:
    """Exclude a pause: before the due time it moves it, after it is counted separately."""
    hours, due = stored(clock.hours), from_text(clock.due_at)
    if due <= from_text(since):
        clock.late_pause_s += hours.between(from_text(since), from_text(until))
    else:
        clock.due_at = to_text(targets.after_pause(due, from_text(since), from_text(until), hours))


def follow_priority(issue: Issue, settings: Settings) -> None:
    """Move both due times as if the new priority had applied from the start; ended clocks keep theirs."""
    timeline = timeline_of(interactions_of(issue.issue_id))
    for kind, clock in clocks_of(issue.issue_id).items():
        if clock.met_at is None:
            clock.allowed_s = allowance_s(kind, issue.priority, settings)
            clock.due_at, clock.late_pause_s = _due_of(clock, pauses_of(kind, timeline))
            clock.save()


def _due_of(clock: SlaClock, pauses: list[targets.Pause]) -> tuple[str, int]:
    """Return the due time with these pauses, and the working seconds of those after it."""
    hours = stored(clock.hours)
    due = targets.due(from_text(clock.started_at), clock.allowed_s, pauses, hours)
    return to_text(due), targets.late_pause_s(due, pauses, hours)


@dataclass
class Timeline:
    """The clocks' pauses and ends according to the conversation, fed one interaction at a time.

    The resolution clock pauses while the issue waits for the customer, if the last message is ours: without a
    question there is nothing to answer. It also pauses while the issue has ended, since a reopened one
    continues with the time left. In the example: Mon 12:00 to Tue 11:00, Wed 10:00 to 13:00, and since Wed
    14:00, when it ended.
    """

    responded: datetime | None = None
    ended: datetime | None = None
    pauses: list[targets.Pause] = field(default_factory=list)
    status: str = ""
    is_answered: bool = False

    def add(self, interaction: Interaction | Turn) -> None:
        """Add the next interaction, in writing order."""
        at = from_text(interaction.at)
        if interaction.kind == MESSAGE:
            self.is_answered = interaction.author == DESK
            if self.is_answered and self.responded is None:
                self.responded = at
        elif interaction.kind == STATUS:
            self.status = str(interaction.status_to)
            if (self.status in ENDED) != (self.ended is not None):
                self._resume(at)  # the end pauses it too, replacing a pause for the customer
                self.ended = at if self.status in ENDED else None
                self.responded = self.responded or self.ended
        if self.ended is None and not (self.status == PENDING_CUSTOMER and self.is_answered):
            self._resume(at)
        elif not self.is_paused:
            self.pauses.append((at, None))

    def _resume(self, at: datetime) -> None:
        if self.is_paused:
            self.pauses[-1] = (self.pauses[-1][0], at)

    @property
    def is_paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1][1] is None


def timeline_of(interactions: Iterable[Interaction]) -> Timeline:
    """Return the timeline of a conversation."""
    timeline = Timeline()
    for interaction in interactions:
        timeline.add(interaction)
    return timeline


def pauses_of(kind: str, timeline: Timeline) -> list[targets.Pause]:
    """Return a clock's pauses; the first response has none, as our first message ends it."""
    return timeline.pauses if kind == RESOLUTION else []


def recomputed(clock: SlaClock, timeline: Timeline) -> dict[str, str | int | None]:
    """Return a clock's due time, pause and end according to the conversation."""
    pauses = pauses_of(clock.kind, timeline)
    ended = timeline.responded if clock.kind == FIRST_RESPONSE else timeline.ended
    due_at, late_pause_s = _due_of(clock, pauses)
    is_paused = bool(pauses) and timeline.is_paused and ended is None
    return {
        "due_at": due_at,
        "late_pause_s": late_pause_s,
        "paused_at": to_text(pauses[-1][0]) if is_paused else None,
        "met_at": to_text(ended) if ended else None,
    }


def used_s(clock: AnyClock, now: datetime) -> int:
    """Return the working seconds used so far."""
    return max(0, clock.allowed_s - left_s(clock, now))


def left_s(clock: AnyClock, now: datetime) -> int:
    """Return the working seconds left, negative when overdue: now, at the pause, or at the end."""
    stopped = clock.met_at or clock.paused_at
    at = from_text(stopped) if stopped else now
    due, hours = from_text(clock.due_at), stored(clock.hours)
    late = hours.between(due, at)
    return clock.late_pause_s - late if late else hours.between(at, due)


def moment_of(clock: AnyClock, used_s: int) -> datetime:
    """Return when so many working seconds are used, if the clock runs until then."""
    due, hours = from_text(clock.due_at), stored(clock.hours)
    if used_s <= clock.allowed_s:
        return hours.before(due, clock.allowed_s - used_s)
    return hours.after(due, used_s - clock.allowed_s + clock.late_pause_s)


def passed_percents(clock: AnyClock, now: datetime) -> tuple[int, ...]:
    """Return the used-up percentages that warn. Work done in time gives no warning; late work does."""
    used = used_s(clock, now)
    if clock.met_at is not None:
        return targets.WARNING_PERCENTS[-1:] if used > clock.allowed_s else ()
    return targets.passed_percents(used, clock.allowed_s)


def hours_of(clock: AnyClock) -> WorkingTime:
    return stored(clock.hours)


def describe(clock: AnyClock, now: datetime) -> ClockState:
    """Return a clock's row; ``left_minutes`` is negative when overdue."""
    left = left_s(clock, now)
    return {
        "due": clock.due_at,
        "allowed_minutes": clock.allowed_s // 60,
        "left_minutes": round(left / 60, 1),
        "used_percent": round(100 * (clock.allowed_s - left) / clock.allowed_s, 1),
        "paused_at": clock.paused_at,
        "met_at": clock.met_at,
        "breached": left < 0,
    }


_clocks = CompiledQuery(
    lambda: (
        SlaClock.select(SlaClock.clock_id)
        .where(SlaClock.issue_id == parameter("issue_id"))
        .order_by(SlaClock.clock_id)
    )
)


def clocks_of(issue_id: int) -> dict[str, SlaClock]:
    """Return the clocks of an issue for changing."""
    rows = [SlaClock.lock(clock_id) for (clock_id,) in _clocks(issue_id=issue_id)]
    return {row.kind: row for row in rows}


def interactions_of(issue_id: int) -> list[Interaction]:
    """Return the interactions of an issue, oldest first."""
    query = Interaction.select().where(Interaction.issue_id == issue_id)
    return list(query.order_by(Interaction.interaction_id))
