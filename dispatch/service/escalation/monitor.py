"""Looking at issues: warnings that are due, triggers that have fired, levels that follow, and when next.

``examine`` does it for the issue of a command, and the sweep for those whose moment has come. Whoever
calls it holds the write lock; looking twice changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from peewee import Case, fn

from dispatch.desk.commands import DESK_ACTOR
from dispatch.service.escalation import escalations, triggers
from dispatch.service.escalation.triggers import Fired, Standing
from dispatch.service.row_types import IssueAlarm
from dispatch.service.sla import clock_rows, clocks, targets
from dispatch.service.sla.clocks import ClockRow
from models.base import CompiledQuery, listed, parameter, read_rows, tuples
from models.clock import from_text, to_text
from models.issues import (
    CUSTOMER,
    NEW,
    OPEN,
    RESOLUTION,
    STATUS,
    Escalation,
    Interaction,
    Issue,
    SlaWarning,
    Watch,
)

if TYPE_CHECKING:
    from dispatch.desk.desk import Desk

SECOND = timedelta(seconds=1)


@dataclass
class Outcome:
    """What a look brought: warnings and escalations, each with its issue."""

    examined: int = 0
    warnings: list[IssueAlarm] = field(default_factory=list)
    escalations: list[IssueAlarm] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.warnings or self.escalations)


@dataclass
class Subject:
    """One issue with all that is looked at."""

    issue: Issue
    clocks: dict[str, ClockRow]
    warned: set[tuple[str, int]]
    escalations: list[Escalation]
    interactions: int
    progress: str
    compounds: tuple[float, ...]

    def standing(self, now: datetime) -> Standing:
        clock, issue = self.clocks[RESOLUTION], self.issue
        hours = clocks.hours_of(clock)
        waiting = from_text(issue.waiting_since) if issue.waiting_since else None
        progress = from_text(self.progress)
        return Standing(
            priority=issue.priority,
            waited_s=None if waiting is None else hours.between(waiting, now),
            used_s=clocks.used_s(clock, now),
            idle_s=hours.between(progress, now) if self.is_our_turn else None,
            interactions=self.interactions,
            compounds=self.compounds,
            waiting_since=waiting,
            opened=from_text(issue.reopened_at or issue.opened_at),
            progress=progress,
        )

    @property
    def is_our_turn(self) -> bool:
        """Somebody holds it, and the customer need not answer first."""
        return self.issue.status != NEW and self.clocks[RESOLUTION].paused_at is None


def examine(desk: Desk, now: str, issue_ids: Sequence[int]) -> Outcome:
    """Write what is due for some issues, and when to look at each of them next."""
    outcome = Outcome(examined=len(issue_ids))
    for subject in _subjects(issue_ids):
        if subject.issue.status in OPEN:
            _warn(now, subject, outcome)
            _escalate(desk, now, subject, outcome)
            _follow_chain(desk, now, subject, outcome)
            _look_again(subject.issue.issue_id, next_check(subject, from_text(now)))
        else:
            _warn(now, subject, outcome)
            _look_again(subject.issue.issue_id, None)
    return outcome


def _warn(now: str, subject: Subject, outcome: Outcome) -> None:
    for kind, clock in subject.clocks.items():
        for percent in clocks.passed_percents(clock, from_text(now)):
            if (kind, percent) not in subject.warned:
                SlaWarning(issue_id=clock.issue_id, kind=kind, percent=percent, at=now).save()
                subject.warned.add((kind, percent))
                outcome.warnings.append({"issue_id": clock.issue_id, "clock": kind, "percent": percent})


def _escalate(desk: Desk, now: str, subject: Subject, outcome: Outcome) -> None:
    standing = subject.standing(from_text(now))
    holding = list(triggers.fired(standing))
    _close_what_is_over(now, subject)
    for fired in holding:
        if not _is_known(subject, fired):
            raised_by = _raised_by(subject.issue)
            urgency = triggers.urgency(standing)
            escalation = escalations.open_for(desk, now, subject.issue, fired, urgency, raised_by)
            subject.escalations.append(escalation)
            _tell(outcome, escalation)


def _tell(outcome: Outcome, escalation: Escalation) -> None:
    outcome.escalations.append(
        {
            "issue_id": escalation.issue_id,
            "escalation_id": escalation.escalation_id,
            "trigger": escalation.trigger,
            "level": escalation.level,
            "urgency": escalation.urgency,
            "told": escalations.shown(escalation)["told"],
        }
    )


def _is_known(subject: Subject, fired: Fired) -> bool:
    """Was this occasion told already, or is one of the same trigger still open?"""
    since = to_text(fired.since)
    return any(
        row.trigger == fired.trigger and (row.closed_at is None or row.since == since)
        for row in subject.escalations
    )


def _close_what_is_over(now: str, subject: Subject) -> None:
    """Work that lay idle went on: nobody needs to say so."""
    for row in subject.escalations:
        if row.trigger == triggers.NO_PROGRESS and row.closed_at is None and row.since < subject.progress:
            escalations.close_row(now, DESK_ACTOR, row.escalation_id, "work went on")
            row.closed_at = now


def _raised_by(issue: Issue) -> list[str]:
    """What makes an escalation begin higher: the customer's tier, and the same trouble again."""
    raised = [triggers.HIGH_TIER] if issue.tier in triggers.HIGH_TIERS else []
    return raised + ([triggers.REPEATED] if is_repeated(issue) else [])


