"""Holidays of the desk, and of agents in other regions (docs/rules.md, Holidays)."""

from __future__ import annotations

from collections.abc import Iterable

from dispatch.agents.presence import DRAIN, due_by_calendar
from dispatch.agents.row_types import HolidayRow, HolidaysSet
from dispatch.assignment.agent_checks import working_agent
from dispatch.desk.commands import Command, command, put_back
from dispatch.desk.undo_rules import UndoRules
from dispatch.inputs.times import holiday_dates
from models.agents import Agent
from models.base import read_rows, tuples
from models.clock import from_text
from models.errors import InvalidInput, Refused
from models.hints import act
from models.holidays import DESK, Holiday

OFF = "off"


@command("holiday.set", past="holidays set", undo=put_back, may="desk.set")
def set_holidays(
    running: Command, region: str | None = None, lines: list[str] | None = None, agent_id: int | None = None
) -> HolidaysSet:
    """Copy the holidays of a region, or the dates of a file, into the desk in place of those it has.

    For the desk, or for one agent in another region; ``off`` means none, and for an agent the desk's. Shifts
    follow from now on. Raises NotFound, InvalidInput, Refused.
    """
    if (region is None) == (lines is None):
        raise InvalidInput("region", "give a region, or a file of dates", act("holiday.set"))
    agent = working_agent(agent_id) if agent_id is not None else None
    if agent is not None and lines is not None:
        raise InvalidInput("file", "a file is for the whole desk", "give the agent's region")
    code, days = _days(running, region or "", lines)
    if agent is None:
        calendar, changed = DESK, _replace(DESK, code, days)
    else:
        calendar, changed = code, (_replace(code, code, days) if code else (0, 0))
    if agent is not None:
        _move(agent, code)
    elif not any(changed):
        raise Refused("same_holidays", "the desk has these holidays already")
    follow_calendars(running)
    running.agent_id = agent_id
    running.detail = {"region": code or OFF, "days": len(days)}
    return {
        "calendar": calendar,
        "region": code,
        "agent_id": agent_id,
        "days": len(days),
        "added": changed[0],
        "removed": changed[1],
    }


def _days(running: Command, region: str, lines: list[str] | None) -> tuple[str, dict[str, str]]:
    year = from_text(running.now).year
    if lines is not None:
        return holiday_dates.FROM_FILE, holiday_dates.of_lines(lines, year)
    if region.strip().casefold() in ("", OFF, "none"):
        return "", {}
    return holiday_dates.of_region(region, year, running.desk.settings["year_shift"])


def _replace(calendar: str, region: str, days: dict[str, str]) -> tuple[int, int]:
    """Let a calendar have these days alone; return how many are new, and how many are gone."""
    known = {row.day: row for row in _rows_of(calendar)}
    gone = [row for day, row in known.items() if days.get(day) != row.name or row.region != region]
    for number in (row.holiday_id for row in gone):
        row = Holiday.lock(number)
        row.removed = True
        row.save()
    new = [day for day in days if day not in known or known[day] in gone]
    for day in new:
        Holiday(calendar=calendar, region=region, day=day, name=days[day]).save()
    return len(new), len(gone)


def _move(agent: Agent, region: str) -> None:
    if agent.region == (region or None):
        raise Refused("same_holidays", f"{agent.name} has these holidays already")
    agent.region = region or None
    agent.save()


def _rows_of(calendar: str) -> list[Holiday]:
    query = Holiday.select().where(Holiday.calendar == calendar, ~Holiday.removed)
    return read_rows(Holiday, query.order_by(Holiday.day))


def follow_calendars(running: Command) -> None:
    """Let everybody's next turn be that of the calendars as they are now; one that is due comes at once."""
    drain = running.desk.settings[DRAIN]
    here = Agent.select(Agent.agent_id).where(Agent.left_at.is_null())
    planned = Agent.due_at.is_null(False) | Agent.hours.is_null(False)
    for (agent_id,) in tuples(here.where(planned).order_by(Agent.agent_id)):
        agent = Agent.lock(agent_id)
        agent.due_at = due_by_calendar(agent, running.now, drain)
        agent.save()


def list_holidays(year: int | None = None, region: str | None = None) -> list[HolidayRow]:
    """Return the holidays of all calendars by day, of one year or one region on request."""
    query = Holiday.select().where(~Holiday.removed)
    if year is not None:
        query = query.where(Holiday.day.between(f"{year:04}-01-01", f"{year:04}-12-31"))
    if region is not None:
        query = query.where(Holiday.region == region)
    return [_row(row) for row in read_rows(Holiday, query.order_by(Holiday.day, Holiday.calendar))]


def last_days(calendars: Iterable[str]) -> dict[str, str]:
    """Return the last holiday of each calendar that is from a region."""
    rows = (row for calendar in calendars for row in _rows_of(calendar))
    return {row.calendar: row.day for row in rows if row.region != holiday_dates.FROM_FILE}


def _row(row: Holiday) -> HolidayRow:
    return {"day": row.day, "name": row.name, "region": row.region, "calendar": row.calendar}


class HolidayUndo(UndoRules[Holiday]):
    """One added by mistake is removed."""

    def retire(self, running: Command, row: Holiday) -> None:
        row.removed = True
