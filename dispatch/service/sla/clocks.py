"""The two clocks of an issue, first response and resolution: started, paused, ended, and recomputed.

The rows hold what was promised. ``recomputed`` tells the same from the conversation alone, by another
way, so that ``astra doctor`` can compare the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from dispatch.desk.settings import Settings
from dispatch.service.row_types import ClockState
from dispatch.service.sla import targets
from dispatch.service.sla.business_hours import Hours, calendar, written
from models.base import CompiledQuery, parameter
from models.clock import from_text, to_text
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
    """A clock for reading, where there are thousands: made in a fifth of the time that a SlaClock takes."""

    issue_id: int
    kind: str
    due_at: str
    allowed_s: int
    hours: str
    late_pause_s: int
    paused_at: str | None
    met_at: str | None


ROW_COLUMNS = tuple(getattr(SlaClock, name) for name in ClockRow._fields)
AnyClock = SlaClock | ClockRow


def start(issue: Issue, settings: Settings) -> list[SlaClock]:
    """Both clocks of a new issue."""
    week = written(settings["sla_hours"], settings["sla_holidays"])
    clocks = []
    for kind in KINDS:
        allowed_s = allowance_s(kind, issue.priority, settings)
        due = calendar(week).after(from_text(issue.opened_at), allowed_s)
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


def allowance_s(kind: str, priority: int, settings: Settings) -> int:
    """What the desk allows for a priority, in seconds."""
    return 60 * targets.minutes_of(str(settings[targets.setting_of(kind)]), priority)


def pause(clock: SlaClock, at: str) -> None:
    """The customer has to answer: time stands still, unless the clock has ended."""
    if clock.paused_at is None and clock.met_at is None:
        clock.paused_at = at
        clock.save()


def go_on(clock: SlaClock, at: str) -> None:
    """The pause is over: what was left then is left now."""
    if clock.paused_at is not None:
        _move_due(clock, clock.paused_at, at)
        clock.paused_at = None
        clock.save()


def end(clock: SlaClock, at: str) -> None:
    """What was promised is done. A second end changes nothing."""
    if clock.met_at is None:
        go_on(clock, at)
        clock.met_at = at
        clock.save()


def take_up_again(clock: SlaClock, at: str) -> None:
    """The issue is reopened: the resolution clock goes on with what was left."""
    if clock.met_at is not None:
        _move_due(clock, clock.met_at, at)
        clock.met_at = None
        clock.save()


def _move_due(clock: SlaClock, stood: str, at: str) -> None:
    hours, due = calendar(clock.hours), from_text(clock.due_at)
    if due <= from_text(stood):
        clock.late_pause_s += hours.between(from_text(stood), from_text(at))
    else:
        clock.due_at = to_text(targets.after_pause(due, from_text(stood), from_text(at), hours))


def allow(clock: SlaClock, allowed_s: int, pauses: Sequence[targets.Pause]) -> None:
    """Another priority: the due time as if it had held from the start."""
    clock.allowed_s, hours = allowed_s, calendar(clock.hours)
    due = targets.due(from_text(clock.started_at), allowed_s, list(pauses), hours)
    clock.due_at, clock.late_pause_s = to_text(due), targets.late_pause_s(due, list(pauses), hours)
    clock.save()


def follow_priority(issue: Issue, settings: Settings) -> None:
    """Both due times as the new priority has them; a first response that was given stays as it was."""
    told = timeline(conversation(issue.issue_id))
    for kind, clock in clocks_of(issue.issue_id).items():
        if clock.met_at is None:
            allow(clock, allowance_s(kind, issue.priority, settings), pauses_of(kind, told))


@dataclass
class Timeline:
    """What the conversation says about the clocks: when they stood still, and when they ended."""

    responded: datetime | None = None
    ended: datetime | None = None
    pauses: list[targets.Pause] = field(default_factory=list)
    status: str = ""
    answered: bool = False

    def take(self, interaction: Interaction) -> None:
        """Go on by one interaction, in the order they were written."""
        at = from_text(interaction.at)
        if interaction.kind == MESSAGE:
            self.answered = interaction.author == DESK
            if self.answered and self.responded is None:
                self.responded = at
        elif interaction.kind == STATUS:
            self._enter(str(interaction.status_to), at)
        self._stand_still(at)

    def _enter(self, status: str, at: datetime) -> None:
        self.status = status
        if (status in ENDED) == (self.ended is not None):
            return
        self._go_on(at)  # the end is a pause of its own, whatever comes before it and after
        self.ended = at if status in ENDED else None
        self.responded = self.responded or self.ended

    def _stand_still(self, at: datetime) -> None:
        stands = self.status in ENDED or (self.status == PENDING_CUSTOMER and self.answered)
        if not stands:
            self._go_on(at)
        elif not self.stands:
            self.pauses.append((at, None))

    def _go_on(self, at: datetime) -> None:
        if self.stands:
            self.pauses[-1] = (self.pauses[-1][0], at)

    @property
    def stands(self) -> bool:
        return bool(self.pauses) and self.pauses[-1][1] is None


def timeline(interactions: Iterable[Interaction]) -> Timeline:
    """The conversation's account of the clocks."""
    told = Timeline()
    for interaction in interactions:
        told.take(interaction)
    return told