def is_repeated(issue: Issue) -> bool:
    """Did the customer have another issue of this category within the thirty days before?"""
    if issue.customer_id is None:
        return False
    earliest = from_text(issue.opened_at) - timedelta(days=triggers.REPEATED_WITHIN_DAYS)
    earlier = Issue.select().where(
        Issue.customer_id == issue.customer_id,
        Issue.category == issue.category,
        Issue.opened_at.between(to_text(earliest), issue.opened_at),
        Issue.issue_id < issue.issue_id,
        ~Issue.voided,
    )
    return bool(earlier.exists())


def _follow_chain(desk: Desk, now: str, subject: Subject, outcome: Outcome) -> None:
    idle_since = from_text(subject.progress) if subject.is_our_turn else None
    if subject.issue.status == NEW:
        idle_since = from_text(subject.issue.waiting_since or now)
    for place, row in enumerate(subject.escalations):
        if row.closed_at is None and row.next_step_at is not None and row.next_step_at <= now:
            level = escalations.go_further(desk, now, subject.issue, row, idle_since)
            subject.escalations[place] = Escalation.lock(row.escalation_id)
            if level is not None:
                _tell(outcome, subject.escalations[place])


def next_check(subject: Subject, now: datetime) -> datetime | None:
    """The first moment at which something will be due though nobody touches the issue."""
    moments = [*_warning_moments(subject), *_trigger_moments(subject)]
    moments += [
        from_text(row.next_step_at)
        for row in subject.escalations
        if row.closed_at is None and row.next_step_at is not None
    ]
    return max(now + SECOND, min(moments)) if moments else None


def _warning_moments(subject: Subject) -> Iterable[datetime]:
    for kind, clock in subject.clocks.items():
        if clock.paused_at is None and clock.met_at is None:
            for percent in targets.WARNING_PERCENTS:
                if (kind, percent) not in subject.warned:
                    used_s = clock.allowed_s * percent // 100
                    yield clocks.moment_of(clock, used_s)
                    break


def _trigger_moments(subject: Subject) -> Iterable[datetime]:
    issue, clock = subject.issue, subject.clocks[RESOLUTION]
    hours, told = clocks.hours_of(clock), {(row.trigger, row.since) for row in subject.escalations}
    opened = issue.reopened_at or issue.opened_at
    limit_s = triggers.unassigned_limit_s(issue.priority)
    if issue.waiting_since and (triggers.UNASSIGNED, issue.waiting_since) not in told:
        yield hours.after(from_text(issue.waiting_since), limit_s)
    if clock.paused_at is None and (triggers.UNRESOLVED, opened) not in told:
        yield clocks.moment_of(clock, triggers.unresolved_limit_s(issue.priority))
    if subject.is_our_turn and (triggers.NO_PROGRESS, subject.progress) not in told:
        yield hours.after(from_text(subject.progress), limit_s)


def _look_again(issue_id: int, at: datetime | None) -> None:
    row = Watch.lock_or_none(issue_id)
    if row is None:
        Watch(issue_id=issue_id, next_check_at=to_text(at) if at else None).save(force_insert=True)
        return
    row.next_check_at = to_text(at) if at else None
    row.save()


def _subjects(issue_ids: Sequence[int]) -> list[Subject]:
    """The issues with their rows, read for all of them at once."""
    ids = listed(issue_ids)
    told = clock_rows.clocks_of(issue_ids)
    warned: dict[int, set[tuple[str, int]]] = defaultdict(set)
    columns = (SlaWarning.issue_id, SlaWarning.kind, SlaWarning.percent)
    for issue_id, kind, percent in tuples(SlaWarning.select(*columns).where(SlaWarning.issue_id.in_(ids))):
        warned[issue_id].add((kind, percent))
    raised: dict[int, list[Escalation]] = defaultdict(list)
    for row in escalations.of_issues(issue_ids):
        raised[row.issue_id].append(row)
    talk = _talk(issue_ids)
    subjects = []
    for issue in read_rows(Issue, Issue.select().where(Issue.issue_id.in_(ids)).order_by(Issue.issue_id)):
        key = issue.issue_id
        number, last = talk.get(key, (0, None))
        progress = max(last or issue.opened_at, issue.assigned_at or issue.opened_at)
        compounds = last_compounds(key) if number >= triggers.LAST_INTERACTIONS else ()
        subjects.append(Subject(issue, told[key], warned[key], raised[key], number, progress, compounds))
    return subjects


def _talk(issue_ids: Sequence[int]) -> dict[int, tuple[int, str | None]]:
    """By issue: how many messages and notes, and when the desk last did something."""
    said = Case(None, [(Interaction.kind != STATUS, 1)], 0)
    ours = (Interaction.author != CUSTOMER) | (Interaction.kind == STATUS)
    done = Case(None, [(ours, Interaction.at)], None)
    query = (
        Interaction.select(Interaction.issue_id, fn.SUM(said), fn.MAX(done))
        .where(Interaction.issue_id.in_(listed(issue_ids)))
        .group_by(Interaction.issue_id)
    )
    return {issue_id: (int(number), last) for issue_id, number, last in tuples(query)}


_last_compounds = CompiledQuery(
    lambda: (
        Interaction.select(Interaction.compound)
        .where(Interaction.issue_id == parameter("issue_id"), Interaction.compound.is_null(False))
        .order_by(Interaction.interaction_id.desc())
        .limit(triggers.LAST_INTERACTIONS)
    )
)


def last_compounds(issue_id: int) -> tuple[float, ...]:
    """The sentiments of the last interactions that have one, the newest last."""
    return tuple(compound for (compound,) in reversed(_last_compounds(issue_id=issue_id)))
