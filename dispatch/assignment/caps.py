"""Caps: how many leads an hour, a day or a week each agent gets (docs/rules.md, Caps)."""

from __future__ import annotations

from dispatch.assignment.agent_checks import working_agent
from dispatch.desk import settings
from dispatch.desk.commands import Command, command, put_back, running_command
from dispatch.desk.desk import Desk
from dispatch.desk.undo_rules import UndoRules
from dispatch.inputs import validation
from dispatch.queries.agents import names_of
from dispatch.queries.caps import cap_row, cap_words
from dispatch.queries.row_types import CapRow
from dispatch.queries.wording import plural
from models.base import after_save
from models.bookings import Waiting
from models.cap_counts import recount, roll
from models.caps import RULE_COLUMNS, Cap, CapRule, current_caps
from models.errors import InvalidInput, NotFound, Refused
from models.hints import act
from models.windows import PERIODS

MOST_LEADS = 100_000


@command("cap.set", past="cap set", undo=put_back, may="desk.set")
def set_cap(
    running: Command,
    leads: int | str,
    per: str,
    agent_id: int | None = None,
    department: str | None = None,
    source: str | None = None,
    destination: str | None = None,
) -> CapRow:
    """Limit the leads an hour, day or week that each agent covered gets; the same cap gets another number.

    Returns it with ``was``, the number before. Raises InvalidInput, NotFound, Refused.
    """
    number = validation.whole(leads, "leads", 1, MOST_LEADS)
    period = validation.one_of(per, "per", PERIODS)
    if agent_id is not None and department is not None:
        raise InvalidInput(
            "scope", "a cap is for one agent or for a department", "give one of the two, or neither for all"
        )
    if agent_id is not None:
        working_agent(agent_id)
    values = running.desk.values
    scope = {
        "agent_id": agent_id,
        "department": None if department is None else values.check("department", department),
        "source": None if source is None else values.check("source", source),
        "destination": None if destination is None else values.check("destination", destination),
    }
    row = _with_scope(period, **scope) or Cap(per=period, **scope)
    was = row.was("leads")
    if was == number:
        allowed = plural(number, "lead")
        raise Refused("same_cap", f"cap {row.cap_id} already allows {allowed}", "give another number")
    row.leads = number
    row.save()
    return {**_told(running, row, was), "was": was}


@command("cap.remove", past="cap removed", undo=put_back, may="desk.set")
def remove_cap(running: Command, cap_id: int) -> CapRow:
    """Remove a cap; work that waits for the end of its window is assigned. Raises NotFound."""
    row = Cap.lock_or_none(cap_id)
    if row is None or row.removed:
        raise NotFound("cap", cap_id, f"{act('cap.list')} shows them")
    row.removed = True
    row.save()
    return _told(running, row)


def _with_scope(per: str, **scope: object) -> Cap | None:
    """The cap in force of that scope and window."""
    conditions = [
        Cap._meta.fields[name].is_null() if value is None else Cap._meta.fields[name] == value
        for name, value in scope.items()
    ]
    found = Cap.select(Cap.cap_id).where(~Cap.removed, Cap.per == per, *conditions).tuples().first()
    return Cap.lock(found[0]) if found else None


def _told(running: Command, row: Cap, was: int | None = None) -> CapRow:
    rule = CapRule._make(getattr(row, column.name) for column in RULE_COLUMNS)
    name = names_of([row.agent_id]).get(row.agent_id)
    running.agent_id = row.agent_id
    running.detail = {"cap": cap_words(rule, name)} | ({} if was in (None, row.leads) else {"was": was})
    running.may_free = True
    return cap_row(rule, name)


@after_save(Cap)
def _count_again(_sender: type[Cap], _row: Cap, _created: bool) -> None:
    """Let every terminal read the caps again, and count what agents have got in the windows of now."""
    settings.raise_version()
    running_command().desk.settings.refresh()
    begin_windows()


def begin_windows() -> None:
    """Count what agents have got in the windows of now, as under other caps or in another zone."""
    recount()
    await_end()


def is_waited_for(desk: Desk) -> bool:
    """Whether a booking waits for the end of a window that is over, but not ended by any command yet."""
    end = settings.recall(settings.WINDOWS_END_AT)
    return end is not None and end <= desk.now() and Waiting.select().exists()


def end_windows(desk: Desk) -> bool:
    """End the windows whose time has come; return whether agents may take work who were at a cap."""
    end = settings.recall(settings.WINDOWS_END_AT)
    if end is None or end > desk.now():
        return False
    is_free = roll(desk.now())
    await_end()
    return is_free


def await_end(also: str | None = None) -> None:
    """Let the desk wake when the first of the windows of now ends, or at another time before that."""
    caps = current_caps()
    if caps is None:
        settings.forget(settings.WINDOWS_END_AT)
    else:
        settings.remember(settings.WINDOWS_END_AT, min(filter(None, (caps.next_end(), also))))


class CapUndo(UndoRules[Cap]):
    """One set by mistake is removed."""

    def retire(self, running: Command, row: Cap) -> None:
        row.removed = True
