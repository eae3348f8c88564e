"""What an agent's calendar says at a moment: hours and holidays, the next absence, and the end of a shift.

The sweep and the commands that change a calendar put agents into that state (presence.py); a person's own
word stands until the next turn.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from dispatch.inputs.times import hours
from models.agents import AVAILABLE, BUSY, OFFLINE, Agent
from models.clock import from_text, to_text
from models.holidays import holidays_of
from models.hours import WorkingTime
from models.planned_absences import Absent, next_absence

SHIFT_OVER = "shift over"
ENDS_SOON = "shift ends soon"
ABSENT = "absent"


class State(NamedTuple):
    """A presence by the clock, when it ends if that is not by the hours, and its reason."""

    presence: str
    until: str | None = None
    reason: str | None = None


class WorkingCalendar:
    """An agent's calendar at ``now``; ``drain`` are the minutes before its end without new work."""

    def __init__(self, agent: Agent, now: str, drain: int) -> None:
        self._now, self._moment = now, from_text(now)
        self._shift = shift_of(agent) if agent.hours else None
        # who is not stored yet, as in an import, has no absence
        self._absence = next_absence(agent.agent_id, now) if agent.agent_id else None
        self._drain = timedelta(minutes=drain)
        self._turn = self._shift.next_turn(self._moment) if self._shift else None

    @property
    def absence(self) -> Absent | None:
        """The absence that has begun."""
        return self._absence if self._absence is not None and self._absence.from_at <= self._now else None

    @property
    def _is_on(self) -> bool:
        return self._shift is None or self._shift.is_on(self._moment)

    def state(self) -> State:
        """Return the presence that the clock gives the agent, unless a person has said otherwise."""
        if self.absence is not None:
            return State(OFFLINE, self.absence.until_at, absence_words(self.absence.reason))
        if not self._is_on:
            return State(OFFLINE, None, SHIFT_OVER)
        end = self._end()
        if end is not None and self._drain and end - self._drain <= self._moment:
            return State(BUSY, to_text(end), ENDS_SOON)
        return State(AVAILABLE)

    def turns(self) -> list[str]:
        """Return the next moments at which that changes, or may do so."""
        end = self._end() if self._is_on and self.absence is None else None
        moments = [self._turn, end, end - self._drain if end is not None else None]
        if self._absence is not None:
            moments.append(from_text(self._absence.until_at if self.absence else self._absence.from_at))
        return [to_text(moment) for moment in moments if moment is not None and moment > self._moment]

    def _end(self) -> datetime | None:
        """When work ends that is on: at the end of the hours, or as an absence begins."""
        ends = [self._turn] if self._turn is not None else []
        if self._absence is not None and self.absence is None:
            ends.append(from_text(self._absence.from_at))
        return min(ends, default=None)


def shift_of(agent: Agent) -> WorkingTime:
    """Return when an agent with hours works: those of a date hold on a holiday, too."""
    work = hours.stored(agent.hours or "")
    if work.hours.is_round_the_clock or not agent.agent_id:
        return work
    off = holidays_of(agent.region) - work.hours.dated.keys() - work.hours.days_off
    return replace(work, hours=replace(work.hours, days_off=work.hours.days_off | off)) if off else work


def is_on_shift(agent: Agent, now: str) -> bool:
    """Return whether an agent's hours are on; without hours they always are."""
    return agent.hours is None or shift_of(agent).is_on(from_text(now))


def absence_words(reason: str | None) -> str:
    """Return the reason of a presence by an absence."""
    return f"{ABSENT}: {reason}" if reason else ABSENT


def is_by_clock(agent: Agent) -> bool:
    """Return whether the hours alone have set an agent's presence, and no person."""
    return (agent.presence, agent.presence_reason) in ((OFFLINE, SHIFT_OVER), (BUSY, ENDS_SOON))
