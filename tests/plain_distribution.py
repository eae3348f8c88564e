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


PLAIN_AGENTS = """SELECT agent_id, load, years_of_service, capacity, presence FROM space_travel_agents
    WHERE left_at IS NULL ORDER BY load, years_of_service DESC, agent_id"""
PLAIN_BOOKINGS = """SELECT b.booking_id, b.status, b.agent_id, b.completed_at FROM bookings b
    JOIN new_customer l ON l.lead_id = b.lead_id JOIN customers c ON c.customer_id = l.customer_id
    WHERE replace(c.phone, ' ', '') = '{phone}' ORDER BY b.booking_id"""


def plain_owner(desk: Desk, phone: str, said: str | None) -> int | str | None:
    """Who gets the next lead of the customer with a phone under ``rank``, or "refused"."""
    with desk.reading():
        agents = desk.database.run(PLAIN_AGENTS, ()).fetchall()
        theirs = desk.database.run(PLAIN_BOOKINGS.format(phone=phone.replace(" ", "")), ()).fetchall()
    setting = desk.settings["owner"]
    opened = [row for row in theirs if row[1] == "Pending"]
    if opened and said == "refuse":
        return "refused"
    able: dict[int, float] = {
        row[0]: row[1] / row[3] for row in agents if row[4] == "available" and row[1] < row[3]
    }
    if not able:
        return None
    best = next(iter(able))
    held = [row[2] for row in opened if row[2] is not None]
    if held and said == "assign":
        return best
    if setting != "off" or said == "owner":
        for agent_id in held[-10:][::-1]:
            if agent_id in able:
                return int(agent_id)
    sold = sorted((row for row in theirs if row[1] == "Confirmed"), key=lambda row: (row[3], row[0]))
    if sold and setting == "seller" and able.get(sold[-1][2], 9) - able[best] <= 0.3 + 1e-9:
        return int(sold[-1][2])
    return best