def pauses_of(kind: str, told: Timeline) -> list[targets.Pause]:
    """When a clock stood still; only after a reply does one, and that ends the first response's."""
    return told.pauses if kind == RESOLUTION else []


def recomputed(clock: SlaClock, told: Timeline) -> dict[str, str | int | None]:
    """A clock's due, pause and end as the conversation has them."""
    hours, pauses = calendar(clock.hours), pauses_of(clock.kind, told)
    ended = told.responded if clock.kind == FIRST_RESPONSE else told.ended
    due = targets.due(from_text(clock.started_at), clock.allowed_s, pauses, hours)
    stands = bool(pauses) and told.stands and ended is None
    return {
        "due_at": to_text(due),
        "late_pause_s": targets.late_pause_s(due, pauses, hours),
        "paused_at": to_text(pauses[-1][0]) if stands else None,
        "met_at": to_text(ended) if ended else None,
    }


def used_s(clock: AnyClock, now: datetime) -> int:
    """Working seconds used up so far."""
    return max(0, clock.allowed_s - left_s(clock, now))


def left_s(clock: AnyClock, now: datetime) -> int:
    """Working seconds left, negative when overdue: as of now, of the pause, or of the end."""
    stood = clock.met_at or clock.paused_at
    at = from_text(stood) if stood else now
    left = targets.left_s(from_text(clock.due_at), at, calendar(clock.hours))
    return left + clock.late_pause_s if left < 0 else left


def moment_of(clock: AnyClock, used_s: int) -> datetime:
    """When so many working seconds are used, by a clock that runs until then."""
    more = clock.late_pause_s if used_s > clock.allowed_s else 0
    due, hours = from_text(clock.due_at), calendar(clock.hours)
    return targets.moment_of(due, clock.allowed_s, used_s + more, hours)


def is_breached(clock: AnyClock, now: datetime) -> bool:
    """Is, or was, more time used than allowed?"""
    return left_s(clock, now) < 0


def passed_percents(clock: AnyClock, now: datetime) -> tuple[int, ...]:
    """Which parts of the time are used up. What was done in time warns nobody; what was late does."""
    used = used_s(clock, now)
    if clock.met_at is not None:
        return targets.WARNING_PERCENTS[-1:] if used > clock.allowed_s else ()
    return tuple(percent for percent in targets.WARNING_PERCENTS if used * 100 >= clock.allowed_s * percent)


def hours_of(clock: AnyClock) -> Hours:
    return calendar(clock.hours)


def shown(clock: AnyClock, now: datetime) -> ClockState:
    """How a clock is at a moment."""
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
    """The clocks of an issue, to be changed."""
    rows = [SlaClock.lock(clock_id) for (clock_id,) in _clocks(issue_id=issue_id)]
    return {row.kind: row for row in rows}


def conversation(issue_id: int) -> list[Interaction]:
    """The interactions of an issue, oldest first."""
    query = Interaction.select().where(Interaction.issue_id == issue_id)
    return list(query.order_by(Interaction.interaction_id))
