"""Caps by plain arithmetic, as docs/rules.md has them, and how far agents are behind their shares."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from dispatch.desk.desk import Desk
from models import shares


class PlainCap(NamedTuple):
    """A cap in force, in the order of the columns that ``IN_FORCE`` reads."""

    cap_id: int
    leads: int
    per: str
    agent_id: int | None
    department: str | None
    source: str | None
    destination: str | None

    @property
    def is_scoped(self) -> bool:
        """Whether it is about some leads only."""
        return (self.source, self.destination) != (None, None)

    def covers(self, agent_id: int, department: str) -> bool:
        return self.agent_id in (None, agent_id) and self.department in (None, department)

    def concerns(self, source: str, destination: str) -> bool:
        return self.source in (None, source) and self.destination in (None, destination)


IN_FORCE = f"SELECT {', '.join(PlainCap._fields)} FROM caps WHERE NOT removed"


def end_of(per: str, at: str) -> str:
    """When the window of a time ends in UTC."""
    moment = datetime.fromisoformat(at)
    if per == "hour":
        return str(moment.replace(minute=0, second=0) + timedelta(hours=1))
    day = date.fromisoformat(at[:10])
    last = day + timedelta(days=1 if per == "day" else 7 - day.weekday())
    return f"{last} 00:00:00"


def lags(desk: Desk) -> dict[int, float]:
    """How far everybody is behind their share, in leads."""
    with desk.reading():
        moment = shares.state().moment
        return {
            one.agent_id: one.share_lag
            if one.share_due is None
            else 1 - one.weight * (one.share_due - moment)
            for one in shares.Sharer.select()
        }
