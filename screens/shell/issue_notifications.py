"""Toasts for the chosen agent's new issues, and for alarms: each shown once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dispatch.service.issues import new_work, queries
from dispatch.service.issues.new_work import IssueGlance
from dispatch.service.row_types import IssueNews, IssueRow
from dispatch.service.wording import CLOCKS, category, priority_words
from screens.base.message_log import News
from screens.wording.issues import customer
from screens.wording.text import short

if TYPE_CHECKING:
    from screens.base.app_protocol import Host

Found = tuple[IssueGlance, list[IssueNews], dict[int, IssueRow]]


class IssueNotifications:
    """Announce what others, and the clock, bring to the chosen agent, and the desk's escalations."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._before: IssueGlance | None = None
        self._shown: set[tuple[Any, ...]] = set()

    def look(self) -> None:
        """Look for news in the background; to be called after every change."""
        agent_id, backend = self._host.my_agent_id, self._host.backend

        def work() -> Found:
            before, now = self._before, new_work.glance(agent_id)
            if before is None or before.agent_id != agent_id or before.last_event > now.last_event:
                return now, [], {}  # another agent, or another file: everything in it is old
            found = [
                one for one in new_work.since(before, now, backend.own_events) if _key(one) not in self._shown
            ]
            named = [one["issue_id"] for one in {_words(one): one for one in reversed(found)}.values()]
            return now, found, {row["issue_id"]: row for row in queries.rows_of(backend.desk, named)}

        self._host.ask(work, self._take)

    def _take(self, found: Found) -> None:
        now, fresh, rows = found
        if now.agent_id != self._host.my_agent_id:
            return
        self._before = now
        unseen = [one for one in fresh if _key(one) not in self._shown]  # asked twice, announced once
        self._shown.update(map(_key, fresh))
        if unseen:
            self._host.announce(*describe_news(unseen, rows))


def _key(one: IssueNews) -> tuple[Any, ...]:
    return tuple(one.values())


def describe_news(found: list[IssueNews], rows: dict[int, IssueRow]) -> list[News]:
    """Describe the news, those of one kind as one; ``rows`` has the first issue of each kind."""
    by_kind: dict[str, list[IssueNews]] = {}
    for one in found:
        by_kind.setdefault(_words(one), []).append(one)
    return [
        News(words, _line(several[0], rows), words, tuple(dict.fromkeys(one["issue_id"] for one in several)))
        for words, several in by_kind.items()
    ]


def _words(one: IssueNews) -> str:
    """Return the words for several of a kind, after their count."""
    if one["kind"] == new_work.NEW:
        return "new issues for you"
    if one["kind"] == new_work.ESCALATED:
        return f"issues escalated to level {one['level']}"
    clock = CLOCKS[one["clock"]]
    return (
        f"issues past their {clock} time"
        if one["percent"] == 100
        else f"issues at {one['percent']}% of their {clock} time"
    )


def _line(one: IssueNews, rows: dict[int, IssueRow]) -> str:
    row = rows.get(one["issue_id"])
    about = f"issue {one['issue_id']}"
    if row is not None:
        about += f", {priority_words(row['priority'])} {category(row)}, {short(customer(row), 24)}"
    if one["kind"] == new_work.NEW:
        return f"New for you: {about}"
    if one["kind"] == new_work.ESCALATED:
        return f"Escalated {one['level']}: {about}"
    clock = CLOCKS[one["clock"]]
    return (
        f"Late: {about}, {clock}" if one["percent"] == 100 else f"{one['percent']}% of {clock} time: {about}"
    )
