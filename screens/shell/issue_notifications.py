"""Issues that come to the chosen agent, and alarms: each told once, in a toast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dispatch.service.issues import new_work, queries
from dispatch.service.issues.new_work import IssueGlance
from screens.wording.issues import NAMES, category, customer
from screens.wording.text import short

if TYPE_CHECKING:
    from screens.base.app_protocol import Host

Row = dict[str, Any]
Found = tuple[IssueGlance, list[Row], dict[int, Row]]
MOST_NAMED = 3


class IssueNews:
    """Tells what others, and the clock, bring to the chosen agent, and what escalates at the desk."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._before: IssueGlance | None = None
        self._told: set[tuple[Any, ...]] = set()

    def look(self) -> None:
        """Find out in the background what is new; to be called after every change."""
        agent_id, backend = self._host.my_agent_id, self._host.backend

        def work() -> Found:
            before, now = self._before, new_work.glance(agent_id)
            if before is None or before.agent_id != agent_id or before.last_event > now.last_event:
                return now, [], {}  # another agent, or another file: all that is there is old
            found = [
                one for one in new_work.since(before, now, backend.own_events) if _key(one) not in self._told
            ]
            named = [one["issue_id"] for one in found[:MOST_NAMED]]
            return now, found, {row["issue_id"]: row for row in queries.rows_of(backend.desk, named)}

        self._host.ask(work, self._take)

    def _take(self, found: Found) -> None:
        now, fresh, rows = found
        if now.agent_id != self._host.my_agent_id:
            return
        self._before = now
        untold = [one for one in fresh if _key(one) not in self._told]  # asked twice, told once
        self._told.update(map(_key, fresh))
        if untold:
            self._host.announce(told(untold, rows))


def _key(one: Row) -> tuple[Any, ...]:
    return tuple(one.values())


def told(found: list[Row], rows: dict[int, Row]) -> str:
    """What the toast says: a line for each of the first, and how many more there are."""
    lines = [_line(one, rows[one["issue_id"]]) for one in found if one["issue_id"] in rows]
    more = len(found) - len(lines)
    return "\n".join([*lines, *([f"and {more} more"] if more else [])])


def _line(one: Row, row: Row) -> str:
    about = f"issue {row['issue_id']}, {row['priority']} {category(row)}, {short(customer(row), 24)}"
    if one["kind"] == new_work.NEW:
        return f"New for you: {about}"
    if one["kind"] == new_work.ESCALATED:
        return f"ESCALATED {one['level']}: {about}"
    used = f"{one['percent']} % of the {NAMES[one['clock']]} time"
    return f"{'Broken promise' if one['percent'] == 100 else 'Time runs'}: {used}, {about}"
