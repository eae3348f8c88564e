"""What a supervisor has to know now: what is late, left alone or stuck, each with who has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from dispatch import queries
from dispatch.desk.desk import Desk
from dispatch.queries.agents import names_of
from dispatch.queries.caps import over_caps
from dispatch.queries.next_steps import limits_of, step_of, target_of
from dispatch.queries.row_types import BookingRow
from dispatch.reporting.row_types import AlertRow
from dispatch.reporting.service_dashboard import breaches
from dispatch.service.wording import CLOCKS
from models.agents import Agent
from models.base import tuples
from models.clock import from_text
from models.issues import Issue
from models.sql import listed

ROTTEN, OVERDUE, UNATTENDED = "rotten", "overdue", "unattended"
SEEN_BY_ALL, OVER_CAP, BROKEN_PROMISE = "seen_by_all", "over_cap", "broken_promise"
ALERTS = (ROTTEN, OVERDUE, UNATTENDED, SEEN_BY_ALL, OVER_CAP, BROKEN_PROMISE)
Found = Iterator[AlertRow]


def alerts(desk: Desk, limit: int | None = None) -> list[AlertRow]:
    """Return the alerts kind by kind, the longest since first; at most ``limit`` of a kind."""
    desk.settings.refresh()
    return [row for kind in ALERTS for row in _FOUND[kind](desk, limit)]


def _rotten(desk: Desk, limit: int | None) -> Found:
    limits = limits_of(desk.settings, desk.now())
    for row in queries.list_bookings(_oldest(queries.BookingFilter(rotten=limits)), limit):
        step = step_of(row, limits)
        yield _of_booking(ROTTEN, row, step.at if step else None, "claimed, nothing done since")


def _overdue(desk: Desk, limit: int | None) -> Found:
    limits = limits_of(desk.settings, desk.now())
    for row in queries.list_bookings(_oldest(queries.BookingFilter(overdue=limits)), limit):
        words = "claim" if row["contact_attempts"] else "first contact"
        if row["follow_up_at"]:
            words = "follow-up"
        yield _of_booking(OVERDUE, row, row["follow_up_at"] or target_of(row, limits), words)


def _unattended(_: Desk, limit: int | None) -> Found:
    for row in queries.list_bookings(_oldest(queries.BookingFilter(unattended=True)), limit):
        yield _of_booking(UNATTENDED, row, row["claimed_at"], "claimed, its agent is away")


def _seen_by_all(_: Desk, limit: int | None) -> Found:
    for row in queries.bookings_by_id(queries.seen_by_all()[:limit]):
        yield _of_booking(SEEN_BY_ALL, row, row["changed_at"], "every agent who may take it has seen it")


def _over_cap(_: Desk, limit: int | None) -> Found:
    """Agents with more than their capacity, and with more leads than a cap allows."""
    held = Agent.load + Agent.issue_load
    above = Agent.select(Agent.agent_id, held, Agent.capacity).where(held > Agent.capacity)
    full = [
        (agent_id, f"holds {number} of {capacity}")
        for agent_id, number, capacity in tuples(above.order_by(Agent.agent_id))
    ]
    capped = [(one.agent_id, one.words) for one in over_caps()]
    names = names_of(agent_id for agent_id, _ in full + capped)
    for agent_id, words in (full + capped)[:limit]:
        name = names.get(agent_id, "")
        yield AlertRow(
            key=f"{OVER_CAP}:{agent_id}:{words}",
            kind=OVER_CAP,
            subject="agent",
            number=agent_id,
            who=name,
            agent_id=agent_id,
            agent_name=name,
            since=None,
            words=words,
        )


def _broken_promises(desk: Desk, limit: int | None) -> Found:
    """Clocks of open issues that have passed their due time."""
    late = sorted(breaches(from_text(desk.now())), key=lambda one: (one["due"], one["issue_id"]))[:limit]
    query = Issue.select(Issue.issue_id, Issue.title, Issue.agent_id)
    found = tuples(query.where(Issue.issue_id.in_(listed(one["issue_id"] for one in late))))
    issues = {number: (title, agent_id) for number, title, agent_id in found}
    names = names_of(agent_id for _, agent_id in issues.values() if agent_id is not None)
    for one in late:
        title, agent_id = issues[one["issue_id"]]
        yield AlertRow(
            key=f"{BROKEN_PROMISE}:{one['issue_id']}:{one['clock']}",
            kind=BROKEN_PROMISE,
            subject="issue",
            number=one["issue_id"],
            who=title,
            agent_id=agent_id,
            agent_name=names.get(agent_id),
            since=one["due"],
            words=CLOCKS[one["clock"]],
        )


def _of_booking(kind: str, row: BookingRow, since: str | None, words: str) -> AlertRow:
    return AlertRow(
        key=f"{kind}:{row['booking_id']}",
        kind=kind,
        subject="booking",
        number=row["booking_id"],
        who=row["customer_name"],
        agent_id=row["agent_id"],
        agent_name=row["agent_name"],
        since=since,
        words=words,
    )


def _oldest(which: queries.BookingFilter) -> queries.BookingFilter:
    return replace(which, sort="created", descending=False)


_FOUND: dict[str, Callable[[Desk, int | None], Found]] = {
    ROTTEN: _rotten,
    OVERDUE: _overdue,
    UNATTENDED: _unattended,
    SEEN_BY_ALL: _seen_by_all,
    OVER_CAP: _over_cap,
    BROKEN_PROMISE: _broken_promises,
}
