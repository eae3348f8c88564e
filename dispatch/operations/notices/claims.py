"""Who sends what: a terminal claims what is new by moving a mark under the desk's lock, and then sends it.

So nothing is sent twice, however many terminals there are. What was claimed and not sent before the terminal
was killed is lost: at most one claim's worth (docs/decisions/0048).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from dispatch.bookings import follow_ups
from dispatch.desk.desk import Desk
from dispatch.desk.event_log import last_event
from dispatch.operations.integrity.findings import Finding, finding
from dispatch.operations.notices.kinds import DUE, Found, Notice, Told, notices, of_event
from dispatch.queries.wording import moment, plural
from models.audit import Event
from models.base import tuples
from models.bookings import Booking
from models.clock import from_text, to_text
from models.issues import Issue
from models.notices import NoticeFailure, NoticeMark
from models.sql import listed

MOST_AT_ONCE = 20
"""Notices of a claim that are sent one by one; more are sent as one."""
MOST_READ = 1_000  # events; no notice of older ones
LAZY_AFTER = 200  # events without anything to tell, until the mark moves all the same
SET_BACK = timedelta(hours=1)  # of the clock, after which the mark follows it
MOST_KEPT, MOST_NAMED, LISTED_FOR = 50, 3, timedelta(days=1)  # failures
COLUMNS = tuple(getattr(Event, name) for name in Told._fields)


class Scope(NamedTuple):
    """Who is notified: one agent of what is theirs, or somebody of everything."""

    agent_id: int | None = None

    @property
    def name(self) -> str:
        return "desk" if self.agent_id is None else f"agent {self.agent_id}"


class _New(NamedTuple):
    found: list[Found]
    event_id: int
    until: str


def claim(desk: Desk, scope: Scope) -> list[Notice]:
    """Return what this terminal is to tell now, which nobody else will get; the first time nothing.

    Raises DatabaseUnavailable.
    """
    with desk.reading():
        mark = _mark(scope)
        if mark is not None and not _is_worth_the_lock(mark, _new(desk, scope, mark)):
            return []
    with desk.transaction():
        mark = _mark(scope)
        if mark is None:
            NoticeMark(scope=scope.name, event_id=last_event(), follow_ups_at=desk.now()).save()
            return []
        new = _new(desk, scope, mark)
        mark.event_id, mark.follow_ups_at = new.event_id, new.until
        mark.save()
    with desk.reading():
        return notices(desk, new.found, MOST_AT_ONCE)


def _is_worth_the_lock(mark: NoticeMark, new: _New) -> bool:
    return bool(new.found) or new.event_id - mark.event_id > LAZY_AFTER or new.until < mark.follow_ups_at


def _mark(scope: Scope) -> NoticeMark | None:
    rows = tuples(NoticeMark.select(NoticeMark.mark_id).where(NoticeMark.scope == scope.name))
    return NoticeMark.lock(rows[0][0]) if rows else None


def _new(desk: Desk, scope: Scope, mark: NoticeMark) -> _New:
    """Return what has happened since the mark, and where the mark is to be then."""
    newest, now = last_event(), desk.now()
    since = max(mark.event_id, newest - MOST_READ)
    query = Event.select(*COLUMNS).where(Event.event_id > since, Event.event_id <= newest)
    rows = tuples(query.order_by(Event.event_id))
    found = [one for row in rows for one in _readable(Told(*row))]
    until = now if now > mark.follow_ups_at or _is_set_back(mark.follow_ups_at, now) else mark.follow_ups_at
    found += _due(mark.follow_ups_at, until, scope)
    # a restored desk may have fewer events than were seen
    return _New(_of(scope, _with_holders(found)), newest, until)


def _readable(event: Told) -> list[Found]:
    """Return what an event gives to tell; nothing if it is damaged, which the doctor says of it."""
    try:
        return list(of_event(event))
    except (ValueError, TypeError, LookupError, AttributeError):
        return []


def _is_set_back(told: str, now: str) -> bool:
    return from_text(told) - from_text(now) > SET_BACK


def _due(since: str, until: str, scope: Scope) -> list[Found]:
    numbers = follow_ups.fell_due(since, until, scope.agent_id)
    columns = (Booking.booking_id, Booking.follow_up_at, Booking.agent_id)
    rows = tuples(Booking.select(*columns).where(Booking.booking_id.in_(listed(numbers))))
    by_time = sorted(rows, key=lambda row: (row[1], row[0]))
    return [Found(DUE, None, at, None, agent_id, number) for number, at, agent_id in by_time]


def _with_holders(found: Sequence[Found]) -> list[Found]:
    """Name the agents who hold issues of which an event with several does not say it."""
    wanted = {one.issue_id for one in found if one.issue_id is not None and one.agent_id is None}
    query = Issue.select(Issue.issue_id, Issue.agent_id).where(Issue.issue_id.in_(listed(wanted)))
    holders = dict(tuples(query)) if wanted else {}
    return [
        one if one.agent_id is not None else one._replace(agent_id=holders.get(one.issue_id)) for one in found
    ]


def _of(scope: Scope, found: list[Found]) -> list[Found]:
    return [one for one in found if scope.agent_id in (None, one.agent_id)]


def record(desk: Desk, scope: Scope, failed: Sequence[tuple[Notice, str]], *, has_told: bool) -> None:
    """Keep what the command did not take, each with the problem, and when it last took something."""
    with desk.transaction():
        mark = _mark(scope)
        if mark is not None and has_told:
            mark.sent_at = desk.now()
            mark.save()
        for notice, problem in failed:
            NoticeFailure(scope=scope.name, at=desk.now(), notice=notice["text"], problem=problem).save()
        _drop_old()


def _drop_old() -> None:
    newest = tuples(NoticeFailure.select(NoticeFailure.failure_id).order_by(NoticeFailure.failure_id.desc()))
    if len(newest) > MOST_KEPT:
        NoticeFailure.delete().where(NoticeFailure.failure_id <= newest[MOST_KEPT][0]).execute()


def check(desk: Desk) -> Finding:
    """Check that the commands which tell somebody outside have taken all that they got of late."""
    since = to_text(from_text(desk.now()) - LISTED_FOR)
    sent = dict(tuples(NoticeMark.select(NoticeMark.scope, NoticeMark.sent_at)))
    columns = (NoticeFailure.scope, NoticeFailure.at, NoticeFailure.notice, NoticeFailure.problem)
    late = NoticeFailure.select(*columns).where(NoticeFailure.at >= since)
    failed = tuples(late.order_by(NoticeFailure.failure_id.desc()))
    told = "; ".join(f"{scope} last at {moment(at)}" for scope, at in sorted(sent.items()) if at)
    named = "; ".join(f"{moment(at)} {problem} ({notice})" for _, at, notice, problem in failed[:MOST_NAMED])
    problem = f"{plural(len(failed), 'notice')} failed: {named}" if failed else ""
    hint = "see to command under [notify] in config.toml; docs/notify.md says what it gets"
    return finding("notices", f"sent to the command: {told or 'nothing'}", problem, hint, warning=True)
