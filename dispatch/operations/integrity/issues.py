"""Integrity checks of the service desk: issue loads recounted, clocks recomputed from conversations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby

from dispatch.desk.desk import Desk
from dispatch.operations.integrity.findings import Finding, counted, finding, named
from dispatch.operations.integrity.work import miscounted, recount
from dispatch.service.escalation import decisions, monitor
from dispatch.service.sla import clocks
from models.agents import Agent
from models.audit import Event
from models.base import Json, tuples
from models.clock import from_text, to_text
from models.database import current_database
from models.hints import act
from models.issues import HELD, Interaction, Issue, SlaClock, Watch
from models.sql import listed

REPAIRS = f"{act('doctor.repair')} corrects them"
SOME = 1000  # issues whose conversations are in memory at once

WrongClock = tuple[SlaClock, dict[str, str | int | None]]
"""A stored clock, and the right values."""


def issue_loads() -> Finding:
    """Check that every agent's issue load is the number of open issues held."""
    wrong = counted(wrong_issue_loads(), lambda row: "agent {} has {} and holds {}".format(*row))
    return finding(
        "issue loads", "every agent's issue load is the number of open issues held", wrong, REPAIRS
    )


def clocks_agree() -> Finding:
    """Check that every stored clock agrees with its conversation."""
    wrong = counted(list(wrong_clocks()), _describe)
    sound = "" if wrong else f"{SlaClock.select().count():,} clocks agree with the conversations"
    return finding("clocks", sound, wrong, REPAIRS)


def _describe(wrong: WrongClock) -> str:
    clock, right = wrong
    return f"{clock.kind} of issue {clock.issue_id} has {_times(clock)}, should have {list(right.values())}"


def repair_loads() -> list[Json]:
    """Recount the issue loads."""
    return recount(Agent.issue_load, wrong_issue_loads())


def repair_clocks() -> list[Json]:
    """Reset wrong clocks from their conversations."""
    corrected = []
    for wrong, right in list(wrong_clocks()):
        clock = SlaClock.lock(wrong.clock_id)
        for column, value in right.items():
            setattr(clock, column, value)
        clock.save()
        corrected.append({"issue_id": clock.issue_id, "clock": clock.kind, "due_at": clock.due_at})
    return corrected


def wrong_issue_loads() -> list[tuple[int, int, int]]:
    """Agents whose issue load differs from their number of open issues: (agent, load, held)."""
    return miscounted(Agent.issue_load, Issue, Issue.status.in_(HELD))


def wrong_clocks() -> Iterator[WrongClock]:
    """Clocks that disagree with their conversation."""
    with current_database.obj.snapshot():
        for ids in _chunks_of_issues():
            timelines = dict(_timelines(ids))
            for clock in SlaClock.select().where(SlaClock.issue_id.in_(ids)).order_by(SlaClock.clock_id):
                right = clocks.recomputed(clock, timelines.get(clock.issue_id, clocks.Timeline()))
                if _times(clock) != list(right.values()):
                    yield clock, right


def _issues_after(last: int) -> list[int]:
    query = Issue.select(Issue.issue_id).where(Issue.issue_id > last).order_by(Issue.issue_id).limit(SOME)
    return [issue_id for (issue_id,) in tuples(query)]


def _timelines(issue_ids: list[int]) -> Iterator[tuple[int, clocks.Timeline]]:
    spoken: Iterable[Interaction] = (
        Interaction.select()
        .where(Interaction.issue_id.in_(issue_ids))
        .order_by(Interaction.issue_id, Interaction.interaction_id)
    )
    for issue_id, talk in groupby(spoken, key=lambda one: one.issue_id):
        yield issue_id, clocks.timeline_of(talk)


def _times(clock: SlaClock) -> list[str | int | None]:
    return [clock.due_at, clock.late_pause_s, clock.paused_at, clock.met_at]


def watched(desk: Desk) -> Finding:
    """Check that nothing is due for an issue that is not to be checked yet."""
    sound = "every issue is checked when something is due"
    return finding("watch", sound, named("overlooked issues", overlooked(desk)), REPAIRS)


def repair_watches(desk: Desk) -> int:
    """Check overlooked issues now, as the sweep does; return their number."""
    wrong = overlooked(desk)
    if wrong:
        monitor.examine(desk, desk.now(), wrong)
    return len(wrong)


def overlooked(desk: Desk) -> list[int]:
    """Return the issues without the right time of their next check.

    An earlier version did not look at issues handed over; those with no change since are left out.
    """
    now = from_text(desk.now())
    wrong = [issue_id for ids in _chunks_of_issues() for issue_id in _overlooked(ids, now)]
    known = _handed_over() if wrong else set()
    return [issue_id for issue_id in wrong if issue_id not in known]


def _overlooked(issue_ids: list[int], now: datetime) -> Iterator[int]:
    query = Watch.select(Watch.issue_id, Watch.next_check_at).where(Watch.issue_id.in_(listed(issue_ids)))
    planned: dict[int, str | None] = dict(tuples(query))
    for one in monitor.gather(issue_ids):
        number = one.issue.issue_id
        at = planned.get(number)
        if at is not None and at <= to_text(now):
            continue  # the next sweep does it
        following = decisions.next_check(one, now)
        is_late = following is not None and (
            at is None or from_text(at) > max(following, now + decisions.SECOND)
        )
        if number not in planned or is_late or decisions.decide(one, now):
            yield number


def _handed_over() -> set[int]:
    """The issues that were last changed when their agent handed them over."""
    found: set[int] = set()
    moves = tuples(Event.select(Event.at, Event.after).where(Event.command == "agent.handover"))
    for at, after in moves:
        numbers = [int(key[7:]) for key in json.loads(after or "{}") if key.startswith("issues:")]
        query = Issue.select(Issue.issue_id).where(
            Issue.issue_id.in_(listed(numbers)), Issue.changed_at == at
        )
        found |= {number for (number,) in tuples(query)}
    return found


def _chunks_of_issues() -> Iterator[list[int]]:
    last = 0
    while ids := _issues_after(last):
        if ids[-1] <= last:  # or a broken index would lead back for ever
            raise ValueError("the issues are out of order")
        last = ids[-1]
        yield ids
